"""Backends: how the graph of a problem is computed, by a generated program or by recording again.

A backend gives the value and the derivatives from numbers for the inputs. One whose program finds
a value that is not finite gives up; the graph is then recorded again by `Eager`, whose results and
errors are right by definition.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from operator import add
from typing import Any

from autograd_mini.compiler.descent import Descent, MeanGradient, Settings
from autograd_mini.compiler.inputs import Rows
from autograd_mini.compiler.problem import Guard, Problem
from autograd_mini.engine.comparisons import COMPARE
from autograd_mini.engine.operation import DomainError
from autograd_mini.engine.transforms import gradients
from autograd_mini.engine.value import Value

Numbers = Sequence[float]

NOT_FINITE = (ArithmeticError, ValueError)
"""Raised by a backend that finds no finite values, as Python's arithmetic raises them."""


NOT_WRITTEN = "# A graph of this size is not written out: it is recorded again for every call.\n"


class GuardFailed(ArithmeticError):
    """A comparison has another outcome than when the graph was recorded.

    number: its place among the guards of the problem.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class StaleGraph(RuntimeError):
    """The graph was recorded on another branch of a comparison than the inputs are on."""


class Backend(ABC):
    """A graph in one target; results have the form in which the user gets them.

    source: the generated program. Every computation raises NOT_FINITE, which includes GuardFailed.
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
        """Values and gradients of rows of all inputs, up to the first row that is not finite."""
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
        """The number of rows that were computed, the sum of their values and of their gradients.

        numbers: of the inputs in wrt. rows: of the other inputs.
        """
        total, sums = 0.0, [0.0] * len(numbers)
        for done, row in enumerate(rows.listed):
            try:
                value, gradients = self.results(*self.problem.joined(numbers, row))
            except NOT_FINITE:
                return done, total, sums
            total += value
            sums = list(map(add, sums, gradients))
        return len(rows), total, sums

    def descent(
        self, settings: Settings, mean: MeanGradient, start: Numbers, rows: Rows
    ) -> Descent:
        """A gradient descent from `start`. mean: the mean gradient over the rows, or an error."""
        return Descent(settings, mean, start)

    def adopted(self, descent: Descent) -> Descent:
        """The descent with its numbers where `follow` can move them."""
        return descent

    def follow(
        self, descent: Descent, given: Numbers, rate: float, attempt: Callable[[Numbers], Any]
    ) -> float:
        """One step of an adopted descent, by the gradient at one row of the inputs not in wrt.

        attempt: gives the results of the program. This gives the value before the step.
        """
        value, gradients = attempt(self.problem.joined(descent.values, given))
        descent.move(list(map(float, gradients)), rate)
        return float(value)


class Eager(Backend):
    """A graph that is recorded again for every call. It raises what recording raises."""

    def __init__(self, problem: Problem, source: str = NOT_WRITTEN) -> None:
        super().__init__(problem)
        self.source = source

    @property
    def results(self) -> Callable[..., Any]:
        return self._results

    @property
    def value(self) -> Callable[..., Any]:
        return self._value

    def _value(self, *numbers: float) -> Any:
        data = [output.data for output in self._recorded(numbers, self.problem.outputs)]
        return data[0] if self.problem.single else data

    def _results(self, *numbers: float) -> Any:
        count = len(self.problem.outputs)
        found = self._recorded(numbers, [*self.problem.outputs, *self.problem.wrt])
        rows = [gradients(output, found[count:]) for output in found[:count]]
        if self.problem.single:
            return found[0].data, rows[0]
        return [output.data for output in found[:count]], rows

    def _recorded(self, numbers: Numbers, places: Sequence[int]) -> list[Value]:
        """The values at some places of the tape.

        Raises: DomainError if a value does not exist, GuardFailed before that.
        """
        try:
            values = self.problem.tape.replay(dict(zip(self.problem.inputs, numbers)))
        except DomainError:
            failed = self.failed_guard(numbers)
            if failed is None:
                raise
        else:
            data = [value.data for value in values] if self.problem.guards else []
            failed = self.problem.failed_guard(data, len(data))
            if failed is None:
                return [values[place] for place in places]
        raise GuardFailed(failed)

    def failed_guard(self, numbers: Numbers) -> int | None:
        """The number of the first comparison that has another outcome now, if any.

        Raises: DomainError if an operand of a comparison before that does not exist.
        """
        for number, guard in enumerate(self.problem.guards):
            if COMPARE[guard.symbol](*self._sides(guard, numbers)) is not guard.outcome:
                return number
        return None

    def _sides(self, guard: Guard, numbers: Numbers) -> list[float]:
        """The numbers that are compared."""
        sides = [side for side in (guard.left, guard.right) if isinstance(side, int)]
        inputs = dict(zip(self.problem.inputs, numbers))
        values = self.problem.tape.replay(inputs, count=max(sides, default=-1) + 1)
        return [
            values[side].data if isinstance(side, int) else side
            for side in (guard.left, guard.right)
        ]

    def stale(self, number: int, numbers: Numbers) -> StaleGraph:
        """The error for a comparison that has another outcome now.

        Raises: DomainError if an operand of the comparison does not exist.
        """
        guard = self.problem.guards[number]
        compared = zip((guard.left, guard.right), self._sides(guard, numbers))
        found = {side: number for side, number in compared if isinstance(side, int)}
        names = {side: self.problem.labels[side] or f"value {side}" for side in found}
        at = ", ".join(f"{names[side]} = {number!r}" for side, number in found.items())
        left, right = (
            names[side] if isinstance(side, int) else repr(side)
            for side in (guard.left, guard.right)
        )
        return StaleGraph(
            f"the graph was recorded where {left} {guard.symbol} {right} was {guard.outcome}, and "
            f"it is {not guard.outcome} at {at}: record the graph there, or use compile_function, "
            "which records again by itself; compare x.data for a comparison that does not matter"
        )
