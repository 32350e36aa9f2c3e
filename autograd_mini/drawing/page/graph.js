// The graph: a tape, replayed from the numbers of its leaves by the generated ROWS.
// A place is a number: of a value on the tape or, from `size` on, of a constant.

const COMPARE = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** The places that depend on those of `from`, which count as well. results: in the order in which they
 * are computed. operandsOf(place): what feeds a result. */
export function dependents(from, results, operandsOf) {
  const found = new Set(from);
  for (const result of results) {
    if (operandsOf(result).some((operand) => found.has(operand))) found.add(result);
  }
  return found;
}

/** Add an amount to the adjoint of a place. */
export function add({ of, reached }, place, amount) {
  of[place] = reached[place] ? of[place] + amount : amount;
  reached[place] = 1;
}

export class Graph {
  /** rows: what computes an operation. kinds: which row each kind of entry has, and its formulas. */
  constructor(data, rows, kinds) {
    this.data = data;
    this.names = data.names;
    this.size = data.tape.length;
    this.leaves = [];
    this.kinds = new Array(this.size).fill(null);
    this.rows = new Array(this.size).fill(null);
    this.operands = new Array(this.size).fill([]);
    const numbers = [];
    const constants = [];
    data.tape.forEach((entry, place) => {
      numbers.push(Array.isArray(entry) ? 0 : Number(entry));
      if (!Array.isArray(entry)) {
        this.leaves.push(place);
        return;
      }
      const [kind, ...operands] = entry;
      this.kinds[place] = kinds[kind];
      this.rows[place] = rows[kinds[kind].row];
      this.operands[place] = operands.map((operand) =>
        typeof operand === "string" ? this.size + constants.push(Number(operand)) - 1 : operand,
      );
    });
    // Of a batch, the samples; else 1.
    this.samples = Math.max(data.samples?.at.length ?? 1, ...Object.values(data.calls ?? {}).map(({ length }) => length));
    // A batch of points in a plane: there colours tell more than numbers.
    this.inPlane = data.samples?.inputs.length === 2 && data.samples.at.length > 1;
    this.isJudged = this.inPlane && data.samples.losses.length === data.samples.at.length;
    this.results = [...this.rows.keys()].filter((place) => this.rows[place]);
    this.start = Float64Array.from([...numbers, ...constants]);
    this.recorded = this.replay(this.start);
  }

  /** Places sorted by name, w2 before w10. */
  byName(places) {
    const { compare } = new Intl.Collator("en", { numeric: true });
    return places.toSorted((one, other) => compare(this.names[one], this.names[other]));
  }

  isConstant(place) {
    return place >= this.size;
  }

  /** All values, from those of the leaves and constants (the others in `given` do not count). */
  replay(given) {
    const values = Float64Array.from(given);
    for (const place of this.results) {
      const [x, y] = this.operands[place];
      values[place] = this.rows[place].value(values[x], values[y]);
    }
    return values;
  }

  /** d place / d its operand at `position`, a number. */
  partial(values, place, position) {
    const [x, y] = this.operands[place];
    return this.rows[place].partials[position](values[x], values[y], values[place]);
  }

  /** The formula of a partial, with holes; without a position, the formula of the value. */
  rule(values, place, position) {
    const [x, y] = this.operands[place];
    const { value, partials } = this.kinds[place];
    const written = position === undefined ? value : partials[position];
    return written(values[x], values[y], values[place]);
  }

  /** The shares of the operands of `place`: adjoint * partial = amount. */
  shares(values, adjoint, place) {
    return this.operands[place].flatMap((operand, position) => {
      if (this.isConstant(operand)) return [];
      const partial = this.partial(values, place, position);
      return [{ operand, position, partial, amount: adjoint * partial }];
    });
  }

  /** d `result` / d each place that it hands down to over the results `between`, the last of them. */
  slopes(values, result, between) {
    const sums = new Map([[result, 1]]);
    for (const place of between.toReversed()) {
      for (const { operand, amount } of this.shares(values, sums.get(place) ?? 0, place)) {
        sums.set(operand, sums.has(operand) ? sums.get(operand) + amount : amount);
      }
    }
    return sums;
  }

  /** The results below `top`, itself first: the order in which adjoints are handed on. */
  below(top) {
    const found = new Uint8Array(this.start.length);
    found[top] = 1;
    const order = [];
    for (let place = top; place >= 0; place -= 1) {
      if (!found[place] || !this.rows[place]) continue;
      order.push(place);
      for (const operand of this.operands[place]) found[operand] = 1;
    }
    return order;
  }

  /** d top / d each place, 0 where none came, and which places were reached. order: of the results. */
  adjoints(values, top, order = this.below(top)) {
    const adjoints = this.seed(top);
    for (const place of order) {
      const operands = this.operands[place];
      for (let position = 0; position < operands.length; position += 1) {
        const operand = operands[position];
        if (operand >= this.size) continue;
        add(adjoints, operand, adjoints.of[place] * this.partial(values, place, position));
      }
    }
    return adjoints;
  }

  /** The adjoints before any result has handed on: d top / d top = 1. */
  seed(top) {
    const adjoints = { of: new Float64Array(this.size), reached: new Uint8Array(this.size) };
    add(adjoints, top, 1);
    return adjoints;
  }

  /** The first place that has no finite value although its operands have; -1 if all have. */
  broken(values) {
    return (
      this.results.find(
        (place) =>
          !Number.isFinite(values[place]) &&
          this.operands[place].every((operand) => Number.isFinite(values[operand])),
      ) ?? -1
    );
  }

  /** A comparison of the recording program that no longer holds, in words; or "". */
  stale(values) {
    for (const [left, right, symbol, outcome] of this.data.guards) {
      const sides = [left, right].map((side) => (typeof side === "string" ? Number(side) : values[side]));
      if (COMPARE[symbol](...sides) !== outcome) {
        const written = [left, right].map((side) => this.names[side] ?? side);
        return `The program asked whether ${written[0]} ${symbol} ${written[1]}, and would go another way here.`;
      }
    }
    return "";
  }
}
