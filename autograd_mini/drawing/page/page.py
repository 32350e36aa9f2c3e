"""A graph as a web page that computes: step by step, and with other leaves.

The page loads nothing, and its policy runs only the two scripts that it names by hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from autograd_mini.drawing.description import HEADINGS, Row, heading, summary, table_rows
from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.layout import lay_out
from autograd_mini.drawing.layout.layout import Layout
from autograd_mini.drawing.lettering import (
    LARGEST_WITH_PARTIALS,
    Lettering,
    letter,
    with_room,
    without_numbers,
)
from autograd_mini.drawing.page.bundle import (
    body_text,
    deflated,
    module_text,
    packed_module,
    style_text,
)
from autograd_mini.drawing.page.data import page_data
from autograd_mini.drawing.page.formula_templates import kinds, kinds_text
from autograd_mini.drawing.page.questions import NO_QUIZ, Quiz
from autograd_mini.drawing.picture import Direction, Group, Picture, ValueBox
from autograd_mini.drawing.svg import svg_text
from autograd_mini.engine.value import Value
from autograd_mini.symbols.code import rows_text
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.tape import Tape

# A page holds its script packed, and runs it when it is unpacked.
UNPACK = """
const texts = [...document.querySelectorAll("template.script")].map(({ content }) => {
  const bytes = Uint8Array.from(atob(content.textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
});
const script = Object.assign(document.createElement("script"), { type: "module" });
script.textContent = (await Promise.all(texts)).join("");
document.head.append(script);
"""


@dataclass(frozen=True)
class Page:
    """A graph as a page: its picture, with a name in every box and room for any number.

    partials: whether an edge shows its derivative. quiz: the numbers to ask for.
    learns: the leaves that training moves; None for those named like weights and biases.
    """

    picture: Picture
    names: Names
    direction: Direction
    digits: int
    partials: bool
    quiz: Quiz = NO_QUIZ
    learns: tuple[Value, ...] | None = None

    def html(self) -> str:
        """Write the page. If JavaScript lacks an operation, the page only shows the picture.

        Raises: ValueError for a quiz on an operation that JavaScript lacks.
        """
        try:
            own = self._own_script()
        except ValueError as reason:
            if self.quiz.kinds:
                raise ValueError(f"there can be no quiz on this graph: {reason}") from None
            table = _table(table_rows(self.picture, self.digits))
            svg = svg_text(self.named, self.lettering, self.layout)
            return _document(summary(self.picture), f'<div class="picture">\n{svg}</div>\n{table}')
        title = self.quiz.title or heading(self.picture)
        start = "explore(document.querySelector('.inside'), DATA, ROWS, KINDS, { linked: true });"
        own = f"{own}\n{start}\n"
        packed = f"{_packed(packed_module())}{_packed(deflated(own))}"
        return _document(title, self.body() + packed, UNPACK, module_text() + own)

    def body(self) -> str:
        """The picture, the controls and an empty table, which the script fills."""
        whole = self.every_operation
        more = ""
        if whole is not None:
            packed = deflated(whole.blank_svg(style=False))
            more = f'<template class="operations">{packed}</template>\n'
        return more + body_text(self.blank_svg(), _table([]))

    @property
    def every_operation(self) -> Page | None:
        """The same page with every operation, if this one folds them."""
        if not self.picture.folded or self.picture.whole is None:
            return None
        partials = self.picture.whole.size <= LARGEST_WITH_PARTIALS
        return replace(self, picture=self.picture.whole, partials=partials)

    def script(self) -> str:
        """The module with `explore`, and DATA, ROWS and KINDS, which describe this graph.

        Raises: ValueError for an operation that JavaScript lacks.
        """
        return module_text() + self._own_script()

    def _own_script(self) -> str:
        tape = Tape(self.names.roots)
        rows = rows_text(tape.columns.rows)
        data = json.dumps(
            page_data(
                self.picture,
                self.names,
                tape,
                self.direction,
                self.digits,
                self.quiz,
                self.learns,
            ),
            separators=(",", ":"),
        )
        return f"{rows}\n{kinds_text(kinds(tape))}\nconst DATA = {data};"

    def blank_svg(self, *, style: bool = True) -> str:
        """The picture without numbers: the script fills them in, and a quiz must not hold them."""
        blank = without_numbers(self.lettering, self.named)
        boxes = (
            replace(box, grad=None)
            if isinstance(box, ValueBox)
            else replace(box, grad_norm=None)
            if isinstance(box, Group)
            else box
            for box in self.named.boxes
        )
        picture = replace(self.named, boxes=tuple(boxes))
        return svg_text(picture, blank, self.layout, titles=False, style=style)

    @cached_property
    def named(self) -> Picture:
        """The picture with a name in every box, as the page's sentences use them."""
        boxes = (
            replace(box, label=box.label or box.name) if isinstance(box, ValueBox) else box
            for box in self.picture.boxes
        )
        return replace(self.picture, boxes=tuple(boxes))

    @cached_property
    def lettering(self) -> dict[str, Lettering]:
        lettering = letter(
            self.named, digits=self.digits, partials=self.partials, direction=self.direction
        )
        return with_room(lettering, self.named, self.digits, direction=self.direction)

    @cached_property
    def layout(self) -> Layout:
        return lay_out(self.named, self.lettering, self.direction)


def _table(rows: Iterable[Row]) -> str:
    headings = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    lines = "".join(
        "<tr>" + "".join(f"<td>{xml_text(cell)}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    return f"""<details class="recorded">
<summary>All values</summary>
<table>
<thead><tr>{headings}</tr></thead>
<tbody>
{lines}</tbody>
</table>
</details>
"""


def _packed(script: str) -> str:
    return f'<template class="script">{script}</template>\n'


def _document(title: str, body: str, *scripts: str) -> str:
    """A page that runs the first script, which may run the others."""
    title = xml_text(title)
    policy = start = ""
    if scripts:
        # A picture that is saved as PNG is drawn from a blob.
        policy = f"; script-src {' '.join(map(_digest, scripts))}; img-src blob:"
        start = f'<script type="module">{scripts[0]}</script>\n'
    # A wide window often belongs to a projector, which is read from afar.
    size = "clamp(1rem, 0.3rem + 0.82vw, 1.5rem)"
    style = f"html {{ font-size: {size}; }} body {{ margin: 0; }} main {{ min-height: 100vh; }}"
    content = f"""<main class="explorer">
<div class="inside whole">
<h1>{title}</h1>
{body}</div>
</main>
{start}"""
    return html_document(title, style + style_text(), content, policy)


def html_document(title: str, style: str, content: str, policy: str = "") -> str:
    """An HTML file that loads nothing. policy: further rules of the content security policy."""
    strict = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{strict}{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{content}</body>
</html>
"""


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
