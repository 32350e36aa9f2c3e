// Chains: d top / d bottom along every path of single operations, as names and as numbers.

const MOST_PATHS = 6;

/** The paths from `bottom` up to `top`, each a list of { result, operand, partial }, top first;
 * of more than MOST_PATHS none. */
export function paths(graph, values, top, bottom) {
  const below = graph.below(top);
  const users = new Map();
  for (const result of below) {
    graph.operands[result].forEach((operand, position) => {
      if (typeof operand === "string") return;
      const edge = { result, operand, partial: graph.partial(values, result, position) };
      users.set(operand, [...(users.get(operand) ?? []), edge]);
    });
  }
  const ways = new Map([[top, 1]]);
  for (const result of below) {
    for (const operand of graph.operands[result]) {
      if (typeof operand === "string") continue;
      ways.set(operand, (ways.get(operand) ?? 0) + ways.get(result));
    }
  }
  if (!(ways.get(bottom) <= MOST_PATHS)) return [];
  const found = [];
  const pending = [{ place: bottom, path: [] }];
  while (pending.length > 0) {
    const { place, path } = pending.pop();
    if (place === top) found.push(path);
    else {
      for (const edge of users.get(place) ?? []) {
        pending.push({ place: edge.result, path: [edge, ...path] });
      }
    }
  }
  return found;
}

/** d top / d bottom in lines of text: the chain in symbols, in numbers, and what it comes to. */
export function chain(graph, values, adjoints, top, bottom, write) {
  const symbol = (a, b) => `d${graph.names[a]}/d${graph.names[b]}`;
  const signed = (x) => (x < 0 ? `(${write(x)})` : write(x));
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
    all.map((path) => path.map((edge) => signed(edge.partial)).join(" * ")),
  ];
  if (all.length > 1) {
    lines.push(all.map((path) => signed(path.reduce((product, edge) => product * edge.partial, 1))));
  }
  const rows = [...lines.map((terms) => terms.join(" + ")), write(adjoints[bottom])];
  return [...new Set(rows)].map((row, k) => (k === 0 ? `${left} = ${row}` : `= ${row}`));
}
