"""Large graphs without a compiler: the rows' own functions, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from autograd_mini.compiler.engine import Engine, Stale
from autograd_mini.compiler.problem import Problem
from autograd_mini.evaluation import STRICT


class FlatPython(Engine):
    """A tape that is followed entry by entry; there is no source but the table's."""

    source = "# A graph of this size is not written out: its tape is followed entry by entry.\n"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._constants: list[float] = []
        size = len(problem.tape)
        # Operands are places; behind the values stand the constants.
        places: dict[str, int] = {}
        self._forward_steps: list[tuple[Callable[..., float], int, tuple[int, ...]]] = []
        self._backward_steps: dict[int, list[tuple[Callable[..., float], int]]] = {}
        self._operands: dict[int, tuple[int, ...]] = {}
        for place, entry in enumerate(problem.tape.entries):
            if entry.operation is None:
                continue
            operands = []
            for operand in entry.operands:
                if not isinstance(operand, int):
                    if repr(operand) not in places:
                        places[repr(operand)] = size + len(self._constants)
                        self._constants.append(operand)
                    operand = places[repr(operand)]
                operands.append(operand)
            self._operands[place] = tuple(operands)
            function = STRICT.function(entry.operation.name)
            self._forward_steps.append((function, place, tuple(operands)))
            self._backward_steps[place] = [
                (rule, operand)
                for rule, operand in zip(STRICT.rules(entry.operation), entry.operands)
                if isinstance(operand, int) and problem.moves[operand]
            ]

    @cached_property
    def results(self) -> Callable[..., Any]:
        def results(*numbers: float) -> Any:
            values = self._values(numbers)
            outputs = [values[place] for place in self.problem.outputs]
            rows = [self._gradients(values, output) for output in range(len(outputs))]
            return (outputs[0], rows[0]) if self.problem.single else (outputs, rows)

        return results

    @cached_property
    def value(self) -> Callable[..., Any]:
        def value(*numbers: float) -> Any:
            values = self._values(numbers)
            outputs = [values[place] for place in self.problem.outputs]
            return outputs[0] if self.problem.single else outputs

        return value

    def _values(self, numbers: tuple[float, ...]) -> list[float]:
        """Raises: ArithmeticError or ValueError where a value is not finite; Stale."""
        entries = self.problem.tape.entries
        values = [entry.data for entry in entries] + self._constants
        for place, number in zip(self.problem.inputs, numbers):
            values[place] = number
        done = 0
        try:
            for function, place, operands in self._forward_steps:
                done = place
                z = function(*[values[operand] for operand in operands])
                if z - z != 0.0:
                    raise ArithmeticError("an operation has no finite value")
                values[place] = z
            done = len(entries)
        finally:
            # A comparison that was made before a failure comes first.
            stale = self.problem.stale_guard(values, done)
            if stale is not None:
                raise Stale(stale)
        return values

    def _gradients(self, values: list[float], output: int) -> list[float]:
        adjoints = [0.0] * len(self.problem.tape)
        adjoints[self.problem.outputs[output]] = 1.0
        for place in reversed(self.problem.orders[output]):
            steps = self._backward_steps.get(place)
            if steps:
                adjoint = adjoints[place]
                numbers = [values[operand] for operand in self._operands[place]]
                for rule, operand in steps:
                    share = adjoint * rule(*numbers, values[place])
                    adjoints[operand] += share
        return [adjoints[place] for place in self.problem.wrt]
