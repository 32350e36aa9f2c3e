"""A picture as DOT source, with or without positions; needs no program and no package."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from autograd_mini.drawing.description import describe, summary
from autograd_mini.drawing.escape import dot_record, dot_string, shorten
from autograd_mini.drawing.layout.layout import Layout, Point, Wire
from autograd_mini.drawing.lettering import (
    KEYS,
    LABEL_SIZE,
    LONGEST_LABEL,
    NOTE_SIZE,
    NUMBER_SIZE,
    TITLE_SIZE,
    Lettering,
)
from autograd_mini.drawing.palette import COLOURS, FRAME_LIGHT, LINE, kind, on_paper, strength
from autograd_mini.drawing.picture import Box, Direction, DrawnOperation, Group, Picture, Scope
from autograd_mini.drawing.rendering import POINTS_PER_INCH

LONGEST_TOOLTIP = 1000  # Graphviz reads no quoted string of more than 16 KB
FONT = "Arial"  # Graphviz finds no Helvetica on Linux
ARROW_LENGTH = 7.0


def dot_text(
    picture: Picture,
    lettering: dict[str, Lettering],
    direction: Direction,
    layout: Layout | None = None,
) -> str:
    """Write the whole source; with a layout `neato -n2` draws everything where that has it."""
    return "\n".join(["digraph {", *dot_body(picture, lettering, direction, layout), "}", ""])


def dot_body(
    picture: Picture,
    lettering: dict[str, Lettering],
    direction: Direction,
    layout: Layout | None = None,
) -> Iterator[str]:
    """Write the lines between the braces."""
    positions = None if layout is None else _Positions(layout)
    writer = _DotWriter(picture, lettering, direction, positions)
    title = dot_string(summary(picture))
    font = f'fontname="{FONT}"'
    yield f"  graph [rankdir={direction} {font} fontsize={TITLE_SIZE} tooltip={title}]"
    yield f'  node [{font} fontsize={NUMBER_SIZE} margin="0.1,0.03"]'
    yield f'  edge [{font} fontsize={NOTE_SIZE} color="{LINE}" arrowsize={ARROW_LENGTH / 10}]'
    for box in picture.boxes:
        yield writer.box(box)
        if box.operation is not None:
            yield from writer.operation(box.operation)
    yield from cluster_lines(picture, writer.frame)
    if layout is None or positions is None:
        yield from writer.edges()
    else:
        yield from writer.wires(layout.wires, positions)


def cluster_lines(picture: Picture, attributes: Callable[[Scope], str]) -> Iterator[str]:
    """A subgraph a scope, inside those around it, which Graphviz knows again by their names."""
    numbers = {scope: number for number, scope in enumerate(picture.scopes, start=1)}
    for scope, boxes in picture.scopes.items():
        nodes = [node for box in boxes for node in box.nodes()]
        depths = range(1, len(scope) + 1)
        opening = " ".join(f"subgraph cluster_{numbers[scope[:depth]]} {{" for depth in depths)
        inside = "; ".join([f"graph [{attributes(scope)}]", *nodes])
        yield f"  {opening} {inside} {'}' * len(scope)}"


class _Positions:
    """A layout as Graphviz writes it: in points of 1/72 inch, y upwards."""

    def __init__(self, layout: Layout) -> None:
        self.places = layout.places
        self.frames = {frame.scope: frame.place for frame in layout.frames}
        self.height = layout.height

    def of_node(self, name: str) -> str:
        place = self.places[name]
        width, height = place.width / POINTS_PER_INCH, place.height / POINTS_PER_INCH
        return f'width={width:.3f} height={height:.3f} pos="{self._point((place.x, place.y))}"'

    def of_note(self, name: str) -> str:
        return f'lp="{self._point((self.places[name].x, self.places[name].y))}"'

    def of_frame(self, scope: Scope) -> str:
        place = self.frames[scope]
        lower, upper = (place.left, place.bottom), (place.right, place.top)
        return f'bb="{self._point(lower)},{self._point(upper)}"'

    def of_wire(self, wire: Wire) -> str:
        if not wire.arrow:
            return f'dir=none pos="{self._course(wire.points)}"'
        # The line ends where the arrowhead begins.
        *points, (before_x, before_y), (x, y) = wire.points
        length = math.hypot(x - before_x, y - before_y) or 1.0
        back = ARROW_LENGTH / length
        end = (x - back * (x - before_x), y - back * (y - before_y))
        course = self._course([*points, (before_x, before_y), end])
        return f'pos="e,{self._point((x, y))} {course}"'

    def _course(self, points: Iterable[Point]) -> str:
        return " ".join(map(self._point, points))

    def _point(self, point: Point) -> str:
        return f"{point[0]:.1f},{self.height - point[1]:.1f}"


class _DotWriter:
    def __init__(
        self,
        picture: Picture,
        lettering: dict[str, Lettering],
        direction: Direction,
        positions: _Positions | None,
    ) -> None:
        self.picture = picture
        self.lettering = lettering
        self.direction = direction
        self.positions = positions

    def box(self, box: Box) -> str:
        label, *numbers = self.lettering[box.id].rows
        fields = [f"{key} {number}" for key, number in zip(KEYS[type(box)], numbers, strict=True)]
        formula = "\n".join(self.lettering[box.id].formula)
        heads = filter(None, [label, formula])
        record = dot_record([*heads, *fields], across=self.direction == "TB")
        shape = "Mrecord" if box.operands and not isinstance(box, Group) else "record"
        style = "filled,dashed" if box.broken else "filled"
        thick = " penwidth=2.5" if box.broken or box.id in self.picture.roots else ""
        colour = COLOURS[kind(box)]
        fill = on_paper(colour, strength(box, self.picture))
        tooltip = dot_string(shorten(describe(box), LONGEST_TOOLTIP))
        return (
            f'  {box.id} [id={box.id} label={record} shape={shape} style="{style}" '
            f'color="{colour}" fillcolor="{fill}"{thick} tooltip={tooltip}{self._placed(box.id)}]'
        )

    def operation(self, operation: DrawnOperation) -> Iterator[str]:
        yield self._plain(operation.id, "shape=ellipse", LABEL_SIZE, "width=0.36 height=0.36")
        for operand in operation.operands:
            if operand.constant is not None:
                yield self._plain(operand.source, "shape=box", NUMBER_SIZE, "width=0.3 height=0.25")

    def frame(self, scope: Scope) -> str:
        """The attributes of a cluster."""
        title = dot_string(shorten(scope[-1], LONGEST_LABEL))
        place = "" if self.positions is None else " " + self.positions.of_frame(scope)
        return (
            f'label={title} style="filled,rounded" fillcolor="{FRAME_LIGHT}" color="{LINE}" '
            f"labeljust=l{place}"
        )

    def edges(self) -> Iterator[str]:
        """Every edge, for dot to find its way."""
        for box in self.picture.boxes:
            for operand in box.operands:
                note = self._note(operand.edge)
                yield f"  {operand.source} -> {box.entry} [id={operand.edge}{note}]"
            if box.entry != box.id:
                yield f"  {box.entry} -> {box.id}"

    def wires(self, wires: Iterable[Wire], positions: _Positions) -> Iterator[str]:
        """Every wire, placed as in the layout. A piece that edges share has no head."""
        for wire in wires:
            note = self._note(wire.id)
            if note:
                note += " " + positions.of_note(wire.id)
            course = positions.of_wire(wire)
            yield f"  {wire.source} -> {wire.target} [id={wire.id}{note} {course}]"

    def _plain(self, name: str, shape: str, size: int, room: str) -> str:
        text = dot_string(self.lettering[name].rows[0])
        placed = self._placed(name) or " " + room
        return f'  {name} [id={name} label={text} {shape} margin="0.02,0" fontsize={size}{placed}]'

    def _placed(self, name: str) -> str:
        return "" if self.positions is None else " " + self.positions.of_node(name)

    def _note(self, edge: str) -> str:
        text = self.lettering.get(edge)
        return "" if text is None else f" label={dot_string(text.rows[0])}"
