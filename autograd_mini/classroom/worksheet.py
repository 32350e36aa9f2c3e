"""A worksheet: the sheet of a student as a page that prints, with lines to write on."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from autograd_mini.checking.sheets.markdown import FENCE, LINE_END, MARK

HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<text>.*)")
BLANK = re.compile(r"(?P<left>.*?(?:->|=))\s*(?P<comment>#.*)?")
CODE = re.compile(r"`([^`]+)`")

STYLE = """\
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #000; background: #fff; }
h1, h2, h3 { font-family: system-ui, sans-serif; line-height: 1.2; break-after: avoid; }
.id { display: flex; justify-content: space-between; font-family: system-ui, sans-serif; }
.id span { flex: 1; border-bottom: 1px solid #888; margin-left: 1em; }
svg { width: 100%; height: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font: 10.5pt/1.4 ui-monospace, monospace;
  margin: .5rem 0 1rem; }
td { padding: .15rem .5rem .15rem 0; vertical-align: bottom; }
tr { break-inside: avoid; }
td.number { width: 2.5rem; text-align: right; color: #555; }
td.blank { width: 45%; border-bottom: 1px solid #000; height: 2.2rem; }
td.note { color: #555; white-space: nowrap; text-align: right; }
@media print { body { margin: 0; padding: 0; } }
"""


def printable_sheet(text: str, student: str, picture: str = "") -> str:
    """A sheet, blank or filled in, as a page.

    text: Markdown, as `assign` writes it. picture: SVG, shown below the first heading.
    """
    body = list(_body(text))
    where = next((place + 1 for place, part in enumerate(body) if part.startswith("<h1>")), 0)
    name = f'<p class="id">{html.escape(student)}<span>&nbsp;</span></p>'
    body[where:where] = [name, picture]
    title = f"Worksheet of {student}"
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            f"<title>{html.escape(title)}</title>",
            f"<style>\n{STYLE}</style></head>",
            "<body><main>",
            *filter(None, body),
            "</main></body></html>",
            "",
        ]
    )


def _body(text: str) -> Iterator[str]:
    """The prose as paragraphs, and every derivation block as a table."""
    fence = ""
    paragraph: list[str] = []
    rows: list[str] = []
    number = 0
    for line in LINE_END.split(text):
        found = FENCE.fullmatch(line)
        if fence:
            if found and found["fence"].startswith(fence):
                fence = ""
                yield f"<table>{''.join(rows)}</table>"
                rows = []
            elif line.strip():
                blank = _blank(line)
                number += blank
                rows.append(_row(line, number if blank else 0))
            continue
        heading = HEADING.fullmatch(line)
        if paragraph and (not line.strip() or found or heading):
            yield f"<p>{_prose(' '.join(paragraph))}</p>"
            paragraph = []
        if heading:
            level = len(heading["level"])
            yield f"<h{level}>{_prose(heading['text'])}</h{level}>"
        elif found and found["info"].split()[:1] == [MARK]:
            fence = found["fence"]
        elif line.strip() and not line.startswith("ID:"):
            paragraph.append(line.strip())
    if paragraph:
        yield f"<p>{_prose(' '.join(paragraph))}</p>"


def _blank(line: str) -> bool:
    """True if a line of a block is left blank after its last arrow or equals sign."""
    return BLANK.fullmatch(line.strip()) is not None


def _row(line: str, number: int) -> str:
    code, mark, comment = line.partition("#")
    note = html.escape(f"{comment.strip()}") if mark else ""
    code = html.escape(code.strip())
    if not number:
        return f'<tr><td></td><td colspan="2">{code}</td><td class="note">{note}</td></tr>'
    return (
        f'<tr><td class="number">({number})</td><td>{code}</td><td class="blank"></td>'
        f'<td class="note">{note}</td></tr>'
    )


def _prose(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", html.escape(text, quote=False))
