"""What every target offers to `Compiled`, and how a graph is computed without any: eagerly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from operator import add
from typing import Any

from autograd_mini.compiler.arguments import Rows
from autograd_mini.compiler.descent import Descent, Mean, Settings
from autograd_mini.compiler.problem import Guard, Problem
from autograd_mini.engine.comparisons import COMPARE
from autograd_mini.engine.transforms import gradients

Numbers = Sequence[float]

NOT_FINITE = (ArithmeticError, ValueError)
"""What an engine raises where it does not come to finite values, as Python's arithmetic does."""


class Stale(ArithmeticError):
    """A comparison comes out otherwise than it was recorded; number: which one."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class StaleGraph(RuntimeError):
    """The graph was recorded on another branch of a comparison than the inputs are on."""


class Engine(ABC):
    """A graph in one target; results are in the form that the user gets them.

    source: what was generated. All that computes raises NOT_FINITE, which Stale is one of.
    """

    source: str

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @property
    @abstractmethod
    def results(self) -> Callable[..., Any]:
        """The value and the gradients as a function of all inputs."""

    @property
    @abstractmethod
    def value(self) -> Callable[..., Any]:
        """The value as a function of all inputs."""

    def batch(self, rows: Rows) -> tuple[Sequence[Any], Sequence[Any]]:
        """Values and gradients of rows of all inputs, up to the first that is not finite."""
        values, gradients = [], []
        for row in rows.listed:
            try:
                value, gradient = self.results(*row)
            except NOT_FINITE:
                break
            values.append(value)
            gradients.append(gradient)
        return values, gradients

    def total(self, numbers: Numbers, rows: Rows) -> tuple[int, float, list[float]]:
        """How many rows of what does not move were done, the sum of values, that of gradients."""
        total, sums = 0.0, [0.0] * len(numbers)
        for done, row in enumerate(rows.listed):
            try:
                value, gradients = self.results(*self.problem.joined(numbers, row))
            except NOT_FINITE:
                return done, total, sums
            total += value
            sums = list(map(add, sums, gradients))
        return len(rows), total, sums

    def descent(self, settings: Settings, mean: Mean, start: Numbers, rows: Rows) -> Descent:
        """A gradient descent; mean: what gives the mean gradient of the rows, or raises."""
        return Descent(settings, mean, start)


class Eager:
    """A graph that is recorded anew: what it gives and what it raises is right by definition."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def value(self, *numbers: float) -> Any:
        return self.results(*numbers)[0]

    def results(self, *numbers: float) -> Any:
        """Raises: DomainError where a value does not exist."""
        values = self.problem.tape.replay(dict(zip(self.problem.inputs, numbers)))
        outputs = [values[place] for place in self.problem.outputs]
        wrt = [values[place] for place in self.problem.wrt]
        rows = [gradients(output, wrt) for output in outputs]
        if self.problem.single:
            return outputs[0].data, rows[0]
        return [output.data for output in outputs], rows

    def first_stale(self, numbers: Numbers) -> int | None:
        """The first comparison that comes out otherwise than it was recorded, if any.

        Raises: DomainError if one cannot be made, as an operand does not exist.
        """
        for number, guard in enumerate(self.problem.guards):
            if COMPARE[guard.symbol](*self._sides(guard, numbers)) is not guard.outcome:
                return number
        return None

    def _sides(self, guard: Guard, numbers: Numbers) -> list[float]:
        """The numbers of what is compared."""
        sides = [side for side in (guard.left, guard.right) if isinstance(side, int)]
        inputs = dict(zip(self.problem.inputs, numbers))
        values = self.problem.tape.replay(inputs, count=max(sides, default=-1) + 1)
        return [
            values[side].data if isinstance(side, int) else side
            for side in (guard.left, guard.right)
        ]

    def stale(self, number: int, numbers: Numbers) -> Exception:
        """What to raise where a comparison comes out otherwise.

        Raises: DomainError if it cannot be made, as an operand does not exist.
        """
        guard = self.problem.guards[number]
        compared = zip((guard.left, guard.right), self._sides(guard, numbers))
        found = {side: number for side, number in compared if isinstance(side, int)}
        names = {side: self.problem.labels[side] or f"value {side}" for side in found}
        at = ", ".join(f"{names[side]} = {number!r}" for side, number in found.items())
        return StaleGraph(
            f"the graph was recorded where {written(guard, names)} was {guard.outcome}, and it is "
            f"{not guard.outcome} at {at}: record it there, or compile the function with "
            "compile_function, which does so by itself; a comparison that does not matter is not "
            "followed if it is one of x.data"
        )


def written(guard: Guard, names: dict[int, str]) -> str:
    """A comparison as it was made."""
    left, right = (
        names[side] if isinstance(side, int) else repr(side) for side in (guard.left, guard.right)
    )
    return f"{left} {guard.symbol} {right}"
