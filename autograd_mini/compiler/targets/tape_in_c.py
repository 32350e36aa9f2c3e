"""Large graphs in C: a tape of codes and operand places, and one interpreter of tapes.

A compiler takes minutes for thousands of lines. The interpreter is written from the rows of the
table and compiled once for all graphs. An operation takes it about as long as reading its memory.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from autograd_mini.compiler.backend import Backend, GuardFailed
from autograd_mini.compiler.library import HOW, load
from autograd_mini.compiler.problem import Problem
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


class TapeInC(Backend):
    """A tape as arrays of codes and places, run by the interpreter.

    Raises: NoCompiler.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        rows = list(dict.fromkeys([*TABLE.values(), *problem.tape.rows]))
        self.source: str = interpreter(rows)
        self._library = load(self.source)
        self._library.forward.restype = ctypes.c_long
        self._size = len(problem.tape)
        self._lay_out({row: number for number, row in enumerate(rows, start=1)})
        self._orders = [
            None if order == list(range(len(order))) else (len(order), array("i", order))
            for order in problem.orders
        ]
        self._spare: list[tuple[Any, Any]] = []
        """Arrays of values and adjoints that no call is using."""

    def _lay_out(self, numbers: dict[Operation, int]) -> None:
        """The arrays: codes, places of operands, and behind the values the constants."""
        moves = self.problem.moves
        self._constants: list[float] = []
        places: dict[str, int] = {}

        def place_of(operand: int | float) -> int:
            if isinstance(operand, int):
                return operand
            if repr(operand) not in places:
                places[repr(operand)] = self._size + len(self._constants)
                self._constants.append(operand)
            return places[repr(operand)]

        codes, xs, ys = array("i"), array("i"), array("i")
        inputs = set(self.problem.inputs)
        self._leaves: list[tuple[int, float]] = []
        for place, entry in enumerate(self.problem.tape.entries):
            code = 0
            first = second = 0
            if entry.operation is None:
                if place not in inputs:
                    self._leaves.append((place, entry.data))
            else:
                code = VARIANTS * numbers[entry.operation]
                operands = entry.operands
                first = place_of(operands[0])
                second = place_of(operands[1]) if len(operands) > 1 else first
                for operand, bit in zip(operands, (BY_X, BY_Y)):
                    if isinstance(operand, int) and operand in moves:
                        code |= bit
            codes.append(code)
            xs.append(first)
            ys.append(second)
        self._arrays = codes, xs, ys
        self._tape = tuple(ctypes.c_void_p(each.buffer_info()[0]) for each in self._arrays)

    @cached_property
    def results(self) -> Callable[..., Any]:
        def results(*numbers: float) -> Any:
            values, adjoints = space = self._take()
            try:
                outputs = self._forward(values, numbers)
                rows = [self._backward(values, adjoints, k) for k in range(len(outputs))]
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
            values = (ctypes.c_double * (self._size + len(self._constants)))()
            values[self._size :] = self._constants  # type: ignore[assignment]
            for place, number in self._leaves:
                values[place] = number
            return values, (ctypes.c_double * self._size)()

    def _forward(self, values: Any, numbers: tuple[float, ...]) -> list[float]:
        """Raises: ArithmeticError if a value is not finite; GuardFailed before that."""
        for place, number in zip(self.problem.inputs, numbers):
            values[place] = number
        size = ctypes.c_long(self._size)
        done = self._library.forward(size, *self._tape, values)
        failed = self.problem.failed_guard(values, done)
        if failed is not None:
            raise GuardFailed(failed)
        if done < self._size:
            raise ArithmeticError("an operation has no finite value")
        return [values[place] for place in self.problem.outputs]

    def _backward(self, values: Any, adjoints: Any, output: int) -> list[float]:
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
        return [float(adjoints[each]) for each in self.problem.wrt]
