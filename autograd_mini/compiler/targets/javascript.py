"""JavaScript: a program as a function for a page, or for Node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NoReturn

from autograd_mini.compiler.engine import Engine
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.writer import Writer, bracketed, call
from autograd_mini.symbols.code import INDENT, CodePrinter, JavaScriptCode, indented
from autograd_mini.symbols.term_properties import Term


class JavaScriptWriter(Writer):
    """A module that exports one function."""

    printer: type[CodePrinter] = JavaScriptCode
    remark_before = "// "

    def value_and_gradients(self) -> str:
        value, gradients = self.results()
        body = [*self.forward(), *self.backward(), *bracketed(f"return [{value}, ", gradients)]
        body[-1] += "];"
        lines = [
            *call("export function valueAndGradients", self.program.inputs, " {"),
            *indented(body),
            "}",
            "",
        ]
        return "\n".join(lines)

    def assignment(self, name: str, written: str) -> str:
        return f"const {name} = {written};"

    def leave_if(self, condition: str, number: int | None) -> Iterator[str]:
        why = (
            "an operation has no finite value"
            if number is None
            else f"comparison {number} comes out otherwise than it was recorded"
        )
        yield f"if ({condition}) {{"
        yield f'{INDENT}throw new RangeError("{why}");'
        yield "}"

    def not_finite(self, checked: Sequence[Term]) -> str:
        """Each by itself, as nobody looks again here where they only overflow together."""
        are_finite = " && ".join(f"Number.isFinite({self.code.text(term)})" for term in checked)
        return f"!({are_finite})" if len(checked) > 1 else f"!{are_finite}"

    def negated(self, comparison: str) -> str:
        return f"!({comparison})"


class JavaScriptEngine(Engine):
    """A program that is to be read and sent elsewhere: Python cannot run it."""

    def __init__(self, program: Program) -> None:
        super().__init__(program.problem)
        self.source: str = JavaScriptWriter(program).value_and_gradients()

    @cached_property
    def results(self) -> Callable[..., Any]:
        return self._refuse

    @cached_property
    def value(self) -> Callable[..., Any]:
        return self._refuse

    def _refuse(self, *numbers: float) -> NoReturn:
        raise TypeError(
            "a graph that is compiled to JavaScript runs in a page or in Node: write its source "
            "to a file there, or compile to the target python to call it here"
        )
