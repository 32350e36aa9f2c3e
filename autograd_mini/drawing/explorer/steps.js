// The steps: first each result forward, then each result backward, from the root down.
import { factor, format } from "./numbers.js";

export const DIGITS_TOLD = 9;
export const told = (x) => format(x, DIGITS_TOLD);

export class Steps {
  constructor(graph, root) {
    this.graph = graph;
    this.root = root;
    this.forward = graph.results;
    this.backward = graph.below(root);
    this.last = this.forward.length + this.backward.length;
  }

  /** What is known after `step` steps: adjoints (nan where none is), which values, and what place
   * the step is about, -1 at both ends. handed: how many results have handed on by then. */
  at(values, step) {
    const handed = Math.max(0, step - this.forward.length);
    const unknown = new Set(this.forward.slice(step));
    const adjoints =
      handed > 0 || step === this.last
        ? this.adjoints(values, handed)
        : new Float64Array(this.graph.size).fill(NaN);
    const now = handed > 0 ? this.backward[handed - 1] : this.forward[step - 1];
    return {
      step,
      handed,
      adjoints,
      known: (place) => !unknown.has(place),
      now: step === 0 || step === this.last ? -1 : now,
    };
  }

  /** d root / d each place, when so many results have handed on; all, if not said. */
  adjoints(values, handed) {
    return this.graph.adjoints(values, this.root, this.backward, handed);
  }

  /** What happens at a step, a sentence each. */
  tell(values, moment) {
    const { graph } = this;
    const name = (place) => graph.names[place];
    const said = [graph.stale(values)].filter(Boolean);
    const broken = graph.broken(values);
    if (broken >= 0) said.push(`${name(broken)} does not exist at these numbers.`);
    if (moment.step === 0) {
      return [...said, "Only the leaves are known. Go forward, step by step."];
    }
    if (moment.step === this.last) {
      const result = `${name(this.root)} = ${told(values[this.root])}`;
      return [...said, `${result}. Everything is known, forward and backward.`];
    }
    if (moment.handed === 0) return [...said, this.tellForward(values, moment)];
    return [...said, ...this.tellBackward(values, moment)];
  }

  tellForward(values, { step, now }) {
    const { names, operands, data } = this.graph;
    const from = operands[now].map((each) =>
      typeof each === "string" ? each : `${names[each]} = ${told(values[each])}`,
    );
    return (
      `Forward, step ${step} of ${this.forward.length}: ${names[now]} is ${data.tape[now][0]} of ` +
      `${from.join(" and ")}; that is ${told(values[now])}.`
    );
  }

  tellBackward(values, { handed, adjoints, now }) {
    const { names } = this.graph;
    const said = [
      `Backward, step ${handed} of ${this.backward.length}: d${names[this.root]}/d${names[now]} = ` +
        `${told(adjoints[now])} is complete. ${names[now]} hands on adjoint * partial:`,
    ];
    const sums = this.adjoints(values, handed - 1);
    for (const { operand, partial, amount } of this.graph.shares(values, adjoints, now)) {
      const before = sums[operand];
      const share = `${told(adjoints[now])} * ${factor(partial, told)} = ${told(amount)}`;
      const line = `to ${names[operand]}: ${share}`;
      if (Number.isNaN(before)) {
        sums[operand] = amount;
        said.push(line);
      } else {
        sums[operand] += amount;
        const sum = `${told(before)} + ${factor(amount, told)} = ${told(sums[operand])}`;
        said.push(`${line}; with what it has got, ${sum}`);
      }
    }
    return said;
  }
}
