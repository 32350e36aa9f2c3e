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

from autograd_mini.compiler.targets.flat_javascript import rows_text
from autograd_mini.derivation.names import Names
from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.explorer import (
    compact,
    controls_text,
    explorer_data,
    kinds,
    kinds_text,
    module_text,
    style_text,
)
from autograd_mini.drawing.lettering import letter, with_room, without_numbers
from autograd_mini.drawing.palette import (
    BROKEN,
    INK_DARK,
    INK_LIGHT,
    LINE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
)
from autograd_mini.drawing.picture import Group, ValueBox
from autograd_mini.drawing.svg import svg_text
from autograd_mini.drawing.wording import HEADINGS, Row, summary, table_rows
from autograd_mini.graph import Tape

if TYPE_CHECKING:
    from autograd_mini.drawing.drawing import Drawing

_ZOOM = """<p class="zoom">
<button type="button" class="smaller" aria-label="Zoom out">&minus;</button>
<button type="button" class="larger" aria-label="Zoom in">+</button>
<button type="button" class="fit">Fit</button>
</p>
"""

_STYLE = f"""
:root {{ color-scheme: light dark; --broken: {BROKEN}; --positive: {POSITIVE}; --line: {LINE}; }}
body {{ margin: 1rem; font: 1rem Helvetica, Arial, sans-serif;
       color: {INK_LIGHT}; background: {PAPER_LIGHT}; }}
h1 {{ font-size: 1.1rem; overflow-wrap: anywhere; }}
.picture {{ overflow: auto; max-height: 80vh; border: 1px solid {LINE}; }}
.picture svg {{ display: block; }}
table {{ margin-top: 1rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.2rem 0.8rem; border-bottom: 1px solid {LINE}; text-align: left; }}
.recorded th:nth-child(n+3), .recorded td:nth-child(n+3) {{ text-align: right; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: {INK_DARK}; background: {PAPER_DARK}; }}
}}
"""


def page_text(drawing: Drawing) -> str:
    """Write a page; of a row that JavaScript cannot compute, one that shows and runs nothing.

    Raises: ValueError for a quiz on what JavaScript cannot compute.
    """
    picture, digits, quiz = drawing.picture, drawing.digits, drawing.quiz
    title = summary(picture)
    drawing = roomy(drawing)
    try:
        script = explorer_script(drawing)
    except ValueError as reason:
        if quiz:
            raise ValueError(f"there can be no quiz on this graph: {reason}") from None
        return _page(title, drawing.svg(), "", _table(table_rows(picture, digits)), "")
    if quiz:
        title = f"Quiz: find the {' and the '.join(quiz)}"
    start = "explore(document.getElementById('explorer'), DATA, ROWS, KINDS);"
    controls = _ZOOM + controls_text()
    table = _table([])  # the script fills it
    svg = explorer_svg(drawing)
    return _page(title, svg, controls, table, f"\n{script}\n{start}\n", bool(picture.groups))


def roomy(drawing: Drawing) -> Drawing:
    """The same with a name in every box, as the page speaks of them, and room for any number."""
    names = Names(drawing.roots)
    called = {f"v{number}": names(value) for number, value in enumerate(names.values, start=1)}
    boxes = (
        replace(box, label=box.label or called[box.id]) if isinstance(box, ValueBox) else box
        for box in drawing.picture.boxes
    )
    picture = replace(drawing.picture, boxes=tuple(boxes))
    partials = any(edge.startswith("e") for edge in drawing.lettering)
    lettering = letter(picture, digits=drawing.digits, partials=partials)
    lettering = with_room(lettering, picture, drawing.digits)
    return replace(drawing, picture=picture, lettering=lettering)


def explorer_svg(drawing: Drawing) -> str:
    """The picture for the script, which fills in the numbers; in a quiz they are not there."""
    picture, lettering = drawing.picture, drawing.lettering
    if drawing.quiz:
        lettering = without_numbers(lettering, picture)
        boxes = (
            replace(box, grad=None)
            if isinstance(box, ValueBox)
            else replace(box, steepness=None)
            if isinstance(box, Group)
            else box
            for box in picture.boxes
        )
        picture = replace(picture, boxes=tuple(boxes))
    return svg_text(picture, lettering, drawing.layout, titles=False)


def explorer_script(drawing: Drawing) -> str:
    """The module `explore` with what it needs of this graph: DATA, ROWS and KINDS.

    Raises: ValueError for a row that needs what JavaScript's Math has not.
    """
    tape = Tape(drawing.roots)
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


def _page(
    title: str, svg: str, controls: str, table: str, script: str, groups: bool = False
) -> str:
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
<style>{_STYLE}{style_text(groups)}</style>
</head>
<body>
<main id="explorer">
<h1>{title}</h1>
<div class="picture" tabindex="0" role="region" aria-label="graph">
{svg}</div>
{controls}{table}</main>
{script}</body>
</html>
"""
