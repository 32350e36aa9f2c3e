"""Gradient descent along a compiled function, whose programs change with the form of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.descent import Descent, Settings
from autograd_mini.compiler.inputs import as_arguments, as_number, form_of
from autograd_mini.extensions.grad import filled, leaves_of

Attempt = Callable[[Compiled, list[float]], Any]
"""The results of a program, with the numbers of the Values outside that it reads.

Raises: NOT_FINITE, which includes GuardFailed."""

TryBranches = Callable[[Any, Attempt, Callable[[], Sequence[Any]]], Any]
"""`CompiledFunction._try_branches`."""


class FunctionDescent:
    """A gradient descent that makes one step for each row of arguments; `run` continues it.

    losses: the value of the function at each step, before the first argument moved.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        try_branches: TryBranches,
        settings: Settings,
        rate: float | Callable[[int], float],
        start: Any,
    ) -> None:
        self.losses: list[float] = []
        self._function = function
        self._try_branches = try_branches
        self._rate = rate if callable(rate) else lambda steps: rate
        self._start = start
        self._form = form_of(start)
        self._row: tuple[Any, ...] = ()
        self._state = Descent(settings, self._gradient, as_arguments([start]))

    @property
    def steps(self) -> int:
        """The number of steps that have been made."""
        return self._state.steps

    @property
    def values(self) -> Any:
        """The first argument as it is now, in the form of the start."""
        return filled(self._start, iter(self._state.values))

    def __repr__(self) -> str:
        return f"<descent by {self._state.settings.method}: {self.steps} steps>"

    def run(self, rows: Iterable[Sequence[Any]]) -> None:
        """Make a step for each row. If a step cannot be made, the steps before it stay.

        Raises: TypeError for a row that is not a tuple of arguments; else as a call.
        """
        for row in rows:
            if not isinstance(row, (tuple, list)):
                raise TypeError(
                    f"a row is a tuple of the arguments that do not move, got {row!r:.80}"
                )
            self._row = tuple(row)
            self._step(as_number("rate", self._rate(self.steps)))

    def _step(self, rate: float) -> None:
        """A step by a program, or by a call where no program finds finite numbers."""
        given = as_arguments(self._row)

        def attempt(program: Compiled, outside: list[float]) -> float:
            self._state, value = program._follow(self._state, [*given, *outside], rate)
            return value

        form = [self._form, *map(form_of, self._row)]
        found = self._try_branches(form, attempt, lambda: (self.values, *self._row))
        if found is None:
            self._state.move(self._gradient(self._state.values), rate)
        else:
            self.losses.append(found[1])

    def _gradient(self, values: Sequence[float]) -> list[float]:
        """The gradient at the present row, by a call, which raises its errors."""
        value, gradient = self._function(filled(self._start, iter(values)), *self._row)
        if isinstance(value, list):
            raise ValueError(f"descent follows one output, and there are {len(value)}")
        self.losses.append(value)
        return leaves_of(gradient)
