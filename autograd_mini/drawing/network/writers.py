"""Writers of a network diagram: SVG, DOT and TikZ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from autograd_mini.drawing.dot import FONT
from autograd_mini.drawing.escape import dot_string
from autograd_mini.drawing.font_metrics import FONTS, fit_text, room
from autograd_mini.drawing.lettering import NUMBER_SIZE
from autograd_mini.drawing.network.layout import (
    LABEL_GAP,
    LABEL_ROW,
    Circle,
    NetworkLayout,
    NumberText,
    Point,
    WeightLine,
)
from autograd_mini.drawing.palette import (
    INK_DARK,
    INK_LIGHT,
    LINE,
    NEGATIVE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
)
from autograd_mini.drawing.svg import svg_document, text_element, title_element
from autograd_mini.symbols.latex import LatexPrinter
from autograd_mini.symbols.text import symbol

COLOURS = {"positive": POSITIVE, "negative": NEGATIVE, "way": LINE}
SMALL_SIZE = 11
INSIDE = 1.85  # the width of a text in a circle, in radii
HEADING_Y = 24.0
POINTS = 0.75  # a pixel in TikZ, in points

_STYLE = f"""
text {{ font-family: {FONTS}; fill: {INK_LIGHT};
       font-size: {NUMBER_SIZE}px; text-anchor: middle; white-space: pre; }}
.name {{ font-weight: bold; }}
.small {{ font-size: {SMALL_SIZE}px; fill-opacity: 0.8; }}
.paper {{ fill: {PAPER_LIGHT}; }}
circle {{ fill: {PAPER_LIGHT}; stroke: {INK_LIGHT}; stroke-width: 1.5; }}
.input circle {{ stroke: {LINE}; }}
.root circle {{ stroke-width: 3; }}
.dots circle {{ fill: {LINE}; stroke: none; }}
.positive line {{ stroke: {POSITIVE}; }}
.negative line {{ stroke: {NEGATIVE}; }}
.way line {{ stroke: {LINE}; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: {INK_DARK}; }}
  .paper, .input circle, .unit circle, .root circle {{ fill: {PAPER_DARK}; }}
  .unit circle, .root circle {{ stroke: {INK_DARK}; }}
}}
"""


def svg_of(layout: NetworkLayout) -> str:
    """Write a whole SVG document."""
    head = [title_element(layout.summary), f"<style>{_STYLE}</style>"]
    lines = [
        *(text_element("small", x, HEADING_Y, name) for x, name in layout.headings),
        *map(_svg_line, layout.lines),
        *(_svg_label(line) for line in layout.lines),
        *(_svg_circle(circle, layout.named) for circle in layout.circles),
        *map(_svg_dots, layout.dots),
    ]
    size = (layout.width, layout.height)
    return svg_document(size, head, list(filter(None, lines)))


def _svg_dots(place: Point) -> str:
    x, y = place
    dots = (f'<circle cx="{x:.1f}" cy="{y + drop:.1f}" r="2"/>' for drop in (-9, 0, 9))
    return f'<g class="dots">{"".join(dots)}</g>'


def _svg_line(line: WeightLine) -> str:
    (x1, y1), (x2, y2) = line.at(0), line.at(1)
    title = title_element(line.title) if line.title else ""
    return (
        f'<g class="{line.kind}"><line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke-width="{line.width:.2f}">{title}</line></g>'
    )


def _svg_label(line: WeightLine) -> str:
    """The text of a line on a piece of paper, which keeps it off the line."""
    if line.text is None or line.label is None:
        return ""
    (x, y), rows = line.label, line.text.rows()
    width = max(room(row, NUMBER_SIZE) for row in rows) + LABEL_GAP
    height = LABEL_ROW * len(rows)
    paper = (
        f'<rect class="paper" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
        f'width="{width:.1f}" height="{height:g}" rx="3"/>'
    )
    return paper + _svg_rows(x, y, rows)


def _svg_rows(x: float, y: float, rows: Sequence[str]) -> str:
    """Rows of text around a middle, the first larger."""
    top = y - LABEL_ROW * len(rows) / 2 + 11
    return "".join(
        text_element("small" if place else "number", x, top + LABEL_ROW * place, row)
        for place, row in enumerate(rows)
    )


def _svg_circle(circle: Circle, named: bool) -> str:
    x, y, width = circle.x, circle.y, INSIDE * circle.radius
    parts = [
        f'<g id="{circle.id}" class="{circle.kind}">{title_element(circle.title)}',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{circle.radius:g}"/>',
    ]
    if not named:
        parts.append(text_element("small", x, y + 4, fit_text(circle.text.data, SMALL_SIZE, width)))
        return "".join([*parts, "</g>"])
    rows = [("name", circle.text.name), ("number", circle.text.data)]
    rows += [("small", circle.text.grad)] if circle.text.grad else []
    top = y - 15 * len(rows) / 2 + 12
    for place, (kind, text) in enumerate(rows):
        parts.append(text_element(kind, x, top + 15 * place, fit_text(text, NUMBER_SIZE, width)))
    for drop, bias in zip(circle.drops(), circle.biases):
        parts.append(_svg_rows(x, y + drop, bias.rows()))
    return "".join([*parts, "</g>"])


def dot_of(layout: NetworkLayout) -> str:
    """Write DOT source, with the places of circles for neato; dot lays them out by itself."""
    return "\n".join(["digraph {", *_dot_lines(layout), "}", ""])


def _dot_lines(layout: NetworkLayout) -> Iterator[str]:
    font = f'fontname="{FONT}"'
    summary = dot_string(layout.summary)
    yield f"  graph [rankdir=LR nodesep=0.3 ranksep=1.2 splines=line tooltip={summary}]"
    yield f"  node [shape=circle {font} fontsize={NUMBER_SIZE} margin=0.02]"
    yield f"  edge [{font} fontsize={SMALL_SIZE} arrowhead=none]"
    for circle in layout.circles:
        text = circle.text
        rows = [text.name, *text.rows()[1:]] if layout.named else []
        rows.insert(1, text.data)
        if layout.named:
            rows += [row for bias in circle.biases for row in bias.rows()]
        yield (
            f"  {circle.id} [label={_dot_rows(rows)} tooltip={dot_string(circle.title)} "
            f'pos="{circle.x:.1f},{layout.height - circle.y:.1f}"'
            f"{' penwidth=2.5' if circle.kind == 'root' else ''}]"
        )
    for line in layout.lines:
        rows = [] if line.text is None or line.label is None else line.text.rows()
        yield (
            f"  {line.source.id} -> {line.target.id} [label={_dot_rows(rows)} "
            f'color="{COLOURS[line.kind]}" penwidth={line.width:.2f} '
            f"tooltip={dot_string(line.title)}]"
        )


def _dot_rows(rows: Sequence[str]) -> str:
    return '"' + r"\n".join(dot_string(row)[1:-1] for row in rows) + '"'


def tikz_of(layout: NetworkLayout) -> str:
    r"""Write a tikzpicture, to be read with \input."""
    return "\n".join([*_tikz_lines(layout), ""])


def _tikz_lines(layout: NetworkLayout) -> Iterator[str]:
    yield rf"% {layout.summary}. In the preamble: \usepackage{{amsmath, tikz}}"
    for kind, colour in COLOURS.items():
        yield rf"\definecolor{{{kind}}}{{HTML}}{{{colour[1:].upper()}}}"
    yield rf"\begin{{tikzpicture}}[x={POINTS}pt, y=-{POINTS}pt,"
    yield r"    note/.style={font=\scriptsize, align=center, inner sep=1pt},"
    yield r"    unit/.style={note, circle, draw, fill=white},"
    yield r"    input/.style={unit, draw=way}, root/.style={unit, very thick}]"
    for circle in layout.circles:
        text = circle.text
        rows = [_tikz_name(text.name)] if layout.named else []
        rows += [_tikz_number(each) for each in (text.data, text.grad if layout.named else "")]
        size = f"minimum size={2 * circle.radius * POINTS:.1f}pt"
        content = _tikz_rows(f"${row}$" for row in rows if row)
        at = _tikz_at(circle.x, circle.y)
        yield rf"  \node[{circle.kind}, {size}] ({circle.id}) at {at} {content};"
        for drop, bias in zip(circle.drops(), circle.biases if layout.named else ()):
            yield rf"  \node[note] at {_tikz_at(circle.x, circle.y + drop)} {_tikz_label(bias)};"
    for line in layout.lines:
        width = f"line width={line.width * POINTS:.2f}pt"
        yield rf"  \draw[{line.kind}, {width}] ({line.source.id}) -- ({line.target.id});"
    for line in layout.lines:
        if line.text is not None and line.label is not None:
            label = _tikz_label(line.text)
            yield rf"  \node[note, fill=white] at {_tikz_at(*line.label)} {label};"
    for x, y in layout.dots:
        yield rf"  \node at {_tikz_at(x, y)} {{$\vdots$}};"
    for x, name in layout.headings:
        yield rf"  \node[note] at {_tikz_at(x, HEADING_Y - 4)} {{${_tikz_name(name)}$}};"
    yield r"\end{tikzpicture}"


def _tikz_at(x: float, y: float) -> str:
    return f"({x:.1f},{y:.1f})"


def _tikz_label(text: NumberText) -> str:
    equals = f"{_tikz_name(text.name)} = " if text.name else ""
    grad = [rf"\tiny grad ${_tikz_number(text.grad)}$"] if text.grad else []
    return _tikz_rows([f"${equals}{_tikz_number(text.data)}$", *grad])


def _tikz_rows(rows: Iterable[str]) -> str:
    return "{" + r" \\[-1pt] ".join(rows) + "}"


def _tikz_number(number: str) -> str:
    """The number in mathematics."""
    minus, digits = _split_minus(number)
    return minus + LatexPrinter().decimal(digits)


def _tikz_name(name: str) -> str:
    """A name in mathematics, as a function of a name if it is one: sigmoid(net)."""
    minus, name = _split_minus(name)
    function, parenthesis, argument = name.partition("(")
    argument = argument.removesuffix(")")
    printer = LatexPrinter()
    if parenthesis and symbol(function) and symbol(argument):
        return rf"\mathrm{{{function}}}({printer.name(argument)[0]})"
    return minus + printer.name(name)[0]


def _split_minus(text: str) -> tuple[str, str]:
    """The sign of a subtracted bias for LaTeX, and the rest."""
    rest = text.removeprefix("\N{MINUS SIGN}")
    return "" if rest == text else "-", rest
