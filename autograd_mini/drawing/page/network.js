// The diagram of a network: units as circles, weights as lines, with the numbers of one sample.
import { button, create, write } from "./elements.js";
import { boxKeys } from "./keys.js";
import { format } from "./numbers.js";

const DIGITS_OF_MANY = 2; // in a circle of a wide network
const ROW = 14; // between the middles of two rows of text
const BIAS_DROP = 17; // from a circle down to its first bias
const [THINNEST, THICKEST] = [0.8, 4.5];

export class NetworkDiagram {
  /** network: see network_data.py. ask(place): called for the circle or the weight that is clicked. */
  constructor(graph, network, ask) {
    this.graph = graph;
    const [width, height] = network.size;
    this.svg = create("svg", { class: graph.inPlane ? "network tinted" : "network", viewBox: `0 0 ${width} ${height}`, width, height, role: "group" });
    this.sample = 0;
    this.digits = network.named ? graph.data.digits : DIGITS_OF_MANY;
    this.units = []; // the places in the first sample of the circles that can be tinted
    this.heat = []; // the canvas of each
    this.parts = []; // what is written: a function of the sample gives the place of each
    for (const line of network.lines) this.addLine(line, network.named);
    for (const [x, name] of network.headings) this.text(this.svg, x, 20, "heading").textContent = name;
    for (const circle of network.circles) this.addCircle(circle, network.named);
    for (const { element, placeOf } of this.parts) {
      if (element) button(element, null, () => ask(placeOf(this.sample)));
    }
    boxKeys(this.svg);
  }

  addLine([x1, y1, x2, y2, label, name, place], named) {
    const line = create("line", { x1, y1, x2, y2 });
    const element = create("g");
    const title = create("title");
    element.append(title, line);
    this.svg.append(element);
    if (place === undefined) return;
    const rows = label ? this.rows(this.svg, label[0], label[1], 2) : [];
    this.parts.push({ placeOf: () => place, name, line, title, rows, isNamed: named, element });
  }

  addCircle([x, y, r, name, source, biases], named) {
    const circle = create("g", { class: "unit" });
    const title = create("title");
    const heat = document.createElement("canvas");
    const inside = create("foreignObject", { x: x - r, y: y - r, width: 2 * r, height: 2 * r });
    inside.append(heat);
    circle.append(title, inside, create("circle", { cx: x, cy: y, r }));
    this.svg.append(circle);
    const { at } = this.graph.data.samples;
    const placeOf = (sample) => {
      if (Array.isArray(source)) return source[Math.min(sample, source.length - 1)];
      const [place, position] = at[sample][source];
      return this.graph.operands[place][position];
    };
    this.units.push(placeOf(0));
    this.heat.push(heat);
    const hasName = named && name !== "";
    const rows = this.rows(circle, x, y, named ? 2 + hasName : 1);
    if (hasName) rows.shift().textContent = name;
    rows[0].classList.add("data");
    this.parts.push({ placeOf, name: name || "output", title, rows, isNamed: false, element: circle });
    if (!named) return;
    biases.forEach(([place, of], k) => {
      const below = this.rows(this.svg, x, y + r + BIAS_DROP + 2 * ROW * k, 2);
      this.parts.push({ placeOf: () => place, name: of, rows: below, isNamed: true });
    });
  }

  /** Rows of text around a middle. */
  rows(parent, x, y, count) {
    return Array.from({ length: count }, (_, k) => this.text(parent, x, y + 4 + ROW * (k - (count - 1) / 2), k > 0 && k === count - 1 ? "last" : ""));
  }

  text(parent, x, y, kind) {
    const text = create("text", { x, y, class: kind });
    parent.append(text);
    return text;
  }

  /** Fill the circles with pictures of their units. */
  tint(pictures) {
    pictures.forEach(({ width, height }, k) => {
      const heat = Object.assign(this.heat[k], { width, height });
      heat.getContext("2d").drawImage(pictures[k], 0, 0);
    });
  }

  /** Write the numbers of a sample; lines are as thick as their weights are large. */
  show(values, { of, reached }, known, sample) {
    this.sample = sample;
    const { digits } = this;
    const weights = this.parts.filter(({ line }) => line);
    const largest = Math.max(...weights.map(({ placeOf }) => Math.abs(values[placeOf()])).filter(Number.isFinite), 1e-300);
    for (const { placeOf, name, title, rows, isNamed, line, element } of this.parts) {
      const place = placeOf(sample);
      const isValue = !this.graph.isConstant(place);
      const data = !isValue || known(place) ? format(values[place], digits) : "";
      const slope = isValue && reached[place] ? format(of[place], digits) : "";
      const grad = slope && `grad ${slope}`;
      const [first, second] = rows;
      if (first) write(first, isNamed ? `${name} = ${data}` : data);
      if (second) write(second, isNamed ? grad : slope); // a circle has less room
      const said = [`${name} = ${data}`, grad].filter(Boolean).join(", ");
      if (title) write(title, said);
      element?.setAttribute("aria-label", said);
      if (!line) continue;
      const size = Math.min(1, Math.abs(values[place]) / largest) || 0;
      line.setAttribute("stroke-width", (THINNEST + (THICKEST - THINNEST) * size).toFixed(2));
      line.setAttribute("class", values[place] < 0 ? "negative" : "positive");
    }
  }
}
