"""The layout of a network diagram: circles in columns, and lines with their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograd_mini.drawing.font_metrics import room
from autograd_mini.drawing.lettering import NOTE_SIZE
from autograd_mini.drawing.network.units import Connection, Network, NetworkInput, Number, Unit
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import natural
from autograd_mini.symbols.numbers import all_digits, format_number
from autograd_mini.symbols.text import printable

# A network with more rows has its names, and a column fed by more weights theirs, in tooltips.
MOST_ROWS, MOST_LABELS = 6, 9
# A column of more circles is cut to the first and the last few.
MOST_CIRCLES, FIRST, LAST = 20, 14, 2

# In pixels.
MARGIN, TOP = 16.0, 34.0
LARGE, SMALL = 34.0, 19.0  # the radius of a circle
ROW, SMALL_ROW = 136.0, 46.0
SHORTEST_LINE = 200.0
LABEL_ROW, LABEL_GAP = 14.0, 4.0
BIAS_DROP, BIAS_ROW = 17.0, 30.0  # from a circle down to the middle of its bias, and to the next
THINNEST, THICKEST, THICKEST_OF_MANY = 0.8, 4.5, 2.0
DIGITS_OF_MANY = 2
# The parts of a line at which its label may stand, the best first.
STOPS = sorted((step / 100 for step in range(16, 86, 4)), key=lambda stop: abs(stop - 0.28))

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NumberText:
    """A name with its number and, where a backward pass came, its gradient, as texts."""

    number: Number
    name: str
    data: str
    grad: str = ""

    def rows(self) -> list[str]:
        """The rows of a label."""
        first = f"{self.name} = {self.data}" if self.name else self.data
        return [first, f"grad {self.grad}"] if self.grad else [first]


@dataclass(frozen=True, slots=True)
class Circle:
    """An input, a unit, or the root. biases: the texts below it. title: all digits."""

    id: str
    kind: str
    x: float
    y: float
    radius: float
    text: NumberText
    biases: tuple[NumberText, ...]
    title: str

    def drops(self) -> list[float]:
        """How far below the middle the text of each bias stands."""
        return [self.radius + BIAS_DROP + BIAS_ROW * place for place in range(len(self.biases))]


@dataclass(frozen=True, slots=True)
class WeightLine:
    """A weight between two circles, or, without a text, the way from an output to the root.

    label: the middle of its text, None where the numbers are in the title only.
    """

    source: Circle
    target: Circle
    width: float
    kind: str
    text: NumberText | None
    title: str
    label: Point | None = None

    def at(self, part: float) -> Point:
        """A point between the circles: 0 is the start, 1 the end."""
        dx, dy = self.target.x - self.source.x, self.target.y - self.source.y
        length = math.hypot(dx, dy)
        start, end = self.source.radius / length, 1 - self.target.radius / length
        reached = start + part * (end - start)
        return self.source.x + reached * dx, self.source.y + reached * dy


@dataclass(frozen=True, slots=True)
class NetworkLayout:
    """A network with the place of everything, in pixels.

    headings: above columns. dots: for circles that are left out.

    named: whether circles have room for names and biases.
    """

    width: float
    height: float
    circles: tuple[Circle, ...]
    lines: tuple[WeightLine, ...]
    headings: tuple[tuple[float, str], ...]
    dots: tuple[Point, ...]
    named: bool
    summary: str


def place_network(network: Network, digits: int) -> NetworkLayout:
    """Give every unit a column by its level and a row, and every weight a line."""
    columns = _columns(network)
    named = max(map(len, columns)) <= MOST_ROWS
    writer = _Writer(network, digits if named else min(digits, DIGITS_OF_MANY), named)
    radius, row = (LARGE, ROW) if named else (SMALL, SMALL_ROW)
    weights = [each.weight for unit in network.units for each in unit.connections]
    widest = max(room(row, NOTE_SIZE) for each in weights for row in writer.text(each).rows())
    pitch = 2 * radius + (max(SHORTEST_LINE, 2 * widest) if named else SHORTEST_LINE)
    shown = [_shown(column) for column in columns]
    height = max(map(len, shown)) * row
    above = radius + (row - 2 * radius) / 4 if named else row / 2  # room for biases below
    circles: dict[NetworkInput | Unit, Circle] = {}
    dots: list[Point] = []
    for place, column in enumerate(shown):
        x = MARGIN + radius + place * pitch
        top = TOP + (height - len(column) * row) / 2 + above
        for number, each in enumerate(column):
            if each is None:
                dots.append((x, top + number * row))
            else:
                name = f"n{len(circles) + 1}"
                circles[each] = writer.circle(name, each, x, top + number * row, radius)
    lines = list(writer.lines(circles))
    placed = list(circles.values())
    if network.root is not None:
        middle = TOP + (height - row) / 2 + above
        root = writer.root(network.root, placed[-1].x + 0.75 * pitch, middle, radius)
        outputs = [circles[unit] for unit in network.outputs if unit in circles]
        lines += [WeightLine(output, root, 1.2, "way", None, "") for output in outputs]
        placed.append(root)
    return NetworkLayout(
        width=max(circle.x for circle in placed) + radius + MARGIN,
        height=height + TOP + MARGIN,
        circles=tuple(placed),
        lines=tuple(_with_labels(lines, placed) if named else lines),
        headings=tuple(_headings(columns, circles)),
        dots=tuple(dots),
        named=named,
        summary=_summary(network, columns),
    )


def _columns(network: Network) -> list[list[NetworkInput | Unit]]:
    """The circles of each column: an input stands before the first unit that it feeds."""
    last = max(unit.level for unit in network.units)
    columns: list[list[NetworkInput | Unit]] = [[] for _ in range(last + 1)]
    seen: set[NetworkInput | Unit] = set()
    for unit in network.units:
        for each in unit.connections:
            if isinstance(each.source, NetworkInput) and each.source not in seen:
                seen.add(each.source)
                columns[unit.level - 1].append(each.source)
    for unit in sorted(network.units, key=lambda unit: natural(network.names(unit.net))):
        columns[unit.level].append(unit)
    return columns


def _shown(column: Sequence[NetworkInput | Unit]) -> list[NetworkInput | Unit | None]:
    """The circles of a column to draw: all, or the first and last few around None."""
    if len(column) <= MOST_CIRCLES:
        return list(column)
    return [*column[:FIRST], None, *column[-LAST:]]


def _headings(
    columns: list[list[NetworkInput | Unit]], circles: dict[NetworkInput | Unit, Circle]
) -> Iterator[tuple[float, str]]:
    """The x of each column and its heading: for units, the outermost scope that all are in."""
    for level, column in enumerate(columns):
        units = [each for each in column if isinstance(each, Unit)]
        scopes = {unit.net.scope[:1] for unit in units}
        named = [printable(scope[0]) for scope in scopes if scope and len(scopes) == 1]
        yield circles[column[0]].x, named[0] if named else f"layer {level}" if units else "inputs"


def _summary(network: Network, columns: list[list[NetworkInput | Unit]]) -> str:
    sizes = "-".join(str(len(column)) for column in columns)
    uses = f"; the first of {network.uses} uses" if network.uses > 1 else ""
    return f"Network of {sizes} units{uses}"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the names and numbers of a network."""

    network: Network
    digits: int
    named: bool

    def text(self, number: Number, sign: int = 1) -> NumberText:
        minus = "\N{MINUS SIGN}" if sign < 0 else ""
        if not isinstance(number, Value):
            return NumberText(number, "", minus + format_number(number, self.digits))
        grad = format_number(number.grad, self.digits) if number.has_grad else ""
        name = printable(self.network.names(number))
        return NumberText(number, minus + name, format_number(number.data, self.digits), grad)

    def circle(
        self, name: str, each: NetworkInput | Unit, x: float, y: float, radius: float
    ) -> Circle:
        if isinstance(each, Unit):
            text = replace(self.text(each.output), name=self._name(each))
            biases = tuple(self.text(bias, sign) for bias, sign in each.biases)
            numbers = [each.output, *(bias for bias, _ in each.biases)]
            title = "; ".join(map(self._title, numbers))
            return Circle(name, "unit", x, y, radius, text, biases, title)
        text = replace(self.text(each.number), name=printable(each.name))
        return Circle(name, "input", x, y, radius, text, (), self._title(each.number, each.name))

    def root(self, root: Value, x: float, y: float, radius: float) -> Circle:
        return Circle("root", "root", x, y, radius, self.text(root), (), self._title(root))

    def lines(self, circles: dict[NetworkInput | Unit, Circle]) -> Iterator[WeightLine]:
        """A line for each weight, the thicker the larger it is among all."""
        weights = [each.weight.data for unit in self.network.units for each in unit.connections]
        largest = max((abs(data) for data in weights if math.isfinite(data)), default=0.0) or 1.0
        for unit in self.network.units:
            for each in unit.connections:
                if each.source in circles and unit in circles:
                    yield self._line(each, circles[each.source], circles[unit], largest)

    def _line(
        self, connection: Connection, source: Circle, target: Circle, largest: float
    ) -> WeightLine:
        data = connection.weight.data
        size = min(1.0, abs(data) / largest) if math.isfinite(data) else 1.0
        thickest = THICKEST if self.named else THICKEST_OF_MANY
        width = THINNEST + (thickest - THINNEST) * size
        kind = "negative" if data < 0 else "positive"
        title = f"{self._title(connection.weight)}; {source.text.name} to {target.text.name}"
        return WeightLine(source, target, width, kind, self.text(connection.weight), title)

    def _name(self, unit: Unit) -> str:
        """The name of a unit's output, or sigmoid(a) where only its sum has one."""
        names, output = self.network.names, unit.output
        if not names.has_label(output) and output.op is not None and names.has_label(unit.net):
            symbol = output.op.symbol
            if symbol.isidentifier():
                return f"{symbol}({printable(names(unit.net))})"
        return printable(names(output))

    def _title(self, number: Number, name: str = "") -> str:
        if not isinstance(number, Value):
            return f"{name or 'bias'} = {all_digits(number)}"
        grad = f", grad {all_digits(number.grad)}" if number.has_grad else ""
        return f"{printable(self.network.names(number))} = {all_digits(number.data)}{grad}"


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle by its middle and half of its sides."""

    x: float
    y: float
    half_width: float
    half_height: float

    def overlap(self, other: _Box) -> float:
        across = self.half_width + other.half_width - abs(self.x - other.x)
        down = self.half_height + other.half_height - abs(self.y - other.y)
        return max(0.0, across) * max(0.0, down)

    def holds(self, point: Point) -> bool:
        return (
            abs(point[0] - self.x) <= self.half_width and abs(point[1] - self.y) <= self.half_height
        )


def _with_labels(lines: Sequence[WeightLine], circles: Sequence[Circle]) -> Iterator[WeightLine]:
    """The lines, with places for labels between columns where these are few."""
    into: dict[float, list[WeightLine]] = {}
    for line in lines:
        into.setdefault(line.target.x, []).append(line)
    for x, others in into.items():
        if others[0].text is None or len(others) > MOST_LABELS:
            yield from others
        else:
            start = min(line.source.x for line in others)
            yield from _labels(others, [each for each in circles if start <= each.x <= x])


def _labels(lines: Sequence[WeightLine], circles: Sequence[Circle]) -> Iterator[WeightLine]:
    """The lines with labels off circles, biases and other labels, then off other lines."""
    taken = [_Box(circle.x, circle.y, circle.radius, circle.radius) for circle in circles]
    taken += [
        _Box(circle.x, circle.y + drop, circle.radius, LABEL_ROW)
        for circle in circles
        for drop in circle.drops()
    ]
    courses = [[line.at(step / 24) for step in range(25)] for line in lines]
    for line, course in zip(lines, courses):
        rows = line.text.rows() if line.text else []
        half_width = max(room(row, NOTE_SIZE) for row in rows) / 2 + LABEL_GAP
        half_height = len(rows) * LABEL_ROW / 2
        boxes = [_Box(*line.at(stop), half_width, half_height) for stop in STOPS]
        costs = [
            sum(1000 * box.overlap(other) for other in taken)
            + sum(any(map(box.holds, other)) for other in courses if other is not course)
            for box in boxes
        ]
        best = boxes[costs.index(min(costs))]
        taken.append(best)
        yield replace(line, label=(best.x, best.y))
