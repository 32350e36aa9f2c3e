"""The Python target's straight-line functions, as source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd_mini.compiler.targets.writer import Writer, bracketed, call
from autograd_mini.symbols.code import CodePrinter, PythonCode, indented


class PythonWriter(Writer):
    """Modules with one function."""

    printer: type[CodePrinter] = PythonCode

    def value_and_gradients(self) -> str:
        value, gradients = self.results()
        returned = bracketed(f"return {value}, ", gradients)
        return self.function("value_and_gradients", [*self.forward(), *self.backward(), *returned])

    def value_alone(self) -> str:
        return self.function("value", [*self.forward(), *bracketed("return ", self.value())])

    def function(self, name: str, body: Iterable[str]) -> str:
        return self.module([*call(f"def {name}", self.program.inputs, ":"), *indented(body)])

    def module(self, lines: Sequence[str]) -> str:
        """Lines of Python, with what they take from the library imported above."""
        imported = ", ".join(sorted(self.code.functions))
        above = [f"from math import {imported}", "", ""] if imported else []
        return "\n".join([*above, *lines, ""])
