"""A picture as a web page: the SVG to scroll in, and a table of the values."""

from __future__ import annotations

from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.palette import INK_DARK, INK_LIGHT, LINE, PAPER_DARK, PAPER_LIGHT
from autograd_mini.drawing.picture import Picture
from autograd_mini.drawing.wording import HEADINGS, summary, table_rows

_STYLE = f"""
:root {{ color-scheme: light dark; }}
body {{ margin: 1rem; font: 1rem Helvetica, Arial, sans-serif;
       color: {INK_LIGHT}; background: {PAPER_LIGHT}; }}
h1 {{ font-size: 1.1rem; overflow-wrap: anywhere; }}
.picture {{ overflow: auto; max-height: 80vh; border: 1px solid {LINE}; }}
.picture svg {{ display: block; }}
table {{ margin-top: 1rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.2rem 0.8rem; border-bottom: 1px solid {LINE}; text-align: left; }}
th:nth-child(n+3), td:nth-child(n+3) {{ text-align: right; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: {INK_DARK}; background: {PAPER_DARK}; }}
}}
"""


def page_text(picture: Picture, svg: str, digits: int) -> str:
    """Write a page that loads nothing and runs nothing."""
    title = xml_text(summary(picture))
    headings = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{xml_text(cell)}</td>" for cell in row) + "</tr>"
        for row in table_rows(picture, digits)
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<div class="picture" tabindex="0" role="region" aria-label="graph">
{svg}</div>
<table>
<thead><tr>{headings}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""
