"""The results of `check` for other programs and people: annotations of a pull request, a page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import NamedTuple

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.report import RIGHT, Report
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import Definition, Statement
from autograd_mini.decks.findings import JudgedPart
from autograd_mini.decks.report import DeckReport
from autograd_mini.derivation import explain
from autograd_mini.engine.value import Value

STYLE = """\
:root { color-scheme: light dark; --text: #1a1a1a; --page: #fff; --quiet: #6b6b6b; --rule: #eee;
  --right: #2b6a2b; --wrong: #9b1c1c; --row: #fdecea; --mark: #f6b8b1 }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --page: #181818;
  --quiet: #9a9a9a; --rule: #2c2c2c; --right: #86c586; --wrong: #ff9d94; --row: #3a2321;
  --mark: #7c3029 } }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--text); background: var(--page); print-color-adjust: exact }
table { border-collapse: collapse; width: 100% }
td { vertical-align: top; padding: 0 .6rem; border-top: 1px solid var(--rule) }
td.line { color: var(--quiet); text-align: right; user-select: none }
td.text { font: .82em/1.5 ui-monospace, monospace; white-space: pre-wrap; word-break: break-word }
td.verdicts { font-size: .82em; width: 11rem; color: var(--quiet) }
.right { color: var(--right) }
.wrong { color: var(--wrong); font-weight: 600 }
tr.slip { background: var(--row); break-after: avoid }
tr.slip.note { break-after: auto }
tr.note td { border-top: 0; padding-bottom: .6rem }
mark { background: var(--mark); color: inherit; padding: 0 .1em }
pre { margin: .4rem 0; font: .82em/1.4 ui-monospace, monospace; white-space: pre-wrap }
ul { font-size: .9em }
@page { margin: 15mm }
@media print { body { margin: 0; max-width: none; font-size: 12px } tr { break-inside: avoid } }
"""


class ReportRow(NamedTuple):
    """One claim and its verdict; columns: where its text stands in its line."""

    file: str
    place: str
    line: int
    text: str
    columns: tuple[int, int]
    claim: str
    printed: str
    exact: str
    verdict: str
    remark: str
    wrong: bool


def rows(report: Report | DeckReport, answers: bool = True) -> Iterator[ReportRow]:
    """The claims of a report, of a sheet or of a deck.

    answers: whether the remarks may show the digits that were expected.
    """
    if isinstance(report, Report):
        for result in report.results:
            line = result.claim.line
            yield ReportRow(
                line.file, line.place, line.number, line.text, (0, len(line.text)),
                result.claim.text, str(result.claim.printed or ""), result.exact, result.verdict,
                result.remark if answers else result.hint, result.unexpected,
            )  # fmt: skip
        return
    for finding in report.shown:
        line, side = finding.side.line, finding.side
        start = report.deck.source.column(side.start) if report.deck else 0
        yield ReportRow(
            line.file, line.place, line.number, line.text, (start, start + side.end - side.start),
            finding.claim, finding.printed, finding.exact, finding.verdict,
            finding.suggestion if answers else finding.hint, finding.is_wrong,
        )  # fmt: skip


def github_commands(report: Report | DeckReport, answers: bool = True) -> Iterator[str]:
    """A workflow command of GitHub for each wrong line, which shows it in a pull request."""
    for row in rows(report, answers):
        if row.wrong:
            printed = f" -> {row.printed}" if row.printed else ""
            exact = f"; {_exact(row)}" if answers and row.exact else ""
            remark = f"; {row.remark}" if row.remark else ""
            message = f"{row.verdict}: {row.claim}{printed}{exact}{remark}"
            place = f"file={_escaped(row.file, ':,')},line={row.line}"
            yield f"::error {place},title=autograd-mini::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def page(report: Report | DeckReport) -> str:
    """A page with every line that makes a claim, or every line of a deck, and the verdicts."""
    found: dict[str, list[ReportRow]] = {}
    for row in rows(report):
        found.setdefault(row.place, []).append(row)
    explained = dict(explanations(report)) if isinstance(report, DeckReport) else {}
    body = [f"<h1>{escape(report.file)}</h1>", f"<p>{escape(report.summary)}</p>"]
    body += _slips(place for place, each in found.items() if any(row.wrong for row in each))
    body.append("<table>")
    for place, text in _lines(report):
        body += _table_rows(place, text, found.get(place, []), explained)
    body.append("</table>")
    notes = list(report.notes()) if isinstance(report, DeckReport) else list(report.notes)
    if notes:
        body += ["<ul>", *(f"<li>{escape(note)}</li>" for note in notes), "</ul>"]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(report.file)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _lines(report: Report | DeckReport) -> Iterator[tuple[str, str]]:
    """The place and the text of the lines to show."""
    if isinstance(report, DeckReport) and report.deck is not None:
        source = report.deck.source
        texts = source.raw.split("\n")
        for start, text, before in zip(source.starts, texts, ["", *texts]):
            if text.strip() or before.strip():  # of several empty lines the first
                yield source.line(start).place, text
        return
    seen = set()
    for row in rows(report):
        if row.place not in seen:
            seen.add(row.place)
            yield row.place, row.text


def _table_rows(
    place: str, text: str, found: Sequence[ReportRow], explained: Mapping[str, str]
) -> Iterator[str]:
    wrong = [row for row in found if row.wrong]
    verdicts = "<br>".join(dict.fromkeys(_verdict(row) for row in found))
    shown = _marked(text, [row.columns for row in wrong])
    kind = f' class="slip" id="{_anchor(place)}"' if wrong else ""
    yield (
        f'<tr{kind}><td class="line">{place}</td><td class="text">{shown}</td>'
        f'<td class="verdicts">{verdicts}</td></tr>'
    )
    for row in wrong:
        printed = f" &rarr; {escape(row.printed)}" if row.printed else ""
        exact = _exact(row) if row.exact else ""
        remark = escape("; ".join(filter(None, [exact, row.remark])))
        why = f"<pre>{escape(explained[row.claim])}</pre>" if row.claim in explained else ""
        yield (
            f'<tr class="slip note"><td></td><td colspan="2">{escape(row.claim)}{printed}: '
            f'<span class="wrong">{row.verdict}</span>. {remark}{why}</td></tr>'
        )


def _verdict(row: ReportRow) -> str:
    """A verdict in its colour; the reason where it is neither right nor wrong."""
    if row.wrong:
        return f'<span class="wrong">{row.verdict}</span>'
    if row.verdict in RIGHT:
        return f'<span class="right">{row.verdict}</span>'
    return escape(": ".join(filter(None, [row.verdict, row.remark])))


def _exact(row: ReportRow) -> str:
    """The value of a wrong claim: -0.18, not 0.18 for the two sides of a formula."""
    return f"the left side is {row.exact}" if row.verdict == "fails" else f"exact: {row.exact}"


def _slips(places: Iterable[str]) -> Iterator[str]:
    """A paragraph of links to the wrong lines."""
    links = [f'<a href="#{_anchor(place)}">{place}</a>' for place in places]
    if links:
        yield f"<p>Wrong lines: {', '.join(links)}</p>"


def _anchor(place: str) -> str:
    return "line-" + re.sub(r"\W+", "-", place)


def _marked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """A line, in which the wrong parts are marked."""
    marked, position = "", 0
    for start, end in sorted(places):
        start, end = max(start, position), min(end, len(text))
        if start < end:
            marked += f"{escape(text[position:start])}<mark>{escape(text[start:end])}</mark>"
            position = end
    return marked + escape(text[position:])


def explanations(report: DeckReport) -> Iterator[tuple[str, str]]:
    """The explanation of a derivative in each wrong claim, as `explain` writes it."""
    for judged in report.judged:
        wrong = {finding.claim for finding in judged.findings if finding.is_wrong}
        values = _values(judged) if wrong else {}
        for statement in judged.statements:
            y, x = _derivative(statement)
            if y not in values or x not in values:
                continue
            for claim in statement.claims:
                if claim.text in wrong:
                    with suppress(ValueError, ArithmeticError):
                        yield claim.text, str(explain(values[y], values[x]))


def _derivative(statement: Statement) -> tuple[str, str]:
    """The names Y and X of the first derivative dY/dX in a statement; empty without one."""
    trees = (tree for tree in vars(statement).values() if isinstance(tree, ast.expr))
    names = (name for tree in trees for name in names_in(tree))
    for name in names:
        if "/d" in name:
            y, _, x = name[1:].partition("/d")
            return y, x
    return "", ""


def _values(judged: JudgedPart) -> dict[str, Value]:
    """The values of a part, before any descent."""
    sheet = Sheet()
    for statement in judged.statements:
        if isinstance(statement, Definition):
            list(sheet.results(statement))
    return sheet.scene.values
