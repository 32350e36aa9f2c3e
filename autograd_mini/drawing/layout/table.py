"""The layout of a table: boxes in their rows and columns, and wires in the channels between.

An edge to the next row of its column runs straight down. Another one leaves its box at the right,
runs down or up in the gap beside the column, then along the channel above the row of its target,
and drops into it. Edges from one box to one row share a track.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from autograd_mini.drawing.layout.blocks import (
    TEXT_GAP,
    Block,
    beside,
    build_blocks,
    constant_across,
    entry,
)
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
from autograd_mini.drawing.picture import Box, Cell, Picture, PictureEdge

TRACK = 6.0  # between two parallel wires
DROP = 16.0  # the shortest last piece of a wire, with its arrow
APART = 12.0  # between a box and a wire or a box beside it
CORNER = 4.0  # the radius
SLOT = 12.0  # between two edges into one box


class Lead(NamedTuple):
    """The edges from one box to the boxes of one row."""

    source: str
    row: int


class Span(NamedTuple):
    """A lead takes a track between two places, which are numbers of rows or of columns."""

    first: float
    last: float
    lead: Lead


def table_layout(picture: Picture, lettering: dict[str, Lettering]) -> Layout:
    """Lay a picture with cells out."""
    return TableRouter(picture, lettering).layout()


class TableRouter:
    """The tracks and the sizes of the rows and columns of a table, and the layout they come to."""

    def __init__(self, picture: Picture, lettering: dict[str, Lettering]) -> None:
        self.picture = picture
        widest = max(lettering[group.id].width for group in picture.groups)
        groups = {group.id: replace(lettering[group.id], width=widest) for group in picture.groups}
        self.lettering: dict[str, Lettering] = {**lettering, **groups}
        self.cells: Mapping[str, Cell] = picture.cells
        self.blocks: dict[str, Block] = dict(
            zip(picture.by_id, build_blocks(picture, self.lettering, "TB"))
        )
        self.rows: int = 1 + max(cell.row for cell in self.cells.values())
        self.columns: int = 1 + max(cell.column for cell in self.cells.values())
        self.places: dict[str, Rectangle] = {}
        self.wires: list[Wire] = []

    def layout(self) -> Layout:
        """Place the boxes, then draw the edges between them."""
        for box in self.picture.boxes:
            self._place_box(box)
        for box in self.picture.boxes:
            self._draw_edges(box)
        members: dict[tuple[str, ...], list[Rectangle]] = {}
        for box in self.picture.boxes:
            members.setdefault(box.scope, []).append(self._around(box))
        return fitted(self.places, self.wires, frames_around(members))

    # -- tracks -----------------------------------------------------------------------------------

    @cached_property
    def _leads(self) -> dict[Lead, list[Cell]]:
        """The cells that each lead leads to."""
        leads: dict[Lead, list[Cell]] = {}
        for box in self.picture.boxes:
            for operand in box.operands:
                if operand.constant is None and not self._is_direct(operand.source, box.id):
                    cell = self.cells[box.id]
                    leads.setdefault(Lead(operand.source, cell.row), []).append(cell)
        return leads

    def _is_direct(self, source: str, target: str) -> bool:
        """True if the target stands below the source."""
        one, other = self.cells[source], self.cells[target]
        return one.column == other.column > 0 and other.row == one.row + 1

    @cached_property
    def _along_rows(self) -> dict[int, dict[Lead, int]]:
        """The track of each lead in the channel above each row."""
        spans: dict[int, list[Span]] = {}
        for lead, cells in self._leads.items():
            start = self.cells[lead.source].column + 0.5
            ends = [start, *(cell.column for cell in cells)]
            spans.setdefault(lead.row, []).append(Span(min(ends), max(ends), lead))
        return {row: _tracks(each) for row, each in spans.items()}

    @cached_property
    def _beside_columns(self) -> dict[int, dict[str, int]]:
        """The track of each box in the gap at the right of its column."""
        spans: dict[int, list[Span]] = {}
        for lead in self._leads:
            cell = self.cells[lead.source]
            ends = [lead.row - 0.5, cell.row]
            spans.setdefault(cell.column, []).append(Span(min(ends), max(ends), lead))
        tracks = {}
        for column, each in spans.items():
            joined: dict[str, Span] = {}
            for span in each:
                other = joined.get(span.lead.source, span)
                first, last = min(span.first, other.first), max(span.last, other.last)
                joined[span.lead.source] = Span(first, last, Lead(span.lead.source, 0))
            found = _tracks(list(joined.values()))
            tracks[column] = {lead.source: track for lead, track in found.items()}
        return tracks

    # -- sizes ------------------------------------------------------------------------------------

    @cached_property
    def _row_centres(self) -> list[float]:
        """The y of the boxes of each row."""
        centres = []
        y = 0.0
        for row in range(self.rows):
            blocks = self._blocks_of_row(row)
            y += TRACK * _count(self._along_rows.get(row, {})) + APART + _drop(row)
            centres.append(y + max(block.before for block in blocks))
            y = centres[-1] + max(block.after for block in blocks)
        return centres

    @cached_property
    def _column_centres(self) -> list[float]:
        """The x of the boxes of each column."""
        centres = []
        x = 0.0
        for column in range(self.columns):
            half = max(
                (self.blocks[name].half_breadth for name in self._in_column(column)), default=0.0
            )
            centres.append(x + half)
            tracks = _count(self._beside_columns.get(column, {}))
            x += 2 * (half + FRAME_PADDING + APART) + TRACK * tracks
        return centres

    @cached_property
    def _right_ends(self) -> list[float]:
        """The right end of each column."""
        ends = list(self._column_centres)
        for box in self.picture.boxes:
            column = self.cells[box.id].column
            right = self._column_centres[column] + self.blocks[box.id].half_breadth
            ends[column] = max(ends[column], right)
        return ends

    def _blocks_of_row(self, row: int) -> list[Block]:
        """The blocks of the cells of a row."""
        places = self.cells.items()
        return [self.blocks[name] for name, cell in places if cell.row == row and cell.column > 0]

    def _in_column(self, column: int) -> list[str]:
        """The ids of its boxes, operands first."""
        return [name for name in self.picture.by_id if self.cells[name].column == column]

    @cached_property
    def _before(self) -> dict[str, float]:
        """The y of the boxes before the first column: near their rows, one below the other."""
        names = sorted(self._in_column(0), key=lambda name: self.cells[name].row)
        ys: dict[str, float] = {}
        bottom = -float("inf")
        for name in names:
            block = self.blocks[name]
            ys[name] = max(self._row_centres[self.cells[name].row], bottom + block.before)
            bottom = ys[name] + block.after + APART
        # What stands below its row moves up, as far as there is room.
        top = self._row_centres[-1] + APART
        for name in reversed(names):
            block = self.blocks[name]
            ys[name] = min(ys[name], top - block.after - APART)
            top = ys[name] - block.before
        return ys

    # -- boxes ------------------------------------------------------------------------------------

    def _place_box(self, box: Box) -> None:
        cell, block = self.cells[box.id], self.blocks[box.id]
        x = self._column_centres[cell.column]
        y = self._before[box.id] if cell.column == 0 else self._row_centres[cell.row]
        self._place(box.id, x, y)
        if box.operation is not None:
            self._place(box.operation.id, x, y + block.circle)

    def _place(self, name: str, x: float, y: float) -> None:
        text = self.lettering[name]
        self.places[name] = Rectangle(x, y, text.width, text.height)

    def _around(self, box: Box) -> Rectangle:
        """The room of a box, with its circle and the drops into it."""
        place, block = self.places[box.id], self.blocks[box.id]
        top = place.y - block.before - (DROP - FRAME_PADDING if box.operands else 0)
        return Rectangle(place.x, (top + place.bottom) / 2, place.width, place.bottom - top)

    # -- edges ------------------------------------------------------------------------------------

    def _draw_edges(self, box: Box) -> None:
        place = self.places[box.entry]
        for operand, slot in zip(box.operands, self._slots(box)):
            if box.operation is None:
                end = place.x + slot, place.top
            else:
                end = place.x + slot, place.y - entry(self.lettering[box.entry], slot, "TB")
            if operand.constant is not None:
                self._draw_constant(box, operand, slot, end)
                continue
            if operand.edge in self.lettering:
                note = self.lettering[operand.edge]
                x = place.x + beside(slot, note.width, len(box.operands), "TB")
                self._place(operand.edge, x, end[1] - TEXT_GAP - note.height)
            course = list(self._course(operand.source, box.id, end))
            self.wires.append(Wire(operand.edge, operand.source, box.entry, _rounded(course)))
        if box.operation is not None:
            below = self.places[box.id]
            course = [(place.x, place.bottom), (below.x, below.top)]
            wire = Wire(f"r{box.number}", box.operation.id, box.id, _rounded(course))
            self.wires.append(wire)

    def _draw_constant(self, box: Box, operand: PictureEdge, slot: float, end: Point) -> None:
        text = self.lettering[operand.source]
        x = end[0] - slot + constant_across(slot, text.width)
        y = end[1] - DROP - text.height / 2
        self._place(operand.source, x, y)
        course = [(x, y + text.height / 2), (end[0], end[1])]
        self.wires.append(Wire(operand.edge, operand.source, box.entry, _curve(course)))

    def _slots(self, box: Box) -> Sequence[float]:
        """The positions at which edges arrive, from the middle: edges from the left at the left."""
        block, cell = self.blocks[box.id], self.cells[box.id]
        if box.operation is not None:
            return block.slots

        def side(place: int) -> int:
            source = self.cells[box.operands[place].source]
            if self._is_direct(box.operands[place].source, box.id):
                return 0
            return -1 if source.column < cell.column else 1

        places = range(len(box.operands))
        left = sorted(
            (place for place in places if side(place) < 0),
            key=lambda place: self.cells[box.operands[place].source].column,
        )
        right = [place for place in places if side(place) > 0]
        most = max(len(left), len(right), 1)
        pitch = min(SLOT, (self.lettering[box.id].width / 2 - APART) / most)
        slots = dict.fromkeys(places, 0.0)
        slots.update((place, -pitch * (len(left) - at)) for at, place in enumerate(left))
        slots.update((place, pitch * (at + 1)) for at, place in enumerate(right))
        return [slots[place] for place in places]

    def _course(self, source: str, target: str, end: Point) -> Iterator[Point]:
        """The corners of an edge."""
        start = self.places[source]
        if self._is_direct(source, target):
            middle = end[1] - DROP
            yield from ((start.x, start.bottom), (start.x, middle), (end[0], middle), end)
            return
        cell, row = self.cells[source], self.cells[target].row
        x = self._right_ends[cell.column] + FRAME_PADDING + APART
        x += TRACK * self._beside_columns[cell.column][source]
        before = max(block.before for block in self._blocks_of_row(row))
        y = self._row_centres[row] - before - _drop(row)
        y -= TRACK * self._along_rows[row][Lead(source, row)]
        yield from ((start.right, start.y), (x, start.y), (x, y), (end[0], y), end)


def _drop(row: int) -> float:
    """The last piece of a wire into a row; above the first one are the titles of the columns."""
    return DROP if row else DROP + FRAME_PADDING + FRAME_TITLE


def _count(tracks: dict[Lead, int] | dict[str, int]) -> int:
    return max(tracks.values(), default=-1) + 1


def _tracks(spans: Sequence[Span]) -> dict[Lead, int]:
    """The first track that is free for each span, shorter spans first."""
    taken: list[list[Span]] = []
    found = {}
    for span in sorted(spans, key=lambda each: (each.last - each.first, each.first)):
        free = (
            track
            for track, others in enumerate(taken)
            if all(span.last < other.first or other.last < span.first for other in others)
        )
        track = next(free, len(taken))
        if track == len(taken):
            taken.append([])
        taken[track].append(span)
        found[span.lead] = track
    return found


def _curve(course: Sequence[Point]) -> tuple[Point, ...]:
    """A curve down from one point to another."""
    (x, y), (end_x, end_y) = course
    middle = (y + end_y) / 2
    return (x, y), (x, middle), (end_x, middle), (end_x, end_y)


def _rounded(course: Sequence[Point]) -> tuple[Point, ...]:
    """Straight pieces with rounded corners, as curves."""
    course = [point for point, before in zip(course, [None, *course]) if point != before]
    course = [
        point
        for place, point in enumerate(course)
        if place in (0, len(course) - 1)
        or not _is_straight(course[place - 1], point, course[place + 1])
    ]
    points = [course[0]]
    for (before, corner), (_, after) in pairwise(pairwise(course)):
        into, out = _towards(corner, before), _towards(corner, after)
        points += [points[-1], into, into, corner, corner, out]
    return (*points, points[-1], course[-1], course[-1])


def _is_straight(one: Point, other: Point, last: Point) -> bool:
    return one[0] == other[0] == last[0] or one[1] == other[1] == last[1]


def _towards(corner: Point, other: Point) -> Point:
    """The point at which the curve of a corner begins, on the way to another point."""
    along = [other[0] - corner[0], other[1] - corner[1]]
    length = abs(along[0]) + abs(along[1])
    share = min(CORNER, length / 2) / length
    return corner[0] + along[0] * share, corner[1] + along[1] * share
