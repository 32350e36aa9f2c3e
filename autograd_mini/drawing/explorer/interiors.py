"""What the groups of a page open to, and what these open to in turn.

A group opens to the scopes inside it; without any, to its values; where these are too many, to its
calls, which are what hangs together if its leaves are taken away. Interiors of one shape share one
template, an SVG with ids of its own: v1, v2... for the values that it shows, g1, g2... for groups,
s1, s2... for stubs, the names of what comes from outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from autograd_mini.derivation.names import Names
from autograd_mini.drawing.groups import (
    LARGEST_READABLE,
    MANY,
    Kind,
    gather,
    kinds_outside,
    sources_of,
)
from autograd_mini.drawing.layered import layered_layout
from autograd_mini.drawing.layout import Direction
from autograd_mini.drawing.lettering import letter, with_room
from autograd_mini.drawing.picture import Box, Group, Picture, Stub, ValueBox
from autograd_mini.drawing.svg import svg_parts
from autograd_mini.expressions.symbols import printable

MOST_STUBS = 40  # of single values; more are named by the scopes that they share
MOST_SCOPES = 12
MOST_WITH_PARTIALS = 300

_Name = tuple[int, str]  # the place of a value, or -1 of several, and what is written


@dataclass(frozen=True, slots=True)
class _Opened:
    """A group as the page knows it. template: -1 if it does not open."""

    name: str
    template: int
    values: list[int]
    inside: list[int]
    stubs: list[str]


class Interiors:
    """All groups of a page, those of the picture first, and the templates of their interiors."""

    def __init__(self, picture: Picture, names: Names, digits: int, direction: Direction):
        assert picture.whole is not None
        self.whole = picture.whole
        self.names = names
        self.digits = digits
        self.direction = direction
        self.places = {value.id: place for place, value in enumerate(self.whole.values)}
        self.sources = sources_of(self.whole)
        self.numbers: dict[Picture, int] = {}
        self.known: dict[tuple[Any, ...], int] = {}
        self.templates: list[dict[str, Any]] = []
        self.waiting = [
            (group.name, [self.places[member] for member in group.members])
            for group in picture.groups
        ]
        self.texts: dict[str, int] = {}
        self.groups = [self._written(self._open(*group)) for group in self._queue()]

    def _queue(self) -> Iterator[tuple[str, list[int]]]:
        """All groups by name and members; opening one adds to those that wait."""
        yield from self.waiting

    def _written(self, group: _Opened) -> list[Any]:
        """A group for JSON. Names of stubs recur in every call, and are numbers there."""
        stubs = [self.texts.setdefault(stub, len(self.texts)) for stub in group.stubs]
        return [group.name, group.template, group.values, group.inside, stubs]

    def _open(self, name: str, members: list[int]) -> _Opened:
        scopes = {self.whole.values[place].scope for place in members}
        depth = _shared(scopes)
        flat = len(scopes) == 1 and len(members) <= LARGEST_READABLE
        called = self._outside(members, flat)
        stubs = list(dict.fromkeys(called.values()))
        names = [stub[1] for stub in stubs]
        if flat:
            # Most groups are calls, which need no picture of their own to be known again.
            shape = self._shape(members, called, stubs)
            if shape not in self.known:
                local = self._part(members, called, stubs)
                self.known[shape] = self._template(_blank(local))
            return _Opened(name, self.known[shape], members, [], names)
        local = self._part(members, called, stubs)
        opened = gather(local, self._kinds(local, depth), [()] * len(local.boxes))
        if len(opened.boxes) > LARGEST_READABLE + len(stubs):
            return _Opened(name, -1, members, [], [])
        inside = range(len(self.waiting), len(self.waiting) + len(opened.groups))
        self.waiting += [
            (group.name, [self.places[member] for member in group.members])
            for group in opened.groups
        ]
        values = [self.places[value.id] for value in opened.values]
        shown = [names[int(box.id[1:]) - 1] for box in opened.boxes if isinstance(box, Stub)]
        return _Opened(name, self._template(_blank(opened)), values, list(inside), shown)

    def _outside(self, members: list[int], flat: bool) -> dict[int, _Name]:
        """What each value that feeds the members from outside is called."""
        inside = set(members)
        outside = dict.fromkeys(
            source for place in members for source in self.sources[place] if source not in inside
        )
        if flat and len(outside) <= MOST_STUBS:
            return {source: self._name(source) for source in outside}
        depth = max((len(self.whole.values[source].scope) for source in outside), default=1)
        while True:
            called = {source: self._name(source, depth) for source in outside}
            if depth <= 1 or len(set(called.values())) <= MOST_SCOPES:
                return called
            depth -= 1

    def _shape(
        self, members: list[int], called: dict[int, _Name], stubs: list[_Name]
    ) -> tuple[Any, ...]:
        """What members with the same template have in common."""
        stub_numbers = {stub: -number for number, stub in enumerate(stubs, start=1)}
        local = {source: stub_numbers[stub] for source, stub in called.items()}
        local.update((place, number) for number, place in enumerate(members))
        return tuple(
            (
                value.label,
                value.operation and value.operation.symbol,
                tuple([local[source] for source in self.sources[place]]),
                tuple([(each.constant is None, each.partial is None) for each in value.operands]),
            )
            for place in members
            for value in (self.whole.values[place],)
        )

    def _part(self, members: list[int], called: dict[int, _Name], stubs: list[_Name]) -> Picture:
        """The members as a picture that begins with stubs."""
        ids = {stub: f"s{number}" for number, stub in enumerate(stubs, start=1)}
        stub_of = {self.whole.values[source].id: ids[stub] for source, stub in called.items()}
        boxes: list[Box] = [Stub(name, "-") for name in ids.values()]
        boxes += [_fed(self.whole.values[place], stub_of) for place in members]
        return Picture(tuple(boxes), ())

    def _name(self, place: int, depth: int = 0) -> _Name:
        """What to call a value outside, or all that share so many scopes with it."""
        value = self.whole.values[place]
        if depth:
            shared = " / ".join(value.scope[:depth])
            return -1, printable(shared or value.label or "outside")
        where = " / ".join(value.scope) or self.names(self.names.values[place])
        return place, printable(value.label or where)

    def _kinds(self, local: Picture, depth: int) -> list[Kind | None]:
        scopes = [box.scope[depth : depth + 1] for box in local.boxes]
        if any(scopes):
            return [
                Kind(scope[0], (), scope) if scope else kind
                for scope, kind in zip(scopes, kinds_outside(local, scopes))
            ]
        calls = _calls(local)
        if len(set(calls)) <= 2:  # one of them is that of the leaves and stubs
            return [None] * len(calls)
        leaves = [isinstance(box, ValueBox) and box.operation is None for box in local.boxes]
        weights = Kind("leaves", ()) if sum(leaves) > MANY else None
        return [
            Kind("call", (), call) if call >= 0 else weights if is_leaf else None
            for call, is_leaf in zip(calls, leaves)
        ]

    def _template(self, shape: Picture) -> int:
        """The number of the template for this shape, laid out when it is met first."""
        if shape not in self.numbers:
            self.numbers[shape] = len(self.templates)
            partials = shape.size <= MOST_WITH_PARTIALS
            lettering = letter(shape, digits=self.digits, partials=partials)
            lettering = with_room(lettering, shape, self.digits, constants=True)
            layout = layered_layout(shape, lettering, self.direction)
            svg = "".join(svg_parts(shape, lettering, layout, titles=False))
            size = [round(layout.width), round(layout.height)]
            self.templates.append({"svg": svg, "size": size})
        return self.numbers[shape]


def _shared(scopes: set[tuple[str, ...]]) -> int:
    """How many scopes, from the outermost, are the same."""
    first, *others = scopes
    depth = len(first)
    for scope in others:
        while first[:depth] != scope[:depth]:
            depth -= 1
    return depth


def _fed(value: ValueBox, stub_of: dict[str, str]) -> ValueBox:
    """The same value, fed by stubs from outside."""
    if all(operand.source not in stub_of for operand in value.operands):
        return value
    assert value.operation is not None
    operands = tuple(
        replace(operand, source=stub_of.get(operand.source, operand.source))
        for operand in value.operands
    )
    return replace(value, operation=replace(value.operation, operands=operands))


def _calls(picture: Picture) -> list[int]:
    """For each result the first one of those that it hangs together with, -1 for what is none."""
    first = [-1 if box.operation is None else place for place, box in enumerate(picture.boxes)]

    def find(place: int) -> int:
        while first[place] != place:
            first[place] = first[first[place]]
            place = first[place]
        return place

    for place, sources in enumerate(sources_of(picture)):
        for source in sources:
            if first[source] >= 0:
                one, other = sorted((find(place), find(source)))
                first[other] = one
    return [place if place < 0 else find(place) for place in first]


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
    return ValueBox(name, box.label or "-", 0.0, None, (), operation)
