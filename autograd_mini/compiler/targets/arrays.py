"""NumPy: a program over arrays, which broadcast; also over the arrays of JAX and the like."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cached_property
from typing import Any

from autograd_mini.compiler.backend import Backend, GuardFailed, Numbers
from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.inputs import Rows, arranged, as_number
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.layers import LayersSource
from autograd_mini.compiler.targets.python import PythonSource
from autograd_mini.compiler.targets.source import MOST_CHECKED, bracketed
from autograd_mini.engine.value import real
from autograd_mini.symbols.code import ArrayCode, CodePrinter


class ArraySource(PythonSource):
    """Python whose functions are those of a namespace of arrays.

    No line depends on a number, so that the function can be traced. Its second result `looked_at`
    is finite where the program holds.
    """

    printer: type[CodePrinter] = ArrayCode

    def __init__(self, program: Program, namespace: str) -> None:
        super().__init__(program)
        self.namespace = namespace

    def value_and_gradients(self) -> str:
        value, gradients = self.results()
        body = [
            *self.forward(),
            self.remark("finite where every value is, and on the side of every comparison"),
            *self.looked_at(),
            *self.backward(),
            *bracketed(f"return {value}, looked_at, ", gradients),
        ]
        return self.function("value_and_gradients", body)

    def looked_at(self) -> Iterator[str]:
        """A sum that is nan or infinite where a value is, or a comparison has another outcome."""
        checked = [self.code.text(term) for term in self.program.checked]
        yield f"looked_at = {' + '.join(checked[:MOST_CHECKED]) or '0.0'}"
        for first in range(MOST_CHECKED, len(checked), MOST_CHECKED):
            more = checked[first : first + MOST_CHECKED]
            yield f"looked_at = looked_at + {' + '.join(more)}"
        for guard in self.program.conditions:
            condition = self.code.comparison(guard.left, guard.symbol, guard.right)[0]
            where, nan = self.code.constant("where"), self.code.constant("nan")
            branches = f"looked_at, {nan}" if guard.outcome else f"{nan}, looked_at"
            yield f"looked_at = {where}({condition}, {branches})"

    def leave_if(self, condition: str, number: int | None) -> Iterator[str]:
        return iter(())

    def module(self, lines: Sequence[str]) -> str:
        imported = ", ".join(sorted(self.code.functions))
        above = [f"from {self.namespace} import {imported}", "", ""] if imported else []
        return "\n".join([*above, *lines, ""])


class ArrayBackend(Backend):
    """A program as a function of arrays.

    Raises: ValueError if the namespace lacks a function; ImportError if NumPy is not installed.
    """

    def __init__(self, program: Program, xp: Any = None) -> None:
        super().__init__(program.problem)
        if xp is None:
            try:
                import numpy as xp
            except ImportError:
                raise ImportError(
                    "the target numpy needs NumPy: install it with `pip install numpy`, or use "
                    "the target python"
                ) from None
        self.xp = xp
        # Only NumPy's numbers can be checked: arrays that are traced have none yet.
        self.is_numpy: bool = xp.__name__ == "numpy"
        self._arrays = ArraySource(program, xp.__name__)
        total = ""
        if program.problem.single and not program.problem.guards:
            layers = LayersSource(program.problem)
            if layers.pays:
                total = f"\n\n{layers.total()}"
                self._arrays.code.functions.update(layers.code.functions)
        self.source: str = self._arrays.value_and_gradients() + total
        for name in self._arrays.code.functions:
            if not hasattr(xp, name):
                raise ValueError(f"{xp.__name__} has no {name}; use the target python")
        if program.problem.guards and not self.is_numpy:
            raise ValueError(
                f"the recording compared values, which {xp.__name__} cannot do while it traces: "
                "write the branches with maximum, relu, abs or step; of a function with softmax or "
                "logsumexp, which compare, give a recording to compile_graph"
            )

    @cached_property
    def results(self) -> Callable[..., Any]:
        function: Callable[..., Any] = self._namespace["value_and_gradients"]
        return function

    @cached_property
    def total_by_layers(self) -> Callable[..., Any] | None:
        """`total(parameters, rows)`, if it is in the program."""
        return self._namespace.get("total")

    @cached_property
    def _namespace(self) -> dict[str, Any]:
        """The functions of the program, and those that it calls."""
        namespace = {name: getattr(self.xp, name) for name in self._arrays.code.functions}
        body = self.source[self.source.index("def value_and_gradients") :]
        exec(compile(body, "<autograd_mini compiled arrays>", "exec"), namespace)
        return namespace

    @cached_property
    def value(self) -> Callable[..., Any]:
        return lambda *numbers: self.computed(numbers)[0]

    def computed(self, arrays: Sequence[Any], shape: tuple[int, ...] = ()) -> tuple[Any, Any, Any]:
        """Values, gradients and `looked_at`, all of the common shape of the arrays.

        shape: one more shape in common, for graphs without inputs.
        """
        xp = self.xp
        shape = xp.broadcast_shapes(shape, *map(xp.shape, arrays))

        def broadcast(found: Any) -> Any:
            if isinstance(found, list):
                return list(map(broadcast, found))
            fits = getattr(found, "shape", None) == shape
            return found if fits else xp.broadcast_to(found, shape)

        if self.is_numpy:
            value, looked_at, gradients = self._of_numpy(arrays)
        else:
            value, looked_at, gradients = self.results(*arrays)
        return broadcast(value), broadcast(gradients), broadcast(looked_at)

    def _of_numpy(self, arrays: Sequence[Any]) -> Any:
        # Python's own floats would raise where those of NumPy are infinite.
        arrays = [self.xp.asarray(array, dtype=float) for array in arrays]
        with self._unwarned():
            try:
                return self.results(*arrays)
            except ArithmeticError:  # of constants alone: 1.0 / 0.0
                row = [math.nan] * len(self.problem.wrt)
                if self.problem.single:
                    return math.nan, math.nan, row
                count = len(self.problem.outputs)
                return [math.nan] * count, math.nan, [row] * count

    def total(self, numbers: Numbers, rows: Rows) -> tuple[int, float, list[float]]:
        xp = self.xp
        table = xp.asarray(rows.listed if rows.array is None else rows.array, dtype=float)
        table = table.reshape(len(rows), rows.width)
        if self.total_by_layers is not None:
            with self._unwarned(), suppress(ArithmeticError):  # of constants alone
                value, slopes, looked_at = self.total_by_layers(xp.asarray(numbers), table)
                if xp.isfinite(looked_at + value + slopes.sum()):
                    return len(rows), float(value), slopes.tolist()
        columns = table.T
        joined = self.problem.joined(numbers, list(columns))
        value, gradients, looked_at = self.computed(joined, (len(rows),))
        bad = xp.flatnonzero(~xp.isfinite(looked_at))
        done = int(bad[0]) if len(bad) else len(rows)
        with self._unwarned():
            sums = [float(xp.sum(gradient[:done])) for gradient in gradients]
            return done, float(xp.sum(value[:done])), sums

    def traced_total(self, numbers: Any, batch: Any) -> tuple[Any, Any]:
        """`total` as one expression of arrays, which can be traced.

        Raises: ValueError for shapes that do not fit.
        """
        xp, problem = self.xp, self.problem
        parameters, rows = xp.asarray(numbers, dtype=float), xp.asarray(batch, dtype=float)
        for name, array, dimensions, width in (
            ("numbers", parameters, 1, len(problem.wrt)),
            ("the batch", rows, 2, len(problem.given)),
        ):
            if array.ndim != dimensions or array.shape[-1] != width:
                shape = f"({width},)" if dimensions == 1 else f"(rows, {width})"
                raise ValueError(f"{name} must have the shape {shape}, got {array.shape}")
        if self.total_by_layers is not None:
            value, slopes, _ = self.total_by_layers(parameters, rows)
            return value, slopes
        joined = problem.joined(list(parameters), list(rows.T))
        value, gradients, _ = self.computed(joined, (len(rows),))
        return value.sum(), xp.stack([each.sum() for each in gradients])

    def _unwarned(self) -> AbstractContextManager[Any]:
        """Without warnings of NumPy about infinite numbers and nan, which are checked here."""
        found: AbstractContextManager[Any]
        found = self.xp.errstate(all="ignore") if self.is_numpy else nullcontext()
        return found


class CompiledArrays(Compiled):
    """A graph as a function of arrays, which are broadcast: one element each, or one for all."""

    _backend: ArrayBackend

    def __call__(self, /, *numbers: Any, **by_name: Any) -> Any:
        """Values and gradients, a list for `wrt`, all in the common shape of the inputs.

        Raises: as of numbers, for the first element that is not finite.
        """
        given = arranged("this graph", self.inputs, numbers, by_name)
        if not self._backend.is_numpy:
            traced = [self._traced(name, array) for name, array in zip(self.inputs, given)]
            return self._backend.computed(traced)[:2]
        xp = self._backend.xp
        arrays = [self._array(name, array) for name, array in zip(self.inputs, given)]
        value, gradients, looked_at = self._backend.computed(arrays)
        bad = xp.flatnonzero(~xp.isfinite(looked_at))
        found = own(xp, [value, gradients], set(map(id, arrays)))
        if len(bad):
            rows = [xp.broadcast_to(array, looked_at.shape).ravel() for array in arrays]
            for place in bad:
                element_of = [float(row[place]) for row in rows]
                failed = self._eager.failed_guard(element_of)
                if failed is not None:
                    raise self._eager.stale(failed, element_of)
                put(found, place, self._eager.results(*element_of))
        value, gradients = found
        return simple(value), simple(gradients)

    def value(self, /, *numbers: Any, **by_name: Any) -> Any:
        return self(*numbers, **by_name)[0]

    def total(self, numbers: Any, batch: Any) -> tuple[Any, Any]:
        """The sum of the values over a batch, and the sum of the gradients.

        Under JAX, which may trace it: of arrays, and the gradients are one array.

        Raises: as of numbers; under JAX ValueError for shapes that do not fit.
        """
        if self._backend.is_numpy:
            return super().total(numbers, batch)
        self._check_single("a total is of")
        return self._backend.traced_total(numbers, batch)

    def batch(self, rows: Any) -> tuple[Any, Any]:
        xp = self._backend.xp
        listed = Rows(rows, self.inputs)
        table = xp.asarray(listed.listed if listed.array is None else listed.array, dtype=float)
        value, gradients = self(*table.reshape(len(listed), listed.width).T)
        shape = (len(listed), len(self._problem.outputs), len(self.wrt))
        values = xp.empty(shape[:2])
        jacobians = xp.empty(shape)
        single = self._problem.single
        for k, (column, row) in enumerate(
            zip([value], [gradients]) if single else zip(value, gradients)
        ):
            values[:, k] = column
            for place, slopes in enumerate(row):
                jacobians[:, k, place] = slopes
        return (values[:, 0], jacobians[:, 0]) if single else (values, jacobians)

    def _array(self, name: str, given: Any) -> Any:
        """Raises: TypeError if it is neither a real number nor an array of them."""
        if not hasattr(given, "__len__") or isinstance(given, (str, bytes)):
            return as_number(name, given)
        numpy = self._backend.xp
        with suppress(TypeError, ValueError):  # rows of different lengths
            array = numpy.asarray(given)
            if array.dtype.kind in "biuf":
                return array.astype(float, copy=False)
            if array.dtype == object:  # fractions, whole numbers of more than 64 bits
                numbers = list(map(real, array.flat))
                if None not in numbers:
                    return numpy.array(numbers, dtype=float).reshape(array.shape)
        raise TypeError(f"{name} must be an array of numbers, got {given!r:.80}")

    def _traced(self, name: str, given: Any) -> Any:
        """An array of floats, of the precision given; whole numbers would overflow silently.

        Raises: TypeError if it is neither a real number nor an array of them.
        """
        xp = self._backend.xp
        if not hasattr(given, "dtype") and not hasattr(given, "__len__"):
            given = as_number(name, given)
        array = xp.asarray(given)
        if xp.issubdtype(array.dtype, xp.complexfloating):
            raise TypeError(f"{name} must be an array of real numbers, got {given!r:.80}")
        return array if xp.issubdtype(array.dtype, xp.floating) else array.astype(float)

    def _attempt(self, numbers: Numbers) -> Any:
        value, gradients, looked_at = self._backend.computed(numbers)
        if not self._backend.xp.isfinite(looked_at):
            failed = self._eager.failed_guard(numbers)
            raise ArithmeticError("not finite") if failed is None else GuardFailed(failed)
        return simple(value), simple(gradients)


def own(numpy: Any, found: Any, taken: set[int]) -> Any:
    """Arrays that the caller may change: copies of inputs, and of arrays that come twice.

    taken: the ids of arrays that belong to somebody; the ids of the results are added.
    """
    if isinstance(found, list):
        return [own(numpy, part, taken) for part in found]
    if not isinstance(found, numpy.ndarray) or not found.flags.writeable or id(found) in taken:
        return numpy.array(found)
    taken.add(id(found))
    return found


def put(found: Any, place: int, number: Any) -> None:
    """Change the number at a place, in each of several arrays."""
    if isinstance(found, (list, tuple)):
        for part, each in zip(found, number):
            put(part, place, each)
    else:
        found.flat[place] = number


def simple(found: Any) -> Any:
    """Arrays of no dimensions as numbers."""
    if isinstance(found, list):
        return list(map(simple, found))
    return found[()]
