// The plane of a network of two inputs: its samples as points, its output and its units as colour.
import { make, option } from "./elements.js";
import { dependents } from "./graph.js";
import { format } from "./numbers.js";

const CELLS = [48, 36]; // in which the output is computed, across and up, as the canvas is wide and high
const MARGIN = 0.15; // of the range of the samples, on each side
const LARGEST_RATIO = 4; // of two ranges that are drawn to one scale
const STRONGEST = 0.6; // tint of an output
const TRIED = 1000; // outputs, to find the one at which the samples part
const SMALL = 1e-6; // change of an output, to see which way its loss falls
const RADIUS = 5;
const TICKS = 6; // numbers along an edge, at most
const [TICK, NUMBER] = [4, 11]; // CSS pixels of a mark and of its number
const DIGITS = 4;
const CLICKED = 14; // CSS pixels from a point, to be a click on it

/** What lies between some numbers of a graph and its results, and is computed again where they change. */
class Section {
  constructor(graph, from, results) {
    this.graph = graph;
    const below = [...new Set(results.flatMap((result) => graph.below(result)))].sort((a, b) => a - b);
    const found = dependents(from, below, (place) => graph.operands[place]);
    this.places = below.filter((place) => found.has(place) && !from.includes(place));
  }

  /** Compute the numbers of the section in `values`. */
  run(values) {
    const { operands, rows } = this.graph;
    for (const place of this.places) {
      const [x, y] = operands[place];
      values[place] = rows[place].value(values[x], values[y]);
    }
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
      const [only] = this.inputs;
      const [sample, distance] = this.nearest([offsetX, offsetY]);
      if (distance <= CLICKED) choose(sample);
      else if (this.count === 1 && !only.some((each) => graph.isConstant(each))) {
        move(only, this.inputsAt(offsetX / canvas.clientWidth, offsetY / canvas.clientHeight));
      }
    });
  }

  section(name, from, results) {
    const key = `${name} ${results}`;
    if (!this.sections.has(key)) this.sections.set(key, new Section(this.graph, from, results));
    return this.sections.get(key);
  }

  /** The numbers of some places in each cell of the plane: of inputs, units and outputs of the first
   * sample, which has the weights of all. */
  fields(values, places) {
    const section = this.section("output", this.enter.flat(), this.samples.results[0]);
    const numbers = values.slice();
    const [columns, rows] = CELLS;
    const fields = places.map(() => new Float64Array(columns * rows));
    for (let cell = 0; cell < columns * rows; cell += 1) {
      const inputs = this.inputsAt(((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows);
      inputs.forEach((number, k) => {
        for (const place of this.enter[k]) numbers[place] = number;
      });
      section.run(numbers);
      places.forEach((place, k) => (fields[k][cell] = numbers[place]));
    }
    return fields;
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
      this.section(`loss ${k}`, [place], [losses[k]]).run(numbers);
      numbers[place] = values[place];
      return numbers[losses[k]];
    };
    const between = middle([least, most]);
    const wanted = results.map((_, k) => loss(k, between - SMALL) - loss(k, between + SMALL));
    const [low, high] = [Math.min(...wanted), Math.max(...wanted)];
    if (!(high > low)) return { sides: null, level: between };
    const [one, other] = [wanted.indexOf(high), wanted.indexOf(low)];
    // An untrained network may be on one side everywhere.
    const span = Math.max(most - least, 2);
    let [level, best] = [between, Infinity];
    for (let k = 0; k <= TRIED; k += 1) {
      const output = least - span + (k * (most - least + 2 * span)) / TRIED;
      const differs = Math.abs(loss(one, output) - loss(other, output));
      if (differs < best) [level, best] = [output, differs];
    }
    return { sides: wanted.map((each) => (2 * (each - low)) / (high - low) - 1), level };
  }

  /** Draw the plane, unless it is in a panel that is not seen, and tell of the chosen sample; tint the
   * circles of the diagram, if one is seen, each by its own numbers in the plane. */
  show(values, chosen, diagram) {
    this.shown = [values, chosen, diagram];
    const isSeen = this.canvas.clientWidth > 0;
    if (!isSeen && !diagram) return;
    this.points = this.inputs.map((places) => places.map((place) => values[place]));
    this.bounds = bounds(this.points);
    const output = this.samples.results[0][this.output];
    const [cells, ...units] = this.fields(values, [output, ...(diagram?.units ?? [])]);
    const ends = endsOf(cells);
    const { sides, level } = this.graph.isJudged ? this.sides(values, ...ends) : { sides: null, level: middle(ends) };
    const surface = this.tinted(cells, ends, level);
    diagram?.tint(units.map((each, k) => {
      if (diagram.units[k] === output) return surface;
      const [low, high] = endsOf(each);
      return this.tinted(each, [low, high], low <= 0 && high >= 0 ? 0 : middle([low, high]));
    }));
    if (!isSeen) return;
    this.paint(surface, sides, chosen);
    this.describe(values, chosen, ends);
  }

  /** A canvas of a pixel a cell: above the level in one colour, below it in the other. */
  tinted(cells, ends, level) {
    const style = getComputedStyle(this.canvas);
    const [positive, negative] = ["positive", "negative"].map((name) => channels(style.getPropertyValue(`--${name}`)));
    const reach = Math.max(...ends.map((end) => Math.abs(end - level))) || 1;
    const [width, height] = CELLS;
    const surface = make("canvas", { width, height });
    const image = new ImageData(width, height);
    cells.forEach((each, k) => {
      const share = Math.min(1, Math.abs(each - level) / reach); // nan, which is stored as 0, of no number
      image.data.set([...(each > level ? positive : negative), 255 * STRONGEST * Math.sqrt(share)], 4 * k);
    });
    surface.getContext("2d").putImageData(image, 0, 0);
    return surface;
  }

  paint(surface, sides, chosen) {
    const { canvas, points } = this;
    const ratio = window.devicePixelRatio;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const style = getComputedStyle(canvas);
    const [positive, negative] = ["positive", "negative"].map((name) => style.getPropertyValue(`--${name}`));
    const { color: ink, backgroundColor: paper } = style;
    const brush = canvas.getContext("2d");
    brush.drawImage(surface, 0, 0, canvas.width, canvas.height);
    brush.scale(ratio, ratio);
    this.number(brush, ink, style.fontFamily);
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

  /** Write round numbers along the lower and the left edge. */
  number(brush, ink, family) {
    const { clientHeight: height } = this.canvas;
    Object.assign(brush, { fillStyle: ink, font: `${NUMBER}px ${family}` });
    this.bounds.forEach((range, axis) => {
      for (const tick of ticks(range)) {
        const [x, y] = this.pixelsOf([tick, tick]);
        const written = format(tick, DIGITS);
        brush.textAlign = axis ? "left" : "center";
        brush.textBaseline = axis ? "middle" : "bottom";
        if (axis && (y < NUMBER || y > height - 2 * NUMBER)) continue; // no room: the lower edge has numbers too
        brush.fillText(written, axis ? TICK + 2 : x, axis ? y : height - TICK);
        brush.fillRect(axis ? 0 : x, axis ? y : height - TICK, axis ? TICK : 1, axis ? 1 : TICK);
      }
    });
  }

  /** The inputs at a part of the width and of the height. */
  inputsAt(across, down) {
    const [[left, right], [bottom, top]] = this.bounds;
    return [left + across * (right - left), top - down * (top - bottom)];
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
    const colour = `${outputs[this.output]} as colour, ${colours}.`;
    this.canvas.setAttribute("aria-label", `The plane of the inputs: ${inputs[0]} across, ${across}; ${inputs[1]} up, ${up}; ${colour}`);
    this.find("axes").textContent = `${inputs[0]} across, ${inputs[1]} up, ${colour}`;
    const numbers = [
      ...inputs.map((name, i) => [name, this.points[k][i]]),
      ...results[k].map((place, i) => [outputs[i], values[place]]),
      ...(losses.length === this.count ? [["loss", values[losses[k]]]] : []),
    ];
    const said = numbers.map(([name, number]) => `${name} = ${format(number, DIGITS)}`).join(", ");
    this.find("numbers").textContent = this.count > 1 ? `Sample ${k + 1} of ${this.count}: ${said}.` : `${said}.`;
  }
}

/** Red, green and blue of a colour such as #1f6fd6. */
const channels = (colour) => [1, 3, 5].map((place) => parseInt(colour.trim().slice(place, place + 2), 16));

const middle = ([low, high]) => (low + high) / 2;

function endsOf(numbers) {
  const finite = numbers.filter(Number.isFinite);
  return [Math.min(...finite), Math.max(...finite)];
}

/** The round numbers inside a range, about TICKS of them. */
function ticks([low, high]) {
  const power = 10 ** Math.floor(Math.log10((high - low) / TICKS));
  const step = power * [1, 2, 5, 10].find((each) => (high - low) / (power * each) <= TICKS);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

/** The least and the most of each input, with a margin; of one scale, if the ranges are alike. */
function bounds(points) {
  const ranges = [0, 1].map((axis) => {
    const numbers = points.map((point) => point[axis]);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const margin = high > low ? MARGIN * (high - low) : Math.max(1, Math.abs(low));
    return [low - margin, high + margin];
  });
  const [width, height] = ranges.map(([low, high]) => high - low);
  if (Math.max(width / height, height / width) > LARGEST_RATIO) return ranges;
  const ratio = CELLS[0] / CELLS[1];
  const wanted = [Math.max(width, height * ratio), Math.max(height, width / ratio)];
  return ranges.map(([low, high], axis) => {
    const more = (wanted[axis] - (high - low)) / 2;
    return [low - more, high + more];
  });
}
