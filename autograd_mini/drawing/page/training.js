// Training in the page: gradient descent by the tape, round by round.
import { tableRow } from "./elements.js";
import { EXPECTED, typedNumber } from "./leaves.js";
import { format } from "./numbers.js";
import { repeated } from "./panels.js";
import { told } from "./steps.js";

const MOST_LOGGED = 60;
const MOST_NAMED = 12; // leaves that learn, in a sentence; of more, the first ones
const FIRST_NAMED = 3;

/** Move the numbers of `moving` at once, `rounds` times; how many rounds stayed finite. */
export function descend(graph, numbers, top, moving, rate, rounds) {
  const order = graph.below(top);
  for (let round = 0; round < rounds; round += 1) {
    const values = graph.replay(numbers);
    const { of, reached } = graph.adjoints(values, top, order);
    const moved = moving.map((place) =>
      reached[place] ? numbers[place] - rate * of[place] : numbers[place],
    );
    if (!Number.isFinite(values[top]) || !moved.every(Number.isFinite)) return round;
    moving.forEach((place, k) => (numbers[place] = moved[k]));
  }
  return rounds;
}

/** So many rounds, with their losses in `history`; whether all of them stayed finite. */
export function train(graph, numbers, history, top, moving, rate, rounds) {
  if (history.length === 0) history.push([0, graph.replay(numbers)[top]]);
  let [round] = history.at(-1);
  const end = round + rounds;
  while (round < end) {
    const wanted = Math.min(nextMark(round), end) - round;
    const done = descend(graph, numbers, top, moving, rate, wanted);
    round += done;
    if (done > 0) history.push([round, graph.replay(numbers)[top]]);
    if (done < wanted) return false;
  }
  return true;
}

/** The next round whose loss is kept: each of the first 20, then a twentieth more every time. */
function nextMark(round) {
  return round + Math.max(1, Math.floor(round / 20));
}

/** The rows of the table of losses: the first, the last, and between them 1, 2, 5, 10, 20... */
function logged(history) {
  const last = history.at(-1)?.[0];
  const rows = [];
  let mark = 0;
  for (const [round, loss] of history) {
    if (round < mark && round !== last) continue;
    rows.push([round, loss]);
    while (mark <= round) mark = following(mark);
  }
  return rows.slice(-MOST_LOGGED);
}

function following(mark) {
  if (mark < 1) return 1;
  const power = 10 ** Math.floor(Math.log10(mark) + 1e-9);
  const first = Math.round(mark / power);
  return power * (first === 1 ? 2 : first === 2 ? 5 : 10);
}

export class TrainingPanel {
  /** state: of the page. changed() is called after some rounds. */
  constructor(graph, state, find, changed) {
    Object.assign(this, { graph, state, find, changed });
    for (const button of find("panels").querySelectorAll("[data-rounds]")) {
      button.addEventListener("click", () => this.learn(Number(button.dataset.rounds)));
    }
    find("log").addEventListener("toggle", () => this.show());
    this.stop = repeated(find("run"), "Run", () => 0, () => this.learn(Number(find("pace").value)));
  }

  /** Train so many rounds; whether all of them stayed finite. */
  learn(rounds) {
    const { graph, state, find } = this;
    const rate = typedNumber(find("rate").value);
    const isRate = rate > 0 && Number.isFinite(rate);
    find("rate").setAttribute("aria-invalid", String(!isRate));
    if (!isRate) {
      find("rounds").textContent = `Rate: ${EXPECTED}, above 0.`;
      return false;
    }
    state.rate = String(rate);
    const complete = train(graph, state.numbers, state.history, state.root, [...state.learns], rate, rounds);
    this.changed();
    if (!complete) {
      find("rounds").textContent += "; the next round is not finite: the rate is too large";
    }
    return complete;
  }

  /** Write the rate of the state into its field. */
  showRate() {
    this.find("rate").value = this.state.rate;
    this.find("rate").removeAttribute("aria-invalid");
  }

  /** Show the leaves that learn, and the course so far: its rounds and last loss in words, its losses as
   * a curve and, if that is open, as a table. */
  show(values = this.values) {
    const { graph, state, find } = this;
    this.values = values;
    const { history, root } = state;
    find("learning").textContent = learning(graph.byName([...state.learns]).map((place) => graph.names[place]));
    const [rounds] = history.at(-1) ?? [0];
    const count = rounds === 1 ? "1 round" : `${rounds.toLocaleString("en")} rounds`;
    find("rounds").textContent = `after ${count} ${graph.names[root]} = ${told(values[root])}`;
    find("curve").hidden = history.length < 2;
    if (history.length > 1) drawCurve(find("losses"), find("scale"), history, graph.data.digits);
    if (!find("log").open) return;
    const lines = logged(history).map(([round, each]) => [round.toLocaleString("en"), told(each)]);
    find("log").querySelector("tbody").replaceChildren(...lines.map(tableRow));
  }
}

/** Draw the losses of a history as a line, and say what its ends are. */
function drawCurve(line, scale, history, digits) {
  const { points, low, high, logarithmic } = curve(history);
  line.setAttribute("points", points);
  const ends = [high, low].map((loss) => format(loss, digits));
  scale.textContent = `Loss over rounds, ${ends[0]} (top) to ${ends[1]} (bottom), ${logarithmic ? "logarithmic" : "linear"}`;
}

/** Points of a curve in a box of 100 by 100, whose edges are the lowest and the highest loss; losses
 * above 0 are on a logarithmic scale. */
function curve(history) {
  const finite = history.filter(([, loss]) => Number.isFinite(loss));
  const logarithmic = finite.every(([, loss]) => loss > 0);
  const losses = finite.map(([, loss]) => loss);
  const ends = [Math.min(...losses), Math.max(...losses)];
  const height = logarithmic ? Math.log10 : (loss) => loss;
  const [low, high] = ends.map(height);
  const [first] = history[0];
  const length = history.at(-1)[0] - first;
  const points = finite
    .map(([round, loss]) => {
      const y = high > low ? (100 * (high - height(loss))) / (high - low) : 100;
      return `${((100 * (round - first)) / (length || 1)).toFixed(2)},${y.toFixed(2)}`;
    })
    .join(" ");
  return { points, low: ends[0], high: ends[1], logarithmic };
}

/** A sentence on the leaves that learn, of which there may be thousands. */
export function learning(names) {
  if (names.length === 0) return "No leaf learns: choose some under Leaves.";
  const isMany = names.length > MOST_NAMED;
  const named = names.slice(0, isMany ? FIRST_NAMED : MOST_NAMED).join(", ");
  const verb = names.length === 1 ? "learns" : "learn";
  return `${named}${isMany ? `, \u2026 (${names.length} leaves)` : ""} ${verb}; choose under Leaves.`;
}
