// Motion: in a backward step a dot runs down each edge with adjoint times partial, and the gradient
// that it comes to counts up to its new sum.
import { create } from "./elements.js";
import { format } from "./numbers.js";

const MOST_RUNNERS = 80; // more are a swarm that nobody follows
const PRODUCT_UNTIL = 0.55; // of the way; after that the label is the amount itself
const ARRIVAL = 0.75; // of the time, in the rest of which gradients count up

/** Let `moves` run down their edges, each {place, position, operand, adjoint, partial, amount}.
 * before, after: the adjoints. time: in milliseconds. Returned is what ends the motion at once. */
export function runDown(picture, moves, before, after, time) {
  const { digits } = picture.graph.data;
  const short = (x) => format(x, digits);
  const runners = moves.length > MOST_RUNNERS ? [] : moves.flatMap((move) => runner(picture, move, short));
  const sums = [...new Set(runners.map(({ operand }) => operand))].map((operand) => ({
    text: picture.boxes[operand]?.grad,
    end: after.of[operand],
    start: before.reached[operand] ? before.of[operand] : null,
    written: picture.boxes[operand]?.grad.textContent,
  }));
  const started = performance.now();
  let frame = 0;

  function draw() {
    const part = (performance.now() - started) / time;
    if (part >= 1) return stop();
    for (const each of runners) each.go(Math.min(1, part / ARRIVAL));
    const counted = Math.max(0, (part - ARRIVAL) / (1 - ARRIVAL));
    for (const { text, start, end } of sums) {
      if (!text) continue;
      const isWaiting = start === null && counted === 0;
      text.textContent = isWaiting ? "-" : short((start ?? 0) + counted * (end - (start ?? 0)));
    }
    frame = requestAnimationFrame(draw);
  }

  function stop() {
    cancelAnimationFrame(frame);
    for (const { mark } of runners.splice(0)) mark.remove();
    for (const { text, written } of sums.splice(0)) if (text) text.textContent = written;
  }

  if (runners.length > 0) draw();
  return stop;
}

/** The dot of one move with its label; none where the edge is not drawn. */
function runner({ svg, edges }, { place, position, operand, adjoint, partial, amount }, short) {
  const edge = edges.find((each) => each.place === place && each.position === position);
  if (!edge?.wire) return [];
  // A wire leads up to the circle of its operation, and another one on to the box.
  const wires = [svg.getElementById(`r${place + 1}`), edge.wire, edge.trunk].filter(Boolean);
  const lengths = wires.map((wire) => wire.getTotalLength());
  const mark = create("g", { class: "runner", "aria-hidden": "true" });
  const label = create("text", { y: "-8" });
  mark.append(create("circle", { r: "5" }), label);
  edge.wire.parentNode.parentNode.append(mark);
  const product = `${short(adjoint)} \u00b7 ${partial < 0 ? `(${short(partial)})` : short(partial)}`;

  /** Go to a part of the way down. */
  function go(part) {
    let left = part * lengths.reduce((sum, each) => sum + each, 0);
    let k = 0;
    while (k < wires.length - 1 && left > lengths[k]) left -= lengths[k++];
    const { x, y } = wires[k].getPointAtLength(lengths[k] - left);
    mark.setAttribute("transform", `translate(${x} ${y})`);
    label.textContent = part < PRODUCT_UNTIL ? product : short(amount);
  }
  return [{ mark, operand, go }];
}
