// The picture: the SVG that Python laid out, rewritten by ids as the numbers change.
import { COLOURS } from "./chains.js";
import { write } from "./elements.js";
import { dependents } from "./graph.js";
import { Groups } from "./groups.js";
import { boxKeys } from "./keys.js";
import { HIDDEN, format } from "./numbers.js";

const STATES = ["broken", "unknown", "zero", "positive", "negative", "mixed"];

function kind(data, grad) {
  if (Number.isNaN(data) || Math.abs(data) === Infinity) return "broken";
  if (grad === null) return "unknown";
  if (!Number.isFinite(grad)) return "broken";
  return grad === 0 ? "zero" : grad > 0 ? "positive" : "negative";
}

export class Picture {
  constructor(svg, view) {
    this.view = view;
    this.graph = view.graph;
    this.svg = svg;
    svg.setAttribute("role", "group"); // an image would hide the boxes inside from screen readers
    this.now = -1; // the place that is marked as being worked
    this.changed = () => {}; // told when a group is opened or closed
    this.boxes = []; // by places, of which those inside of closed groups have none
    this.edges = [];
    this.take(svg);
    // A page without groups is without their module too.
    this.groups = this.graph.data.groups && new Groups(this);
    boxKeys(svg);
  }

  /** Mark the edges and boxes by which `bottom` reaches `top`; none if bottom is null. terms(): the
   * links of each; an edge that belongs to one of several terms has its colour. Returned is whether
   * others were marked before. */
  mark(top, bottom, terms) {
    const { view } = this;
    const marked = `${top},${bottom},${this.edges.length}`;
    if (marked === this.marked) return false; // a large graph takes a while to be walked through
    this.marked = marked;
    const [up, down] = bottom === null ? [new Set(), new Set()] : [above(view, bottom), below(view, top)];
    const isOn = (place) => up.has(place) && down.has(place);
    const parts = isOn(bottom) ? terms().map((term) => term.map((link) => between(view, link))) : [];
    this.svg.classList.toggle("asked", isOn(top));
    this.boxes.forEach(({ box }, place) => {
      box.classList.toggle("path", isOn(place));
      box.classList.toggle("ends", isOn(place) && (place === top || place === bottom));
    });
    for (const { trunk } of this.edges) trunk?.classList.remove("path");
    for (const { place, operand, wire, note, trunk } of this.edges) {
      const on = isOn(place) && isOn(operand);
      const owners = [...parts.keys()].filter((k) => parts[k].some((has) => has(place, operand)));
      const term = on && parts.length > 1 && owners.length === 1 ? (owners[0] % COLOURS) + 1 : "";
      for (const part of [wire, note]) {
        part?.classList.toggle("path", on);
        if (part) part.dataset.term = term;
      }
      if (on) trunk?.classList.add("path");
      if (on) this.svg.getElementById(`r${place + 1}`)?.classList.add("path");
    }
    return true;
  }

  /** Light the edges of a link, "result,operand"; none without one. */
  light(pair) {
    const [result, operand] = pair?.split(",").map(Number) ?? [];
    const has = pair ? between(this.view, { result, operand }) : () => false;
    for (const { place, operand, wire, note } of this.edges) {
      const lit = has(place, operand);
      for (const part of [wire, note]) part?.classList.toggle("lit", lit);
    }
  }

  /** Call listen(box, place) for every box, also for those that come when a group is opened. */
  onBoxes(listen) {
    this.listen = listen;
    this.boxes.forEach(({ box }, place) => listen(box, place));
  }

  /** Make the boxes inside of an element known, and the edges to them, which are returned. */
  take(element) {
    const { graph, view } = this;
    const edges = [];
    for (const box of element.querySelectorAll(".value")) {
      const place = Number(box.id.slice(1)) - 1;
      box.setAttribute("tabindex", "-1");
      box.setAttribute("role", "button");
      box.classList.toggle("unnamed", !(place in graph.data.symbols));
      this.boxes[place] = {
        box,
        data: box.querySelector(".data"),
        grad: box.querySelector(".number.grad"),
        rect: box.querySelector("rect"),
      };
      view.operands(place).forEach((operand, position) => {
        if (graph.isConstant(operand)) return;
        const find = (letter) => element.querySelector(`#${letter}${place + 1}_${position}`);
        const note = find("p")?.querySelector("text") ?? null;
        const trunk = element.querySelector(`#w${operand + 1}`); // that edges of one value share
        edges.push({ place, position, operand, wire: find("e"), note, trunk });
      });
    }
    this.edges.push(...edges);
    return edges;
  }

  /** Forget boxes and edges inside of an element. */
  drop(element, places) {
    for (const place of places) delete this.boxes[place];
    this.edges = this.edges.filter(({ wire, note }) => !element.contains(wire ?? note));
    this.marked = "";
  }

  /** The making of a value in words: its circle and its operands. */
  made(place) {
    const { graph } = this;
    if (!graph.rows[place]) return "";
    const from = graph.operands[place].map((each) =>
      graph.isConstant(each) ? format(graph.start[each], graph.data.digits) : graph.names[each],
    );
    return `${graph.kinds[place].symbol} of ${from.join(", ")}`;
  }

  /** adjoints: what is known of the gradients. known(place): whether its value is. now: the place
   * that is being worked. hides(kind, place, position): whether a number is asked in the quiz. */
  show(values, adjoints, known, now, hides) {
    this.shown = [values, adjoints, known, now, hides];
    const { data: settings, names } = this.graph;
    const sums = this.groups?.sums(values, adjoints, known, now, hides) ?? [];
    const sizes = [...Array.from(adjoints.of, Math.abs), ...sums.map(({ norm }) => norm ?? 0)];
    const largest = sizes.filter(Number.isFinite).reduce((most, each) => Math.max(most, each), 0);

    // Elements are touched only where something changed: there may be hundreds of them.
    const paint = (box, rect, wanted, size) => {
      const coloured = STATES.indexOf(wanted) > 2;
      const tint = coloured ? settings.strongest * Math.sqrt(Math.abs(size) / largest) : 0;
      const look = `${wanted} ${tint.toFixed(2)}`;
      if (box.look === look) return;
      box.look = look;
      for (const each of STATES) box.classList.toggle(each, each === wanted);
      rect.setAttribute("fill-opacity", tint.toFixed(2));
    };
    this.boxes.forEach(({ box, data, grad, rect }, place) => {
      const askedValue = hides("values", place);
      const askedSlope = hides("gradients", place);
      const shown = known(place) && !askedValue ? values[place] : null;
      const slope = adjoints.reached[place] && !askedSlope ? adjoints.of[place] : null;
      const value = shown === null ? (askedValue ? HIDDEN : "") : format(shown, settings.digits);
      const written = slope === null ? (askedSlope ? HIDDEN : "-") : format(slope, settings.digits);
      paint(box, rect, kind(shown, slope), slope);
      if (place === now || place === this.now) box.classList.toggle("now", place === now);
      const said = `${names[place]}: data ${value || "not computed"}, gradient ${written}`;
      if (box.said === said) return;
      box.said = said;
      box.setAttribute("aria-label", said);
      data.textContent = value;
      grad.textContent = written;
    });
    this.groups?.show(sums, paint);
    const partials = new Map();
    const partial = (place, position) => {
      if (!partials.has(place)) partials.set(place, this.view.partials(values, place));
      return format(partials.get(place)[position], settings.digits);
    };
    for (const { place, position, wire, note } of this.edges) {
      if (note) {
        const asked = hides("partials", place, position);
        write(note, asked ? HIDDEN : known(place) ? partial(place, position) : "");
      }
      if (place === now || place === this.now) wire?.classList.toggle("now", place === now);
    }
    this.now = now;
  }

  /** The box of the place that is being worked, or of the group that it is in, if it can be seen. */
  get worked() {
    const boxes = [...this.svg.querySelectorAll(".value.now, .group.now")];
    return boxes.find((box) => box.getClientRects().length > 0);
  }

  /** The picture as it is seen, as an SVG file. */
  file() {
    const copy = this.svg.cloneNode(true);
    for (const name of ["style", "role", "tabindex"]) copy.removeAttribute(name);
    copy.classList.remove("asked");
    for (const reach of copy.querySelectorAll(".reach, .runner")) reach.remove();
    for (const box of copy.querySelectorAll("[tabindex]")) {
      for (const name of ["tabindex", "role", "aria-label", "aria-expanded"]) box.removeAttribute(name);
    }
    return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  }

  /** Call point(place, position) where the pointer comes to an edge, which is wider than it looks,
   * or to its note, and leave() where it goes. */
  onEdges(point, leave) {
    this.reach = ({ place, position, wire, note }) => {
      const reach = wire?.cloneNode(false);
      if (reach) {
        reach.removeAttribute("id");
        reach.setAttribute("class", "reach");
        wire.after(reach);
      }
      for (const part of [reach, note]) {
        part?.addEventListener("pointerenter", () => point(place, position));
        part?.addEventListener("pointerleave", leave);
      }
    };
    this.edges.forEach(this.reach);
  }
}

/** The places that depend on `bottom`, itself included. */
const above = (view, bottom) => dependents([bottom], view.results, (place) => view.operands(place));

/** The places that `top` depends on, itself included. */
function below(view, top) {
  const found = new Set([top]);
  for (const result of view.below(top)) {
    if (found.has(result)) for (const operand of view.operands(result)) found.add(operand);
  }
  return found;
}

/** A function of an edge: whether it is the link or, where the view has more boxes, a part of it. */
function between(view, { result, operand }) {
  if (view.operands(result).includes(operand)) return (to, from) => to === result && from === operand;
  const [up, down] = [above(view, operand), below(view, result)];
  return (to, from) => down.has(to) && up.has(from);
}
