"""Edge routing: from the grid to the layout, where columns get positions and wires curves.

A wire bends only between two columns. Inside a column it runs straight through its own room, so it
never touches a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from autograd_mini.drawing.layout.blocks import (
    ARROW,
    CLEARANCE,
    Block,
    beside,
    constant_across,
    entry,
    sides,
)
from autograd_mini.drawing.layout.grid import Grid, feeding_item
from autograd_mini.drawing.layout.layout import (
    FRAME_PADDING,
    FRAME_TITLE,
    Layout,
    Point,
    Rectangle,
    Wire,
    fitted,
    frames_around,
)
from autograd_mini.drawing.lettering import Lettering
from autograd_mini.drawing.picture import Box, Direction, Picture, PictureEdge

NARROWEST_GAP, WIDEST_GAP = 18.0, 110.0
GAP_SLOPE = 0.1  # the gap between two columns grows with the steepest edge in it
TEXT_TO_CIRCLE = 9.0  # leaves the arrowhead free
LANES, LANE_PITCH = 40, 6.0  # beside the grid, for the wires outside


@dataclass
class Router:
    """Turns a grid with positions into a layout: places, wires and frames."""

    picture: Picture
    lettering: dict[str, Lettering]
    direction: Direction
    blocks: list[Block]
    grid: Grid
    seats: list[dict[int, float]]
    across: list[float]
    places: dict[str, Rectangle] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)

    def route(self) -> Layout:
        """Draw every block, edge, wire and frame."""
        for item in range(self.grid.blocks):
            self._place_block(item)
            self._run_wire(item)
        return fitted(self.places, self.wires, frames_around(self._members()))

    # -- along: (start, centre of the boxes, end) of each column ----------------------------------

    @cached_property
    def columns(self) -> list[tuple[float, float, float]]:
        """The start, the centres of the boxes, and the end of each column."""
        gaps = self._gaps()
        columns = []
        start = 0.0
        for column, items in enumerate(self.grid.columns):
            blocks = [self.blocks[item] for item in items if item < self.grid.blocks]
            centre = start + max(block.before for block in blocks)
            end = centre + max(block.after for block in blocks)
            columns.append((start, centre, end))
            start = end + gaps[column]
        return columns

    def _gaps(self) -> list[float]:
        steepest = [0.0] * len(self.grid.columns)
        for item, following, operand in self.grid.links:
            seat = self.seats[following][operand] if operand >= 0 else 0.0
            rise = abs(self.across[following] + seat - self.across[item])
            column = self.grid.column_of[item]
            steepest[column] = max(steepest[column], rise)
        before, after = self._frames()
        gaps = [min(max(NARROWEST_GAP, GAP_SLOPE * rise), WIDEST_GAP) for rise in steepest]
        return [
            gap + ends + starts
            for gap, ends, starts in zip(gaps, after, [*before[1:], 0.0], strict=True)
        ]

    def _frames(self) -> tuple[list[float], list[float]]:
        """The room of the frames that begin at each column, and of those that end there."""
        title = FRAME_TITLE if self.direction == "TB" else 0
        before, after = ([0.0] * len(self.grid.columns) for _ in range(2))
        for cluster in self.grid.clusters:
            around = [self.grid.clusters[place] for place in cluster.path]
            begin = sum(each.first == cluster.first for each in around)
            end = sum(each.last == cluster.last for each in around)
            before[cluster.first] = max(before[cluster.first], begin * (FRAME_PADDING + title))
            after[cluster.last] = max(after[cluster.last], end * FRAME_PADDING)
        return before, after

    @cached_property
    def _deepest(self) -> int:
        return max((len(cluster.path) for cluster in self.grid.clusters), default=0)

    # -- blocks and the edges that arrive there ---------------------------------------------------

    def _place_block(self, item: int) -> None:
        box, block = self.picture.boxes[item], self.blocks[item]
        _, along, _ = self.columns[self.grid.column_of[item]]
        across = self.across[item]
        self._place(box.id, along, across)
        if box.operation is None and box.operands:
            self._run_edges(box, item, [along - self._sides(box.id)[0] / 2] * len(box.operands))
        elif box.operation is not None:
            circle, middle = box.operation.id, along + block.circle
            self._place(circle, middle, across)
            leaves = middle + self._sides(circle)[0] / 2
            arrives = along - self._sides(box.id)[0] / 2
            self._wire("r" + box.number, circle, box.id, [(leaves, across), (arrives, across)])
            text = self.lettering[circle]
            slots = (self.seats[item][place] for place in range(len(box.operands)))
            self._run_edges(
                box, item, [middle - entry(text, slot, self.direction) for slot in slots]
            )

    def _run_edges(self, box: Box, item: int, ends: Sequence[float]) -> None:
        """Draw the edges into a box, with the texts and constants beside them.

        ends: of the edges, along."""
        across = self.across[item]
        sources = dict(self.grid.operands[item])
        for place, (operand, end) in enumerate(zip(box.operands, ends, strict=True)):
            slot = self.seats[item][place]
            if operand.constant is not None:
                course = self._place_constant(operand, end, across, slot)
            else:
                course = self._approach(sources[place], item, across + slot)
                if operand.edge in self.lettering:
                    length, breadth = self._sides(operand.edge)
                    aside = across + beside(slot, breadth, len(box.operands), self.direction)
                    self._place(operand.edge, end - TEXT_TO_CIRCLE - length / 2, aside)
            self._wire(operand.edge, operand.source, box.entry, [*course, (end, across + slot)])

    def _place_constant(
        self, operand: PictureEdge, end: float, across: float, slot: float
    ) -> list[Point]:
        length, breadth = self._sides(operand.source)
        along = end - ARROW - length / 2
        aside = across + constant_across(slot, breadth)
        self._place(operand.source, along, aside)
        return [(along + length / 2, aside)]

    # -- wires ------------------------------------------------------------------------------------

    def _run_wire(self, item: int) -> None:
        """Draw the wire that the edges of a value share, through the columns that it passes."""
        box = self.picture.boxes[item]
        if item in self.grid.outside:
            first = self.grid.column_of[item] + 1
            last = self.grid.outside[item]
            course = self._outset(item)
            course += [
                (self.columns[first][0], self._lane(item)),
                (self.columns[last][2], self._lane(item)),
            ]
            self._wire("w" + box.number, box.id, box.id, course, arrow=False)
        elif item in self.grid.wires:
            course = self._outset(item)
            for point in self.grid.wires[item]:
                start, _, end = self.columns[self.grid.column_of[point]]
                course += [(start, self.across[point]), (end, self.across[point])]
            self._wire("w" + box.number, box.id, box.id, course, arrow=False)

    def _outset(self, item: int) -> list[Point]:
        _, along, end = self.columns[self.grid.column_of[item]]
        box_end = along + self.blocks[item].after
        return [(box_end, self.across[item]), (end, self.across[item])]

    def _approach(self, source: int, item: int, arrives: float) -> list[Point]:
        """The way of an edge from where it leaves its value or wire to the item's column."""
        column = self.grid.column_of[item]
        feeder = feeding_item(self.grid, source, item)
        if feeder == source:
            course = self._outset(source)
        else:
            leaves = self._lane(source) if feeder is None else self.across[feeder]
            course = [(self.columns[column - 1][2], leaves)]
        return [*course, (self.columns[column][0], arrives)]

    def _lane(self, source: int) -> float:
        """The position of a wire that has no room in the grid: before its first item."""
        return self._edge - LANE_PITCH * (1 + source % LANES)

    @cached_property
    def _edge(self) -> float:
        first = min(
            position - breadth
            for position, breadth in zip(self.across, self.grid.half_breadth, strict=True)
        )
        return first - self._deepest * (FRAME_PADDING + FRAME_TITLE)

    def _wire(
        self, name: str, source: str, target: str, course: Sequence[Point], *, arrow: bool = True
    ) -> None:
        points = [course[0]]
        for (along, across), (next_along, next_across) in pairwise(_without_stops(course)):
            middle = (along + next_along) / 2
            points += [(middle, across), (middle, next_across), (next_along, next_across)]
        turned = tuple(points) if self.direction == "LR" else tuple((y, x) for x, y in points)
        self.wires.append(Wire(name, source, target, turned, arrow))

    # -- places -----------------------------------------------------------------------------------

    def _members(self) -> dict[tuple[str, ...], list[Rectangle]]:
        """The room, by scope, of the items in clusters: blocks and the wires among them."""
        members: dict[tuple[str, ...], list[Rectangle]] = {}
        for item, path in enumerate(self.grid.paths):
            start, centre, end = self.columns[self.grid.column_of[item]]
            breadth = 2 * self.grid.half_breadth[item]
            if not path or not breadth:
                continue
            if item < self.grid.blocks:
                start = centre - self.blocks[item].before
                end = centre + self.blocks[item].after
                breadth -= 2 * CLEARANCE
            place = Rectangle((start + end) / 2, self.across[item], end - start, breadth)
            if self.direction == "TB":
                place = Rectangle(place.y, place.x, place.height, place.width)
            members.setdefault(self.grid.clusters[path[-1]].scope, []).append(place)
        return members

    def _place(self, name: str, along: float, across: float) -> None:
        text = self.lettering[name]
        x, y = (along, across) if self.direction == "LR" else (across, along)
        self.places[name] = Rectangle(x, y, text.width, text.height)

    def _sides(self, name: str) -> tuple[float, float]:
        return sides(self.lettering[name], self.direction)


def _without_stops(course: Sequence[Point]) -> list[Point]:
    """Leave out points that repeat, and those in the middle of a straight run."""
    course = [point for point, before in zip(course, [None, *course]) if point != before]
    kept = [course[0]]
    for place in range(1, len(course) - 1):
        if not kept[-1][1] == course[place][1] == course[place + 1][1]:
            kept.append(course[place])
    return [*kept, *course[1:][-1:]]
