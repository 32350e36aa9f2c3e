"""Python: a program as straight-line functions of floats, and loops around them."""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import Any, NoReturn

from autograd_mini.compiler.arguments import Row, Rows
from autograd_mini.compiler.descent import Descent, Mean, Settings
from autograd_mini.compiler.engine import Engine, Numbers, Stale
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.python_loops import LoopWriter

_COUNT = itertools.count(1)


class PythonEngine(Engine):
    """A program as Python functions, each made when it is first needed."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.problem)
        self._writer = LoopWriter(program)
        self._loops: dict[tuple[Any, ...], Callable[..., Any]] = {}
        self.source: str = self._writer.value_and_gradients()

    @cached_property
    def results(self) -> Callable[..., Any]:
        return self._made(self.source, "value_and_gradients")

    @cached_property
    def value(self) -> Callable[..., Any]:
        return self._made(self._writer.value_alone(), "value")

    def descend_source(self, settings: Settings) -> str:
        """The source of the training loop."""
        return self._writer.descend(settings.rule, settings.decays)

    def total(self, numbers: Numbers, rows: Rows) -> tuple[int, float, list[float]]:
        done, total, sums = self._loop(self._writer.total, "total")(numbers, rows.listed)
        return done, total, sums

    def descent(self, settings: Settings, mean: Mean, start: Numbers, rows: Rows) -> Descent:
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
        mean: Mean,
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
    """What generated code calls where a comparison comes out otherwise."""
    raise Stale(number)
