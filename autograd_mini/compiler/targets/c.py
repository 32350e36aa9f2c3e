"""C: a program as a shared library, with loops over rows and over steps of descent."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from time import perf_counter
from typing import Any

from autograd_mini.compiler.backend import Backend, GuardFailed, Numbers
from autograd_mini.compiler.descent import Descent, MeanGradient, Settings, find_rule
from autograd_mini.compiler.inputs import Rows
from autograd_mini.compiler.library import lanes, load
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.c_source import FIRST_GUARD, CSource, LanesSource

# From this number of rows on, a program that computes several at once is worth building.
MANY_ROWS = 32

# C does not see Ctrl-C. So it returns to Python after about so many seconds.
BREATH = 0.05
LARGEST_BLOCK = 2**29


class CBackend(Backend):
    """A program as C functions that are called with ctypes.

    Raises: NoCompiler; ValueError if C lacks a function.
    """

    def __init__(self, program: Program) -> None:
        super().__init__(program.problem)
        self._program = program
        self._c = CSource(program)
        self.source: str = self._c.unit(find_rule("sgd"))
        self._library = load(self.source)
        self._libraries = {("sgd", False, False): self._library}
        inputs, outputs, wrt = self._c.sizes
        self._inputs = ctypes.c_double * inputs
        self._outputs = ctypes.c_double * outputs
        self._gradients = ctypes.c_double * (outputs * wrt)

    @cached_property
    def results(self) -> Callable[..., Any]:
        compute = self._library.value_and_gradients
        new_inputs, new_values, new_gradients = self._inputs, self._outputs, self._gradients
        shaped = self._shaped

        def results(*numbers: float) -> Any:
            values, gradients = new_values(), new_gradients()
            status = compute(new_inputs(*numbers), values, gradients)
            if status:
                raise failure(status)
            return shaped(values[:], gradients[:])

        return results

    @cached_property
    def value(self) -> Callable[..., Any]:
        compute, shaped = self._library.value_and_gradients, self._shaped

        def value(*numbers: float) -> Any:
            values = self._outputs()
            status = compute(self._inputs(*numbers), values, None)
            if status:
                raise failure(status)
            return shaped(values[:], [])[0]

        return value

    def _shaped(self, values: list[float], gradients: list[float]) -> tuple[Any, Any]:
        """Results in the form in which the user gets them."""
        if self.problem.single:
            return values[0], gradients
        wrt = self._c.sizes[2]
        return values, [gradients[k * wrt : (k + 1) * wrt] for k in range(len(values))]

    def batch(self, rows: Rows) -> tuple[Sequence[Any], Sequence[Any]]:
        _, outputs, wrt = self._c.sizes
        values = (ctypes.c_double * (len(rows) * outputs))()
        gradients = (ctypes.c_double * (len(rows) * outputs * wrt))()
        compute = self._library.batch
        compute.restype = ctypes.c_long
        done = compute(ctypes.c_long(len(rows)), pointer(rows), values, gradients)
        if rows.array is not None:
            return as_arrays(values, gradients, done, outputs, wrt, self.problem.single)
        shaped = (
            self._shaped(
                values[k * outputs : (k + 1) * outputs],
                gradients[k * outputs * wrt : (k + 1) * outputs * wrt],
            )
            for k in range(done)
        )
        pairs = list(shaped)
        return [value for value, _ in pairs], [gradient for _, gradient in pairs]

    def total(self, numbers: Numbers, rows: Rows) -> tuple[int, float, list[float]]:
        wrt = self._c.sizes[2]
        if not wrt or not self.problem.given:
            return super().total(numbers, rows)
        vector = ctypes.c_double * wrt
        value, sums = ctypes.c_double(), vector()
        compute = self._with_loop("sgd", False, rows).total
        compute.restype = ctypes.c_long
        done = compute(
            vector(*numbers), ctypes.c_long(len(rows)), pointer(rows), ctypes.byref(value), sums
        )
        return done, value.value, sums[:]

    def descent(
        self, settings: Settings, mean: MeanGradient, start: Numbers, rows: Rows
    ) -> Descent:
        if not self._c.sizes[2]:
            return super().descent(settings, mean, start, rows)
        library = self._with_loop(settings.method, settings.decays, rows)
        return CDescent(settings, mean, start, library, rows)

    def _with_loop(self, method: str, decays: bool, rows: Rows) -> ctypes.CDLL:
        """The library whose loop follows this rule; for many rows, with lanes."""
        key = method, decays, len(rows) >= MANY_ROWS
        if key not in self._libraries:
            rule = find_rule(method)
            if key[2]:
                count, flags = lanes()
                source = LanesSource(self._program, count).unit(rule, decays)
                self._libraries[key] = load(source, flags)
            else:
                self._libraries[key] = load(self._c.unit(rule, decays))
        return self._libraries[key]


class CDescent(Descent):
    """A descent whose loop is in C."""

    def __init__(
        self,
        settings: Settings,
        mean: MeanGradient,
        start: Numbers,
        library: ctypes.CDLL,
        rows: Rows,
    ) -> None:
        super().__init__(settings, mean, start)
        self._rows = rows  # which C reads
        batch = [ctypes.c_long(len(rows)), pointer(rows)] if rows.width else []
        decay = [settings.weight_decay] if settings.decays else []
        constants = map(ctypes.c_double, [*decay, *settings.constants.values()])
        self._descend = partial(library.descend, self._values, ctypes.c_double(settings.rate))
        self._fixed = [*batch, *constants, *self._states]
        self._block = 1000

    def array(self, numbers: Numbers) -> Any:
        return (ctypes.c_double * len(numbers))(*numbers)

    def advance(self, times: int) -> int:
        if times <= self._block:
            return self._call(times, self.steps)
        made = 0
        while made < times:
            block = min(self._block, times - made)
            start = perf_counter()
            done = self._call(block, self.steps + made)
            made += done
            if done < block:
                break
            elapsed = perf_counter() - start
            if block == self._block and elapsed < BREATH and block < LARGEST_BLOCK:
                self._block *= 2
            elif elapsed > 4.0 * BREATH:
                self._block = max(1, self._block // 4)
        return made

    def _call(self, times: int, steps: int) -> int:
        done: int
        if self._states:
            done = self._descend(times, *self._fixed, ctypes.c_double(steps))
        else:
            done = self._descend(times, *self._fixed)
        return done


def failure(status: int) -> ArithmeticError:
    """The error for a status other than 0."""
    if status >= FIRST_GUARD:
        return GuardFailed(status - FIRST_GUARD)
    return ArithmeticError("an operation has no finite value")


def pointer(rows: Rows) -> Any:
    """Rows as C reads them: an array in place, other rows copied one after the other."""
    if rows.array is not None:
        return ctypes.c_void_p(rows.array.ctypes.data)
    numbers = [number for row in rows.listed for number in row]
    return (ctypes.c_double * len(numbers))(*numbers)


def as_arrays(
    values: Any, gradients: Any, done: int, outputs: int, wrt: int, single: bool
) -> tuple[Any, Any]:
    """The results of `done` rows as NumPy arrays over the memory that C wrote."""
    import numpy

    shape = (done,) if single else (done, outputs)
    found = numpy.frombuffer(values, count=done * outputs).reshape(shape)
    slopes = numpy.frombuffer(gradients, count=done * outputs * wrt).reshape(*shape, wrt)
    return found, slopes
