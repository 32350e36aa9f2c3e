// The graph: a tape, replayed from the numbers of its leaves by the generated ROWS.

const COMPARE = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

export class Graph {
  constructor(data, rows) {
    this.data = data;
    this.names = data.names;
    this.size = data.tape.length;
    this.leaves = [];
    this.rows = new Array(this.size).fill(null);
    this.operands = new Array(this.size).fill([]);
    this.start = new Float64Array(this.size);
    data.tape.forEach((entry, place) => {
      if (!Array.isArray(entry)) {
        this.leaves.push(place);
        this.start[place] = Number(entry);
        return;
      }
      const [row, ...operands] = entry;
      this.rows[place] = rows[row];
      this.operands[place] = operands;
    });
    this.results = [...this.rows.keys()].filter((place) => this.rows[place]);
  }

  /** A constant operand, or the value at a place. */
  number(values, operand) {
    return typeof operand === "string" ? Number(operand) : values[operand];
  }

  /** All values, from those of the leaves (the others in `given` do not count). */
  replay(given) {
    const values = Float64Array.from(given);
    for (const place of this.results) {
      const [x, y] = this.operands[place];
      values[place] = this.rows[place].value(this.number(values, x), this.number(values, y));
    }
    return values;
  }

  /** d place / d its operand at `position`, a number. */
  partial(values, place, position) {
    const [x, y] = this.operands[place];
    const row = this.rows[place];
    return row.partials[position](this.number(values, x), this.number(values, y), values[place]);
  }

  /** What `place` hands on to its operands: adjoint * partial = amount. */
  shares(values, adjoints, place) {
    return this.operands[place].flatMap((operand, position) => {
      if (typeof operand === "string") return [];
      const partial = this.partial(values, place, position);
      return [{ operand, position, partial, amount: adjoints[place] * partial }];
    });
  }

  /** The results below `top`, itself first: the order in which adjoints are handed on. */
  below(top) {
    const found = new Set([top]);
    for (let place = top; place >= 0; place -= 1) {
      if (!found.has(place)) continue;
      for (const operand of this.operands[place]) {
        if (typeof operand !== "string") found.add(operand);
      }
    }
    return [...found].filter((place) => this.rows[place]).sort((a, b) => b - a);
  }

  /** d top / d each place; nan where top does not depend on it. count: of results handed on. */
  adjoints(values, top, order = this.below(top), count = order.length) {
    const adjoints = new Float64Array(this.size).fill(NaN);
    adjoints[top] = 1;
    for (const place of order.slice(0, count)) {
      for (const { operand, amount } of this.shares(values, adjoints, place)) {
        adjoints[operand] = Number.isNaN(adjoints[operand]) ? amount : adjoints[operand] + amount;
      }
    }
    return adjoints;
  }

  /** The first place whose value does not exist although its operands do; -1 if there is none. */
  broken(values) {
    return (
      this.results.find(
        (place) =>
          !Number.isFinite(values[place]) &&
          this.operands[place].every((operand) => Number.isFinite(this.number(values, operand))),
      ) ?? -1
    );
  }

  /** A comparison of the recording program that comes out otherwise by now, in words; or "". */
  stale(values) {
    for (const [left, right, symbol, outcome] of this.data.guards) {
      const sides = [left, right].map((side) => this.number(values, side));
      if (COMPARE[symbol](...sides) !== outcome) {
        const written = [left, right].map((side) => this.names[side] ?? side);
        return `The program asked whether ${written[0]} ${symbol} ${written[1]}, and would go another way here.`;
      }
    }
    return "";
  }
}
