"""A picture as a web page that explores itself: step by step, and with other leaves.

The page loads nothing, and its policy lets nothing run but the one script that is named by hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence

from autograd_mini.compiler.targets.flat_javascript import rows_text
from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.explorer import explorer_data, module_text, style_text
from autograd_mini.drawing.layout import Direction
from autograd_mini.drawing.palette import (
    BROKEN,
    INK_DARK,
    INK_LIGHT,
    LINE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
)
from autograd_mini.drawing.picture import Picture
from autograd_mini.drawing.wording import HEADINGS, summary, table_rows
from autograd_mini.graph import Tape
from autograd_mini.value import Value

_CONTROLS = """<div class="controls">
<button type="button" class="back">Back</button>
<input type="range" class="step" min="0" aria-label="Step">
<button type="button" class="forward">Forward</button>
<button type="button" class="play">Play</button>
<button type="button" class="reset">Reset</button>
<button type="button" class="smaller" aria-label="Zoom out">&minus;</button>
<button type="button" class="larger" aria-label="Zoom in">+</button>
<button type="button" class="fit">Fit</button>
</div>
<div class="told" role="status" aria-live="polite"></div>
<div class="answer" role="status" aria-live="polite"></div>
<div class="controls" role="group" aria-label="Training">
<label>Rate <input type="text" class="rate" inputmode="decimal" value="0.5" size="6"></label>
<button type="button" data-rounds="1">1 round</button>
<button type="button" data-rounds="100">100 rounds</button>
<button type="button" data-rounds="10000">10,000 rounds</button>
<span class="rounds" role="status"></span>
<span class="learning"></span>
</div>
<figure class="curve" hidden>
<svg viewBox="-1 -1 102 102" preserveAspectRatio="none" aria-hidden="true">
<polyline class="losses" points=""/></svg>
<figcaption>Loss over rounds, on a logarithmic scale where it stays above 0</figcaption>
</figure>
<div class="leaves" role="group" aria-label="Leaves"></div>
"""

_STYLE = f"""
:root {{ color-scheme: light dark; --broken: {BROKEN}; --positive: {POSITIVE};
        --line: {LINE}; --sheet: {PAPER_LIGHT}; }}
body {{ margin: 1rem; font: 1rem Helvetica, Arial, sans-serif;
       color: {INK_LIGHT}; background: {PAPER_LIGHT}; }}
h1 {{ font-size: 1.1rem; overflow-wrap: anywhere; }}
.picture {{ overflow: auto; max-height: 80vh; border: 1px solid {LINE}; }}
.picture svg {{ display: block; }}
table {{ margin-top: 1rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.2rem 0.8rem; border-bottom: 1px solid {LINE}; text-align: left; }}
th:nth-child(n+3), td:nth-child(n+3) {{ text-align: right; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --sheet: {PAPER_DARK}; }}
  body {{ color: {INK_DARK}; background: {PAPER_DARK}; }}
}}
"""


def page_text(
    picture: Picture, svg: str, digits: int, direction: Direction, roots: Sequence[Value]
) -> str:
    """Write a page; of a row that JavaScript cannot compute, one that shows and runs nothing."""
    tape = Tape(roots)
    try:
        rows = rows_text(tape.rows)
    except ValueError:
        return _page(picture, svg, digits, "", "")
    # In a script "</script>" would end it, wherever it stands.
    graph = explorer_data(roots, tape, picture, digits, direction)
    data = json.dumps(graph, separators=(",", ":"))
    data = data.replace("<", "\\u003c")
    start = f'explore(document.getElementById("explorer"), {data}, ROWS);'
    return _page(picture, svg, digits, _CONTROLS, f"\n{module_text()}\n{rows}\n{start}\n")


def _page(picture: Picture, svg: str, digits: int, controls: str, script: str) -> str:
    title = xml_text(summary(picture))
    headings = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{xml_text(cell)}</td>" for cell in row) + "</tr>"
        for row in table_rows(picture, digits)
    )
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
<style>{_STYLE}{style_text()}</style>
</head>
<body>
<main id="explorer">
<h1>{title}</h1>
<div class="picture" tabindex="0" role="region" aria-label="graph">
{svg}</div>
{controls}<details>
<summary>The values as they were recorded</summary>
<table>
<thead><tr>{headings}</tr></thead>
<tbody>
{lines}
</tbody>
</table>
</details>
</main>
{script}</body>
</html>
"""
