"""Problem: the graph to compile as plain data: a tape, its inputs, its outputs and its guards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from autograd_mini.engine.comparisons import COMPARE, Comparison
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.tape import Tape

# Larger graphs are not written out, and their values need no names.
LARGEST_NAMED = 20_000


class Guard(NamedTuple):
    """A comparison and its outcome; an operand is a place of the tape (int) or a number."""

    left: int | float
    symbol: str
    right: int | float
    outcome: bool


class Problem:
    """A tape, and the places on it of the inputs, of the outputs, and of wrt.

    single: whether the one output is given by itself, not in a list.
    labels: a name for every place. labelled: the places that have a label of the user.
    moves: 1 for each place that depends on an input in wrt, 0 for others and for constants.
    moving, given: the numbers of the inputs that are in wrt, and of those that are not.
    orders: for each output, the places below it, operands before results, as in `backward()`.
    """

    def __init__(
        self,
        outputs: Sequence[Value],
        inputs: Sequence[Value],
        wrt: Sequence[Value],
        comparisons: Sequence[Comparison] = (),
        single: bool = True,
    ) -> None:
        # Compared values come first: on another branch, later values may not exist.
        compared = [
            side
            for comparison in comparisons
            for side in (comparison.left, comparison.right)
            if isinstance(side, Value)
        ]
        roots = [*compared, *outputs, *inputs]
        self.tape: Tape = Tape(roots)
        self.single = single
        places = self.tape.places
        self.inputs: list[int] = [places[id(value)] for value in inputs]
        self.wrt: list[int] = [places[id(value)] for value in wrt]
        self.outputs: list[int] = [places[id(value)] for value in outputs]
        columns, size = self.tape.columns, len(self.tape)
        # An input that was computed before stands for its number.
        for place in self.inputs:
            columns.codes[place] = 0
            columns.xs[place] = columns.ys[place] = size
        numbers = {place: k for k, place in enumerate(self.inputs)}
        self.moving: list[int] = [numbers[place] for place in self.wrt]
        self.given: list[int] = sorted(set(numbers.values()).difference(self.moving))
        self.guards: list[Guard] = [
            Guard(self._side(left), symbol, self._side(right), outcome)
            for left, symbol, right, outcome in comparisons
            if symbol
        ]
        self.labelled: list[int] = [place for place, tag in enumerate(columns.tags) if tag.label]
        if len(self.tape) <= LARGEST_NAMED:
            names = Names(roots)
            self.labels: list[str] = [names(value) for value in names.values]
        else:
            self.labels = [tag.label for tag in columns.tags]
            taken = Counter(self.labels[place] for place in self.inputs)
            for number, place in enumerate(self.inputs, start=1):
                label = self.labels[place]
                if not label or taken[label] > 1:
                    self.labels[place] = f"{label or 'x'}_{number}"
        self.moves: bytearray = bytearray(size + len(columns.constants))
        for place in self.wrt:
            self.moves[place] = 1
        for place, (x, y) in enumerate(zip(columns.xs, columns.ys)):
            if self.moves[x] or self.moves[y]:
                self.moves[place] = 1
        self.orders: list[list[int]] = [
            list(range(place + 1))  # the first root's order begins the tape
            if value is roots[0]
            else [places[id(below)] for below in topological_order(value)]
            for place, value in zip(self.outputs, outputs)
        ]

        places.clear()  # of values that may be gone; a tenth of the memory

    def _side(self, side: Value | float) -> int | float:
        return self.tape.places[id(side)] if isinstance(side, Value) else float(side)

    def is_same(self, other: Problem) -> bool:
        """True if both give the same program, apart from names."""
        return self._facts() == other._facts()

    def _facts(self) -> str:
        """All that a program depends on, as text: there -0.0 is not 0.0, and nan is nan."""
        inputs = set(self.inputs)
        entries = [
            (id(row), operands if row is not None or place in inputs else data)
            for place, (row, operands, data, _) in enumerate(self.tape.entries)
        ]
        return repr((entries, self.guards, self.inputs, self.wrt, self.outputs, self.single))

    def operands(self, place: int) -> list[int]:
        """The places of the operands that are values."""
        return [each for each in self.tape.entries[place].operands if isinstance(each, int)]

    def joined(self, moving: Sequence[float], given: Sequence[float]) -> list[float]:
        """The numbers of all inputs, from those of the inputs in wrt and of the others."""
        numbers = [0.0] * len(self.inputs)
        for place, number in zip(self.moving, moving):
            numbers[place] = number
        for place, number in zip(self.given, given):
            numbers[place] = number
        return numbers

    def failed_guard(self, values: Sequence[float], done: int) -> int | None:
        """The number of the first comparison that has another outcome now, if any.

        values: the numbers of the tape, of which the first `done` have been computed.
        """
        for number, (left, symbol, right, outcome) in enumerate(self.guards):
            sides = []
            for side in (left, right):
                if isinstance(side, int):
                    if side >= done:
                        return None  # an operand has not been computed
                    side = values[side]
                sides.append(side)
            if COMPARE[symbol](*sides) is not outcome:
                return number
        return None

    def completed_leaves(self, output: int) -> dict[int, list[int]]:
        """For each place, the leaves whose adjoints are complete after its backward step."""
        completed: dict[int, list[int]] = {}
        seen: set[int] = set()
        for place in self.orders[output]:
            for operand in self.operands(place):
                if operand not in seen:
                    seen.add(operand)
                    if self.tape.entries[operand].operation is None:
                        completed.setdefault(place, []).append(operand)
        return completed
