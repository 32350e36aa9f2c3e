// Groups: boxes that stand for many values, and open in place to what is inside.
import { format } from "./numbers.js";
import { Scene, blockOf } from "./scene.js";

const SVG = "http://www.w3.org/2000/svg";
const PADDING = 9;
const TITLE = 24;
const IDS = /^([A-Za-z]*?)(g?)(\d+)(_\d+)?$/;

export class Groups {
  /** added(element): called with what has new boxes of values in it. */
  constructor(svg, graph, added) {
    this.svg = svg;
    this.graph = graph;
    this.added = added;
    this.along = graph.data.direction === "TB" ? 1 : 0;
    this.groups = (graph.data.groups ?? []).map(([name, template, values, inside, stubs], number) => ({
      name,
      template: graph.data.templates[template],
      values,
      inside,
      stubs: stubs.map((each) => graph.data.stubs[each]),
      key: `g${number + 1}`,
      box: null,
      opened: null, // the frame and the scene in it
    }));
    if (this.groups.length === 0) return;
    const { width, height } = svg.viewBox.baseVal;
    this.scene = new Scene(svg, [width, height], this.along);
    this.find(svg);
  }

  /** All values in a group, whether they are shown or not. */
  members(group) {
    group.members ??= [...group.values, ...group.inside.flatMap((each) => this.members(this.groups[each]))];
    return group.members;
  }

  /** Make the boxes of groups inside of an element openable. */
  find(element) {
    for (const box of element.querySelectorAll(".group")) {
      const group = this.groups[Number(box.id.slice(1)) - 1];
      box.querySelector("title")?.remove(); // it would tell the numbers of the recording
      group.box = box;
      button(box, false, () => this.open(group));
    }
  }

  open(group) {
    group.opened ??= this.build(group);
    group.box.parentNode.append(group.opened.frame);
    group.box.style.display = "none";
    this.arrange();
    group.opened.frame.querySelector(".header").focus({ preventScroll: true });
  }

  close(group) {
    group.opened.frame.remove();
    group.box.style.display = "";
    this.arrange();
    group.box.focus({ preventScroll: true });
  }

  /** The frame of an opened group. Its picture is a template, whose ids are made those of the graph. */
  build(group) {
    const frame = create("g", { class: "opened" });
    const header = create("g", { class: "header" });
    const title = create("text", { class: "title", x: PADDING, y: 16 });
    title.textContent = `\u25be ${group.name}`;
    header.append(create("rect", { width: 0, height: TITLE, class: "handle" }), title);
    button(header, true, () => this.close(group));
    header.setAttribute("aria-label", `close ${group.name}`);
    const content = create("g", { transform: `translate(${PADDING} ${TITLE})` });
    frame.append(create("rect", { rx: 8, class: "sheet" }), header, content);
    const opened = { frame, scene: null };
    if (group.template) {
      this.fill(content, group);
      opened.scene = new Scene(content, group.template.size, this.along);
    } else {
      const text = create("text", { class: "title", y: 16 });
      const count = this.members(group).length.toLocaleString("en");
      text.textContent = `${count} values, too many to draw, and no scope inside tells them apart`;
      content.append(text);
      opened.size = [7 * text.textContent.length, 30];
    }
    return opened;
  }

  fill(content, group) {
    const parsed = new DOMParser().parseFromString(
      `<svg xmlns="${SVG}">${group.template.svg}</svg>`,
      "image/svg+xml",
    );
    content.append(...[...parsed.documentElement.children].map((each) => document.importNode(each, true)));
    let stub = 0;
    for (const element of content.querySelectorAll("[id]")) {
      if (element.classList.contains("stub")) {
        const name = group.stubs[stub++];
        const text = element.querySelector("text");
        text.textContent = name.length > 18 ? `${name.slice(0, 17)}\u2026` : name;
        element.append(Object.assign(create("title"), { textContent: name }));
      }
      const [, kind, letter, number, rest = ""] = IDS.exec(element.id) ?? [];
      if (kind?.endsWith("s")) continue; // of stubs
      const global = letter ? group.inside[number - 1] + 1 : group.values[number - 1] + 1;
      element.id = `${kind}${letter}${global}${rest}`;
    }
    this.find(content);
    this.added(content);
  }

  arrange() {
    const [width, height] = this.settle(this.scene, this.svg);
    const before = this.svg.viewBox.baseVal.width;
    const shown = parseFloat(this.svg.style.width);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    const paper = this.svg.querySelector(".paper");
    paper.setAttribute("width", width);
    paper.setAttribute("height", height);
    if (shown) this.svg.style.width = `${(shown * width) / before}px`;
  }

  /** Give every opened group in a scene its room, those inside first; returns the scene's size. */
  settle(scene) {
    const sizes = new Map();
    const frames = [];
    for (const key of scene.blocks.keys()) {
      const group = key.startsWith("g") ? this.groups[Number(key.slice(1)) - 1] : null;
      if (!group?.opened?.frame.parentNode) continue;
      const [width, height] = group.opened.scene ? this.settle(group.opened.scene) : group.opened.size;
      const wide = Math.max(width, 8 * group.name.length + 30) + 2 * PADDING;
      const old = scene.blocks.get(key).size;
      const size = [Math.max(wide, old[0]), Math.max(height + TITLE + PADDING, old[1])];
      sizes.set(key, size);
      frames.push([key, group.opened.frame, size]);
    }
    const size = scene.arrange(sizes);
    for (const [key, frame, [width, height]] of frames) {
      const [x, y] = scene.start(key);
      frame.setAttribute("transform", `translate(${x} ${y})`);
      for (const rect of frame.querySelectorAll(":scope > .sheet, :scope > .header > .handle")) {
        rect.setAttribute("width", width);
        if (rect.classList.contains("sheet")) rect.setAttribute("height", height);
      }
    }
    return size;
  }

  /** Of each group that has a box: the range of its data, and the norm and the sign of its gradient. */
  sums(values, adjoints, known, now) {
    return this.groups.filter((group) => group.box).map((group) => {
      const sum = { group, low: Infinity, high: -Infinity, norm: NaN, signs: new Set(), now: false };
      let scale = 0;
      for (const place of this.members(group)) {
        sum.now ||= place === now;
        if (known(place)) {
          sum.low = Math.min(sum.low, values[place]);
          sum.high = Math.max(sum.high, values[place]);
        }
        const adjoint = adjoints[place];
        if (Number.isNaN(adjoint)) continue;
        scale = Math.max(scale, Math.abs(adjoint));
        if (adjoint !== 0) sum.signs.add(Math.sign(adjoint));
        sum.norm = 0;
      }
      if (sum.norm === 0 && scale > 0) sum.norm = scale * this.length(group, adjoints, scale);
      return sum;
    });
  }

  /** The norm of the adjoints in units of `scale`, which cannot overflow. */
  length(group, adjoints, scale) {
    const squares = this.members(group).map((place) => (adjoints[place] / scale || 0) ** 2);
    return Math.sqrt(squares.reduce((total, square) => total + square, 0));
  }

  /** Write what `sums` gave; paint(box, kind, size) colours a box. */
  show(sums, paint) {
    const digits = this.graph.data.digits;
    for (const { group, low, high, norm, signs, now } of sums) {
      const [least, most] = [low, high].map((each) => format(each, digits));
      const range = low > high ? "" : least === most ? least : `${least} to ${most}`;
      const slope = Number.isNaN(norm) ? "-" : format(norm, digits);
      write(group.box.querySelector(".data"), range);
      write(group.box.querySelector(".number.grad"), slope);
      const finite = [low > high ? 0 : low, low > high ? 0 : high, norm || 0].every(Number.isFinite);
      const sign = signs.size > 1 ? "mixed" : signs.has(-1) ? "negative" : "positive";
      const kind = !finite ? "broken" : Number.isNaN(norm) ? "unknown" : norm === 0 ? "zero" : sign;
      paint(group.box, kind, norm);
      group.box.classList.toggle("now", now);
      const count = this.members(group).length.toLocaleString("en");
      const said = `${group.name}: ${count} values, data ${range || "not computed"}, gradient norm ${slope}`;
      group.box.setAttribute("aria-label", said);
    }
  }
}

function button(element, expanded, act) {
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-expanded", String(expanded));
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  });
}

function create(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
