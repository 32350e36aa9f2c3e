"""A picture as a web page that explores itself: step by step, and with other leaves.

The page loads nothing, and its policy lets nothing run but the one script that is named by hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.lettering import letter, with_room, without_numbers
from autograd_mini.drawing.page.explorer import (
    compact,
    controls_text,
    explorer_data,
    kinds,
    kinds_text,
    module_text,
    style_text,
)
from autograd_mini.drawing.picture import Group, ValueBox
from autograd_mini.drawing.svg import svg_text
from autograd_mini.drawing.wording import HEADINGS, Row, heading, summary, table_rows
from autograd_mini.engine.graph import Tape
from autograd_mini.symbols.javascript import rows_text

if TYPE_CHECKING:
    from autograd_mini.drawing.drawing import Drawing


def page_text(drawing: Drawing) -> str:
    """Write a page; of a row that JavaScript cannot compute, one that shows and runs nothing.

    Raises: ValueError for a quiz on what JavaScript cannot compute.
    """
    picture, digits, quiz = drawing.picture, drawing.digits, drawing.quiz
    drawing = roomy(drawing)
    try:
        script = explorer_script(drawing)
    except ValueError as reason:
        if quiz:
            raise ValueError(f"there can be no quiz on this graph: {reason}") from None
        table = _table(table_rows(picture, digits))
        return _page(summary(picture), _body(drawing.svg(), "", table), "")
    title = f"Quiz: find the {' and the '.join(quiz)}" if quiz else heading(picture)
    start = "explore(document.querySelector('.explorer'), DATA, ROWS, KINDS, { linked: true });"
    groups = bool(picture.groups)
    return _page(title, explorer_body(drawing), f"\n{script}\n{start}\n", groups=groups)


def roomy(drawing: Drawing) -> Drawing:
    """The same with a name in every box, as the page speaks of them, and room for any number."""
    boxes = (
        replace(box, label=box.label or box.name) if isinstance(box, ValueBox) else box
        for box in drawing.picture.boxes
    )
    picture = replace(drawing.picture, boxes=tuple(boxes))
    partials = any(edge.startswith("e") for edge in drawing.lettering)
    lettering = letter(picture, digits=drawing.digits, partials=partials)
    lettering = with_room(lettering, picture, drawing.digits)
    return replace(drawing, picture=picture, lettering=lettering)


def explorer_svg(drawing: Drawing) -> str:
    """The picture for the script, which fills in the numbers; in a quiz they must not be there."""
    blank = without_numbers(drawing.lettering, drawing.picture)
    boxes = (
        replace(box, grad=None)
        if isinstance(box, ValueBox)
        else replace(box, steepness=None)
        if isinstance(box, Group)
        else box
        for box in drawing.picture.boxes
    )
    picture = replace(drawing.picture, boxes=tuple(boxes))
    return svg_text(picture, blank, drawing.layout, titles=False)


def explorer_script(drawing: Drawing) -> str:
    """The module `explore` with what it needs of this graph: DATA, ROWS and KINDS.

    Raises: ValueError for a row that needs what JavaScript's Math has not.
    """
    tape = Tape(drawing.names.roots)
    rows = rows_text(tape.rows)
    data = json.dumps(explorer_data(drawing, tape), separators=(",", ":"))
    # In a script "</script>" would end it, wherever it stands, and "<!--" would change its reading.
    for sign in "/!sS":
        data = data.replace(f"<{sign}", f"\\u003c{sign}")
    generated = compact(f"{rows}\n{kinds_text(kinds(tape))}")
    return f"{module_text(bool(drawing.picture.groups))}{generated}\nconst DATA = {data};"


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


def explorer_body(drawing: Drawing) -> str:
    """What the script brings to life, in HTML."""
    return _body(explorer_svg(drawing), controls_text(), _table([]))  # the script fills the table


def _body(svg: str, controls: str, table: str) -> str:
    return f"""<div class="picture" tabindex="0" role="region" aria-label="graph">
{svg}</div>
{controls}{table}"""


def _page(title: str, body: str, script: str, *, groups: bool = False) -> str:
    title = xml_text(title)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
    if script:
        policy += f"; script-src 'sha256-{digest}'"
        script = f'<script type="module">{script}</script>\n'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 0; }} main {{ min-height: 90vh; }}{style_text(groups=groups)}</style>
</head>
<body>
<main class="explorer">
<h1>{title}</h1>
{body}</main>
{script}</body>
</html>
"""
