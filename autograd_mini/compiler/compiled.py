"""Compiled: a recorded graph as a function of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from autograd_mini.compiler.backend import NOT_FINITE, Backend, Eager, GuardFailed, Numbers
from autograd_mini.compiler.descent import Descent, Settings
from autograd_mini.compiler.inputs import FLOATS, Rows, arranged, as_number, as_vector, listed
from autograd_mini.compiler.problem import Problem


class Compiled:
    """A graph as a function of the numbers of its inputs, which gives value and gradients.

    inputs, wrt: the names of the inputs, and of those with respect to which it is differentiated.
    target: the language of the program.
    """

    def __init__(self, problem: Problem, backend: Backend, target: str) -> None:
        self.target = target
        self.inputs: tuple[str, ...] = tuple(problem.labels[place] for place in problem.inputs)
        self.wrt: tuple[str, ...] = tuple(problem.labels[place] for place in problem.wrt)
        self._problem = problem
        self._backend = backend
        self._eager = Eager(problem)
        self._results = backend.results

    @property
    def source(self) -> str:
        """The generated program."""
        return self._backend.source

    def __call__(self, /, *numbers: float, **by_name: float) -> Any:
        """The value and the list of its derivatives with respect to `wrt`.

        For several outputs, a list of values and a list of such lists.

        Raises: TypeError for inputs that do not fit; DomainError as recording would; StaleGraph
            if the inputs are on another branch than the recording.
        """
        numbers = self._numbers(numbers, by_name)
        try:
            return self._results(*numbers)
        except NOT_FINITE as reason:
            return self._eagerly(self._eager.results, numbers, reason)

    def value(self, /, *numbers: float, **by_name: float) -> Any:
        """The value, or a list of the values, alone. Raises: as a call."""
        numbers = self._numbers(numbers, by_name)
        try:
            return self._backend.value(*numbers)
        except NOT_FINITE as reason:
            return self._eagerly(self._eager.value, numbers, reason)

    def gradients(self, /, *numbers: float, **by_name: float) -> Any:
        """The derivatives alone. Raises: as a call."""
        return self(*numbers, **by_name)[1]

    def batch(self, rows: Any) -> tuple[Any, Any]:
        """The values and the gradients of many rows, each of one number for every input.

        rows: a list of rows, or an array, which the target c reads without copying it.

        Raises: as a call.
        """
        left = Rows(rows, self.inputs)
        is_array = left.array is not None
        values: list[Any] = []
        gradients: list[Any] = []
        while True:
            found = self._backend.batch(left)
            done = len(found[0])
            if done == len(left) and not values:
                return found
            values += list(found[0])
            gradients += list(found[1])
            if done == len(left):
                break
            value, gradient = self(*left[done])
            values.append(value)
            gradients.append(gradient)
            left = left.after(done + 1)
        if not is_array:
            return values, gradients
        import numpy

        return numpy.array(values), numpy.array(gradients)

    def total(self, numbers: Sequence[float], batch: Any) -> tuple[float, list[float]]:
        """The sum of the values over a batch, and the sum of the gradients.

        numbers: of `wrt`. batch: rows of the inputs that are not in `wrt`, in order.

        Raises: ValueError for a graph of several outputs; else as a call.
        """
        self._check_single("a total is of")
        return self._total(as_vector("numbers", numbers, self.wrt), Rows(batch, self._given))

    def descend(
        self,
        start: Sequence[float],
        rate: float,
        times: int,
        batch: Any = None,
        *,
        method: str = "sgd",
        weight_decay: float = 0.0,
        **constants: float,
    ) -> Descent:
        """A gradient descent of `times` steps; all parameters move at once.

        The result has the numbers of `wrt` as `.values`; its `run(times)` makes more steps.

        start: numbers of `wrt`. batch: rows of the inputs that do not move, in order, over which
        the mean is taken. method: "sgd", "momentum" or "adam"; constants: momentum, or beta1, beta2
        and epsilon. weight_decay: times the parameter, is added to each gradient.

        Raises: TypeError or ValueError for settings that do not fit; DomainError, StaleGraph as a
            call.
        """
        self._check_single("descent follows")
        if self._given and batch is None:
            raise TypeError(
                f"{listed(self._given)} are inputs that are not in wrt and do not move: give their "
                "numbers, as batch=[[...], ...]"
            )
        if batch is not None and not self._given:
            raise TypeError(
                f"all inputs move ({listed(self.inputs)}), so that a batch gives no input: leave "
                "it out, or compile with the inputs that move as wrt"
            )
        rows = Rows([] if batch is None else batch, self._given)
        if self._given and not len(rows):
            raise ValueError("the batch has no rows: give at least one, of which to take the mean")
        settings = Settings(method, rate, weight_decay, constants)

        def mean(numbers: Numbers) -> list[float]:
            if not self._given:
                return list(map(float, self(*self._problem.joined(numbers, []))[1]))
            return [each / len(rows) for each in self._total(numbers, rows)[1]]

        start = as_vector("start", start, self.wrt)
        descent = self._backend.descent(settings, mean, start, rows)
        descent.run(times)
        return descent

    # -- for compile_function, which records again where a program gives up ----------------------

    def _attempt(self, numbers: Numbers) -> Any:
        """The results of the program. Raises: NOT_FINITE, which includes GuardFailed."""
        return self._results(*numbers)

    def _follow(self, descent: Descent, given: Numbers, rate: float) -> tuple[Descent, float]:
        """The descent after one more step, and the value before it. Raises: as `_attempt`."""
        self._check_single("descent follows")
        descent = self._backend.adopted(descent)
        return descent, self._backend.follow(descent, given, rate, self._attempt)

    def _attempt_total(
        self, numbers: Numbers, batch: Sequence[Numbers]
    ) -> tuple[int, float, list[float]]:
        """The number of rows before the program gave up, and `total` over them."""
        self._check_single("a total is of")
        return self._backend.total(numbers, Rows(batch, self._given))

    # -- inputs, and results that a program does not give ----------------------------------------

    @cached_property
    def _given(self) -> tuple[str, ...]:
        return tuple(self.inputs[number] for number in self._problem.given)

    def _check_single(self, what: str) -> None:
        if not self._problem.single:
            count = len(self._problem.outputs)
            found = "it is in a list" if count == 1 else f"there are {count}"
            raise ValueError(f"{what} one output, and {found}: compile the loss by itself")

    def _numbers(self, given: Sequence[Any], by_name: dict[str, Any]) -> tuple[float, ...]:
        if len(given) == len(self.inputs) and not by_name and FLOATS.issuperset(map(type, given)):
            return tuple(given)
        numbers = arranged("this graph", self.inputs, given, by_name)
        or_many = ", or many rows to batch(rows)"
        return tuple(as_number(name, number, or_many) for name, number in zip(self.inputs, numbers))

    def _total(self, numbers: Numbers, rows: Rows) -> tuple[float, list[float]]:
        total, sums = 0.0, [0.0] * len(numbers)
        while True:
            done, value, gradients = self._backend.total(numbers, rows)
            total += value
            sums = [x + y for x, y in zip(sums, gradients)]
            if done == len(rows):
                return total, sums
            value, gradients = self(*self._problem.joined(numbers, rows[done]))
            total += float(value)  # NumPy's numbers would warn where they are infinite
            sums = [x + float(y) for x, y in zip(sums, gradients)]
            rows = rows.after(done + 1)

    def _eagerly(
        self, compute: Callable[..., Any], numbers: Sequence[float], reason: Exception
    ) -> Any:
        """The results of recording, or its error.

        A program gives up also where the value exists and a partial is infinite.
        """
        number = reason.number if isinstance(reason, GuardFailed) else None
        if number is None:
            try:
                return compute(*numbers)
            except GuardFailed as failed:
                number = failed.number
        raise self._eager.stale(number, numbers) from None

    def __repr__(self) -> str:
        return (
            f"<compiled to {self.target}: {len(self._problem.tape)} values, "
            f"inputs {listed(self.inputs)}>"
        )
