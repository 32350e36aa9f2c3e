"""Large graphs in C: a tape of codes and operand places, and one interpreter of tapes.

A compiler takes minutes for thousands of lines. The interpreter is written from the rows of the
table and compiled once for all graphs. An operation takes it about as long as reading its memory.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from autograd_mini.compiler.backend import NOT_FINITE, Backend, GuardFailed, Numbers
from autograd_mini.compiler.descent import RULES, Descent, MeanGradient, Settings
from autograd_mini.compiler.inputs import Rows
from autograd_mini.compiler.library import HOW, load
from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.targets.c_source import update
from autograd_mini.engine.operation import TABLE, Operation
from autograd_mini.symbols.code import CCode, indented
from autograd_mini.symbols.terms import Terms

# A code is the number of the row; its last bits are the operands to differentiate with respect to.
BY_X, BY_Y, VARIANTS = 1, 2, 4


def interpreter(rows: list[Operation]) -> str:
    """The source of the interpreter for a table."""
    terms, code = Terms(), CCode()
    x, y, z, adjoint = map(terms.name, "xyza")
    forward: list[str] = []
    backward: list[str] = []
    for number, row in enumerate(rows, start=1):
        operands = [x, y][: row.arity]
        value = code.text(terms.row(row, *operands))
        forward += [f"case {number}:  /* {row.name} */", f"    z = {value};", "    break;"]
        shares = [
            code.text(terms.product(adjoint, terms.partial(row, position, operands, z)))
            for position in range(row.arity)
        ]
        for variant in range(1, 2**row.arity):
            backward.append(f"case {number * VARIANTS + variant}:  /* {row.name} */")
            if variant & BY_X:
                backward.append(f"    adjoints[xs[k]] += {shares[0]};")
            if variant & BY_Y:
                backward.append(f"    adjoints[ys[k]] += {shares[1]};")
            backward.append("    break;")
    return "\n".join(written(forward, backward))


def written(forward: list[str], backward: list[str]) -> Iterator[str]:
    """The two loops of the interpreter around the cases of their switches."""
    tape = "const int *codes, const int *xs, const int *ys"
    yield f"/* Build it with: {HOW} FILE.c -lm */"
    yield ""
    yield "#include <math.h>"
    yield ""
    yield "/* Computes all values; returns the place of one that is not finite, else `size`. */"
    yield f"long forward(long size, {tape}, double *values)"
    yield "{"
    yield "    for (long k = 0; k < size; k++) {"
    yield "        if (codes[k] == 0)  /* a leaf */"
    yield "            continue;"
    yield "        const double x = values[xs[k]], y = values[ys[k]];"
    yield "        double z = 0.0;"
    yield f"        switch (codes[k] / {VARIANTS}) {{"
    yield from indented(forward, by=2)
    yield "        }"
    yield "        (void)y;"
    yield "        if (z - z != 0.0)"
    yield "            return k;"
    yield "        values[k] = z;"
    yield "    }"
    yield "    return size;"
    yield "}"
    yield ""
    yield "/* Hands the adjoints on, last to first; order: of the places, 0 if it is theirs. */"
    yield f"void backward(long size, const int *order, {tape},"
    yield "              const double *values, double *adjoints)"
    yield "{"
    yield "    for (long i = size - 1; i >= 0; i--) {"
    yield "        const long k = order ? order[i] : i;"
    yield f"        if (codes[k] % {VARIANTS} == 0)"
    yield "            continue;"
    yield "        const double x = values[xs[k]], y = values[ys[k]], z = values[k];"
    yield "        const double a = adjoints[k];"
    yield "        (void)x, (void)y, (void)z;"
    yield "        switch (codes[k]) {"
    yield from indented(backward, by=2)
    yield "        }"
    yield "    }"
    yield "}"
    yield ""
    yield "/* Puts numbers in their places. */"
    yield "void put(long size, const int *places, const double *numbers, double *values)"
    yield "{"
    yield "    for (long i = 0; i < size; i++)"
    yield "        values[places[i]] = numbers[i];"
    yield "}"
    yield ""
    yield "/* Takes adjoints from their places, or adds them to those of other rows. */"
    yield "void take(long size, const int *places, const double *adjoints, double *sums, int add)"
    yield "{"
    yield "    for (long i = 0; i < size; i++)"
    yield "        sums[i] = add ? sums[i] + adjoints[places[i]] : adjoints[places[i]];"
    yield "}"
    yield ""
    for method, rule in RULES.items():
        for decays in (False, True):
            numbers = ["rate", *(["weight_decay"] if decays else []), *rule.constants, "steps"]
            states = "".join(f", double *{name}" for name in rule.state)
            parameters = ", ".join(f"double {name}" for name in numbers)
            yield f"void {update_name(method, decays)}("
            yield f"    int size, long count, double *w, const double *gradients{states},"
            yield f"    {parameters})"
            yield "{"
            yield "    (void)steps;"
            yield from indented(update(rule, decays, is_mean=True, size="size"))
            yield "}"
            yield ""


def update_name(method: str, decays: bool) -> str:
    """The function of the interpreter that moves parameters by a rule."""
    return f"move_by_{method}" + ("_with_decay" if decays else "")


class TapeInC(Backend):
    """A tape as arrays of codes and places, run by the interpreter.

    Raises: NoCompiler.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        rows = list(dict.fromkeys([*TABLE.values(), *problem.tape.columns.rows]))
        self.source: str = interpreter(rows)
        self._library = load(self.source)
        self._library.forward.restype = ctypes.c_long
        self._size = len(problem.tape)
        self._lay_out({row: number for number, row in enumerate(rows, start=1)})
        self._orders = [
            None if order == list(range(len(order))) else (len(order), array("i", order))
            for order in problem.orders
        ]
        self._inputs = Places(problem.inputs)
        self._wrt = Places(problem.wrt)
        self._spare: list[tuple[Any, Any]] = []
        """Arrays of values and adjoints that no call is using."""

    def _lay_out(self, numbers: dict[Operation, int]) -> None:
        """The arrays of the interpreter; behind the values come the constants."""
        rows, codes, xs, ys, constants, data, _ = self.problem.tape.columns
        moves = self.problem.moves
        cases = [0, *(VARIANTS * numbers[row] for row in rows)]
        self._numbers = data + constants
        variants = (cases[code] + moves[x] + 2 * moves[y] for code, x, y in zip(codes, xs, ys))
        self._arrays = array("i", variants), xs, ys
        self._tape = tuple(ctypes.c_void_p(each.buffer_info()[0]) for each in self._arrays)

    @cached_property
    def results(self) -> Callable[..., Any]:
        def results(*numbers: float) -> Any:
            values, adjoints = space = self._take()
            try:
                outputs = self._forward(values, numbers)
                rows = [self._gradients(values, adjoints, k) for k in range(len(outputs))]
            finally:
                self._spare.append(space)
            return (outputs[0], rows[0]) if self.problem.single else (outputs, rows)

        return results

    @cached_property
    def value(self) -> Callable[..., Any]:
        def value(*numbers: float) -> Any:
            values, _ = space = self._take()
            try:
                outputs = self._forward(values, numbers)
            finally:
                self._spare.append(space)
            return outputs[0] if self.problem.single else outputs

        return value

    def _take(self) -> tuple[Any, Any]:
        try:
            return self._spare.pop()
        except IndexError:
            values = (ctypes.c_double * len(self._numbers)).from_buffer_copy(self._numbers)
            return values, (ctypes.c_double * self._size)()

    def _forward(self, values: Any, numbers: tuple[float, ...]) -> list[float]:
        """Raises: ArithmeticError if a value is not finite; GuardFailed before that."""
        self._put(self._inputs, (ctypes.c_double * len(numbers))(*numbers), values)
        return self._compute(values)

    def _put(self, places: Places, numbers: Any, values: Any) -> None:
        self._library.put(*places, numbers, values)

    def _compute(self, values: Any) -> list[float]:
        """The outputs. Raises: as `_forward`."""
        size = ctypes.c_long(self._size)
        done = self._library.forward(size, *self._tape, values)
        failed = self.problem.failed_guard(values, done)
        if failed is not None:
            raise GuardFailed(failed)
        if done < self._size:
            raise ArithmeticError("an operation has no finite value")
        return [values[place] for place in self.problem.outputs]

    def _backward(self, values: Any, adjoints: Any, output: int) -> None:
        ctypes.memset(adjoints, 0, ctypes.sizeof(adjoints))
        place = self.problem.outputs[output]
        adjoints[place] = 1.0
        order = self._orders[output]
        if order is None:
            self._library.backward(ctypes.c_long(place + 1), None, *self._tape, values, adjoints)
        else:
            size, places = order
            where = ctypes.c_void_p(places.buffer_info()[0])
            self._library.backward(ctypes.c_long(size), where, *self._tape, values, adjoints)

    def _gradients(self, values: Any, adjoints: Any, output: int) -> list[float]:
        self._backward(values, adjoints, output)
        gradients = (ctypes.c_double * self._wrt.size)()
        self._library.take(*self._wrt, adjoints, gradients, 0)
        return gradients[:]

    def descent(
        self, settings: Settings, mean: MeanGradient, start: Numbers, rows: Rows
    ) -> Descent:
        return TapeDescent(settings, mean, start, self, rows)

    def adopted(self, descent: Descent) -> Descent:
        if isinstance(descent, TapeDescent):
            return descent
        return TapeDescent.of(descent, self)

    def follow(
        self, descent: Descent, given: Numbers, rate: float, attempt: Callable[[Numbers], Any]
    ) -> float:
        assert isinstance(descent, TapeDescent)
        value = descent.follow(self, [descent.array(given)], rate, descent.steps)
        descent.steps += 1
        return value

    def add_gradients(self, w: Any, rows: Sequence[Any], gradients: Any) -> float:
        """Sum the gradients over rows of the inputs that do not move, all of them arrays of C.

        It gives the sum of the values.

        Raises: ArithmeticError if a value is not finite; GuardFailed before that.
        """
        total = 0.0
        values, adjoints = space = self._take()
        try:
            self._put(self._wrt, w, values)
            for number, row in enumerate(rows):
                self._put(self._given, row, values)
                total += self._compute(values)[0]
                self._backward(values, adjoints, 0)
                self._library.take(*self._wrt, adjoints, gradients, number > 0)
        finally:
            self._spare.append(space)
        return total

    @cached_property
    def _given(self) -> Places:
        return Places([self.problem.inputs[number] for number in self.problem.given])

    def mover(self, settings: Settings) -> Any:
        """The function that moves parameters by a rule."""
        return self._library[update_name(settings.method, settings.decays)]


class Places:
    """Some places of a tape, as the first two arguments of `put` and `take`."""

    def __init__(self, places: Sequence[int]) -> None:
        self.size: int = len(places)
        self._array = array("i", places)

    def __iter__(self) -> Iterator[Any]:
        yield ctypes.c_long(self.size)
        yield ctypes.c_void_p(self._array.buffer_info()[0])


class TapeDescent(Descent):
    """A descent whose numbers stay in arrays of C."""

    def __init__(
        self, settings: Settings, mean: MeanGradient, start: Numbers, tape: TapeInC, rows: Rows
    ) -> None:
        super().__init__(settings, mean, start)
        self._tape = tape
        self._rows = [self.array(row) for row in rows.listed] if rows.width else [self.array([])]
        self._gradients = self.array([0.0] * len(start))
        decay = [settings.weight_decay] if settings.decays else []
        self._constants = list(map(ctypes.c_double, [*decay, *settings.constants.values()]))

    @classmethod
    def of(cls, descent: Descent, tape: TapeInC) -> TapeDescent:
        """A descent that goes on where another one is."""
        rows = Rows([], [])
        made = cls(descent.settings, descent._mean, descent._values, tape, rows)
        made.steps = descent.steps
        for mine, theirs in zip(made._states, descent._states):
            mine[:] = theirs
        return made

    def array(self, numbers: Numbers) -> Any:
        return (ctypes.c_double * len(numbers))(*numbers)

    def advance(self, times: int) -> int:
        for done in range(times):
            try:
                self.follow(self._tape, self._rows, self.settings.rate, self.steps + done)
            except NOT_FINITE:
                return done
        return times

    def follow(self, tape: TapeInC, rows: Sequence[Any], rate: float, steps: int) -> float:
        """One step after `steps` others, by the mean gradient of a tape over rows.

        It gives the sum of the values.

        Raises: ArithmeticError if a value is not finite; GuardFailed before that.
        """
        total = tape.add_gradients(self._values, rows, self._gradients)
        tape.mover(self.settings)(
            *(len(self._values), ctypes.c_long(len(rows)), self._values, self._gradients),
            *(*self._states, ctypes.c_double(rate), *self._constants),
            ctypes.c_double(steps),
        )
        return total
