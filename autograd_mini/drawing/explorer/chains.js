// Chains: d top / d bottom along every path of single operations, as names and as numbers.

import { factor } from "./numbers.js";

const MOST_PATHS = 6;

/** The paths from `bottom` up to `top`, each a list of { result, operand, partial }, top first;
 * of more than MOST_PATHS none. */
export function paths(graph, values, top, bottom) {
  const users = new Map([[top, []]]);
  const ways = new Map([[top, 1]]);
  for (const result of graph.below(top)) {
    graph.operands[result].forEach((operand, position) => {
      if (typeof operand === "string") return;
      const edge = { result, operand, partial: graph.partial(values, result, position) };
      if (!users.has(operand)) users.set(operand, []);
      users.get(operand).push(edge);
      ways.set(operand, (ways.get(operand) ?? 0) + ways.get(result));
    });
  }
  if (!(ways.get(bottom) <= MOST_PATHS)) return [];
  const found = [];
  const pending = [{ place: bottom, path: [] }];
  while (pending.length > 0) {
    const { place, path } = pending.pop();
    if (place === top) found.push(path);
    else {
      for (const edge of users.get(place)) {
        pending.push({ place: edge.result, path: [edge, ...path] });
      }
    }
  }
  return found;
}

/** d top / d bottom in lines of text: the chain in symbols, in numbers, and what it comes to. */
export function chain(graph, values, adjoints, top, bottom, write) {
  const symbol = (a, b) => `d${graph.names[a]}/d${graph.names[b]}`;
  const left = symbol(top, bottom);
  if (top === bottom) return [`${left} = 1`];
  if (Number.isNaN(adjoints[bottom])) {
    return [`${left} = 0: ${graph.names[top]} does not depend on ${graph.names[bottom]}.`];
  }
  const all = paths(graph, values, top, bottom);
  if (all.length === 0) {
    return [`${left} = ${write(adjoints[bottom])}, along too many paths to write them here.`];
  }
  const lines = [
    all.map((path) => path.map((edge) => symbol(edge.result, edge.operand)).join(" * ")),
    all.map((path) => path.map((edge) => factor(edge.partial, write)).join(" * ")),
  ];
  if (all.length > 1) {
    const products = all.map((path) => path.reduce((product, edge) => product * edge.partial, 1));
    lines.push(products.map((product) => factor(product, write)));
  }
  const rows = [...lines.map((terms) => terms.join(" + ")), write(adjoints[bottom])];
  return [...new Set(rows)].map((row, k) => (k === 0 ? `${left} = ${row}` : `= ${row}`));
}
