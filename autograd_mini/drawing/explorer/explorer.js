// The page: steps through the graph, and leaves that can be changed. State goes one way:
// numbers and step -> replay -> picture and words.
import { chain } from "./chains.js";
import { Graph } from "./graph.js";
import { allDigits, format } from "./numbers.js";
import { Picture, zoomable } from "./picture.js";
import { curve, descend, learners } from "./training.js";

const DIGITS_TOLD = 9;
const MOST_FIELDS = 400; // other leaves are changed in the picture
const SECONDS_PER_STEP = 1.5;
const CURVE_POINTS = 100; // for each press of a button

/** Bring the page inside `element` to life. */
export function explore(element, data, rows) {
  const graph = new Graph(data, rows);
  const picture = new Picture(element.querySelector("svg"), graph);
  const root = data.roots[0];
  const order = graph.below(root);
  const forward = graph.results;
  const last = forward.length + order.length;
  const find = (name) => element.querySelector(`.${name}`);
  const slider = find("step");
  const state = { numbers: Float64Array.from(graph.start), step: last, asked: null, rounds: 0, history: [] };
  const fields = new Map();
  const moving = learners(graph);

  function show() {
    const { numbers, step } = state;
    const values = graph.replay(numbers);
    const handed = Math.max(0, step - forward.length);
    const unknown = new Set(forward.slice(Math.min(step, forward.length)));
    const adjoints =
      step > forward.length || step === last
        ? graph.adjoints(values, root, order, handed)
        : new Float64Array(graph.size).fill(NaN);
    const now =
      step === 0 || step === last ? -1 : step <= forward.length ? forward[step - 1] : order[handed - 1];
    picture.show(values, adjoints, (place) => !unknown.has(place), now);
    slider.value = step;
    slider.setAttribute("aria-valuetext", `${step} of ${last}`);
    find("told").replaceChildren(...tell(values, adjoints, now, handed).map(paragraph));
    find("rounds").textContent = `after ${state.rounds} rounds ${graph.names[root]} = ${format(values[root], DIGITS_TOLD)}`;
    find("curve").hidden = state.rounds === 0;
    find("losses").setAttribute("points", state.rounds > 0 ? curve(state.history) : "");
    const asked = state.asked === null ? [] : answer(values);
    find("answer").replaceChildren(...asked.map(paragraph));
    for (const [place, { field, range }] of fields) {
      if (document.activeElement !== field) field.value = allDigits(numbers[place]);
      range.value = numbers[place];
    }
    remember();
  }

  /** What happens at this step, a sentence each. */
  function tell(values, adjoints, now, handed) {
    const number = (x) => format(x, DIGITS_TOLD);
    const signed = (x) => (x < 0 ? `(${number(x)})` : number(x));
    const name = (operand) => graph.names[operand] ?? operand;
    const top = graph.names[root];
    const broken = graph.broken(values);
    const said = [graph.stale(values)].filter(Boolean);
    if (broken >= 0) said.push(`${name(broken)} does not exist at these numbers.`);
    if (state.step === 0) return [...said, "Only the leaves are known. Go forward, step by step."];
    if (state.step === last) {
      return [...said, `${top} = ${number(values[root])}. Everything is known, forward and backward.`];
    }
    if (handed === 0) {
      const operands = graph.operands[now].map((each) =>
        typeof each === "string" ? each : `${name(each)} = ${number(values[each])}`,
      );
      const row = data.tape[now][0];
      return [
        ...said,
        `Forward, step ${state.step} of ${forward.length}: ${name(now)} is ${row} of ` +
          `${operands.join(" and ")}; that is ${number(values[now])}.`,
      ];
    }
    said.push(
      `Backward, step ${handed} of ${order.length}: d${top}/d${name(now)} = ` +
        `${number(adjoints[now])} is complete. ${name(now)} hands on adjoint * partial:`,
    );
    const before = graph.adjoints(values, root, order, handed - 1);
    for (const { operand, partial, amount } of graph.shares(values, adjoints, now)) {
      const share = `${number(adjoints[now])} * ${signed(partial)} = ${number(amount)}`;
      const sum = before[operand] + amount;
      said.push(
        Number.isNaN(before[operand])
          ? `to ${name(operand)}: ${share}`
          : `to ${name(operand)}: ${share}; with what it has got, ` +
              `${number(before[operand])} + ${signed(amount)} = ${number(sum)}`,
      );
      before[operand] = Number.isNaN(before[operand]) ? amount : sum;
    }
    return said;
  }

  /** Why the derivative by what is asked about is that number. */
  function answer(values) {
    const adjoints = graph.adjoints(values, root, order);
    const write = (x) => format(x, DIGITS_TOLD);
    return chain(graph, values, adjoints, root, state.asked, write);
  }

  /** So many rounds of gradient descent. */
  function train(rounds) {
    const rate = Number(find("rate").value);
    if (!(rate > 0)) return;
    const loss = () => graph.replay(state.numbers)[root];
    if (state.rounds === 0) state.history = [[0, loss()]];
    const chunk = Math.ceil(rounds / CURVE_POINTS);
    let left = rounds;
    while (left > 0) {
      const wanted = Math.min(chunk, left);
      const done = descend(graph, state.numbers, root, moving, rate, wanted);
      state.rounds += done;
      state.history.push([state.rounds, loss()]);
      if (done < wanted) break;
      left -= done;
    }
    show();
    if (left > 0) {
      find("rounds").textContent += "; the next round is not finite: the rate is too large";
    }
  }

  function ask(place) {
    state.asked = place;
    show();
  }

  function setLeaf(place, number) {
    if (!Number.isFinite(number)) return;
    state.numbers[place] = number;
    show();
  }

  function setStep(step) {
    state.step = Math.min(last, Math.max(0, Math.trunc(step) || 0));
    show();
  }

  // -- the address: what was changed, so that a link leads to the same point ---------------------

  function remember() {
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

  function recall() {
    const said = new URLSearchParams(location.hash.slice(1));
    for (const place of graph.leaves) {
      const number = Number(said.get(`v${place + 1}`) ?? NaN);
      state.numbers[place] = Number.isFinite(number) ? number : graph.start[place];
    }
    const place = Number((said.get("ask") ?? "").slice(1)) - 1;
    state.asked = Number.isInteger(place) && 0 <= place && place < graph.size ? place : null;
    setStep(said.has("step") ? Number(said.get("step")) : last);
  }

  // -- controls ----------------------------------------------------------------------------------

  zoomable(find("picture"), { "+": find("larger"), "-": find("smaller"), 0: find("fit") });
  slider.max = last;
  slider.addEventListener("input", () => setStep(Number(slider.value)));
  find("back").addEventListener("click", () => setStep(state.step - 1));
  find("forward").addEventListener("click", () => setStep(state.step + 1));
  let playing = 0;
  const play = find("play");
  play.addEventListener("click", () => {
    if (playing) return pause();
    if (state.step === last) setStep(0);
    play.textContent = "Pause";
    playing = setInterval(() => {
      setStep(state.step + 1);
      if (state.step === last) pause();
    }, 1000 * SECONDS_PER_STEP);
  });
  function pause() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Play";
  }
  find("reset").addEventListener("click", () => {
    state.numbers.set(graph.start);
    state.asked = null;
    state.rounds = 0;
    setStep(last);
  });
  find("learning").textContent = `moves ${moving.map((place) => graph.names[place]).join(", ")}`;
  for (const button of element.querySelectorAll("[data-rounds]")) {
    button.addEventListener("click", () => train(Number(button.dataset.rounds)));
  }
  picture.boxes.forEach(({ box }, place) => {
    box.addEventListener("click", () => ask(place));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") ask(place);
    });
  });
  for (const place of graph.leaves) {
    const reach = Math.max(1, 2 * Math.abs(graph.start[place]));
    const field = input("text", graph.names[place], { inputMode: "decimal" });
    const range = input("range", `${graph.names[place]}, slider`, {
      min: graph.start[place] - reach,
      max: graph.start[place] + reach,
      step: reach / 1000,
    });
    scrub(picture.boxes[place].box, place, reach);
    if (fields.size === MOST_FIELDS) continue;
    fields.set(place, { field, range });
    field.addEventListener("change", () => {
      const number = field.value.trim() === "" ? NaN : Number(field.value);
      field.setAttribute("aria-invalid", String(!Number.isFinite(number)));
      setLeaf(place, number);
    });
    range.addEventListener("input", () => setLeaf(place, Number(range.value)));
    const line = document.createElement("div");
    const label = document.createElement("span");
    label.textContent = graph.names[place];
    line.append(label, field, range);
    find("leaves").append(line);
  }

  /** Drag a leaf's box sideways, or press the arrow keys up and down. */
  function scrub(box, place, reach) {
    let from = null;
    box.classList.add("leaf");
    box.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, number: state.numbers[place] };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (from) setLeaf(place, from.number + ((event.clientX - from.x) * reach) / 200);
    });
    box.addEventListener("pointerup", () => (from = null));
    box.addEventListener("keydown", (event) => {
      const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!sign) return;
      event.preventDefault();
      setLeaf(place, state.numbers[place] + (sign * reach) / 100);
    });
  }

  window.addEventListener("hashchange", recall);
  recall();
}

function input(type, name, more) {
  const element = Object.assign(document.createElement("input"), { type, ...more });
  element.setAttribute("aria-label", name);
  return element;
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
