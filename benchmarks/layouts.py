"""Measure the layout of twelve graphs: crossings, bends, length, size and time.

Prints a Markdown table; run as `python -m benchmarks.layouts`, with `--svg FOLDER` for the pictures
too. Crossings are counted on the curves as drawn, between wires of
different values that do not end at the same box or circle. Bends are how far all wires turn, in
right angles. Length: all wires, in pixels. Area: the picture, in thousands of
them. Time is the best of three.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import nn
from autograd_mini import Value, label, log, softmax
from autograd_mini.drawing.groups import collapse
from autograd_mini.drawing.layout import layered_layout
from autograd_mini.drawing.layout.layout import Layout, Point
from autograd_mini.drawing.lettering import Lettering, letter
from autograd_mini.drawing.picture import Picture, take_picture
from autograd_mini.drawing.svg import svg_text
from autograd_mini.symbols.names import Names

HEADER = """\
| graph | boxes and circles | crossings | bends | length | area | time in ms |
|---|---:|---:|---:|---:|---:|---:|"""

PIECES = 8  # straight ones, a curve
ROUNDS = 3


def one_neuron() -> Value:
    """A neuron whose parts have names."""
    x1, x2, w1, w2, b = (Value(number) for number in (2.0, 0.0, -3.0, 1.0, 6.88))
    o = (x1 * w1 + x2 * w2 + b).tanh()
    label(x1=x1, x2=x2, w1=w1, w2=w2, b=b, o=o)
    return o


def used_five_times() -> Value:
    """x, five times."""
    x = Value(1.5, label="x")
    return (x * x + x * 3 - x) / x


def cross_entropy() -> Value:
    """Softmax over three scores of two inputs."""
    inputs = [Value(0.5, label="x1"), Value(-1.0, label="x2")]
    scores = [
        inputs[0] * Value(0.1 * k, label=f"w{k}1") + inputs[1] * Value(0.3 - k, label=f"w{k}2")
        for k in range(1, 4)
    ]
    return -log(softmax(scores)[0])


def chain(steps: int) -> Value:
    """A product with one factor at every step."""
    product, factor = Value(1.0), Value(0.999)
    for _ in range(steps):
        product = product * factor
    return product


def network(*sizes: int) -> Value:
    """A perceptron of two named inputs on one point."""
    inputs = [Value(0.5, label="x1"), Value(-1.5, label="x2")]
    out = nn.MLP(2, list(sizes), activation="tanh", seed=0)(inputs)
    return out if isinstance(out, Value) else sum(out[1:], start=out[0])


def random_graph(size: int, seed: int) -> Value:
    """Sums and differences of what came before, rather of what came last; all of it used."""
    random_numbers = random.Random(seed)
    unused = [Value(1.0) for _ in range(size // 4)]
    recent = list(unused)
    while len(unused) > 1 or len(recent) < size:
        one = unused.pop(random_numbers.randrange(len(unused)))
        other = recent[-random_numbers.randint(1, min(12, len(recent)))]
        result = one + other if random_numbers.random() < 0.5 else one - other
        unused = [value for value in unused if value is not other]
        unused.append(result)
        recent.append(result)
    return unused[0]


def whole(root: Value) -> Picture:
    """The picture with every value."""
    return take_picture(Names(root))


GRAPHS: dict[str, Callable[[], Picture]] = {
    "one neuron": lambda: whole(one_neuron()),
    "used five times": lambda: whole(used_five_times()),
    "2-2-2": lambda: whole(nn.two_two_two().forward()),
    "softmax cross-entropy of 3": lambda: whole(cross_entropy()),
    "chain of 30 products": lambda: whole(chain(30)),
    "MLP(2, [3, 3, 1])": lambda: whole(network(3, 3, 1)),
    "MLP(2, [4, 4, 1]), by neuron": lambda: collapse(whole(network(4, 4, 1)), "neuron"),
    "MLP(2, [16, 16, 1]), by neuron": lambda: collapse(whole(network(16, 16, 1)), "neuron"),
    "random, 40 values": lambda: whole(random_graph(40, 1)),
    "random, 120 values": lambda: whole(random_graph(120, 2)),
    "MLP(2, [16, 16, 1]), each value": lambda: whole(network(16, 16, 1)),
    "MLP(2, [26, 26, 26, 26, 1]), each value": lambda: whole(network(26, 26, 26, 26, 1)),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layouts", description=__doc__)
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="write the pictures there")
    folder = parser.parse_args().svg
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    print(HEADER)
    for name, make in GRAPHS.items():
        picture = make()
        lettering = letter(picture, digits=4, partials=picture.size <= 300)
        layout, seconds = timed(picture, lettering)
        if folder is not None:
            path = folder / f"{name.replace('/', ' ')}.svg"
            path.write_text(svg_text(picture, lettering, layout), encoding="utf-8")
        cells = " | ".join(figures(layout, seconds))
        print(f"| {name} | {picture.size:,} | {cells} |", flush=True)


def timed(picture: Picture, lettering: dict[str, Lettering]) -> tuple[Layout, float]:
    """A layout, and the shortest of the times that it took."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        layout = layered_layout(picture, lettering, "LR")
        times.append(time.perf_counter() - started)
    return layout, min(times)


def figures(layout: Layout, seconds: float) -> list[str]:
    """The cells of one layout."""
    lines = [list(straight(wire.points)) for wire in layout.wires]
    ends = [(wire.source, wire.target) for wire in layout.wires]
    return [
        f"{crossings(lines, ends):,}",
        f"{sum(map(turning, lines)) / (math.pi / 2):,.0f}",
        f"{sum(math.dist(a, b) for line in lines for a, b in pairwise(line)):,.0f}",
        f"{layout.width * layout.height / 1000:,.0f}",
        f"{1000 * seconds:,.1f}",
    ]


def straight(points: tuple[Point, ...]) -> Iterator[Point]:
    """Points along a chain of curves."""
    yield points[0]
    for start in range(0, len(points) - 1, 3):
        a, b, c, d = points[start : start + 4]
        for step in range(1, PIECES + 1):
            t = step / PIECES
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            x, y = (
                sum(weight * point[axis] for weight, point in zip(weights, (a, b, c, d)))
                for axis in (0, 1)
            )
            yield x, y


def turning(line: list[Point]) -> float:
    """The sum of the angles by which a line turns, to either side."""
    ways = [
        math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(line) if math.dist(a, b) > 1e-9
    ]
    return sum(abs(math.remainder(b - a, math.tau)) for a, b in pairwise(ways))


def crossings(lines: list[list[Point]], ends: list[tuple[str, str]]) -> int:
    """The number of crossings between wires from different values to different places.

    A sweep along x: only pieces that are above each other somewhere are compared.
    """
    pieces = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), number, a, b)
        for number, line in enumerate(lines)
        for a, b in pairwise(line)
        if a != b
    )
    count = 0
    alive: list[tuple[float, int, Point, Point]] = []  # by where they end
    for left, right, number, a, b in pieces:
        del alive[: bisect_right(alive, left, key=lambda piece: piece[0])]
        source, target = ends[number]
        for _, other, c, d in alive:
            if source != ends[other][0] and target != ends[other][1]:
                count += meet(a, b, c, d)
        insort(alive, (right, number, a, b))
    return count


def meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """True if two straight pieces cross."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


if __name__ == "__main__":
    main()
