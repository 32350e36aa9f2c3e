"""compile_function: a Python function of numbers, recorded when it is first called.

>>> @compile_function
... def f(x, y):
...     return x * y if x > 0 else -y
>>> f(2.0, 3.0), f(-2.0, 3.0)
((6.0, [3.0, 2.0]), (-3.0, [0.0, -1.0]))
>>> len(f.programs)
2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from operator import add
from typing import Any, overload

from autograd_mini.compiler.backend import NOT_FINITE, GuardFailed
from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.graphs import compile_values, listed_values
from autograd_mini.compiler.inputs import Row, as_arguments, many
from autograd_mini.engine.comparisons import Comparison, following
from autograd_mini.engine.transforms import gradients
from autograd_mini.engine.value import Value, real
from autograd_mini.symbols.names import input_names

# A function that takes more branches is recorded at every call from then on.
MOST_PROGRAMS = 64
# So many rows of totals are remembered with the branch that they took. Rows that are new at every
# call, as of data drawn at random, would fill the memory.
MOST_ROWS = 100_000


class CompiledFunction:
    """A function that is compiled for each branch that it takes, when it first takes it.

    programs: those that have been made, each of another branch; the latest used first.
    """

    def __init__(
        self, f: Callable[..., Any], target: str, leaves: Sequence[Value], xp: Any
    ) -> None:
        update_wrapper(self, f)  # first: a callable object's attributes may be called as ours are
        self.f = f
        self.target = target
        self.leaves: list[Value] = listed_values("leaves", leaves)
        self.programs: list[Compiled] = []
        self._paths: dict[Row, Compiled] = {}
        self._xp = xp

    def __call__(self, *numbers: float) -> Any:
        """The value of the function and the list of its derivatives by its arguments.

        Of a function that returns several values, lists of these. With `leaves`, the derivatives
        are by these.

        Raises: what the function raises; TypeError for what is no number.
        """
        row = as_arguments(numbers)
        found = self._run(row)
        return self._eagerly(row) if found is None else found[1]

    def value(self, *numbers: float) -> Any:
        """The value alone. Raises: as a call."""
        return self(*numbers)[0]

    def gradients(self, *numbers: float) -> Any:
        """The derivatives alone. Raises: as a call."""
        return self(*numbers)[1]

    def total(self, rows: Sequence[Row]) -> tuple[float, list[float]]:
        """The sum of the values over rows of arguments, and that of the derivatives by `leaves`.

        Raises: as a call; ValueError without `leaves`, and for a function of several values.
        """
        if not self.leaves:
            raise ValueError(
                "a total is differentiated by leaves, and there are none: give those that the "
                "function reads, as compile_function(f, leaves=[...])"
            )
        start = [leaf.data for leaf in self.leaves]
        total, sums = 0.0, [0.0] * len(start)
        groups: dict[int, list[Row]] = {}
        programs: dict[int, Compiled] = {}
        if len(self._paths) > MOST_ROWS:
            self._paths.clear()
        for row in rows:
            program = self._paths.get(row) if isinstance(row, tuple) else None
            if program is None:
                row = as_arguments(row)
                found = self._run(row)
                program = found and found[0]
            if program is None:
                value, gradients = self._eagerly(row)
                total, sums = total + value, list(map(add, sums, gradients))
            else:
                self._paths[row] = program
                programs[id(program)] = program
                groups.setdefault(id(program), []).append(row)
        for key, group in groups.items():
            value, gradients = self._total_of_group(programs[key], start, group)
            total, sums = total + value, list(map(add, sums, gradients))
        return total, sums

    def _total_of_group(
        self, program: Compiled, start: list[float], rows: list[Row]
    ) -> tuple[float, list[float]]:
        """The sums over rows that were on the branch of `program` when they last were looked at."""
        total, sums = 0.0, [0.0] * len(start)
        while True:
            done, value, gradients = program._attempt_total(start, rows)
            total, sums = total + value, list(map(add, sums, gradients))
            if done == len(rows):
                return total, sums
            self._paths.pop(rows[done], None)
            value, gradients = self(*rows[done])
            total, sums = total + float(value), list(map(add, sums, map(float, gradients)))
            rows = rows[done + 1 :]

    def _run(self, row: Row) -> tuple[Compiled, Any] | None:
        """The program for the branch that the function takes at `row`, and its results.

        It is recorded if need be. None where the program does not come to finite values, and if
        there are MOST_PROGRAMS already, and it is none of these.

        Raises: what the function raises, and ValueError as of `compile_graph`.
        """
        complete = self._complete(row)
        for program in self.programs:
            if len(program.inputs) == len(complete):
                try:
                    results = program._attempt(complete)
                except GuardFailed:
                    continue
                except NOT_FINITE:
                    return None
                self._put_first(program)
                return program, results
        if len(self.programs) >= MOST_PROGRAMS:
            return None
        outputs, inputs, comparisons, single = self._record(row)
        wrt = self.leaves or inputs
        program = compile_values(
            outputs, [*self.leaves, *inputs], wrt, comparisons, self.target, self._xp, single
        )
        self._put_first(program)
        try:
            return program, program._attempt(complete)
        except NOT_FINITE:
            return None

    def _put_first(self, program: Compiled) -> None:
        """As the next call is likely to be alike; another list, as threads may go through this."""
        if not self.programs or program is not self.programs[0]:
            others = [each for each in self.programs if each is not program]
            self.programs = [program, *others]

    def _complete(self, row: Row) -> tuple[float, ...]:
        """The numbers of the leaves, and then the arguments."""
        return (*(leaf.data for leaf in self.leaves), *row)

    def _record(self, row: Row) -> tuple[list[Value], list[Value], list[Comparison], bool]:
        """Outputs and inputs of a recording, its comparisons, and whether it has one output."""
        inputs = [Value(x, label=name) for x, name in zip(row, input_names(self.f, row))]
        with following() as comparisons:
            found = self.f(*inputs)
        single = isinstance(found, Value) or not isinstance(found, (list, tuple))
        outputs = []
        for each in [found] if single else found:
            output = each if isinstance(each, Value) else real(each)
            if output is None:
                name = getattr(self.f, "__name__", repr(self.f))
                raise TypeError(
                    f"{name} must return numbers to be compiled, got {type(each).__name__}"
                )
            outputs.append(output if isinstance(output, Value) else Value(output))
        return outputs, inputs, comparisons, single

    def _eagerly(self, row: Row) -> Any:
        outputs, inputs, _, single = self._record(row)
        rows = [gradients(output, self.leaves or inputs) for output in outputs]
        return (outputs[0].data, rows[0]) if single else ([y.data for y in outputs], rows)

    @property
    def source(self) -> str:
        """The generated programs, one after the other."""
        if not self.programs:
            raise RuntimeError("nothing has been generated yet: call the function first")
        return "\n".join(program.source for program in self.programs)

    def __repr__(self) -> str:
        name = getattr(self.f, "__name__", repr(self.f))
        return f"<{name}, compiled to {self.target}: {many(len(self.programs), 'program')}>"


@overload
def compile_function(
    f: Callable[..., Any],
    /,
    *,
    target: str = ...,
    leaves: Sequence[Value] = ...,
    xp: Any = ...,
) -> CompiledFunction: ...
@overload
def compile_function(
    *, target: str = ..., leaves: Sequence[Value] = ..., xp: Any = ...
) -> Callable[[Callable[..., Any]], CompiledFunction]: ...
def compile_function(
    f: Callable[..., Any] | None = None,
    /,
    *,
    target: str = "python",
    leaves: Sequence[Value] = (),
    xp: Any = None,
) -> CompiledFunction | Callable[[Callable[..., Any]], CompiledFunction]:
    """A Python function of numbers, compiled: called with numbers, it gives value and derivatives.

    It is recorded when it is first called, and again where a comparison of its values comes out
    otherwise; a float() of a value holds for that number only. What reads `x.data` is not followed.
    What it computes for nothing, neither returned nor compared, is no part of a program: a log(x)
    that is thrown away raises DomainError only where the function is recorded.

    target, xp: as of `compile_graph`. leaves: Values that the function reads besides its arguments;
    each call takes their data, and differentiates by them instead.

    Can be a decorator, with options or without.
    """
    if f is None:
        return partial(compile_function, target=target, leaves=leaves, xp=xp)
    if not callable(f):
        raise TypeError(f"compile_function takes a function, got {f!r:.80}")
    return CompiledFunction(f, target, leaves, xp)
