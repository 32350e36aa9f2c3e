"""Problems: what is to be compiled, as plain data: a tape, its inputs, outputs and guards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from autograd_mini.engine.comparisons import COMPARE, Comparison
from autograd_mini.engine.graph import Tape, topological_order
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names

# Larger graphs are not written out, and their values need no names.
LARGEST_NAMED = 20_000


class Guard(NamedTuple):
    """A comparison by the places of its operands on the tape; a float is a number."""

    left: int | float
    symbol: str
    right: int | float
    outcome: bool


class Problem:
    """A tape, and the places on it of the inputs, of those to differentiate by, of the outputs.

    single: whether it is one output that is given as itself, and not in a list.
    labels: a name for every place. labelled: the places that have one from the user.
    moves: for every place, whether it depends on an input that is differentiated by.
    moving, given: which of the inputs, by number, are those of wrt, and which are not.
    orders: for each output, the places below it, operands before results, as `backward()` has them.
    """

    def __init__(
        self,
        outputs: Sequence[Value],
        inputs: Sequence[Value],
        wrt: Sequence[Value],
        comparisons: Sequence[Comparison] = (),
        single: bool = True,
    ) -> None:
        # What is compared comes first: what follows may have no value on another branch.
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
        self.moving: list[int] = [self.inputs.index(place) for place in self.wrt]
        self.given: list[int] = [
            k for k, place in enumerate(self.inputs) if place not in set(self.wrt)
        ]
        self.guards: list[Guard] = [
            Guard(self._side(left), symbol, self._side(right), outcome)
            for left, symbol, right, outcome in comparisons
            if symbol
        ]
        self.labelled: list[int] = [
            place for place, entry in enumerate(self.tape.entries) if entry.tag.label
        ]
        if len(self.tape) <= LARGEST_NAMED:
            names = Names(roots)
            self.labels: list[str] = [names(value) for value in names.values]
        else:
            self.labels = [entry.tag.label for entry in self.tape.entries]
            taken = Counter(self.labels[place] for place in self.inputs)
            for number, place in enumerate(self.inputs, start=1):
                label = self.labels[place]
                if not label or taken[label] > 1:
                    self.labels[place] = f"{label or 'x'}_{number}"
        self.moves: list[bool] = self._moves()
        self.orders: list[list[int]] = [
            list(range(place + 1))  # the first root's order begins the tape
            if value is roots[0]
            else [places[id(below)] for below in topological_order(value)]
            for place, value in zip(self.outputs, outputs)
        ]

    def _side(self, side: Value | float) -> int | float:
        return self.tape.places[id(side)] if isinstance(side, Value) else float(side)

    def _moves(self) -> list[bool]:
        moves = [False] * len(self.tape)
        for place in self.wrt:
            moves[place] = True
        for place, (_, operands, _, _) in enumerate(self.tape.entries):
            for operand in operands:
                if isinstance(operand, int) and moves[operand]:
                    moves[place] = True
        return moves

    def joined(self, moving: Sequence[float], given: Sequence[float]) -> list[float]:
        """The numbers of all inputs, from those that move and those that do not."""
        numbers = [0.0] * len(self.inputs)
        for place, number in zip(self.moving, moving):
            numbers[place] = number
        for place, number in zip(self.given, given):
            numbers[place] = number
        return numbers

    def stale_guard(self, values: Sequence[float], done: int) -> int | None:
        """The first comparison among the first `done` values that comes out otherwise, if any."""
        for number, (left, symbol, right, outcome) in enumerate(self.guards):
            if max((side for side in (left, right) if isinstance(side, int)), default=-1) >= done:
                return None  # what it compares has not been computed
            sides = (values[side] if isinstance(side, int) else side for side in (left, right))
            if COMPARE[symbol](*sides) is not outcome:
                return number
        return None

    def completed_leaves(self, output: int) -> dict[int, list[int]]:
        """The leaves whose adjoint is complete once that of a place has been handed on."""
        completed: dict[int, list[int]] = {}
        seen: set[int] = set()
        for place in self.orders[output]:
            for operand in self.tape.entries[place].operands:
                if isinstance(operand, int) and operand not in seen:
                    seen.add(operand)
                    if self.tape.entries[operand].operation is None:
                        completed.setdefault(place, []).append(operand)
        return completed
