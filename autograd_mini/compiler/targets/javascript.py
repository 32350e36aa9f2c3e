"""JavaScript: a program as a function for a page or for Node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd_mini.compiler.targets.source import ProgramSource, bracketed, call
from autograd_mini.symbols.code import INDENT, CodePrinter, JavaScriptCode, indented
from autograd_mini.symbols.terms import Term


class JavaScriptSource(ProgramSource):
    """A module that exports one function."""

    printer: type[CodePrinter] = JavaScriptCode
    remark_before = "// "

    def value_and_gradients(self) -> str:
        value, gradients = self.results()
        body = [*self.forward(), *self.backward(), *bracketed(f"return [{value}, ", gradients)]
        body[-1] += "];"
        lines = [
            *call("export function valueAndGradients", self.program.names.inputs, " {"),
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
        """Each by itself, because nothing looks again where only their sum overflows."""
        are_finite = " && ".join(f"Number.isFinite({self.code.text(term)})" for term in checked)
        return f"!({are_finite})" if len(checked) > 1 else f"!{are_finite}"

    def negated(self, comparison: str) -> str:
        return f"!({comparison})"
