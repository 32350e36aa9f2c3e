// Two views of a graph: every operation, or its named values with what lies between them folded.
// A view says which results there are, what feeds each of them, and how that is written.
import { dependents } from "./graph.js";

const MOST_CORNERS = 10; // operands whose bounds are tried in every combination

/** The formula of d result / d operand over the results `between`, as a function of whether it stands
 * alone and of how numbers are written; null if none is known that holds at these values. */
export function factorFormula(graph, notation, templates, values, result, operand, between) {
  const uses = graph.operands[result].filter((each) => each === operand).length;
  if (between.length === 1 && uses === 1) {
    const position = graph.operands[result].indexOf(operand);
    return (alone, write = null) => notation.rule(values, result, position, { alone, write });
  }
  const template = templates[`${result},${operand}`];
  return template && sameBranches(graph, values, between)
    ? (alone, write = null) => notation.formula(template, alone, write && ((place) => write(values[place])))
    : null;
}

/** True if the same branches of the rules hold as when the graph was recorded. */
function sameBranches(graph, values, places) {
  return places.every((place) =>
    graph.operands[place].every(
      (_, position) => graph.rule(values, place, position) === graph.rule(graph.recorded, place, position),
    ),
  );
}

/** Every operation: a result is fed by its operands, of which some are constants. */
export class EveryOperation {
  constructor(graph, notation) {
    Object.assign(this, { graph, notation, results: graph.results });
  }

  operands(place) {
    return this.graph.operands[place];
  }

  below(root) {
    return this.graph.below(root);
  }

  partials(values, place) {
    return this.operands(place).map((_, position) => this.graph.partial(values, place, position));
  }

  /** Value and partials of a result whose operands have these numbers. */
  local(place, numbers) {
    const row = this.graph.rows[place];
    const value = row.value(...numbers);
    const [x, y] = numbers;
    return { value, partials: this.operands(place).map((_, k) => row.partials[k](x, y, value)) };
  }

  formula(values, place, write = null) {
    return this.notation.rule(values, place, undefined, { write });
  }

  partialFormula(values, place, position, alone = true, write = null) {
    return this.notation.rule(values, place, position, { alone, write });
  }

  /** True if a partial is a plain number, which a quiz does not ask for. */
  isPlain(place, position) {
    return !this.graph.rule(this.graph.recorded, place, position).includes("{");
  }
}

/** The named values: a result is fed by the named values and leaves of its formula. */
export class NamedValues {
  /** folded: of each result the places that feed it, its formula, and the formulas of its partials. */
  constructor(graph, notation, folded) {
    Object.assign(this, { graph, notation, folded });
    this.factors = Object.assign({}, folded.factors, ...graph.data.plans.map(({ factors }) => factors));
    this.results = Object.keys(folded.edges).map(Number).sort((a, b) => a - b);
    this.sections = new Map(this.results.map((place) => [place, this.section(place)]));
  }

  operands(place) {
    return this.folded.edges[place] ?? [];
  }

  /** The results that are folded into one, itself last. */
  section(place) {
    const ends = new Set(this.operands(place));
    const found = new Set([place]);
    for (const result of found) {
      for (const operand of this.graph.operands[result]) {
        if (this.graph.rows[operand] && !ends.has(operand)) found.add(operand);
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  below(root) {
    const found = new Set([root]);
    for (const place of found) for (const operand of this.operands(place)) found.add(operand);
    return [...found].filter((place) => this.sections.has(place)).sort((a, b) => b - a);
  }

  partials(values, place) {
    if (!this.sections.has(place)) return []; // of a leaf
    const sums = this.graph.slopes(values, place, this.sections.get(place));
    return this.operands(place).map((operand) => sums.get(operand) ?? 0);
  }

  local(place, numbers) {
    const values = Float64Array.from(this.graph.recorded);
    this.operands(place).forEach((operand, k) => (values[operand] = numbers[k]));
    for (const result of this.sections.get(place)) {
      const [x, y] = this.graph.operands[result];
      values[result] = this.graph.rows[result].value(values[x], values[y]);
    }
    return { value: values[place], partials: this.partials(values, place) };
  }

  formula(values, place, write = null) {
    const template = this.folded.values[place];
    if (!template) return this.notation.rule(values, place, undefined, { write });
    if (!sameBranches(this.graph, values, this.sections.get(place))) return this.notation.name(place);
    return this.notation.formula(template, true, write && ((each) => write(values[each])));
  }

  partialFormula(values, place, position, alone = true, write = null) {
    const operand = this.operands(place)[position];
    const { graph, notation, factors } = this;
    const section = this.sections.get(place);
    const leading = dependents([operand], section, (each) => graph.operands[each]);
    const between = section.filter((each) => leading.has(each));
    const written = factorFormula(graph, notation, factors, values, place, operand, between);
    return written ? written(alone, write) : notation.derivative(place, operand);
  }

  isPlain(place, position) {
    return !/<mi>|<msub>/.test(this.partialFormula(this.graph.recorded, place, position));
  }
}

/** The shares of the operands of a result of a view: adjoint * partial = amount. */
export function shares(view, values, adjoint, place) {
  const partials = view.partials(values, place);
  return view.operands(place).flatMap((operand, position) =>
    view.graph.isConstant(operand)
      ? []
      : [{ operand, position, partial: partials[position], amount: adjoint * partials[position] }],
  );
}

/** The bounds of one of the numbers of a result where each operand lies between bounds, found at the
 * corners: right where it is monotone in each. null if there are too many. */
export function localBounds(view, place, intervals, pick) {
  if (intervals.length > MOST_CORNERS) return null;
  const results = [];
  for (let corner = 0; corner < 1 << intervals.length; corner += 1) {
    results.push(pick(view.local(place, intervals.map((ends, k) => ends[(corner >> k) & 1]))));
  }
  return [Math.min(...results), Math.max(...results)];
}
