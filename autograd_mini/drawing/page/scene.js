// A scene: a laid-out picture whose boxes can be replaced by larger ones, for which others make room.
//
// Everything moves along and across by steps: what is further along than the column of a replaced
// box, or further across than its middle, moves by what the box has grown. A block (a box with its
// circle, its constants and what stands beside them) moves as one piece, and the ends of wires
// with their blocks, so that nothing that was apart overlaps.

const NEAR = 0.5; // of a pixel: coordinates are written with one decimal
const PARTS = /^[voceprw]?(g?\d+)(_\d+)?$/;

/** The block of an element, from its id: e7_0 and o7 to "7", eg1_0 to "g1". */
const blockOf = (id) => PARTS.exec(id)?.[1];

export class Scene {
  /** element: what the boxes, wires and frames are in; size: of the picture; along: 0 for x. */
  constructor(element, size, along) {
    this.size = size;
    this.along = along;
    this.blocks = new Map();
    this.wires = [];
    this.frames = [];
    for (const child of element.querySelectorAll(":scope > .wires > [id]")) this.takeWire(child);
    for (const child of element.querySelectorAll(":scope > g:not(.wires)")) this.take(child);
  }

  take(child) {
    const id = child.id;
    if (child.classList.contains("frame")) {
      const rect = child.querySelector("rect");
      this.frames.push({ child, rect, ...rectangle(rect) });
    } else {
      const key = blockOf(id) ?? id; // of a stub: all of it
      if (!this.blocks.has(key)) this.blocks.set(key, { elements: [], grown: [0, 0] });
      const block = this.blocks.get(key);
      block.elements.push(child);
      if (/value|group|stub/.test(child.classList[0])) {
        Object.assign(block, rectangle(child.querySelector("rect")));
      }
    }
  }

  takeWire(path) {
    const numbers = path.getAttribute("d").match(/-?\d+(\.\d+)?/g).map(Number);
    const points = [];
    for (let i = 0; i < numbers.length; i += 2) points.push([numbers[i], numbers[i + 1]]);
    this.wires.push({ path, id: path.id, points });
  }

  /** The current start of a box. */
  start(key) {
    const { at, shift } = this.blocks.get(key);
    return [at[0] + shift[0], at[1] + shift[1]];
  }

  /** Let boxes be as large as `sizes` says by key, make room, and return the size of all. */
  arrange(sizes) {
    const [along, across] = [this.along, 1 - this.along];
    for (const [key, block] of this.blocks) {
      const size = sizes.get(key) ?? block.size;
      block.grown = [0, 1].map((axis) => Math.max(0, size[axis] - block.size[axis]));
    }
    const middle = (block, axis) => block.at[axis] + block.size[axis] / 2;
    const grown = [...this.blocks.values()].filter((block) => block.grown.some((each) => each > 0));
    const columns = grown.map((block) => {
      const column = [...this.blocks.values()].filter(
        (other) => Math.abs(middle(other, along) - middle(block, along)) < NEAR,
      );
      const end = Math.max(...column.map((other) => other.at[along] + other.size[along]));
      return [end - NEAR, block.grown[along]];
    });
    const rows = grown.map((block) => [middle(block, across) + NEAR, block.grown[across]]);
    const further = [];
    further[along] = steps(columns);
    further[across] = steps(rows);
    for (const block of this.blocks.values()) {
      block.shift = [0, 1].map((axis) => further[axis](middle(block, axis)));
      const move = `translate(${block.shift[0]} ${block.shift[1]})`;
      for (const element of block.elements) element.setAttribute("transform", move);
    }
    for (const wire of this.wires) {
      const led = course(this.lead(wire, further));
      const reach = wire.path.nextElementSibling;
      for (const path of reach?.id === "" ? [wire.path, reach] : [wire.path]) {
        path.setAttribute("d", led);
      }
    }
    for (const { child, rect, at, size } of this.frames) {
      const from = at.map((each, axis) => each + further[axis](each));
      const to = at.map((each, axis) => each + size[axis] + further[axis](each + size[axis]));
      child.querySelector("text").setAttribute(
        "transform",
        `translate(${from[0] - at[0]} ${from[1] - at[1]})`,
      );
      place(rect, from, [to[0] - from[0], to[1] - from[1]]);
    }
    return this.size.map((each, axis) => each + further[axis](Infinity));
  }

  /** The points of a wire where everything has its new place: first as its source moves, as far as
   * they are level with it, last as its target does, and between by where they are. */
  lead({ id, points }, further) {
    const [along, across] = [this.along, 1 - this.along];
    const target = id.startsWith("w") ? null : this.blocks.get(blockOf(id));
    const constant = target?.elements.some((each) => each.id === `c${id.slice(1)}`);
    if (id.startsWith("r") || constant) return points.map((point) => moved(point, target.shift));
    const source = this.touched(points[0], along);
    const beside = source ? null : this.touched(points[0], across);
    const apart = (one) => (other) => Math.abs(one[across] - other[across]) >= 0.05;
    let leaves = points.findIndex(apart(points[0]));
    let arrives = points.findLastIndex(apart(points.at(-1))) + 1;
    if (leaves < 0) leaves = arrives = points.length / 2;
    const shifts = points.map((point) => point.map((each, axis) => further[axis](each)));
    shifts.forEach((shift, index) => {
      if (source && index < leaves) shift[across] = source.shift[across];
      if (target && index >= arrives) shift[across] = target.shift[across];
    });
    if (source) shifts[0][along] = source.shift[along] + source.grown[along];
    if (target) shifts.at(-1)[along] = target.shift[along];
    // In a table, a wire leaves at the side: its first two points are the same.
    for (const shift of beside ? shifts.slice(0, 2) : []) shift[across] = beside.shift[across] + beside.grown[across];
    return points.map((point, index) => moved(point, shifts[index]));
  }

  /** The block whose end along an axis the point is in the middle of, if there is one. */
  touched(point, axis) {
    for (const block of this.blocks.values()) {
      const { at, size } = block;
      if (
        Math.abs(at[axis] + size[axis] - point[axis]) < NEAR &&
        Math.abs(at[1 - axis] + size[1 - axis] / 2 - point[1 - axis]) < NEAR
      ) {
        return block;
      }
    }
    return null;
  }
}

/** The distance by which something moves: the sum of all steps before it, equal ones once. */
function steps(cuts) {
  const merged = [];
  for (const [at, size] of cuts.sort((one, other) => one[0] - other[0])) {
    const before = merged.at(-1);
    if (before && at - before[0] < NEAR) before[1] = Math.max(before[1], size);
    else merged.push([at, size]);
  }
  return (position) => merged.reduce((sum, [at, size]) => (position > at ? sum + size : sum), 0);
}

const moved = (point, shift) => [point[0] + shift[0], point[1] + shift[1]];

function course(points) {
  const [start, ...rest] = points.map((point) => point.map((each) => Number(each.toFixed(1))).join(","));
  return `M${start}C${rest.join(" ")}`;
}

function rectangle(rect) {
  const read = (name) => Number(rect.getAttribute(name));
  return { at: [read("x"), read("y")], size: [read("width"), read("height")] };
}

function place(rect, at, size) {
  ["x", "y"].forEach((name, axis) => rect.setAttribute(name, at[axis]));
  ["width", "height"].forEach((name, axis) => rect.setAttribute(name, size[axis]));
}
