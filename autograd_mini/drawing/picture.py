"""Picture: a graph as plain data, boxes and edges, from which every drawing is made.

Ids are stable: `v1`, `v2`... in topological order, and beside value `v7` its operation `o7`,
the edges into it `e7_0`, `e7_1` and its constants `c7_0`, `c7_1`. A box that stands for many values
is a group, `g1`, `g2`..., with the edges `eg1_0`, `eg1_1` into it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names

# Of the computation: from left to right, or from top to bottom.
Direction = Literal["LR", "TB"]

# The names of the scopes around something, from the outermost.
Scope = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureEdge:
    """An edge into an operation, from a box or a constant; or into a box that folds operations.

    count: the edges of the graph that it stands for or, where operations are folded, the paths.
    """

    edge: str
    source: str
    partial: float | None
    constant: float | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class DrawnOperation:
    """A circle: how one value was made."""

    id: str
    symbol: str
    operands: tuple[PictureEdge, ...]


@dataclass(frozen=True, slots=True)
class ValueBox:
    """A box: one value as it was when the picture was taken.

    name: a name for sentences, also where the label is empty or shared.
    formula, factors: where operations are folded, the formula and the edges, instead of an
        operation.
    """

    id: str
    name: str
    label: str
    data: float
    grad: float | None
    scope: Scope
    operation: DrawnOperation | None
    formula: str = ""
    factors: tuple[PictureEdge, ...] = ()

    @property
    def number(self) -> str:
        """The number at the end of the ids of its elements."""
        return self.id[1:]

    @property
    def operands(self) -> tuple[PictureEdge, ...]:
        """The edges that arrive here, none at a leaf."""
        return self.factors if self.operation is None else self.operation.operands

    @property
    def entry(self) -> str:
        """The id of the element at which edges arrive."""
        return self.id if self.operation is None else self.operation.id

    @property
    def grad_norm(self) -> float | None:
        """|grad|."""
        return None if self.grad is None else abs(self.grad)

    def nodes(self) -> list[str]:
        """The ids of its box, of its operation and of the constants."""
        if self.operation is None:
            return [self.id]
        constants = [o.source for o in self.operation.operands if o.constant is not None]
        return [self.id, self.operation.id, *constants]

    def fed_by(self, sources: Iterable[str]) -> ValueBox:
        """The box with its edges from other boxes, in the same order."""
        if self.operation is None:
            return self
        others = iter(sources)
        operands = tuple(
            replace(operand, source=next(others)) if operand.constant is None else operand
            for operand in self.operation.operands
        )
        return replace(self, operation=replace(self.operation, operands=operands))

    @property
    def broken(self) -> bool:
        """True if its data or its gradient is nan or infinite."""
        return not (math.isfinite(self.data) and math.isfinite(self.grad or 0.0))


class BoxWithoutOperation:
    """A box at which edges arrive directly."""

    __slots__ = ()

    id: str

    @property
    def number(self) -> str:
        """The number at the end of the ids of its elements."""
        return self.id

    @property
    def operation(self) -> None:
        """None: no operation made it alone."""
        return None

    @property
    def entry(self) -> str:
        """The id of the element at which edges arrive."""
        return self.id

    def nodes(self) -> list[str]:
        """The ids of its elements."""
        return [self.id]


@dataclass(frozen=True, slots=True)
class Group(BoxWithoutOperation):
    """A box that stands for many values, which have no boxes then.

    members: their ids, operands before results. low, high: the range of their data.
    grad_norm: the root of the sum of squares of their gradients, None if no backward pass came.
    sign: of all gradients that are not 0; 0 if they differ. scope: what it is drawn inside of.
    """

    id: str
    name: str
    members: tuple[str, ...]
    low: float
    high: float
    grad_norm: float | None
    sign: int
    scope: Scope
    operands: tuple[PictureEdge, ...]

    @property
    def broken(self) -> bool:
        """True if a number in it is nan or infinite."""
        return not all(map(math.isfinite, (self.low, self.high, self.grad_norm or 0.0)))


@dataclass(frozen=True, slots=True)
class Stub(BoxWithoutOperation):
    """A name that stands for the values outside of a drawn part that feed it."""

    id: str
    name: str
    scope: Scope = ()
    operands: tuple[PictureEdge, ...] = ()
    grad_norm: None = None
    broken: bool = False


Box = ValueBox | Group | Stub


class Cell(NamedTuple):
    """A place in a table; column 0 is that before the first."""

    row: int
    column: int


@dataclass(frozen=True)
class Picture:
    """A graph, operands before results.

    whole: where boxes stand for several values, the picture that has every value.
    cells: the places of the boxes, by their ids, in a picture that is a table.
    """

    boxes: tuple[Box, ...]
    roots: tuple[str, ...]
    whole: Picture | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict, hash=False)

    @cached_property
    def values(self) -> tuple[ValueBox, ...]:
        """The values that have a box each."""
        return tuple(box for box in self.boxes if isinstance(box, ValueBox))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The boxes that stand for many values."""
        return tuple(box for box in self.boxes if isinstance(box, Group))

    @cached_property
    def scopes(self) -> dict[Scope, list[Box]]:
        """The boxes of each scope without those of scopes inside it; outer scopes come first."""
        found: dict[Scope, list[Box]] = {}
        for box in self.boxes:
            for depth in range(1, len(box.scope) + 1):
                found.setdefault(box.scope[:depth], [])
            if box.scope:
                found[box.scope].append(box)
        return found

    def operations(self) -> Iterator[tuple[ValueBox, DrawnOperation]]:
        """Each operation with the value it made."""
        for value in self.values:
            if value.operation is not None:
                yield value, value.operation

    def constants(self) -> Iterator[tuple[str, float]]:
        """Each constant's id and number."""
        for _, operation in self.operations():
            for operand in operation.operands:
                if operand.constant is not None:
                    yield operand.source, operand.constant

    @property
    def folded(self) -> bool:
        """True if only named values have boxes."""
        return self.whole is not None and not self.groups

    @cached_property
    def by_id(self) -> dict[str, Box]:
        """The boxes by their ids."""
        return {box.id: box for box in self.boxes}

    def without_frames(self) -> Picture:
        """The picture without its scopes."""
        return replace(self, boxes=tuple(replace(box, scope=()) for box in self.boxes))

    def source_of(self, edge: str, result: str) -> Box:
        """The box that an edge into a result comes from."""
        operands = self.by_id[result].operands
        return self.by_id[next(each.source for each in operands if each.edge == edge)]

    @cached_property
    def size(self) -> int:
        """The number of boxes and circles to draw."""
        return (
            len(self.boxes) + sum(1 for _ in self.operations()) + sum(1 for _ in self.constants())
        )

    @cached_property
    def largest_gradient(self) -> float:
        """The largest finite |grad| of a box; 0 if no box has one."""
        sizes = [box.grad_norm for box in self.boxes if box.grad_norm is not None]
        return max(filter(math.isfinite, sizes), default=0.0)


def take_picture(names: Names) -> Picture:
    """Record a graph with its numbers of this moment."""
    ids = {value: f"v{number}" for number, value in enumerate(names.values, start=1)}
    values = tuple(
        ValueBox(
            id=ids[value],
            name=names(value),
            label=value.label,
            data=value.data,
            grad=value.grad if value.has_grad else None,
            scope=tuple(value.scope),
            operation=_operation(value, ids),
        )
        for value in names.values
    )
    return Picture(values, tuple(dict.fromkeys(ids[root] for root in names.roots)))


def _operation(value: Value, ids: dict[Value, str]) -> DrawnOperation | None:
    if value.op is None:
        return None
    number = ids[value][1:]
    operands = tuple(
        PictureEdge(f"e{number}_{place}", ids[operand], partial, None)
        if isinstance(operand, Value)
        else PictureEdge(f"e{number}_{place}", f"c{number}_{place}", None, float(operand))
        for place, (operand, partial) in enumerate(zip(value.operands, value.partials, strict=True))
    )
    return DrawnOperation(f"o{number}", value.op.symbol, operands)
