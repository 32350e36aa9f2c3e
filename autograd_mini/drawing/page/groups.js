// Groups: boxes that stand for many values, and open in place to what is inside.
import { SVG, button, create, write } from "./elements.js";
import { LIMITS } from "./limits.js";
import { HIDDEN, format } from "./numbers.js";
import { Scene } from "./scene.js";

const PADDING = 9;
const TITLE = 24;
const WIDE = 260; // of the totals
const TOTALS = 16; // the room of a second line
const IDS = /^([A-Za-z]*?)(g?)(\d+)(_\d+)?$/;

export class Groups {
  constructor(picture) {
    const { svg, graph } = picture;
    this.picture = picture;
    this.svg = svg;
    this.graph = graph;
    this.along = graph.data.direction === "TB" ? 1 : 0;
    this.groups = graph.data.groups.map(([name, template, values, inside, stubs], number) => ({
      name,
      template: graph.data.templates[template],
      values,
      inside,
      stubs: stubs.map((each) => graph.data.stubs[each]),
      calls: graph.data.calls[number] ?? null, // of a stack: of each call values and stubs
      key: `g${number + 1}`,
      box: null,
      opened: null, // the frame and the scene in it
    }));
    this.sample = 0; // the call that a stack shows
    this.now = -1; // the result that is worked
    const { width, height } = svg.viewBox.baseVal;
    this.scene = new Scene(svg, [width, height], graph.data.table ? 1 : this.along);
    this.find(svg);
  }

  /** All values in a group, whether they are shown or not. */
  members(group) {
    if (group.calls) group.members ??= [...new Set(group.calls.flatMap(([values]) => values))];
    group.members ??= [...group.values, ...group.inside.flatMap((each) => this.members(this.groups[each]))];
    return group.members;
  }

  /** Make the boxes of groups inside of an element openable. */
  find(element) {
    for (const box of element.querySelectorAll(".group")) {
      const group = this.groups[Number(box.id.slice(1)) - 1];
      Object.assign(group, {
        box,
        rect: box.querySelector("rect"),
        range: box.querySelector(".data"),
        slope: box.querySelector(".number.grad"),
      });
      button(box, false, () => this.open(group));
    }
  }

  open(group) {
    this.unfold(group);
    this.arrange();
    group.opened.frame.querySelector(".header").focus({ preventScroll: true });
    this.picture.changed();
  }

  close(group) {
    group.opened.frame.remove();
    group.box.style.display = "";
    this.arrange();
    group.box.focus({ preventScroll: true });
    this.picture.changed();
  }

  unfold(group) {
    if (!group.opened) {
      group.opened = this.build(group);
      this.picture.show(...this.picture.shown);
    }
    group.box.parentNode.append(group.opened.frame);
    group.box.style.display = "none";
  }

  /** Let every stack show its call of this number or, if it has it, the call that is worked. */
  setSample(sample, now) {
    this.sample = sample;
    this.now = this.graph.rows[now] ? now : -1;
    for (const group of this.groups) if (group.calls && group.opened) this.turn(group);
  }

  /** The number of the call that a stack is to show. */
  wanted({ calls }) {
    const worked = this.now < 0 ? -1 : calls.findIndex(([values]) => values.includes(this.now));
    return worked < 0 ? Math.min(this.sample, calls.length - 1) : worked;
  }

  /** Show another call of an opened stack. */
  turn(group) {
    if (group.shown === this.wanted(group)) return;
    const { picture } = this;
    const { content } = group.opened;
    picture.drop(content, group.values);
    content.replaceChildren();
    this.fill(content, group);
    group.opened.scene = new Scene(content, group.template.size, this.along);
  }

  isOpen(group) {
    return group.opened?.frame.isConnected ?? false;
  }

  /** The keys of the groups that are open. */
  get opened() {
    return this.groups.filter((group) => this.isOpen(group)).map(({ key }) => key);
  }

  /** Open those of these keys whose boxes can be seen, and then those that can be seen in them. */
  openAll(keys) {
    for (let left = keys, before; left.length !== before; ) {
      before = left.length;
      left = left.filter((key) => {
        const group = this.groups.find((each) => each.key === key);
        if (!group?.box || this.isOpen(group)) return true;
        this.unfold(group);
        return false;
      });
    }
    this.arrange();
  }

  /** The frame of an opened group. Its picture is a template, whose ids are made those of the graph. */
  build(group) {
    const frame = create("g", { class: "opened", id: `opened-${group.key}` });
    const header = create("g", { class: "header" });
    const title = create("text", { class: "title", x: PADDING, y: 16 });
    const totals = create("text", { class: "title totals", x: PADDING, y: 32 });
    header.append(create("rect", { width: 0, height: TITLE, class: "handle" }), title);
    button(header, true, () => this.close(group));
    header.setAttribute("aria-label", `close ${group.name}`);
    const top = group.calls ? TITLE + TOTALS : TITLE;
    if (group.calls) header.append(totals);
    const content = create("g", { transform: `translate(${PADDING} ${top})` });
    frame.append(create("rect", { rx: 8, class: "paper sheet" }), header, content);
    const opened = { frame, content, top, title, totals, scene: null };
    title.textContent = `\u25be ${group.name}`;
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
    if (group.calls) {
      group.shown = this.wanted(group);
      const [values, stubs] = group.calls[group.shown];
      Object.assign(group, { values, stubs: stubs.map((each) => this.graph.data.stubs[each]) });
    }
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
        text.textContent = name.length > LIMITS.LONGEST_STUB ? `${[...name].slice(0, LIMITS.LONGEST_STUB - 1).join("")}\u2026` : name;
        element.append(Object.assign(create("title"), { textContent: name }));
      }
      const [, kind, letter, number, rest = ""] = IDS.exec(element.id);
      const place = (letter ? group.inside : group.values)[number - 1] + 1;
      element.id = kind.endsWith("s") ? `${group.key}-${element.id}` : `${kind}${letter}${place}${rest}`;
    }
    for (const place of group.values) this.name(content, place);
    this.find(content);
    const { picture } = this;
    picture.take(content).forEach(picture.reach);
    for (const place of group.values) picture.listen(picture.boxes[place].box, place);
  }

  /** Write what a template leaves out of a value: its name, if it has no label, and constants. */
  name(content, place) {
    const { names, operands, start, data } = this.graph;
    const id = place + 1;
    if (!(place in data.symbols)) write(content.querySelector(`#v${id} .label`), names[place]);
    operands[place].forEach((operand, position) => {
      const constant = content.querySelector(`#c${id}_${position} text`);
      if (constant) write(constant, format(start[operand], data.digits));
    });
  }

  arrange() {
    const [width, height] = this.settle(this.scene, this.svg);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    const paper = this.svg.querySelector(":scope > .paper");
    paper.setAttribute("width", width);
    paper.setAttribute("height", height);
    // The scale of the viewport: the width that CSS gives back is rounded.
    if (this.svg.scale) this.svg.style.width = `${this.svg.scale * width}px`;
    this.svg.dispatchEvent(new Event("grown", { bubbles: true }));
  }

  /** Give every opened group in a scene its room, those inside first; returns the scene's size. */
  settle(scene) {
    const sizes = new Map();
    const frames = [];
    for (const key of scene.blocks.keys()) {
      const group = key.startsWith("g") ? this.groups[Number(key.slice(1)) - 1] : null;
      if (!group || !this.isOpen(group)) continue;
      const [width, height] = group.opened.scene ? this.settle(group.opened.scene) : group.opened.size;
      const wide = Math.max(width, 8 * group.name.length + (group.calls ? WIDE : 30)) + 2 * PADDING;
      const old = scene.blocks.get(key).size;
      const size = [Math.max(wide, old[0]), Math.max(height + group.opened.top + PADDING, old[1])];
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

  /** Of each group that has a box, what it says: least and most of its data, null where none is
   * known, norm and sign of its gradient, null where none came, and whether the quiz asks for them. */
  sums(values, { of, reached }, known, now, hides) {
    return this.groups.filter((group) => group.box).map((group) => {
      const members = this.members(group);
      const data = members.filter(known).map((place) => values[place]);
      const slopes = members.filter((place) => reached[place]).map((place) => of[place]);
      const signs = new Set(slopes.map(Math.sign).filter((sign) => sign !== 0));
      return {
        group,
        least: data.length > 0 ? data.reduce((one, other) => Math.min(one, other)) : null,
        most: data.length > 0 ? data.reduce((one, other) => Math.max(one, other)) : null,
        norm: slopes.length > 0 ? norm(slopes) : null,
        sign: signs.size > 1 ? "mixed" : signs.has(-1) ? "negative" : "positive",
        now: members.includes(now),
        hidesData: members.some((place) => hides("values", place)),
        hidesSlope: members.some((place) => hides("gradients", place)),
      };
    });
  }

  /** Write what `sums` gave; paint(box, rect, state, size) colours a box. */
  show(sums, paint) {
    const { digits } = this.graph.data;
    for (const { group, least, most, norm, sign, now, hidesData, hidesSlope } of sums) {
      const ends = least === null ? [""] : [least, most].map((each) => format(each, digits));
      const range = hidesData ? HIDDEN : [...new Set(ends)].join(" to ");
      const slope = hidesSlope ? HIDDEN : norm === null ? "-" : format(norm, digits);
      write(group.range, range);
      write(group.slope, slope);
      const finite = [least ?? 0, most ?? 0, norm ?? 0].every(Number.isFinite);
      const graded = norm === null || hidesSlope ? "unknown" : norm === 0 ? "zero" : sign;
      paint(group.box, group.rect, finite ? graded : "broken", norm);
      group.box.classList.toggle("now", now);
      if (group.calls && group.opened) {
        const { title, totals } = group.opened;
        const { length } = group.calls;
        write(title, `\u25be ${group.name}: sample ${group.shown + 1} of ${length}`);
        write(totals, `all ${length}: data ${range || "-"}, |grad| ${slope}`);
      }
      const count = this.members(group).length.toLocaleString("en");
      const said = `${group.name}: ${count} values, data ${range || "not computed"}, gradient norm ${slope}`;
      if (group.box.getAttribute("aria-label") !== said) group.box.setAttribute("aria-label", said);
    }
  }
}

/** The root of the sum of squares, which does not overflow where the root does not. */
function norm(numbers) {
  const largest = numbers.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  return largest * Math.sqrt(numbers.reduce((sum, each) => sum + (each / largest) ** 2, 0));
}
