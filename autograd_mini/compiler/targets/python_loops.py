"""The loops of the Python target: over the rows of a batch, and of gradient descent."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator, Sequence

from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.python_writer import PythonWriter
from autograd_mini.compiler.targets.writer import call, returned
from autograd_mini.compiler.updates import UpdateRule, decayed
from autograd_mini.symbols.code import INDENT, indented
from autograd_mini.symbols.term_properties import Term


class LoopWriter(PythonWriter):
    """Loops around a program of one output.

    Both functions stop where a step is not finite or stale, with everything as it was before it.
    """

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        names = dict(zip(program.problem.inputs, program.inputs))
        self.moving: list[str] = [names[place] for place in program.problem.wrt]
        self.given: list[str] = [name for name in program.inputs if name not in self.moving]
        self._own_names: dict[str, dict[str, str]] = {}
        self.sums: dict[str, str] = self.own_names("sum")
        self.sum_of_values: str = program.identifiers.make("sum_of_values")

    def total(self) -> str:
        """`total(numbers, rows)`: how many rows were done, the sum of values, that of gradients."""
        sums = ", ".join(self.sums[name] for name in self.moving)
        body = [
            f"{targets(self.moving)} = numbers",
            f"{self.sum_of_values} = 0.0",
            *self.zero_sums(),
            "done = 0",
            "try:",
            *indented([f"for done, {targets(self.given)} in enumerate(rows):"]),
            *indented([*self.step(), f"{self.sum_of_values} += {self.value()}"], by=2),
            *indented(self.add_up(), by=2),
            *indented(["done = len(rows)"]),
            *self.stopped(),
            *returned(["done", self.sum_of_values, f"[{sums}]"]),
        ]
        return self.module([*call("def total", ["numbers", "rows"], ":"), *indented(body)])

    def descend(self, rule: UpdateRule, decays: bool) -> str:
        """`descend(start, rate, times)`: how many steps were made, and where they led.

        More parameters, if needed: the rows of what does not move; weight_decay; the constants of
        the rule; what it keeps for each parameter, and the number of steps made before.
        """
        parameters = ["start", "rate", "times", *(["rows"] if self.given else [])]
        parameters += [*(["weight_decay"] if decays else []), *rule.constants]
        parameters += [*rule.state, "steps"] if rule.state else []
        states = {state: self.own_names(state) for state in rule.state}
        step = [*self.summed_step()] if self.given else [*self.step()]
        moved = [self.moving, *(list(names.values()) for names in states.values())]
        body = [
            f"{targets(self.moving)} = start",
            *(f"{targets(list(names.values()))} = {state}" for state, names in states.items()),
            "done = 0",
            "try:",
            *indented(["for done in range(times):"]),
            *indented([*step, *self.update(rule, decays, states)], by=2),
            *indented(["done = times"]),
            *self.stopped(),
            *returned(["done", *(f"[{', '.join(names)}]" for names in moved)]),
        ]
        return self.module([*call("def descend", parameters, ":"), *indented(body)])

    def step(self) -> Iterator[str]:
        """One pass, forward and backward."""
        yield from self.forward()
        yield from self.backward()

    def summed_step(self) -> Iterator[str]:
        """A pass for every row, the gradients added up."""
        yield from self.zero_sums()
        yield f"for {targets(self.given)} in rows:"
        yield from indented([*self.step(), *self.add_up()])

    def zero_sums(self) -> Iterator[str]:
        yield from (f"{name} = 0.0" for name in self.sums.values())

    def add_up(self) -> Iterator[str]:
        for name, gradient in zip(self.moving, self.program.gradients[0]):
            yield f"{self.sums[name]} += {self.code.text(gradient)}"

    def stopped(self) -> Iterator[str]:
        """A step that cannot be made is left to the caller, who says why."""
        yield "except (ArithmeticError, ValueError):"
        yield f"{INDENT}pass"

    def update(
        self, rule: UpdateRule, decays: bool, states: dict[str, dict[str, str]]
    ) -> Iterator[str]:
        """The lines that move all parameters, at once."""
        yield self.remark("update")
        if not self.moving:
            yield "pass"  # remarks are no statements
        if rule.of_step:
            yield "steps += 1"
        terms = self.program.terms
        for name, term in rule.prepared(terms):
            yield f"{name} = {self.code.definition(term)}"
        gradients = yield from self.gradients_to_follow(decays, once=not rule.state)
        for name, gradient in zip(self.moving, gradients):
            own = {state: names[name] for state, names in states.items()}
            kept = {state: terms.name(called) for state, called in own.items()}
            moved = rule.moved(terms, terms.name(name), gradient, kept)
            for called, term in zip([*own.values(), name], moved):
                yield f"{called} = {self.code.definition(term)}"

    def gradients_to_follow(self, decays: bool, once: bool) -> Generator[str, None, list[Term]]:
        """What each parameter follows: its mean gradient, or its only one.

        once: whether the rule reads it only once. Otherwise it is set aside; and so is one that is
        a parameter itself, as those of w1 * w2 are, before that moves.
        """
        terms = self.program.terms
        found = list(self.program.gradients[0])
        if self.given:
            yield "count = len(rows)"
            sums = (terms.name(self.sums[name]) for name in self.moving)
            found = [terms.quotient(each, terms.name("count")) for each in sums]
        if decays:
            parameters = map(terms.name, self.moving)
            found = [decayed(terms, w, gradient) for w, gradient in zip(parameters, found)]
        for number, (name, gradient) in enumerate(zip(self.moving, found)):
            written = self.code.text(gradient)
            is_ready = written.isidentifier() and written not in self.moving
            if not (is_ready or isinstance(gradient, ast.Constant) or (once and self.given)):
                aside = self.own_names("gradient")[name]
                yield f"{aside} = {written}"
                found[number] = terms.name(aside)
        return found

    def own_names(self, kind: str) -> dict[str, str]:
        """A name for something of each parameter."""
        if kind not in self._own_names:
            make = self.program.identifiers.make
            self._own_names[kind] = {name: make(f"{kind}_{name}") for name in self.moving}
        return self._own_names[kind]


def targets(names: Sequence[str]) -> str:
    """The left side of an assignment that takes a sequence apart."""
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"
