// The plane of a network of two inputs: its samples as points, and its output as colour.
import { format } from "./numbers.js";
import { option } from "./panels.js";

const CELLS = [48, 36]; // in which the output is computed, across and up
const MARGIN = 0.15; // of the range of the samples, on each side
const LARGEST_RATIO = 4; // of two ranges that are drawn to one scale
const STRONGEST = 0.6; // tint of an output
const TRIED = 1000; // outputs, to find the one at which the samples part
const SMALL = 1e-6; // change of an output, to see which way its loss falls
const RADIUS = 5;
const DIGITS = 4;
const CLICKED = 14; // CSS pixels from a point, to be a click on it

/** What lies between some numbers of a graph and a result, and is computed again where they change. */
class Section {
  constructor(graph, from, to) {
    const found = new Set(from);
    this.graph = graph;
    this.to = to;
    this.places = graph.below(to).reverse().filter((place) => {
      const depends = !found.has(place) && graph.operands[place].some((operand) => found.has(operand));
      if (depends) found.add(place);
      return depends;
    });
  }

  /** The result; numbers of the section are changed in `values`. */
  run(values) {
    const { operands, rows } = this.graph;
    for (const place of this.places) {
      const [x, y] = operands[place];
      values[place] = rows[place].value(values[x], values[y]);
    }
    return values[this.to];
  }
}

export class Plane {
  /** samples: see data.py. find(name): an element of the page. choose(number) is called for a click on
   * a sample, move(places, numbers) for one elsewhere, where the inputs of an only sample are leaves. */
  constructor(graph, samples, find, choose, move) {
    const canvas = find("plane").querySelector("canvas");
    Object.assign(this, { graph, samples, canvas, find, output: 0, shown: null });
    const slot = ([place, position]) => graph.operands[place][position];
    this.inputs = samples.at.map((enter) => enter.map(slot));
    this.enter = samples.enter.map((places) => [...new Set(places.map(slot))]);
    this.count = this.inputs.length;
    this.isJudged = this.count > 1 && samples.losses.length === this.count;
    this.sections = new Map();
    find("plane").hidden = false;
    find("outputs").hidden = samples.outputs.length < 2;
    find("output").replaceChildren(...samples.outputs.map((name, k) => option(k, name)));
    find("output").addEventListener("change", ({ target }) => {
      this.output = Number(target.value);
      this.show(...this.shown);
    });
    new ResizeObserver(() => this.shown && this.show(...this.shown)).observe(canvas);
    canvas.addEventListener("click", ({ offsetX, offsetY }) => {
      const point = [offsetX, offsetY];
      const [only] = this.inputs;
      const [sample, distance] = this.nearest(point);
      if (distance <= CLICKED) choose(sample);
      else if (this.count === 1 && !only.some((each) => graph.isConstant(each))) move(only, this.inputsAt(point));
    });
  }

  section(name, from, to) {
    const key = `${name} ${to}`;
    if (!this.sections.has(key)) this.sections.set(key, new Section(this.graph, from, to));
    return this.sections.get(key);
  }

  /** A function that gives the output at two inputs. */
  program(values) {
    const section = this.section("output", this.enter.flat(), this.samples.results[0][this.output]);
    const numbers = values.slice();
    return (inputs) => {
      inputs.forEach((number, k) => {
        for (const place of this.enter[k]) numbers[place] = number;
      });
      return section.run(numbers);
    };
  }

  /** The side on which each sample wants the output, from -1 to 1, and the output at which they part:
   * there the loss of those that want the most is that of those that want the least. least, most: the
   * outputs in the plane. */
  sides(values, least, most) {
    const { losses, results } = this.samples;
    const numbers = values.slice();
    const loss = (k, output) => {
      const place = results[k][this.output];
      numbers[place] = output;
      const found = this.section(`loss ${k}`, [place], losses[k]).run(numbers);
      numbers[place] = values[place];
      return found;
    };
    const middle = (least + most) / 2;
    const wanted = results.map((_, k) => loss(k, middle - SMALL) - loss(k, middle + SMALL));
    const [low, high] = [Math.min(...wanted), Math.max(...wanted)];
    if (!(high > low)) return { sides: null, level: middle };
    const [one, other] = [wanted.indexOf(high), wanted.indexOf(low)];
    // An untrained network may be on one side everywhere.
    const span = Math.max(most - least, 2);
    let [level, best] = [middle, Infinity];
    for (let k = 0; k <= TRIED; k += 1) {
      const output = least - span + (k * (most - least + 2 * span)) / TRIED;
      const differs = Math.abs(loss(one, output) - loss(other, output));
      if (differs < best) [level, best] = [output, differs];
    }
    return { sides: wanted.map((each) => (2 * (each - low)) / (high - low) - 1), level };
  }

  /** Draw the plane, unless it is in a panel that is not seen, and tell of the chosen sample. */
  show(values, chosen) {
    this.shown = [values, chosen];
    const { canvas } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    this.points = this.inputs.map((places) => places.map((place) => values[place]));
    this.bounds = bounds(this.points, width / height);
    const output = this.program(values);
    const [columns, rows] = CELLS;
    const cells = Array.from({ length: columns * rows }, (_, k) =>
      output(this.inputsAt([(((k % columns) + 0.5) / columns) * width, ((Math.floor(k / columns) + 0.5) / rows) * height])),
    );
    const finite = cells.filter(Number.isFinite);
    const ends = [Math.min(...finite), Math.max(...finite)];
    const middle = (ends[0] + ends[1]) / 2;
    const { sides, level } = this.isJudged ? this.sides(values, ...ends) : { sides: null, level: middle };
    const reach = Math.max(...ends.map((end) => Math.abs(end - level))) || 1;
    this.paint(cells.map((each) => Math.max(-1, Math.min(1, (each - level) / reach))), sides, chosen);
    this.describe(values, chosen, ends);
  }

  paint(cells, sides, chosen) {
    const { canvas, points } = this;
    const ratio = window.devicePixelRatio;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const style = getComputedStyle(canvas);
    const [positive, negative] = ["positive", "negative"].map((name) => style.getPropertyValue(`--${name}`));
    const { color: ink, backgroundColor: paper } = style;
    const [columns, rows] = CELLS;
    const surface = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    const tint = surface.getContext("2d");
    cells.forEach((each, k) => {
      tint.fillStyle = each > 0 ? positive : negative;
      tint.globalAlpha = STRONGEST * Math.sqrt(Math.abs(each)) || 0; // of a number that does not exist
      tint.fillRect(k % columns, Math.floor(k / columns), 1, 1);
    });
    const brush = canvas.getContext("2d");
    brush.drawImage(surface, 0, 0, canvas.width, canvas.height);
    brush.scale(ratio, ratio);
    points.forEach((point, k) => {
      const colour = sides === null ? ink : sides[k] > 0 ? positive : negative;
      brush.beginPath();
      brush.arc(...this.pixelsOf(point), RADIUS, 0, 2 * Math.PI);
      brush.fillStyle = colour;
      brush.fill();
      brush.lineWidth = k === chosen ? 4 : 1.5;
      brush.strokeStyle = k === chosen ? ink : paper;
      brush.stroke();
    });
  }

  inputsAt([x, y]) {
    const [[left, right], [bottom, top]] = this.bounds;
    const { clientWidth, clientHeight } = this.canvas;
    return [left + (x / clientWidth) * (right - left), top - (y / clientHeight) * (top - bottom)];
  }

  pixelsOf([x, y]) {
    const [[left, right], [bottom, top]] = this.bounds;
    const { clientWidth, clientHeight } = this.canvas;
    return [((x - left) / (right - left)) * clientWidth, ((top - y) / (top - bottom)) * clientHeight];
  }

  /** The sample that is nearest to a place on the canvas, and its distance. */
  nearest([x, y]) {
    const distances = this.points.map((point) => {
      const [across, down] = this.pixelsOf(point);
      return Math.hypot(across - x, down - y);
    });
    const least = Math.min(...distances);
    return [distances.indexOf(least), least];
  }

  /** Write the axes and the numbers of the chosen sample. */
  describe(values, k, ends) {
    const { inputs, outputs, results, losses } = this.samples;
    const [across, up] = this.bounds.map((each) => each.map((end) => format(end, DIGITS)).join(" to "));
    const colours = ends.map((end) => format(end, DIGITS)).join(" to ");
    const scale = `${inputs[0]} across, ${across}; ${inputs[1]} up, ${up}; ${outputs[this.output]} as colour, ${colours}.`;
    this.canvas.setAttribute("aria-label", `The plane of the inputs: ${scale}`);
    this.find("axes").textContent = scale;
    const numbers = [
      ...inputs.map((name, i) => [name, this.points[k][i]]),
      ...results[k].map((place, i) => [outputs[i], values[place]]),
      ...(losses.length === this.count ? [["loss", values[losses[k]]]] : []),
    ];
    const said = numbers.map(([name, number]) => `${name} = ${format(number, DIGITS)}`).join(", ");
    this.find("numbers").textContent = this.count > 1 ? `Sample ${k + 1} of ${this.count}: ${said}.` : `${said}.`;
  }
}

/** The least and the most of each input, with a margin; of one scale, if the ranges are alike. */
function bounds(points, ratio) {
  const ranges = [0, 1].map((axis) => {
    const numbers = points.map((point) => point[axis]);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const margin = high > low ? MARGIN * (high - low) : Math.max(1, Math.abs(low));
    return [low - margin, high + margin];
  });
  const [width, height] = ranges.map(([low, high]) => high - low);
  if (Math.max(width / height, height / width) > LARGEST_RATIO) return ranges;
  const wanted = [Math.max(width, height * ratio), Math.max(height, width / ratio)];
  return ranges.map(([low, high], axis) => {
    const more = (wanted[axis] - (high - low)) / 2;
    return [low - more, high + more];
  });
}
