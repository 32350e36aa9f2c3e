"""The interiors of the groups of a page, and those of the groups inside.

A group opens to the scopes inside it; without any, to its values; where these are too many, to its
calls, which are what hangs together if its leaves are taken away. Calls of one shape, as those of a
neuron on the samples of a batch, are a stack: one of them is seen at a time. Interiors of one shape
share one template, an SVG with its own ids: v1, v2... for the values that it shows, g1, g2... for
groups, s1, s2... for stubs, the names of what comes from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd_mini.drawing.acyclic_groups import Sources
from autograd_mini.drawing.description import short_name
from autograd_mini.drawing.escape import shorten
from autograd_mini.drawing.groups import (
    LARGEST_READABLE,
    MANY,
    Kind,
    gather,
    kinds_outside,
    sources_of,
)
from autograd_mini.drawing.layout import layered_layout
from autograd_mini.drawing.lettering import LARGEST_WITH_PARTIALS, letter, with_room
from autograd_mini.drawing.picture import Box, Direction, Group, Picture, Stub, ValueBox
from autograd_mini.drawing.svg import svg_parts
from autograd_mini.symbols.names import list_name
from autograd_mini.symbols.text import printable

CLOSED = -1
MOST_STUBS = 40  # of single values; more are named by the scopes that they share
MOST_SCOPES = 12
LEAST_STACKED = 5  # calls of one shape; fewer are drawn
# Of one pattern: calls, of which bundles are groups where there are more; values that are all
# shown; and boxes in an opened group.
MOST_CALLS, LARGEST_ALIKE, MOST_OPENED = 12, 40, 100
LONGEST_STUB = 60  # as its title; the stub itself is shorter

Shape = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Subgraph:
    """Some values of a graph.

    boxes: the stubs, then the values. sources: what feeds each box, by their places among these.
    depth: how many scopes are around all values. flat: whether it is small and has none inside.
    by_pattern: whether the graph has no scopes, so that the values were gathered by pattern.
    """

    stubs: list[str]
    boxes: list[Box]
    sources: Sources
    depth: int
    flat: bool
    by_pattern: bool

    def shape(self) -> Shape:
        """The shape that flat parts of equal look share."""
        values = (box for box in self.boxes if isinstance(box, ValueBox))
        return len(self.stubs), tuple(
            (
                value.label,
                value.operation and value.operation.symbol,
                tuple(feeding),
                tuple([(each.constant is None, each.partial is None) for each in value.operands]),
            )
            for value, feeding in zip(values, self.sources[len(self.stubs) :])
        )

    def picture(self) -> Picture:
        """The part with a box for every value."""
        return Picture(
            tuple(
                box.fed_by(self.boxes[source].id for source in sources)
                if isinstance(box, ValueBox)
                else box
                for box, sources in zip(self.boxes, self.sources)
            ),
            (),
        )

    def kinds(self) -> list[Kind | None]:
        """The kinds by which boxes are gathered: by scope, or by call where no scope is inside."""
        scopes = [box.scope[self.depth : self.depth + 1] for box in self.boxes]
        if any(scopes):
            outside = kinds_outside(Picture(tuple(self.boxes), ()), self.sources, scopes)
            return [
                Kind(scope[0], (), scope) if scope else kind for scope, kind in zip(scopes, outside)
            ]
        calls = self.calls()
        if len(set(calls)) <= 2:  # one of them belongs to the leaves and stubs
            return [None] * len(calls)
        leaves = [isinstance(box, ValueBox) and box.operation is None for box in self.boxes]
        weights = Kind("leaves", ()) if sum(leaves) > MANY else None
        apart = list(dict.fromkeys(call for call in calls if call >= 0))
        many = -(-len(apart) // MOST_CALLS) if self.by_pattern else 1
        gathered = {
            call: Kind("call" if many == 1 else "calls", (), place // many)
            for place, call in enumerate(apart)
        }
        return [
            gathered[call] if call >= 0 else weights if is_leaf else None
            for call, is_leaf in zip(calls, leaves)
        ]

    def calls(self) -> list[int]:
        """For each result the first of those that hang together with it; -1 for other boxes."""
        first = [-1 if box.operation is None else place for place, box in enumerate(self.boxes)]

        def find(place: int) -> int:
            while first[place] != place:
                first[place] = first[first[place]]
                place = first[place]
            return place

        for place, feeding in enumerate(self.sources):
            for source in feeding:
                if first[source] >= 0:
                    one, other = sorted((find(place), find(source)))
                    first[other] = one
        return [place if place < 0 else find(place) for place in first]


class GraphDivider:
    """Makes parts of a graph."""

    def __init__(self, whole: Picture) -> None:
        self.values: tuple[ValueBox, ...] = whole.values
        self.sources: Sources = sources_of(whole)

    def part(self, members: Sequence[int]) -> Subgraph:
        """The values at these places."""
        scopes = {self.values[place].scope for place in members}
        by_pattern = not any(scopes)
        readable = LARGEST_ALIKE if by_pattern else LARGEST_READABLE
        flat = len(scopes) == 1 and len(members) <= readable
        depth = _shared(scopes)
        called = self._outside(members, flat, next(iter(scopes))[:depth])
        numbers = {stub: number for number, stub in enumerate(dict.fromkeys(called.values()))}
        places = {source: numbers[stub] for source, stub in called.items()}
        places.update((place, number) for number, place in enumerate(members, len(numbers)))
        return Subgraph(
            stubs=[name for _, name in numbers],
            boxes=[
                *(Stub(f"s{number}", "-") for number in range(1, len(numbers) + 1)),
                *(self.values[place] for place in members),
            ],
            sources=[
                *([] for _ in numbers),
                *([places[source] for source in self.sources[place]] for place in members),
            ],
            depth=depth,
            flat=flat,
            by_pattern=by_pattern,
        )

    def stack(self, part: Subgraph, members: list[int]) -> list[tuple[list[int], Subgraph]]:
        """The calls of a part, each with the leaves that all use; an empty list if they differ.

        Without leaves inside, as the rows of a matrix in a scope, they are no calls of one neuron.
        """
        if part.by_pattern or any(box.scope[part.depth :] for box in part.boxes):
            return []
        calls: dict[int, list[int]] = {}
        for place, call in zip(members, part.calls()[len(part.stubs) :]):
            calls.setdefault(call, []).append(place)
        leaves = calls.pop(-1, [])
        if (
            not leaves
            or len(calls) < LEAST_STACKED
            or len(leaves) + len(calls[min(calls)]) > LARGEST_READABLE
        ):
            return []
        members_of = [[*leaves, *own] for own in calls.values()]
        found = [(places, self.part(places)) for places in members_of]
        shapes = {part.shape() for _, part in found}
        return found if len(shapes) == 1 else []

    def _outside(
        self, members: Sequence[int], flat: bool, around: tuple[str, ...]
    ) -> dict[int, tuple[int, str]]:
        """The stub of each value that feeds the members: its own place or -1, and its name.

        around: the scopes of all members.
        """
        inside = set(members)
        outside = dict.fromkeys(
            source for place in members for source in self.sources[place] if source not in inside
        )
        if flat and len(outside) <= MOST_STUBS:
            return {source: (source, self._name(source, around)) for source in outside}
        depth = max((len(self.values[source].scope) for source in outside), default=1)
        while True:
            called = {source: (-1, self._shared_name(source, depth)) for source in outside}
            if len(set(called.values())) <= MOST_SCOPES:
                return called
            if depth <= 1:
                return {source: (-1, self._shared_name(source, 1, list_name)) for source in outside}
            depth -= 1

    def _name(self, place: int, around: tuple[str, ...]) -> str:
        """The label of a value, else the scopes that it is in and the members are not."""
        value = self.values[place]
        shared = _shared({value.scope, around})
        where = " / ".join(value.scope[min(shared, len(value.scope) - 1) :]) or value.name
        return _short(value.label or where)

    def _shared_name(self, place: int, depth: int, of: Callable[[str], str] = str) -> str:
        """The scopes that a value shares with others; outside of scopes, its label or list."""
        value = self.values[place]
        return _short(" / ".join(value.scope[:depth]) or of(value.label) or "outside")


def _short(name: str) -> str:
    return shorten(printable(name), LONGEST_STUB)


def _shared(scopes: set[tuple[str, ...]]) -> int:
    """The number of equal scopes, from the outermost."""
    first, *others = scopes
    depth = len(first)
    for scope in others:
        while first[:depth] != scope[:depth]:
            depth -= 1
    return depth


class Interiors:
    """All groups of a page, those of the picture first, and the templates of their interiors.

    calls: of the groups that are stacks, by their numbers: of each call the values and the stubs.
    groups: for each its name, its template or `CLOSED`, the places of the values that it shows (if
    closed, has), the numbers of the groups inside, and its stubs by their numbers in `texts`.
    """

    def __init__(self, picture: Picture, digits: int, direction: Direction) -> None:
        assert picture.whole is not None
        self.digits = digits
        self.direction = direction
        self.divider: GraphDivider = GraphDivider(picture.whole)
        self.places: dict[str, int] = {
            value.id: place for place, value in enumerate(picture.whole.values)
        }
        self.templates: list[dict[str, Any]] = []
        self.texts: dict[str, int] = {}
        self._numbers: dict[Picture, int] = {}
        self._known: dict[Shape, int] = {}
        self._waiting = list(picture.groups)
        self.calls: dict[int, list[tuple[list[int], list[int]]]] = {}
        self.groups: list[list[Any]] = [
            [short_name(group), *self._open(number, group)]
            for number, group in enumerate(self._queue())
        ]

    def _queue(self) -> Iterator[Group]:
        """All groups; opening one adds to those that wait."""
        yield from self._waiting

    def _open(self, number: int, group: Group) -> tuple[int, list[int], list[int], list[int]]:
        members = [self.places[member] for member in group.members]
        part = self.divider.part(members)
        stack = self.divider.stack(part, members)
        if stack:
            self.calls[number] = [(places, self._stubs(call.stubs)) for places, call in stack]
            places, stubs = self.calls[number][0]
            return self._flat_template(stack[0][1]), places, [], stubs
        if part.flat:
            return self._flat_template(part), members, [], self._stubs(part.stubs)
        picture = Picture(tuple(part.boxes), ())
        opened = gather(picture, part.sources, part.kinds(), [()] * len(part.boxes))
        readable = MOST_OPENED if part.by_pattern else LARGEST_READABLE
        if len(opened.boxes) > readable + len(part.stubs):
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

    def _flat_template(self, part: Subgraph) -> int:
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
    """The shape alone: ids counted from 1, without the numbers that the page fills in."""
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
        blank = replace(box, low=0.0, high=0.0, grad_norm=None, sign=0, operands=operands)
        return replace(blank, id=name, members=("",) * len(box.members))
    operation = box.operation and replace(box.operation, id=f"o{number}", operands=operands)
    return ValueBox(name, name, box.label or "-", 0.0, None, (), operation)
