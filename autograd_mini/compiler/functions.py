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

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial, update_wrapper
from operator import add
from typing import Any, NamedTuple, overload

from autograd_mini.compiler.backend import NOT_FINITE, GuardFailed
from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.descent import Settings
from autograd_mini.compiler.function_descent import Attempt, FunctionDescent
from autograd_mini.compiler.graphs import check_leaves, compile_values, listed_values
from autograd_mini.compiler.holders import Holders
from autograd_mini.compiler.inputs import Row, as_arguments, form_of, many, names_of
from autograd_mini.compiler.problem import Problem
from autograd_mini.engine.comparisons import RECORDED, Comparison, follow_number, following
from autograd_mini.engine.graph import dependents, topological_order
from autograd_mini.engine.transforms import check_floats, gradients, watching_floats
from autograd_mini.engine.value import Value, number, real
from autograd_mini.extensions.grad import (
    Positions,
    check_positions,
    chosen,
    filled,
    leaves_of,
)
from autograd_mini.symbols.names import input_names

# The attribute `data` before a function is followed.
DATA = vars(Value)["data"]
# A function that takes more branches is recorded at every call from then on.
MOST_PROGRAMS = 64
# The number of rows of totals that are remembered with their branches. Rows that are new at every
# call, such as random data, would fill the memory.
MOST_ROWS = 100_000


def following_inputs(inputs: Sequence[Value]) -> AbstractContextManager[list[Comparison]]:
    """`comparisons.following` for a function of `inputs`, which may also read their `data`.

    Reading `data` is followed from the first function that is compiled on. Plain programs read it
    faster.
    """

    def data(value: Value) -> float:
        """The number of the value."""
        if RECORDED:  # `follow_number` asks too; a call of it takes twice as long as this reading
            follow_number(value)
        return value._data

    plain: Any = vars(Value)["data"]
    if plain is DATA:
        setattr(Value, "data", property(data, plain.__set__))  # noqa: B010  not in view of mypy
    return following(inputs)


class FunctionRecording(NamedTuple):
    """One recording of a function. single: whether it returned one output, not a list.

    wrt: of the inputs, or the leaves of the function.
    """

    outputs: list[Value]
    inputs: list[Value]
    wrt: list[Value]
    comparisons: list[Comparison]
    single: bool

    @property
    def order(self) -> list[Value]:
        """All values of the recording, operands before results."""
        sides = (side for each in self.comparisons for side in (each.left, each.right))
        compared = [side for side in sides if isinstance(side, Value)]
        return topological_order([*compared, *self.outputs])


class Branch(NamedTuple):
    """The program of a branch, and the Values outside the function that are inputs of it.

    holders: of these Values. form: of the arguments.
    """

    program: Compiled
    outside: list[Value]
    holders: Holders
    form: Any


class CompiledFunction:
    """A function that is compiled for each branch, when it first takes it."""

    def __init__(
        self,
        f: Callable[..., Any],
        target: str,
        leaves: Sequence[Value],
        argnums: Positions | None,
        xp: Any,
    ) -> None:
        update_wrapper(self, f)  # first: attributes of a callable object may have our names
        self.f = f
        self.target = target
        self.leaves: list[Value] = listed_values("leaves", leaves)
        check_leaves("leaves", self.leaves)
        self.argnums = argnums
        if argnums is not None:
            check_positions(argnums)
            if self.leaves:
                raise ValueError("give leaves or argnums: derivatives are with respect to one")
        self._branches: list[Branch] = []
        self._reads_outside: bool = False
        self._paths: dict[Row, Branch] = {}
        self._xp = xp

    @property
    def programs(self) -> list[Compiled]:
        """The programs so far, each of another branch; the latest used first."""
        return [branch.program for branch in self._branches]

    def __call__(self, *arguments: Any) -> Any:
        """The value of the function and the list of its derivatives.

        For a function that returns several values, lists of these. The derivatives are with respect
        to the arguments, or to `leaves` if there are any. An argument may be a tree, numbers in
        lists, tuples, dicts and arrays; its derivatives have the same form.

        Raises: the errors of the function; TypeError for an argument that is not a number.
        """
        row = as_arguments(arguments)
        found = self._run(row, arguments)
        value, derivatives = self._eagerly(row, arguments) if found is None else found[1]
        if self.leaves or (self.argnums is None and len(row) == len(arguments)):
            return value, derivatives
        if not isinstance(value, list):
            return value, self._formed(arguments, derivatives)
        return value, [self._formed(arguments, each) for each in derivatives]

    def _formed(self, arguments: tuple[Any, ...], derivatives: list[float]) -> Any:
        """Derivatives in the form of the arguments that they are with respect to."""
        tree = list(arguments) if self.argnums is None else chosen(arguments, self.argnums)
        return filled(tree, iter(derivatives))

    def value(self, *arguments: Any) -> Any:
        """The value alone. Raises: as a call."""
        return self(*arguments)[0]

    def gradients(self, *arguments: Any) -> Any:
        """The derivatives alone. Raises: as a call."""
        return self(*arguments)[1]

    def descend(
        self,
        start: Any,
        rate: float | Callable[[int], float],
        rows: Iterable[Sequence[Any]],
        *,
        method: str = "sgd",
        weight_decay: float = 0.0,
        **constants: float,
    ) -> FunctionDescent:
        """A gradient descent that makes one step for each row.

        The first argument moves, from `start`. A row is a tuple of the other arguments; rows of
        another form, as longer lists, get a program of their own. The result has the first argument
        as `.values` and the value at each step as `.losses`; its `run(rows)` makes more steps.

        rate: a number, or a function of the number of steps made. method, weight_decay, constants:
        as in `Compiled.descend`.

        Raises: TypeError or ValueError for settings that do not fit; else as a call.
        """
        if self.argnums != 0:
            raise ValueError(
                "descent moves the first argument: compile the function with argnums=0"
            )
        first = rate(0) if callable(rate) else rate
        settings = Settings(method, first, weight_decay, constants)
        descent = FunctionDescent(self, self._try_branches, settings, rate, start)
        descent.run(rows)
        return descent

    def total(self, rows: Sequence[Row]) -> tuple[float, list[float]]:
        """The sum of the values over rows of arguments, and the sum of the derivatives.

        The derivatives are with respect to `leaves`.

        Raises: as a call; ValueError without `leaves`, and for a function of several values.
        """
        if not self.leaves:
            raise ValueError(
                "a total is differentiated with respect to leaves, and there are none: give the "
                "Values that the function reads, as compile_function(f, leaves=[...])"
            )
        start = [leaf._data for leaf in self.leaves]
        total, sums = 0.0, [0.0] * len(start)
        self._drop_outdated()
        groups: dict[int, list[Row]] = {}
        branches: dict[int, Branch] = {}
        if len(self._paths) > MOST_ROWS:
            self._paths.clear()
        for row in rows:
            branch = self._paths.get(row) if isinstance(row, tuple) else None
            if branch is None:
                row = as_arguments(row)
                found = self._run(row, row)
                branch = found and found[0]
            if branch is None:
                value, gradients = self._eagerly(row, row)
                total, sums = total + value, list(map(add, sums, gradients))
            else:
                self._paths[row] = branch
                branches[id(branch)] = branch
                groups.setdefault(id(branch), []).append(row)
        for key, group in groups.items():
            value, gradients = self._total_of_group(branches[key], start, group)
            total, sums = total + value, list(map(add, sums, gradients))
        return total, sums

    def is_current(self) -> bool:
        """False if a recording would give another program now.

        So it is after a plain number that the function reads has changed. Each branch is recorded
        again, at a row of `total` that still takes it; a program without such a row is dropped.
        """
        rows: dict[int, list[Row]] = {}
        for row, branch in self._paths.items():
            rows.setdefault(id(branch), []).append(row)
        for branch in self._branches:
            taken = next(
                (row for row in rows.get(id(branch), ()) if self._takes(branch, row)), None
            )
            if taken is None:
                self._branches = [each for each in self._branches if each is not branch]
                for row in rows.get(id(branch), ()):
                    del self._paths[row]
                continue
            try:
                recording = self._record(taken, taken)
            except Exception:  # a call raises it
                return False
            if not self._problem(recording, branch.outside).is_same(branch.program._problem):
                return False
        return True

    def _takes(self, branch: Branch, row: Row) -> bool:
        """True if the program of `branch` holds at `row` now."""
        try:
            branch.program._attempt(self._inputs(row, branch.outside))
        except NOT_FINITE:  # which includes GuardFailed
            return False
        return True

    def _inputs(self, row: Row, outside: list[Value]) -> Row:
        """The numbers of all inputs of a program."""
        leaves = (leaf._data for leaf in self.leaves)
        return (*leaves, *row, *(value._data for value in outside))

    def _problem(self, recording: FunctionRecording, outside: list[Value]) -> Problem:
        return Problem(
            recording.outputs,
            [*self.leaves, *recording.inputs, *outside],
            recording.wrt,
            recording.comparisons,
            recording.single,
        )

    def _total_of_group(
        self, branch: Branch, start: list[float], rows: list[Row]
    ) -> tuple[float, list[float]]:
        """The sums over rows that took this branch when they were last computed."""
        total, sums = 0.0, [0.0] * len(start)
        outside = [value._data for value in branch.outside]
        while True:
            given = [(*row, *outside) for row in rows] if outside else rows
            done, value, gradients = branch.program._attempt_total(start, given)
            total, sums = total + value, list(map(add, sums, gradients))
            if done == len(rows):
                return total, sums
            self._paths.pop(rows[done], None)
            value, gradients = self(*rows[done])
            total, sums = total + float(value), list(map(add, sums, map(float, gradients)))
            rows = rows[done + 1 :]

    def _run(self, row: Row, arguments: Sequence[Any]) -> tuple[Branch, Any] | None:
        """The branch that the function takes at `row`, the numbers of arguments, and its results.

        Raises: as `_try_branches`.
        """
        known = (*(leaf._data for leaf in self.leaves), *row)

        def attempt(program: Compiled, outside: list[float]) -> Any:
            return program._attempt((*known, *outside))

        return self._try_branches([*map(form_of, arguments)], attempt, lambda: arguments)

    def _try_branches(
        self, form: Any, attempt: Attempt, arguments: Callable[[], Sequence[Any]]
    ) -> tuple[Branch, Any] | None:
        """The first branch for arguments of this form on which an attempt holds, and its results.

        If need be, the function is recorded at `arguments`. None if the program finds no finite
        values, and if there are MOST_PROGRAMS already, each of another branch.

        Raises: the errors of the function, and ValueError as `compile_graph`.
        """
        self._drop_outdated()
        for is_new in (False, True):
            if is_new:
                if len(self._branches) >= MOST_PROGRAMS:
                    return None
                self._put_first(self._new_branch(form, arguments()))
            for branch in self._branches[: 1 if is_new else None]:
                if branch.form == form:
                    try:
                        found = attempt(branch.program, [each._data for each in branch.outside])
                    except GuardFailed:
                        continue
                    except NOT_FINITE:
                        return None
                    self._put_first(branch)
                    return branch, found
        return None

    def _new_branch(self, form: Any, arguments: Sequence[Any]) -> Branch:
        row = as_arguments(arguments)
        recording = self._record(row, arguments)
        outside = self._outside(recording, row, arguments)
        outputs, inputs, wrt, comparisons, single = recording
        inputs = [*self.leaves, *inputs, *outside]
        program = compile_values(outputs, inputs, wrt, comparisons, self.target, self._xp, single)
        self._reads_outside |= bool(outside)
        return Branch(program, outside, Holders(self.f, outside), form)

    def _drop_outdated(self) -> None:
        """Drop the programs that read a Value in whose place there is another now."""
        if not self._reads_outside:
            return
        intact = [each for each in self._branches if each.holders.are_intact]
        if len(intact) < len(self._branches):
            self._branches = intact
            self._paths.clear()

    def _put_first(self, branch: Branch) -> None:
        """The next call is likely to be alike. A new list, since threads may be reading the old."""
        if not self._branches or branch is not self._branches[0]:
            others = [each for each in self._branches if each is not branch]
            self._branches = [branch, *others]

    def _record(self, row: Row, arguments: Sequence[Any]) -> FunctionRecording:
        parts = map(names_of, input_names(self.f, arguments), arguments)
        names = (name for each in parts for name in each)
        inputs = [Value(x, label=name) for x, name in zip(row, names)]
        variables = filled(tuple(arguments), iter(inputs))
        wrt = self.leaves or inputs
        if self.argnums is not None:
            wrt = leaves_of(chosen(variables, self.argnums))
        recorded = following_inputs([*inputs, *self.leaves])
        with recorded as comparisons, watching_floats(wrt) as floats:
            found = self.f(*variables)
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
        check_floats(floats, wrt, outputs)
        return FunctionRecording(outputs, inputs, wrt, comparisons, single)

    def _outside(
        self, recording: FunctionRecording, row: Row, arguments: Sequence[Any]
    ) -> list[Value]:
        """The Values that the function reads besides its arguments and leaves.

        They become inputs of the program, so that each call takes their data. They are the values
        that a second recording has too; a Value that the function makes is another object there.

        Raises: ValueError if one is computed from leaves, since its data does not follow theirs.
        """
        order = recording.order
        if not self.leaves and {value for value in order if value.op is None} <= set(
            recording.inputs
        ):
            return []  # the usual case, decided without a walk through the graph
        of_arguments = dependents(order, recording.inputs)
        known = of_arguments.union(self.leaves)
        fixed = [value for value in order if value not in known]
        if not fixed:
            return []
        again = set(self._record(row, arguments).order)
        shared = {value for value in fixed if value in again}
        of_leaves = dependents(order, self.leaves)
        for value in order:
            if value in shared and value in of_leaves:
                raise ValueError(
                    f"the function reads {value!r:.80}, which was computed from leaves before: "
                    "compute it inside the function, so that it follows them"
                )
        used = {
            operand
            for value in order
            if value not in shared
            for operand in value.operands
            if isinstance(operand, Value)
        }
        used.update(recording.outputs, *((each.left, each.right) for each in recording.comparisons))
        return [value for value in order if value in shared and value in used]

    def _eagerly(self, row: Row, arguments: Sequence[Any]) -> Any:
        outputs, _, wrt, _, single = self._record(row, arguments)
        rows = [gradients(output, wrt) for output in outputs]
        if single:
            return number(outputs[0]), rows[0]
        return list(map(number, outputs)), rows

    @property
    def source(self) -> str:
        """The generated programs, one after the other."""
        if not self._branches:
            raise RuntimeError("there is no program before the first call: call the function first")
        return "\n".join(program.source for program in self.programs)

    def __repr__(self) -> str:
        name = getattr(self.f, "__name__", repr(self.f))
        return f"<{name}, compiled to {self.target}: {many(len(self._branches), 'program')}>"


@overload
def compile_function(
    f: Callable[..., Any],
    /,
    *,
    target: str = ...,
    leaves: Sequence[Value] = ...,
    argnums: Positions | None = ...,
    xp: Any = ...,
) -> CompiledFunction: ...
@overload
def compile_function(
    *,
    target: str = ...,
    leaves: Sequence[Value] = ...,
    argnums: Positions | None = ...,
    xp: Any = ...,
) -> Callable[[Callable[..., Any]], CompiledFunction]: ...
def compile_function(
    f: Callable[..., Any] | None = None,
    /,
    *,
    target: str = "python",
    leaves: Sequence[Value] = (),
    argnums: Positions | None = None,
    xp: Any = None,
) -> CompiledFunction | Callable[[Callable[..., Any]], CompiledFunction]:
    """A Python function of numbers, compiled: it gives its value and derivatives.

    It is recorded when it is first called, and again where a comparison has another outcome. Where
    it reads the number of a Value, by float() or `.data`, the program holds for that number only,
    and a derivative that is lost by float() is an error or a warning, as in `grad`.
    Values that it reads besides its arguments are inputs: each call takes their data. (To find
    them, it is recorded twice.) A plain number of its surroundings is a constant of the program.
    Results that it neither returns nor compares are dropped, with any error they would raise.

    An argument may be a tree, numbers in lists, tuples, dicts and arrays; each form has a program.
    `pick(rows, index)` reads an entry whose index is an argument.

    target, xp: as in `compile_graph`. argnums: the argument, or a tuple of arguments, with respect
    to which it is differentiated, as in `grad`; by default all. leaves: Values with respect to
    which it is differentiated instead of its arguments.

    Can be a decorator, with options or without.
    """
    if f is None:
        return partial(compile_function, target=target, leaves=leaves, argnums=argnums, xp=xp)
    if not callable(f):
        raise TypeError(f"compile_function takes a function, got {f!r:.80}")
    return CompiledFunction(f, target, leaves, argnums, xp)
