// The steps: first each result forward, then each result backward, from the root down, and at last
// everything at once.
import { add } from "./graph.js";
import { LIMITS } from "./limits.js";
import { equal, escaped, factor, inline, inlineEqual, number, product, sum } from "./notation.js";
import { format } from "./numbers.js";
import { shares } from "./views.js";

export const told = (x) => format(x, LIMITS.DECIMALS);

export class Steps {
  /** view: whose results are the steps. */
  constructor(view, root) {
    this.view = view;
    this.graph = view.graph;
    this.notation = view.notation;
    this.root = root;
    this.forward = view.results;
    this.backward = view.below(root);
    this.last = this.forward.length > 0 ? this.forward.length + this.backward.length + 1 : 0;
  }

  /** The state after `step` steps: adjoints, the known values, and the place that the step is about,
   * -1 at both ends. handed: how many results have handed on by then. */
  at(values, step) {
    const handed = Math.min(this.backward.length, Math.max(0, step - this.forward.length));
    const computed = this.forward[Math.min(step, this.forward.length) - 1] ?? -1;
    const adjoints = this.adjoints(values, handed);
    if (handed === 0 && step < this.last) adjoints.reached.fill(0);
    const now = handed > 0 ? this.backward[handed - 1] : this.forward[step - 1];
    return {
      step,
      handed,
      adjoints,
      known: (place) => place <= computed || !this.graph.rows[place],
      now: step === 0 || step === this.last ? -1 : now,
    };
  }

  /** The step that a stride from `step` leads to, by 1 or -1. A stride is one step or, for "unit" and
   * "layer", all steps of the next one: it ends with its last result. Units may take turns within a
   * layer, as the blocks of a transformer do. */
  stride(step, by, size) {
    const target = Math.min(this.last, Math.max(0, step + by));
    if (!this.graph.data.runs?.[size]) return target;
    const [unit, layer] = [this.scopes(size), this.scopes("layer")];
    const { length } = this.forward;
    const scope = (at, scopes) => {
      if (at <= 0 || at >= this.last) return `end ${at}`; // both ends stand alone
      const place = at > length ? this.backward[at - length - 1] : this.forward[at - 1];
      return `${at > length} ${scopes[place]}`;
    };
    const from = by > 0 ? target : step;
    let end = from;
    for (let at = from + by; scope(at, layer) === scope(from, layer); at += by) {
      if (scope(at, unit) === scope(from, unit)) end = at;
    }
    return by > 0 ? end : Math.max(0, end - 1);
  }

  /** The number of the scope of each place. */
  scopes(size) {
    this.known ??= {};
    if (!this.known[size]) {
      const runs = this.graph.data.runs[size];
      const scopes = (this.known[size] = new Int32Array(this.graph.size));
      runs.forEach(([start, number], k) => scopes.fill(number, start, runs[k + 1]?.[0]));
    }
    return this.known[size];
  }

  /** The shares that results handed on between two moments: adjoint * partial = amount. */
  moves(values, before, after) {
    return this.backward.slice(before.handed, after.handed).flatMap((place) => {
      const adjoint = after.adjoints.of[place];
      return shares(this.view, values, adjoint, place).map((share) => ({ place, adjoint, ...share }));
    });
  }

  /** d root / d each place, when so many results have handed on. */
  adjoints(values, handed) {
    const { graph, root, backward, view } = this;
    if (handed === backward.length) return graph.adjoints(values, root);
    const adjoints = graph.seed(root);
    for (const place of backward.slice(0, handed)) {
      for (const { operand, amount } of shares(view, values, adjoints.of[place], place)) {
        add(adjoints, operand, amount);
      }
    }
    return adjoints;
  }

  /** Sentences of HTML on a step. */
  tell(values, moment) {
    const { graph, notation } = this;
    const name = (place) => inline(notation.name(place));
    const said = [escaped(graph.stale(values))].filter(Boolean);
    const broken = graph.broken(values);
    if (broken >= 0) said.push(`${name(broken)} does not exist at these numbers.`);
    if (this.last === 0) return [...said, `${name(this.root)} is a leaf: there is nothing to compute.`];
    if (moment.step === 0) return [...said, "Only the leaves are known. Go forward, step by step."];
    if (moment.step === this.last) {
      const result = inline(equal(notation.name(this.root), number(told(values[this.root]))));
      return [...said, `${result}. Everything is known, forward and backward.`];
    }
    if (moment.handed === 0) return [...said, this.tellForward(values, moment)];
    return [...said, ...this.tellBackward(values, moment)];
  }

  tellForward(values, { step, now }) {
    const { notation, forward, view } = this;
    const sides = [
      notation.name(now),
      view.formula(values, now),
      view.formula(values, now, told),
      number(told(values[now])),
    ];
    return `Forward, step ${step} of ${forward.length}: ${inlineEqual(...new Set(sides))}`;
  }

  tellBackward(values, { handed, adjoints, now }) {
    const { notation, view, root, backward } = this;
    const above = notation.derivative(root, now);
    const adjoint = adjoints.of[now];
    const known = inline(equal(above, number(told(adjoint))));
    const said = [
      `Backward, step ${handed} of ${backward.length}: ${known} is complete. It hands on adjoint times partial:`,
    ];
    const sums = this.adjoints(values, handed - 1);
    for (const { operand, position, partial, amount } of shares(view, values, adjoint, now)) {
      const sides = [
        product([above, notation.derivative(now, operand)]),
        product([factor(told(adjoint)), view.partialFormula(values, now, position, false)]),
        product([factor(told(adjoint)), factor(told(partial))]),
        number(told(amount)),
      ];
      const line = `to ${inline(notation.name(operand))}: ${inlineEqual(...new Set(sides))}`;
      const isFirst = !sums.reached[operand];
      const both = sum([number(told(sums.of[operand])), factor(told(amount))]);
      add(sums, operand, amount);
      const total = inlineEqual(both, number(told(sums.of[operand])));
      said.push(isFirst ? line : `${line}; added to its sum so far, ${total}`);
    }
    return said;
  }

  /** The partials of the edges into a place, a sentence of HTML each. */
  tellEdges(values, place, only) {
    const { notation, view } = this;
    return shares(view, values, 1, place).flatMap(({ operand, position, partial }) => {
      if (only !== undefined && position !== only) return [];
      const sides = [
        notation.derivative(place, operand),
        view.partialFormula(values, place, position),
        view.partialFormula(values, place, position, true, told),
        number(told(partial)),
      ];
      return [inlineEqual(...new Set(sides))];
    });
  }
}
