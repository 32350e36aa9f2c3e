"""What the groups of a page open to, and what these open to in turn.

A group opens to the scopes inside it; without any, to its values; where these are too many, to its
calls, which are what hangs together if its leaves are taken away. Interiors of one shape share one
template, an SVG with ids of its own: v1, v2... for the values that it shows, g1, g2... for groups,
s1, s2... for stubs, the names of what comes from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from autograd_mini.drawing.groups import LARGEST_READABLE, gather
from autograd_mini.drawing.layout.layered import layered_layout
from autograd_mini.drawing.layout.layout import Direction
from autograd_mini.drawing.lettering import LARGEST_WITH_PARTIALS, letter, with_room
from autograd_mini.drawing.page.parts import Divider, Part, Shape
from autograd_mini.drawing.picture import Box, Group, Picture, Stub, ValueBox
from autograd_mini.drawing.svg import svg_parts
from autograd_mini.drawing.wording import short_name

CLOSED = -1


class Interiors:
    """All groups of a page, those of the picture first, and the templates of their interiors.

    groups: for each its name, its template or `CLOSED`, the places of the values that it shows (if
    closed, has), the numbers of the groups inside, and its stubs by their numbers in `texts`.
    """

    def __init__(self, picture: Picture, digits: int, direction: Direction) -> None:
        assert picture.whole is not None
        self.digits = digits
        self.direction = direction
        self.divider: Divider = Divider(picture.whole)
        self.places: dict[str, int] = {
            value.id: place for place, value in enumerate(picture.whole.values)
        }
        self.templates: list[dict[str, Any]] = []
        self.texts: dict[str, int] = {}
        self._numbers: dict[Picture, int] = {}
        self._known: dict[Shape, int] = {}
        self._waiting = list(picture.groups)
        self.groups: list[list[Any]] = [
            [short_name(group), *self._open(group)] for group in self._queue()
        ]

    def _queue(self) -> Iterator[Group]:
        """All groups; opening one adds to those that wait."""
        yield from self._waiting

    def _open(self, group: Group) -> tuple[int, list[int], list[int], list[int]]:
        members = [self.places[member] for member in group.members]
        part = self.divider.part(members)
        if part.flat:
            return self._flat_template(part), members, [], self._stubs(part.stubs)
        picture = Picture(tuple(part.boxes), ())
        opened = gather(picture, part.sources, part.kinds(), [()] * len(part.boxes))
        if len(opened.boxes) > LARGEST_READABLE + len(part.stubs):
            return CLOSED, members, [], []
        first = len(self._waiting)
        self._waiting += opened.groups
        shown = [part.stubs[int(box.id[1:]) - 1] for box in opened.boxes if isinstance(box, Stub)]
        return (
            self._template(_blank(opened)),
            [self.places[value.id] for value in opened.values],
            list(range(first, len(self._waiting))),
            self._stubs(shown),
        )

    def _stubs(self, names: Sequence[str]) -> list[int]:
        """The numbers of names, which recur in every call."""
        return [self.texts.setdefault(name, len(self.texts)) for name in names]

    def _flat_template(self, part: Part) -> int:
        """The template for a part with a box for every value, known by less than its picture."""
        shape = part.shape()
        if shape not in self._known:
            self._known[shape] = self._template(_blank(part.picture()))
        return self._known[shape]

    def _template(self, shape: Picture) -> int:
        """The number of the template for this shape, laid out when it is met first."""
        if shape not in self._numbers:
            self._numbers[shape] = len(self.templates)
            partials = shape.size <= LARGEST_WITH_PARTIALS
            lettering = letter(shape, digits=self.digits, partials=partials)
            lettering = with_room(lettering, shape, self.digits, constants=True)
            layout = layered_layout(shape, lettering, self.direction)
            svg = "".join(svg_parts(shape, lettering, layout, titles=False))
            size = [round(layout.width), round(layout.height)]
            self.templates.append({"svg": svg, "size": size})
        return self._numbers[shape]


def _blank(picture: Picture) -> Picture:
    """The shape alone: ids counted anew, no numbers that the page fills in."""
    counts = {ValueBox: 0, Group: 0, Stub: 0}
    ids: dict[str, str] = {}
    for box in picture.boxes:
        counts[type(box)] += 1
        ids[box.id] = {ValueBox: "v", Group: "g", Stub: "s"}[type(box)] + str(counts[type(box)])
    return Picture(tuple(_blank_box(box, ids) for box in picture.boxes), ())


def _blank_box(box: Box, ids: dict[str, str]) -> Box:
    name = ids[box.id]
    number = name.removeprefix("v")
    operands = tuple(
        replace(
            operand,
            edge=f"e{number}_{place}",
            source=ids.get(operand.source, f"c{number}_{place}"),
            partial=None if operand.partial is None else 0.0,
            constant=None if operand.constant is None else 0.0,
        )
        for place, operand in enumerate(box.operands)
    )
    if isinstance(box, Stub):
        return replace(box, id=name)
    if isinstance(box, Group):
        blank = replace(box, low=0.0, high=0.0, steepness=None, sign=0, operands=operands)
        return replace(blank, id=name, members=("",) * len(box.members))
    operation = box.operation and replace(box.operation, id=f"o{number}", operands=operands)
    return ValueBox(name, name, box.label or "-", 0.0, None, (), operation)
