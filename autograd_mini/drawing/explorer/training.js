// Training in the page: gradient descent by the tape, round by round.

const CURVE_POINTS = 100; // for each press of a button

/** The leaves that learn: those named like weights and biases, or all if there are none. */
export function learners(graph) {
  const named = graph.leaves.filter((place) => /^(w|b|weight|bias|theta)[\d_]*$/i.test(graph.names[place]));
  return named.length > 0 ? named : graph.leaves;
}

/** Move the numbers of `moving` at once, `rounds` times; how many rounds stayed finite. */
export function descend(graph, numbers, top, moving, rate, rounds) {
  const order = graph.below(top);
  for (let round = 0; round < rounds; round += 1) {
    const values = graph.replay(numbers);
    const adjoints = graph.adjoints(values, top, order);
    const moved = moving.map((place) =>
      Number.isNaN(adjoints[place]) && Number.isFinite(values[top])
        ? numbers[place] // top does not depend on it
        : numbers[place] - rate * adjoints[place],
    );
    if (!moved.every(Number.isFinite)) return round;
    moving.forEach((place, k) => (numbers[place] = moved[k]));
  }
  return rounds;
}

/** So many rounds, with their losses in state.history; whether all of them stayed finite. */
export function train(graph, state, top, moving, rate, rounds) {
  const loss = () => graph.replay(state.numbers)[top];
  if (state.history.length === 0) state.history.push([0, loss()]);
  const chunk = Math.ceil(rounds / CURVE_POINTS);
  for (let left = rounds; left > 0; ) {
    const wanted = Math.min(chunk, left);
    const done = descend(graph, state.numbers, top, moving, rate, wanted);
    state.history.push([state.history.at(-1)[0] + done, loss()]);
    if (done < wanted) return false;
    left -= done;
  }
  return true;
}

/** Points of a curve in a box of 100 by 100; losses above 0 on a logarithmic scale. */
export function curve(history) {
  const logarithmic = history.every(([, loss]) => loss > 0);
  const heights = history.map(([, loss]) => (logarithmic ? Math.log10(loss) : loss));
  const low = Math.min(...heights);
  const high = Math.max(...heights);
  const last = history.at(-1)[0];
  return history
    .map(([round], k) => {
      const y = high > low ? (100 * (high - heights[k])) / (high - low) : 100;
      return `${((100 * round) / (last || 1)).toFixed(2)},${y.toFixed(2)}`;
    })
    .join(" ");
}
