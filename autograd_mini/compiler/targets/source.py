"""ProgramSource: the lines of a program as text, written by each language in its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from autograd_mini.compiler.identifiers import comment
from autograd_mini.compiler.program import Assignment, Condition, Program
from autograd_mini.symbols.code import INDENT, CodePrinter, indented
from autograd_mini.symbols.terms import Term

WIDTH = 92
MOST_CHECKED = 16


class ProgramSource:
    """Base of the languages. It writes Python, and lines that look the same in other languages."""

    printer: type[CodePrinter]
    remark_before: str = "# "
    remark_after: str = ""
    open_list: str = "["
    close_list: str = "]"

    def __init__(self, program: Program) -> None:
        self.program = program
        self.code: CodePrinter = self.printer(program.names.terms)

    # -- lines of a language --------------------------------------------------------------------

    def remark(self, text: str) -> str:
        return f"{self.remark_before}{text}{self.remark_after}"

    def assignment(self, name: str, written: str) -> str:
        """The definition of a name."""
        return f"{name} = {written}"

    def leave_if(self, condition: str, number: int | None) -> Iterator[str]:
        """Stop: a value is not finite, or comparison `number` has another outcome."""
        yield f"if {condition}:"
        if number is None:
            yield f"{INDENT}raise ArithmeticError('an operation has no finite value')"
        else:
            yield f"{INDENT}raise_stale({number})"

    def negated(self, comparison: str) -> str:
        return f"not {comparison}"

    # -- the parts of a program -----------------------------------------------------------------

    def forward(self) -> Iterator[str]:
        """The lines that compute the values."""
        yield from self.remarks()
        yield self.remark("forward")
        for line in self.program.forward:
            if isinstance(line, Condition):
                comparison = self.code.comparison(line.left, line.symbol, line.right)[0]
                condition = self.negated(comparison) if line.outcome else comparison
                yield from self.leave_if(condition, line.number)
            else:
                yield self.line(line)
        checked = self.program.checked
        for first in range(0, len(checked), MOST_CHECKED):  # a sum of thousands is too deep
            yield from self.leave_if(self.not_finite(checked[first : first + MOST_CHECKED]), None)

    def remarks(self) -> Iterator[str]:
        """Full labels, and the constants."""
        names = self.program.names
        for name, label in names.remarks.items():
            yield self.remark(f"{name}: {label}")
        if names.folded:
            first, *others = names.folded
            yield from map(self.remark, folded([f"constants: {first}", *others]))
        for name, number in names.constants.items():
            yield self.assignment(name, self.code.number(number)[0])

    def not_finite(self, checked: Sequence[Term]) -> str:
        """A condition that is true if one of the terms is infinite or nan.

        It is true also where only their sum overflows; recording then gives the results.
        """
        looked_at = " + ".join(self.code.text(term) for term in checked)
        return f"{f'({looked_at})' if len(checked) > 1 else looked_at} * 0.0 != 0.0"

    def backward(self) -> Iterator[str]:
        """The lines that compute the adjoints."""
        several = len(self.program.backward) > 1
        for lines, output in zip(self.program.backward, self.program.problem.outputs):
            if lines:
                root = comment(self.program.problem.labels[output])
                yield self.remark(f"backward from {root}" if several else "backward")
            yield from map(self.line, lines)

    def line(self, line: Assignment) -> str:
        written = self.assignment(line.name, self.code.definition(line.term))
        return f"{written}  {self.remark(line.comment)}" if line.comment else written

    def value(self) -> str:
        """The value, or a list of the values."""
        return self.values(self.program.values)

    def results(self) -> tuple[str, str]:
        """The value or values, and the gradients of each."""
        rows = [self.listed(map(self.code.text, row)) for row in self.program.gradients]
        gradients = rows[0] if self.program.problem.single else self.listed(rows)
        return self.value(), gradients

    def values(self, terms: Sequence[Term]) -> str:
        written = [self.code.text(term) for term in terms]
        return written[0] if self.program.problem.single else self.listed(written)

    def listed(self, items: Iterable[str]) -> str:
        return f"{self.open_list}{', '.join(items)}{self.close_list}"


def folded(words: Sequence[str], separator: str = ",", width: int = WIDTH) -> Iterator[str]:
    """Lines of words, with a separator after each word but the last."""
    line = ""
    for number, word in enumerate(words):
        word += separator if number < len(words) - 1 else ""
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = ""
        line += f" {word}" if line else word
    if line:
        yield line


def call(before: str, words: Sequence[str], after: str) -> Iterator[str]:
    """`before(words)after`, on several lines if one is too short."""
    line = f"{before}({', '.join(words)}){after}"
    if len(line) <= WIDTH + len(INDENT):
        yield line
    else:
        yield f"{before}("
        yield from indented(folded(words))
        yield f"){after}"


def returned(items: Sequence[str]) -> Iterator[str]:
    """A return of several items, in parentheses if they take more than a line."""
    line = f"return {', '.join(items)}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield "return ("
        yield from indented(folded(", ".join(items).split(", ")))
        yield ")"


def bracketed(
    before: str, items: str, open_list: str = "[", close_list: str = "]"
) -> Iterator[str]:
    """`before[items]`, on several lines if one is too short."""
    line = f"{before}{items}"
    if len(line) <= WIDTH or not items.startswith(open_list):
        yield line
    else:
        yield f"{before}{open_list}"
        yield from indented(folded(items[len(open_list) : -len(close_list)].split(", ")))
        yield close_list
