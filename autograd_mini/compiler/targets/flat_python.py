"""Large graphs without a compiler: the rows' own functions, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from autograd_mini.compiler.engine import Engine, Stale
from autograd_mini.compiler.problem import Problem
from autograd_mini.engine.evaluation import STRICT
from autograd_mini.engine.operation import Operation

UNARY = -1

# Of each operand that is differentiated by: its partial, and its place.
Rules = list[tuple[Any, int]]


class FlatPython(Engine):
    """A tape that is followed entry by entry; there is no source but the table's."""

    source = "# A graph of this size is not written out: its tape is followed entry by entry.\n"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        # Behind the values stand the constants; UNARY is the second operand of what has one.
        self._constants: list[float] = []
        self._forward: list[tuple[Callable[..., float], int, int, int]] = []
        self._backward: list[tuple[Rules, int, int, int]] = []
        places: dict[str, int] = {}
        rules_of = {row: known_rules(row) for row in problem.tape.rows}
        for place, (row, operands, _, _) in enumerate(problem.tape.entries):
            if row is None:
                continue
            x, y = ([self._place(places, operand) for operand in operands] + [UNARY])[:2]
            self._forward.append((STRICT.function(row.name), place, x, y))
            rules = [
                (rule, operand)
                for rule, operand in zip(rules_of[row], operands)
                if isinstance(operand, int) and problem.moves[operand]
            ]
            if rules:
                self._backward.append((rules, place, x, y))

    def _place(self, places: dict[str, int], operand: int | float) -> int:
        if isinstance(operand, int):
            return operand
        if repr(operand) not in places:
            places[repr(operand)] = len(self.problem.tape) + len(self._constants)
            self._constants.append(operand)
        return places[repr(operand)]

    @cached_property
    def _orders(self) -> list[list[tuple[Rules, int, int, int]]]:
        return [self._order(output) for output in range(len(self.problem.outputs))]

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
        place = 0
        try:
            for function, place, x, y in self._forward:
                z = function(values[x]) if y == UNARY else function(values[x], values[y])
                if z - z != 0.0:
                    raise ArithmeticError("an operation has no finite value")
                values[place] = z
            place = len(entries)
        finally:
            # A comparison that was made before a failure comes first.
            stale = self.problem.stale_guard(values, place)
            if stale is not None:
                raise Stale(stale)
        return values

    def _gradients(self, values: list[float], output: int) -> list[float]:
        adjoints = [0.0] * len(self.problem.tape)
        adjoints[self.problem.outputs[output]] = 1.0
        for rules, place, x, y in self._orders[output]:
            adjoint = adjoints[place]
            for rule, operand in rules:
                if rule.__class__ is float:
                    adjoints[operand] += adjoint * rule
                elif y == UNARY:
                    adjoints[operand] += adjoint * rule(values[x], values[place])
                else:
                    adjoints[operand] += adjoint * rule(values[x], values[y], values[place])
        return [adjoints[place] for place in self.problem.wrt]

    def _order(self, output: int) -> list[tuple[Rules, int, int, int]]:
        """The steps below an output, last first."""
        order = self.problem.orders[output]
        steps = {step[1]: step for step in self._backward}
        return [steps[place] for place in reversed(order) if place in steps]


def known_rules(row: Operation) -> list[Any]:
    """The partials of `row`: functions, or numbers where they are the same everywhere."""
    rules: list[Any] = []
    for rule, partial in zip(STRICT.rules(row), row.partials):
        try:
            rules.append(float(partial))
        except ValueError:
            rules.append(rule)
    return rules
