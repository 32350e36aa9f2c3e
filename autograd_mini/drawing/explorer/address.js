// The address: what was changed, the step and the question, so that a link leads to the same point.

export function remember(graph, state, last) {
  const said = new URLSearchParams();
  for (const place of graph.leaves) {
    const number = state.numbers[place];
    if (!Object.is(number, graph.start[place])) said.set(`v${place + 1}`, String(number));
  }
  if (state.step !== last) said.set("step", String(state.step));
  if (state.asked !== null) said.set("ask", `v${state.asked + 1}`);
  try {
    history.replaceState(null, "", `#${said}`);
  } catch {
    // A frame without an address of its own keeps no state.
  }
}

/** Change `state` to what the address says; what it does not say is as at first. */
export function recall(graph, state, last) {
  const said = new URLSearchParams(location.hash.slice(1));
  for (const place of graph.leaves) {
    const number = Number(said.get(`v${place + 1}`) ?? NaN);
    state.numbers[place] = Number.isFinite(number) ? number : graph.start[place];
  }
  const place = Number((said.get("ask") ?? "").slice(1)) - 1;
  state.asked = Number.isInteger(place) && 0 <= place && place < graph.size ? place : null;
  const step = Number(said.get("step") ?? last);
  state.step = Math.min(last, Math.max(0, Math.trunc(step) || 0));
}
