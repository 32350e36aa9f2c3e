"""Feedback: the marks of a class as a table, a page for every student, and one for the lecturer."""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from autograd_mini.checking.sheets.report import RIGHT
from autograd_mini.classroom.mark import Mark, Paper
from autograd_mini.symbols.text import counted

COLUMNS = ("id", "marks", "of", "right", "follows", "wrong", "again", "missing", "unread", "person")
WRONG = ("wrong", "fails")

# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8888;
  vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.lost td:first-child { border-left: 3px solid #c60; padding-left: .5rem; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
@media print { body { margin: 0; } }
"""


def marks_csv(papers: Sequence[Paper]) -> str:
    """The marks as CSV: a row of titles, a row of maxima, and a row for every student.

    The first columns are the same for every template; then comes a column for each blank.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    blanks = [mark.blank for mark in papers[0].marks] if papers else []
    writer.writerow([*COLUMNS, *(_cell(title) for title in _titles(papers))])
    most = sum(blank.marks for blank in blanks)
    writer.writerow(
        ["(maxima)", most, most, len(blanks), *[""] * 6, *(blank.marks for blank in blanks)]
    )
    for paper in papers:
        counts = [
            paper.count(*RIGHT),
            paper.count("follows"),
            paper.count(*WRONG),
            paper.count("again"),
            paper.count("missing"),
            paper.count("unread"),
        ]
        earned = ["" if mark.earned is None else mark.earned for mark in paper.marks]
        row = [_cell(paper.student), paper.earned, paper.most, *counts, _cell(paper.person)]
        writer.writerow([*row, *earned])
    return text.getvalue()


def _titles(papers: Sequence[Paper]) -> Iterator[str]:
    """The titles of the blanks; one that is there twice has its line too."""
    blanks = [mark.blank for mark in papers[0].marks] if papers else []
    counts = Counter(blank.text for blank in blanks)
    for blank in blanks:
        once = counts[blank.text] == 1
        yield blank.text if once else f"{blank.text} (line {blank.claim.line.number})"


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def sentences(paper: Paper) -> Iterator[str]:
    """A sentence for each slip and each blank, fit to be read by the student."""
    for mark in paper.marks:
        where = f"Line {mark.place}: " if mark.line else ""
        what = mark.blank.text.rstrip(" =")
        match mark.verdict:
            case "wrong" | "fails" | "again":
                remark = f": {mark.remark}" if mark.remark else ""
                wrong = "the formula for " if mark.verdict == "fails" else ""
                yield f"{where}{wrong}{what} is not right{remark}."
            case "missing":
                yield f"{what} is left blank."
            case "unread":
                yield f"{what} is read by a person."


def headline(paper: Paper) -> str:
    """s03: 12 of 17 marks"""
    return f"{paper.student}: {paper.earned} of {paper.most} marks"


def _row(mark: Mark) -> tuple[str, str, str, str, str]:
    remark = f" ({mark.remark})" if mark.verdict == "follows" and mark.remark else ""
    earned = "open" if mark.earned is None else f"{mark.earned} of {mark.blank.marks}"
    return mark.place, mark.blank.text, mark.written, mark.verdict + remark, earned


HEADINGS = ("line", "blank", "answer", "verdict", "marks")


def feedback_markdown(paper: Paper) -> str:
    """The feedback for a student in Markdown."""
    parts = [f"# {headline(paper)}\n"]
    if paper.person:
        parts.append(f"A person still looks at this sheet: {paper.person}.\n")
    if slips := [f"- {sentence}" for sentence in sentences(paper)]:
        parts.append("\n".join(slips) + "\n")
    rows = [f"| {' | '.join(HEADINGS)} |", "|---:|---|---|---|---:|"]
    for line, what, written, *rest in map(_row, paper.marks):
        cells = (line, _code(what), _code(written), *rest)
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`" if text else ""


def feedback_html(paper: Paper) -> str:
    """The feedback for a student as one page."""
    body = [f"<h1>{html.escape(headline(paper))}</h1>"]
    if paper.person:
        body.append(f"<p>A person still looks at this sheet: {html.escape(paper.person)}.</p>")
    if slips := [f"<li>{html.escape(sentence)}</li>" for sentence in sentences(paper)]:
        body += ["<ul>", *slips, "</ul>"]
    rows = []
    for mark in paper.marks:
        lost = ' class="lost"' if mark.earned != mark.blank.marks else ""
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in _row(mark))
        rows.append(f"<tr{lost}>{cells}</tr>")
    body += _table(HEADINGS, rows)
    return _page(headline(paper), body)


def summary_html(papers: Sequence[Paper]) -> str:
    """One page for the lecturer: the marks, the slips, and the lines where the class failed."""
    most = papers[0].most if papers else 0
    marked = [paper for paper in papers if not paper.person]
    mean = sum(paper.earned for paper in papers) / max(len(papers), 1)
    students = counted(len(papers), "student")
    body = [
        f"<h1>{students}, {mean:.1f} of {most} marks on average</h1>",
        f"<p>{len(marked)} marked; {len(papers) - len(marked)} for a person.</p>",
        "<h2>Marks</h2>",
        histogram([paper.earned for paper in papers], most),
    ]
    if waiting := [paper for paper in papers if paper.person]:
        cells = [f"<li>{html.escape(f'{p.student}: {p.person}')}</li>" for p in waiting]
        body += ["<h2>For a person</h2>", "<ul>", *cells, "</ul>"]
    slips: Counter[str] = Counter()
    for paper in papers:
        made = {mark.remark for mark in paper.marks if mark.verdict in WRONG and mark.remark}
        slips.update(made)
    if slips:
        body.append("<h2>Slips</h2>")
        body += _table(
            ("slip", "students"), [_count_row(*entry) for entry in slips.most_common(30)]
        )
    lost: Counter[str] = Counter()
    for title, marks in zip(_titles(papers), zip(*(paper.marks for paper in papers))):
        lost[title] = sum(mark.earned == 0 and mark.blank.marks > 0 for mark in marks)
    if failed := [entry for entry in lost.most_common(30) if entry[1]]:
        body.append("<h2>Blanks that lost their marks</h2>")
        body += _table(("blank", "students"), [_count_row(*entry) for entry in failed])
    return _page("Marks of the class", body)


def histogram(earned: Sequence[int], most: int) -> str:
    """The distribution of marks as an SVG picture."""
    width, height, step = 640, 160, max(1, -(-(most + 1) // 25))
    counts = Counter(marks // step for marks in earned)
    columns = most // step + 1
    highest = max(counts.values(), default=1)
    wide = width / columns
    bars = []
    for column in range(columns):
        count, x = counts[column], column * wide
        first, last = column * step, min(column * step + step - 1, most)
        marks = str(first) if first == last else f"{first}-{last}"
        tall = round((height - 40) * count / highest, 1)
        bars.append(
            f'<g><title>{marks} marks: {count}</title><rect x="{x + 2:.1f}" '
            f'y="{height - 20 - tall}" width="{wide - 4:.1f}" height="{tall}" fill="#4477aa"/>'
            f'<text x="{x + wide / 2:.1f}" y="{height - 4}" text-anchor="middle">{marks}</text>'
            + (
                f'<text x="{x + wide / 2:.1f}" y="{height - 24 - tall}" text-anchor="middle">'
                f"{count}</text>"
                if count
                else ""
            )
            + "</g>"
        )
    label = f"Students by marks, from 0 to {most}"
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {width} {height}" width="{width}">'
        + "".join(bars)
        + "</svg>"
    )


def _count_row(text: str, count: int) -> str:
    return f'<tr><td>{html.escape(text)}</td><td class="number">{count}</td></tr>'


def _table(headings: Sequence[str], rows: Sequence[str]) -> list[str]:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    return ["<table>", f"<thead><tr>{head}</tr></thead>", "<tbody>", *rows, "</tbody>", "</table>"]


def _page(title: str, body: Sequence[str]) -> str:
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{html.escape(title)}</title>",
            f"<style>\n{STYLE}</style></head>",
            "<body><main>",
            *body,
            "</main></body></html>",
            "",
        ]
    )
