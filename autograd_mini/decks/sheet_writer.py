"""A deck as a derivation sheet: the same statements, to be edited, each with its line of the deck.

>>> print(sheet_of(check_deck_text("$w = 0.5$, $x = 2$, $$y = w x = 0.5 * 2 = 1.1$$", "unit.md")))
# unit.md
<BLANKLINE>
```derivation
w = 0.5  # line 1
x = 2  # line 1
y = w * x
y -> 1.1  # erratum, line 1
```
<BLANKLINE>
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograd_mini.checking.sheets.markdown import MARK
from autograd_mini.checking.sheets.statements import (
    Claim,
    Definition,
    DescendStatement,
    Evaluation,
    Identity,
    Statement,
)
from autograd_mini.decks.findings import JudgedPart
from autograd_mini.decks.names import parts_of
from autograd_mini.decks.report import DeckReport, check_deck_text
from autograd_mini.decks.trees import renamed, written


def deck_as_sheet(text: str, file: str = "") -> str:
    """The derivation sheet of a deck.

    Raises: SheetError for a deck in which nothing can be judged.
    """
    return sheet_of(check_deck_text(text, file))


def sheet_of(report: DeckReport) -> str:
    """The statements of a deck that was checked, as the text of a derivation sheet."""
    lines = [f"# {report.file.rpartition('/')[2] or 'Deck'}", ""]
    used: set[str] = set()
    for place, judged in enumerate(report.judged, start=1):
        if not judged.statements or judged.declined:
            continue
        defined = _names(judged)
        names = {name: f"{name}_p{place}" for name in defined & used}
        used |= defined
        lines += [f"```{MARK}", *_statements(judged, names), "```", ""]
        lines += _missing(judged)
    return "\n".join(lines)


def _statements(judged: JudgedPart, names: dict[str, str]) -> Iterator[str]:
    """A line for each statement; a claim that was made before is not made again.

    names: other names for those that a part before defines otherwise.
    """
    seen: set[str] = set()
    for statement in judged.statements:
        text, note = _line(statement, judged, names)
        if isinstance(statement, DescendStatement):
            seen.clear()
        elif text in seen:
            continue
        seen.add(text)
        yield f"{text}  # {note}" if note else text


def _names(judged: JudgedPart) -> set[str]:
    return {statement.name for statement in judged.statements if isinstance(statement, Definition)}


def _line(statement: Statement, judged: JudgedPart, names: dict[str, str]) -> tuple[str, str]:
    """The text of a statement, and the comment behind it."""

    def text(tree: ast.expr) -> str:
        return written(renamed(tree, names) if names else tree)

    note = f"line {statement.line.number}"
    match statement:
        case Definition(name=name, expression=expression):
            new = names.get(name, name)
            if name in judged.part.definitions.formulas:
                return f"{new} = {text(expression)}", ""
            if name in judged.part.given:
                given = judged.part.given[name]
                return f"{new} = {given.printed}", f"line {given.side.line.number}"
            if name in judged.fit.inferred:
                return f"{new} = {judged.fit.inferred[name]}", "inferred from the figures"
            return f"{new} = {text(expression)}", "ours: the deck does not print it"
        case Evaluation(claims=(claim,), expression=expression) if claim.printed is not None:
            return f"{text(expression)} -> {claim.printed.text}", _note(claim, note)
        case Identity(claims=(claim, *_), left=left, right=right):
            is_name = isinstance(left, ast.Name) and "/" not in left.id
            return f"{text(left)} {'==' if is_name else '='} {text(right)}", _note(claim, note)
        case DescendStatement(root=root, parameters=parameters, rate=rate, times=times):
            moved = ", ".join(names.get(each, each) for each in parameters)
            return (
                f"descend({names.get(root, root)}, [{moved}], rate={rate:g}, times={times})",
                note,
            )
    return "", note


def _note(claim: Claim, note: str) -> str:
    return f"erratum, {note}" if claim.erratum else note


def _missing(judged: JudgedPart) -> Iterator[str]:
    """The prelude that the deck lacks, ready to fill in: what only its pictures show."""
    formulas = judged.part.definitions.formulas
    computed = {parts_of(name)[0]: name for name in reversed(list(formulas)) if "_" in name}
    hidden = [
        name
        for name in judged.part.leaves
        if "_" in name and parts_of(name)[0] in computed and name in judged.part.given
    ]
    if hidden:
        yield "The deck prints only the numbers of these values. Write their formulas into a"
        yield "comment of the deck, and they are checked too:"
        yield ""
        yield "    <!-- derivation"
        for name in hidden:
            like = computed[parts_of(name)[0]]
            yield f"    {name} = ...  # as {like} = {written(formulas[like])}"
        yield "    -->"
        yield ""
