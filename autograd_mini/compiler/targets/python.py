"""Python: a program as straight-line functions of floats, and loops around them.

Source     PythonSource, PythonLoops
Running    PythonBackend, PythonDescent
"""

from __future__ import annotations

import ast
import itertools
import linecache
import re
import weakref
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NoReturn

from autograd_mini.compiler.backend import Backend, GuardFailed, Numbers
from autograd_mini.compiler.descent import Descent, MeanGradient, Settings, UpdateRule, decayed
from autograd_mini.compiler.inputs import Row, Rows
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.source import ProgramSource, bracketed, call, returned
from autograd_mini.symbols.code import INDENT, CodePrinter, PythonCode, indented
from autograd_mini.symbols.terms import Term

_COUNT = itertools.count(1)


class PythonSource(ProgramSource):
    """Python modules of one function each."""

    printer: type[CodePrinter] = PythonCode

    def value_and_gradients(self) -> str:
        value, gradients = self.results()
        returned = bracketed(f"return {value}, ", gradients)
        return self.function("value_and_gradients", [*self.forward(), *self.backward(), *returned])

    def value_alone(self) -> str:
        return self.function("value", [*self.forward(), *bracketed("return ", self.value())])

    def function(self, name: str, body: Iterable[str]) -> str:
        return self.module([*call(f"def {name}", self.program.names.inputs, ":"), *indented(body)])

    def module(self, lines: Sequence[str]) -> str:
        """Lines of Python below the import of the functions that they call."""
        imported = ", ".join(sorted(self.code.functions))
        above = [f"from math import {imported}", "", ""] if imported else []
        return "\n".join([*above, *lines, ""])


class PythonLoops(PythonSource):
    """Loops around a program of one output.

    Both loops stop before a step whose values are not finite, or on another branch.

    for_readers: whether each gradient has a line. In a loop that runs, one that is read once stands
        where it is read, which is faster.
    """

    def __init__(self, program: Program, for_readers: bool = False) -> None:
        super().__init__(program)
        names = dict(zip(program.problem.inputs, program.names.inputs))
        self.moving: list[str] = [names[place] for place in program.problem.wrt]
        self.given: list[str] = [name for name in program.names.inputs if name not in self.moving]
        self._without_line: set[str] = set() if for_readers else set(self.read_once())
        named = program.names.terms.items()
        self.code: CodePrinter = self.printer(
            {k: name for k, name in named if name not in self._without_line}
        )
        self._own_names: dict[str, dict[str, str]] = {}
        self.sums: dict[str, str] = self.own_names("sum")
        self.sum_of_values: str = program.names.identifiers.make("sum_of_values")

    def total(self) -> str:
        """`total(numbers, rows)`: how many rows were done, sum of values, sums of gradients."""
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
        """`descend(start, rate, times)`: how many steps were made, and the parameters after them.

        More arguments, if needed: the rows of the inputs that do not move; weight_decay; the
        constants of the rule; its state for each parameter, and the number of steps made before.
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
            *indented(self.without_value([*step, *self.update(rule, decays, states)]), by=2),
            *indented(["done = times"]),
            *self.stopped(),
            *returned(["done", *(f"[{', '.join(names)}]" for names in moved)]),
        ]
        return self.module([*call("def descend", parameters, ":"), *indented(body)])

    def without_value(self, lines: list[str]) -> list[str]:
        """Leave out the line of the value, if no other line reads it."""
        name = self.value()
        reading = [line for line in lines if re.search(rf"\b{re.escape(name)}\b", line)]
        if len(reading) != 1 or name in self.program.names.inputs:
            return lines
        is_line = reading[0].lstrip().startswith(f"{name} = ")
        return [line for line in lines if line not in reading] if is_line else lines

    def step(self) -> Iterator[str]:
        """One pass, forward and backward."""
        yield from self.forward()
        for line in self.backward():
            if line.partition(" = ")[0] not in self._without_line:
                yield line

    def read_once(self) -> Iterator[str]:
        """The names of gradients that only one line reads: it moves the parameter, or adds up.

        Other parameters move before, and other sums grow. So a gradient keeps its line if it may
        raise an error, which has to end the step before, or if it reads a parameter that moves.
        """
        lines = [(line, self.code.definition(line.term)) for line in self.program.backward[0]]
        gradients = [self.code.text(gradient) for gradient in self.program.gradients[0]]
        reads = Counter(gradients)
        for _, definition in lines:
            reads.update(names_in(definition))
        for line, definition in lines:
            is_read_once = line.name in gradients and reads[line.name] == 1
            may_raise = re.search(r"/|\w\(", definition)
            is_fixed = self.given or names_in(definition).isdisjoint(self.moving)
            if is_read_once and is_fixed and not may_raise and not line.comment:
                yield line.name

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
        """A step that cannot be made ends the loop; the caller finds the reason."""
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
        """The gradient that each parameter follows: the mean over rows, or the only one.

        once: whether the rule reads it only once. Otherwise it gets a variable. So does a gradient
        that is a parameter itself, as in w1 * w2, before that parameter moves.
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
            is_ready = (once or written.isidentifier()) and names_in(written).isdisjoint(
                self.moving
            )
            if not (is_ready or isinstance(gradient, ast.Constant) or (once and self.given)):
                aside = self.own_names("gradient")[name]
                yield f"{aside} = {written}"
                found[number] = terms.name(aside)
        return found

    def own_names(self, kind: str) -> dict[str, str]:
        """A name of this kind for each parameter, as in sum_w1."""
        if kind not in self._own_names:
            make = self.program.names.identifiers.make
            self._own_names[kind] = {name: make(f"{kind}_{name}") for name in self.moving}
        return self._own_names[kind]


def targets(names: Sequence[str]) -> str:
    """The left side of an assignment that unpacks a sequence."""
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def names_in(written: str) -> set[str]:
    """The names in an expression."""
    return set(re.findall(r"[^\W\d]\w*", written))


class PythonBackend(Backend):
    """A program as Python functions, each made when it is first needed."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.problem)
        self._loops_source = PythonLoops(program)
        self._loops: dict[tuple[Any, ...], Callable[..., Any]] = {}
        self.source: str = PythonSource(program).value_and_gradients()

    @cached_property
    def results(self) -> Callable[..., Any]:
        return self._made(self.source, "value_and_gradients")

    @cached_property
    def value(self) -> Callable[..., Any]:
        return self._made(self._loops_source.value_alone(), "value")

    def descend_source(self, settings: Settings) -> str:
        """The source of the training loop."""
        return self._loops_source.descend(settings.rule, settings.decays)

    def total(self, numbers: Numbers, rows: Rows) -> tuple[int, float, list[float]]:
        done, total, sums = self._loop(self._loops_source.total, "total")(numbers, rows.listed)
        return done, total, sums

    def descent(
        self, settings: Settings, mean: MeanGradient, start: Numbers, rows: Rows
    ) -> Descent:
        key = "descend", settings.method, settings.decays
        loop = self._loop(lambda: self.descend_source(settings), *key)
        return PythonDescent(
            settings, mean, start, loop, [rows.listed] if self.problem.given else []
        )

    def _loop(self, write: Callable[[], str], name: str, *variant: Any) -> Callable[..., Any]:
        key = name, *variant
        if key not in self._loops:
            self._loops[key] = self._made(write(), name)
        return self._loops[key]

    def _made(self, source: str, name: str) -> Callable[..., Any]:
        """The function called `name` of a module; a traceback through it quotes the source."""
        filename = f"<autograd_mini compiled {next(_COUNT)}>"
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = len(source), None, lines, filename
        weakref.finalize(self, linecache.cache.pop, filename, None)
        namespace: dict[str, Any] = {"raise_stale": raise_stale}
        exec(compile(source, filename, "exec"), namespace)
        function: Callable[..., Any] = namespace[name]
        return function


class PythonDescent(Descent):
    """A descent whose loop is generated."""

    def __init__(
        self,
        settings: Settings,
        mean: MeanGradient,
        start: Numbers,
        loop: Callable[..., Any],
        rows: list[list[Row]],
    ) -> None:
        super().__init__(settings, mean, start)
        self._loop = loop
        decay = [settings.weight_decay] if settings.decays else []
        self._fixed = [*rows, *decay, *settings.constants.values()]

    def advance(self, times: int) -> int:
        kept = [*self._states, self.steps] if self._states else []
        done, self._values, *self._states = self._loop(
            self._values, self.settings.rate, times, *self._fixed, *kept
        )
        return int(done)


def raise_stale(number: int) -> NoReturn:
    """Called by generated code where a comparison has another outcome."""
    raise GuardFailed(number)
