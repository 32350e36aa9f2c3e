// Chains: d top / d bottom along every path, its links in symbols, as formulas and as numbers.
// The steps of a chain are the values that have a name, as in `explain`.
import { dependents } from "./graph.js";
import { LIMITS } from "./limits.js";
import { DOT, PLUS, equal, equation, escaped, factor, inline, inlineEqual, number, product, sum } from "./notation.js";
import { decimals } from "./numbers.js";
import { factorFormula } from "./views.js";

const { MOST_PATHS, MOST_TERMS, MOST_FACTORS, DECIMALS } = LIMITS; // those of `explain`

export class Chains {
  /** plan: the steps below one root, and the formulas that lead from one to the next. */
  constructor(graph, notation, plan) {
    this.graph = graph;
    this.notation = notation;
    this.steps = new Set(plan.steps);
    this.factors = plan.factors;
  }

  /** The links from `top` down to `bottom`, and in how many ways they lead there. */
  between(values, top, bottom) {
    const { graph } = this;
    const stops = this.stops(top, bottom);
    const results = graph.results.filter((place) => place > bottom && place <= top);
    const relevant = dependents([bottom], results, (place) => graph.operands[place]);
    const links = new Map();
    const ways = new Map([[bottom, 1]]);
    const pending = [top];
    const seen = new Set(pending);
    while (pending.length > 0) {
      const result = pending.pop();
      const below = result === bottom ? [] : this.below(values, result, stops, relevant);
      links.set(result, below);
      for (const { operand } of below) {
        if (!seen.has(operand)) pending.push(operand);
        seen.add(operand);
      }
    }
    for (const place of [...seen].sort((a, b) => a - b)) {
      if (place === bottom) continue;
      ways.set(place, links.get(place).reduce((sum, { operand }) => sum + ways.get(operand), 0));
    }
    return { links, ways: relevant.has(top) || top === bottom ? ways.get(top) : 0 };
  }

  /** Where the chain stops: at its steps, and one operation after the other around an end that has
   * no name. */
  stops(top, bottom) {
    const stops = new Set([...this.steps, top, bottom]);
    if (!this.steps.has(top)) this.spread(stops, top, (place) => this.graph.operands[place]);
    if (!this.steps.has(bottom)) {
      const users = new Map();
      for (const place of this.graph.results) {
        for (const operand of this.graph.operands[place]) {
          users.set(operand, [...(users.get(operand) ?? []), place]);
        }
      }
      this.spread(stops, bottom, (place) => users.get(place) ?? []);
    }
    return stops;
  }

  spread(stops, from, next) {
    const pending = [...next(from)];
    while (pending.length > 0) {
      const place = pending.pop();
      if (this.steps.has(place) || this.graph.isConstant(place) || stops.has(place)) continue;
      stops.add(place);
      pending.push(...next(place));
    }
  }

  /** The links from `result` to the stops below it, in the order of its formula. */
  below(values, result, stops, relevant) {
    const { graph } = this;
    const order = [];
    const seen = new Set();
    const visit = [[result, 0]];
    while (visit.length > 0) {
      const frame = visit.at(-1);
      const operand = graph.operands[frame[0]][frame[1]];
      frame[1] += 1;
      if (operand === undefined) {
        order.push(frame[0]);
        visit.pop();
      } else if (relevant.has(operand) && !stops.has(operand) && !seen.has(operand)) {
        seen.add(operand);
        visit.push([operand, 0]);
      }
    }
    const ends = new Set();
    for (const place of order) {
      for (const operand of graph.operands[place]) {
        if (stops.has(operand) && relevant.has(operand)) ends.add(operand);
      }
    }
    const sums = graph.slopes(values, result, order);
    return [...ends].map((operand) => ({
      result,
      operand,
      value: sums.get(operand),
      formula: factorFormula(graph, this.notation, this.factors, values, result, operand, order),
    }));
  }

  /** The terms of which d top / d bottom is the sum: the paths or, where there are more than can
   * be read, the last links with the derivatives above them. left: how many terms are left out.
   * ways: the number of paths. */
  terms(values, top, bottom, adjoints) {
    const { links, ways } = this.between(values, top, bottom);
    if (ways > 0 && ways <= MOST_PATHS) return { terms: paths(links, top, bottom), left: 0, ways };
    const last = [...links.values()]
      .flat()
      .filter(({ operand }) => operand === bottom)
      .sort((one, other) => one.result - other.result);
    const terms = last
      .slice(0, MOST_TERMS)
      .map((link) =>
        link.result === top
          ? [link]
          : [{ result: top, operand: link.result, value: adjoints.of[link.result], formula: null }, link],
      );
    return { terms, left: last.length - terms.length, ways };
  }

  /** The links of each term of d top / d bottom. */
  links(values, top, bottom) {
    return this.terms(values, top, bottom, this.graph.adjoints(values, top)).terms;
  }

  /** Why d top / d bottom is that number, in HTML. most: factors on a line. isWide: with the numbers
   * beside the symbols. */
  derivation(values, top, bottom, most = Infinity, isWide = false) {
    const { notation, graph } = this;
    const adjoints = graph.adjoints(values, top);
    const left = notation.derivative(top, bottom);
    if (top === bottom) return equation(left, [[["", number("1")]]]);
    if (!adjoints.reached[bottom]) {
      const [above, below] = [top, bottom].map((place) => escaped(graph.names[place]));
      return `${equation(left, [[["", number("0")]]])}<p>${above} does not depend on ${below}.</p>`;
    }
    const { terms, left: leftOut, ways } = this.terms(values, top, bottom, adjoints);
    const note =
      ways > MOST_PATHS
        ? `<p>${Number.isSafeInteger(ways) ? ways.toLocaleString("en") : "Very many"} paths lead there: what they share comes first. Ask about it too.</p>`
        : ways > 1
          ? `<p>${inline(notation.name(bottom))} reaches ${inline(notation.name(top))} along ${COUNTS[ways]} paths, so its ${COUNTS[ways]} contributions add.</p>`
          : "";
    const rows = this.rows(terms, leftOut, adjoints.of[bottom], most);
    const symbols = isWide ? rows.length >> 1 : rows.length;
    return equation(left, rows.slice(0, symbols)) + (isWide ? equation("", rows.slice(symbols)) : "") + note;
  }

  /** The walk along the factors of d top / d bottom, term by term: for each its link, the number of
   * its term, and a sentence of HTML; at last the sum of several terms. */
  walk(values, top, bottom) {
    const { notation, graph } = this;
    const adjoints = graph.adjoints(values, top);
    if (top === bottom || !adjoints.reached[bottom]) return [];
    const { terms, left, ways } = this.terms(values, top, bottom, adjoints);
    const write = decimals(DECIMALS, terms.flatMap(products).concat(terms.flat().map((link) => link.value), adjoints.of[bottom]));
    const kind = ways > MOST_PATHS ? "Term" : "Path";
    const stops = terms.flatMap((term, k) => {
      const sofar = products(term);
      return term.map((link, at) => {
        const place = terms.length > 1 ? `${kind} ${k + 1} of ${terms.length}, factor` : "Factor";
        const figure = number(write(link.value));
        const sides = [this.symbol(link), link.formula?.(true), link.formula?.(true, write), figure];
        const said = `${place} ${at + 1} of ${term.length}: ${inlineEqual(...new Set(sides.filter(Boolean)))}.`;
        const both = product([sofar[at - 1], link.value].map((each) => factor(write(each))));
        const until = ways > 1 ? [] : [notation.derivative(top, link.operand)];
        const result = at > 0 ? ` So far ${inlineEqual(...until, both, number(write(sofar[at])))}.` : "";
        return { link, term: k, said: said + result };
      });
    });
    if (terms.length === 1) return stops;
    const amounts = terms.map((term) => factor(write(products(term).at(-1))));
    if (left > 0) amounts.push("<mo>\u22ef</mo>");
    const total = inlineEqual(notation.derivative(top, bottom), sum(amounts), number(write(adjoints.of[bottom])));
    return [...stops, { link: null, term: -1, said: `The contributions add: ${total}.` }];
  }

  /** Hints to d top / d bottom: its chain, and then its links one by one, in HTML. */
  hints(values, top, bottom) {
    const { notation, graph } = this;
    const adjoints = graph.adjoints(values, top);
    if (!adjoints.reached[bottom]) return [];
    const { terms, left } = this.terms(values, top, bottom, adjoints);
    const links = new Map(terms.flat().map((link) => [`${link.result},${link.operand}`, link]));
    const write = decimals(DECIMALS, [...links.values()].map((link) => link.value));
    const [symbols] = this.rows(terms, left, adjoints.of[bottom]);
    const chain = inline(equal(notation.derivative(top, bottom), sum(symbols.map(([, line]) => line))));
    const each = [...links.values()].map((link) =>
      inline(
        equal(...new Set([this.symbol(link), link.formula?.(true), number(write(link.value))].filter(Boolean))),
      ),
    );
    return links.size > 1 ? [chain, ...each] : each;
  }

  /** The right sides: symbols, formulas, numbers, what each term comes to, and the sum; a row that
   * says what the one before it said is left out. A row is a list of lines with their signs. */
  rows(terms, leftOut, value, most = Infinity) {
    const worth = (term) => products(term).at(-1) ?? 1;
    const write = decimals(DECIMALS, [...terms.flat().map((link) => link.value), ...terms.map(worth), value]);
    const alone = terms.length === 1 && terms[0].length === 1;
    const coloured = (text, k) => (terms.length > 1 ? `<mrow data-term="${(k % COLOURS) + 1}">${text}</mrow>` : text);
    const written = (form) => {
      const lines = terms.flatMap((term, k) =>
        broken(twoEnds(term.map((link) => linked(link, form(link)))), most).map((factors, at) => [
          at === 0 ? PLUS : DOT,
          coloured(product(factors), k),
        ]),
      );
      if (leftOut > 0) lines.push([PLUS, `<mtext>\u22ef ${leftOut} more terms \u22ef</mtext>`]);
      const isLong = terms.some((term) => term.length > 1);
      return isLong ? lines : lines.length > most ? lines : [["", sum(lines.map(([, line]) => line))]];
    };
    const rows = [
      written((link) => this.symbol(link)),
      written((link) => link.formula?.(alone) ?? this.symbol(link)),
      written((link) => (alone ? number : factor)(write(link.value))),
    ];
    if (terms.length > 1 && leftOut === 0) {
      const amounts = terms.map((term, k) => coloured(factor(write(worth(term))), k));
      rows.push(broken(amounts, most).map((line) => [PLUS, sum(line)]));
    }
    const result = number(write(value));
    rows.push([["", alone ? linked(terms[0][0], result) : result]]);
    const left = alone ? linked(terms[0][0], this.symbol(terms[0][0])) : "";
    const text = (row) => row?.map(([, line]) => line).join() ?? left;
    return rows.filter((row, k) => text(row) !== text(rows[k - 1]));
  }

  symbol({ result, operand }) {
    return this.notation.derivative(result, operand);
  }
}

const COUNTS = ["no", "one", "two", "three", "four", "five", "six"]; // up to MOST_PATHS

export const COLOURS = 6; // of terms, in the stylesheet

/** The paths from `top` down to `bottom`, each a list of links. links: by the result above. */
function paths(links, top, bottom) {
  if (top === bottom) return [[]];
  return links.get(top).flatMap((link) => paths(links, link.operand, bottom).map((path) => [link, ...path]));
}

/** The products of the first factors of a term: of one, of two, ... */
function products(term) {
  let sofar = 1;
  return term.map((link) => (sofar *= link.value));
}

/** A list in parts of at most `most`. */
const broken = (list, most) =>
  list.length <= most ? [list] : [list.slice(0, most), ...broken(list.slice(most), most)];

/** A factor that lights its edge in the picture when it is pointed at. */
const linked = ({ result, operand }, written) =>
  `<mrow data-edge="${result},${operand}">${written}</mrow>`;

/** Of a long product the two ends, around a gap. */
function twoEnds(factors) {
  const left = factors.length - MOST_FACTORS;
  if (left <= 0) return factors;
  const end = MOST_FACTORS / 2;
  const gap = `<mtext>\u22ef ${left} more factors \u22ef</mtext>`;
  return [...factors.slice(0, end), gap, ...factors.slice(-end)];
}
