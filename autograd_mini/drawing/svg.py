"""SVG: a laid-out picture, for light and dark surroundings, and the elements of every drawing.

The picture brings its own paper: inside an `<img>` it follows the reader's system, which need not
be what the page around it does. Every box, circle, constant and wire is an element with its id;
the partial written at edge `e7_0` is `p7_0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd_mini.drawing.description import describe, describe_edge, summary
from autograd_mini.drawing.escape import shorten, xml_text
from autograd_mini.drawing.font_metrics import FONTS, fit_text
from autograd_mini.drawing.layout.layout import FRAME_TITLE, Layout, Rectangle, ScopeFrame, Wire
from autograd_mini.drawing.lettering import (
    FORMULA_ROW,
    KEYS,
    LABEL_ROW,
    LABEL_SIZE,
    LONGEST_LABEL,
    NOTE_SIZE,
    NUMBER_ROW,
    NUMBER_SIZE,
    PADDING,
    TITLE_SIZE,
    Lettering,
)
from autograd_mini.drawing.palette import (
    BROKEN,
    FRAME_DARK,
    FRAME_LIGHT,
    INK_DARK,
    INK_LIGHT,
    LINE,
    MIXED,
    NEGATIVE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
    kind,
    strength,
)
from autograd_mini.drawing.picture import Box, DrawnOperation, Group, Picture, Stub, ValueBox
from autograd_mini.symbols.text import printable

BASELINE = 0.36  # of the font size, from the middle of a row down to where letters stand

ASTERISK_DROP = 3  # * and ** stand high above the line

_STYLE = f"""
text {{ font-family: {FONTS}; fill: {INK_LIGHT};
       white-space: pre; }}
.label {{ font-size: {LABEL_SIZE}px; text-anchor: middle; }}
.key, .number {{ font-size: {NUMBER_SIZE}px; }}
.key {{ fill-opacity: 0.72; }}
.number {{ text-anchor: end; font-variant-numeric: tabular-nums; }}
.note {{ font-size: {NOTE_SIZE}px; text-anchor: end; fill-opacity: 0.72; }}
.note.after {{ text-anchor: start; }}
.formula {{ font-size: {NUMBER_SIZE}px; text-anchor: middle; fill-opacity: 0.72; }}
.title {{ font-size: {TITLE_SIZE}px; fill-opacity: 0.72; }}
.paper {{ fill: {PAPER_LIGHT}; }}
.frame rect {{ fill: {FRAME_LIGHT}; stroke: {LINE}; stroke-opacity: 0.5; }}
.value rect {{ stroke: {LINE}; fill: none; }}
.value path {{ stroke: {LINE}; stroke-opacity: 0.5; }}
.positive rect {{ stroke: {POSITIVE}; fill: {POSITIVE}; }}
.negative rect {{ stroke: {NEGATIVE}; fill: {NEGATIVE}; }}
.broken rect {{ stroke: {BROKEN}; stroke-width: 2.5; stroke-dasharray: 5 3; }}
.broken .number {{ fill: {BROKEN}; font-weight: bold; }}
.root rect {{ stroke-width: 2.5; }}
.operation rect {{ fill: {PAPER_LIGHT}; stroke: {INK_LIGHT}; }}
.constant rect {{ fill: none; stroke: {LINE}; }}
.wires path {{ fill: none; stroke: {LINE}; stroke-width: 1.2; marker-end: url(#arrow); }}
.wires .bare {{ marker-end: none; }}
.arrow {{ fill: {LINE}; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: {INK_DARK}; }}
  .paper, .operation rect {{ fill: {PAPER_DARK}; }}
  .frame rect {{ fill: {FRAME_DARK}; }}
  .operation rect {{ stroke: {INK_DARK}; }}
}}
"""

# After the other style, whose colours of kinds must not be overruled.
_STYLE_OF_GROUPS = f"""
:where(.group) rect {{ stroke: {LINE}; fill: none; }}
.group path {{ stroke: {LINE}; stroke-opacity: 0.5; }}
.mixed rect {{ stroke: {MIXED}; fill: {MIXED}; }}
.group .stack {{ fill: none; stroke-opacity: 1; }}
.stub rect {{ fill: none; stroke: {LINE}; stroke-dasharray: 2 2; }}
.stub .label {{ font-size: {NOTE_SIZE}px; }}
"""

_CLASSES = {ValueBox: "value", Group: "group", Stub: "stub"}

_ARROW_HEAD = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" '
    'markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">'
    '<path class="arrow" d="M0,0.5L8,4L0,7.5z"/></marker></defs>'
)


def svg_text(
    picture: Picture,
    lettering: dict[str, Lettering],
    layout: Layout,
    *,
    titles: bool = True,
    style: bool = True,
) -> str:
    """Write the whole SVG document.

    titles: whether it, its boxes and its edges have titles, with their numbers.
    style: whether it has a stylesheet; one that replaces another in a page gets the other's.
    """
    head = [
        title_element(summary(picture)) if titles else "",
        f"<style>{_STYLE}{_STYLE_OF_GROUPS if picture.groups else ''}</style>" if style else "",
        _ARROW_HEAD,
    ]
    parts = list(svg_parts(picture, lettering, layout, titles=titles))
    return svg_document((layout.width, layout.height), head, parts)


def svg_document(size: tuple[float, float], head: list[str], content: list[str]) -> str:
    """A whole SVG document. head: title, style and definitions. content: what is on the paper."""
    width, height = (f"{side:.0f}" for side in size)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">',
            *head,
            f'<rect class="paper" width="{width}" height="{height}"/>',
            *content,
            "</svg>",
            "",
        ]
    )


def title_element(text: str) -> str:
    """The tooltip of the element around it, or the title of a document."""
    return f"<title>{xml_text(text)}</title>"


def text_element(kind: str, x: float, y: float, text: str) -> str:
    """A text in SVG, of a class."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{xml_text(text)}</text>'


def svg_parts(
    picture: Picture, lettering: dict[str, Lettering], layout: Layout, *, titles: bool
) -> Iterator[str]:
    """Write the frames, then the wires, then the boxes."""
    ends = {wire.id: wire.points[-1][0] for wire in layout.wires}
    yield from map(_frame, layout.frames)
    yield '<g class="wires">'
    yield from _wires(picture, layout, titles)
    yield "</g>"
    for box in picture.boxes:
        title = title_element(describe(box)) if titles else ""
        yield _box(box, picture, lettering[box.id], layout.places[box.id], title)
        if box.operation is not None:
            yield from _operation(box.operation, lettering, layout.places)
        yield from _notes(box, lettering, layout.places, ends)


def _box(box: Box, picture: Picture, text: Lettering, place: Rectangle, title: str) -> str:
    label, *numbers = text.rows
    root = " root" if box.id in picture.roots else ""
    left, right = place.left, place.right
    tinted = strength(box, picture)
    tint = f' fill-opacity="{tinted:.2f}"' if tinted else ""
    parts = [
        f'<g id="{box.id}" class="{_CLASSES[type(box)]} {kind(box)}{root}">',
        title,
        _stack(place) if isinstance(box, Group) else "",
        _rectangle(place, 7 if box.operands and not isinstance(box, Group) else 0, tint),
    ]
    row = place.top + 3
    if label:
        parts.append(_text("label", place.x, row + LABEL_ROW / 2, LABEL_SIZE, label))
        row += LABEL_ROW
    for line in text.formula:
        parts.append(_text("formula", place.x, row + FORMULA_ROW / 2 - 1, NUMBER_SIZE, line))
        row += FORMULA_ROW
    if label and numbers:
        parts.append(f'<path d="M{_at(left)},{_at(row)}H{_at(right)}"/>')
    for key, number in zip(KEYS[type(box)], numbers, strict=True):
        middle = row + NUMBER_ROW / 2
        parts.append(_text("key", left + PADDING, middle, NUMBER_SIZE, key))
        name = key.strip("|")
        parts.append(_text(f"number {name}", right - PADDING, middle, NUMBER_SIZE, number))
        row += NUMBER_ROW
    return "".join([*parts, "</g>"])


def _stack(place: Rectangle) -> str:
    """The edges of two more boxes behind the box of a group, as in a stack of cards."""
    return "".join(
        f'<path class="stack" d="M{_at(place.left + step)},{_at(place.top - step)}'
        f'H{_at(place.right + step)}V{_at(place.bottom - step)}"/>'
        for step in (4, 2)
    )


def _operation(
    operation: DrawnOperation, lettering: dict[str, Lettering], places: dict[str, Rectangle]
) -> Iterator[str]:
    place = places[operation.id]
    symbol = lettering[operation.id].rows[0]
    middle = place.y + (ASTERISK_DROP if symbol.strip("*") == "" else 0)
    yield (
        f'<g id="{operation.id}" class="operation">{_rectangle(place, place.height / 2)}'
        f"{_text('label', place.x, middle, LABEL_SIZE, symbol)}</g>"
    )
    for operand in operation.operands:
        if operand.constant is not None:
            place, text = places[operand.source], lettering[operand.source].rows[0]
            yield (
                f'<g id="{operand.source}" class="constant">{_rectangle(place, 0)}'
                f"{_text('number', place.right - 5, place.y, NUMBER_SIZE, text)}</g>"
            )


def _notes(
    box: Box, lettering: dict[str, Lettering], places: dict[str, Rectangle], ends: dict[str, float]
) -> Iterator[str]:
    """The partials beside the edges into a box; a wider one than expected keeps off its arrow.

    ends: the x at which each edge arrives.
    """
    for operand in box.operands:
        if operand.constant is None and operand.edge in places:
            place, text = places[operand.edge], lettering[operand.edge].rows[0]
            if place.left > ends[operand.edge]:
                note = _text("note after", place.left, place.y, NOTE_SIZE, text)
            else:
                note = _text("note", place.right, place.y, NOTE_SIZE, text)
            yield f'<g id="p{operand.edge[1:]}">{note}</g>'


def _wires(picture: Picture, layout: Layout, titles: bool) -> Iterator[str]:
    """Wires below the boxes; with titles, an edge has one with its partial."""
    said = {
        operand.edge: describe_edge(box, operand, picture)
        for box in picture.boxes
        for operand in box.operands
        if titles and operand.constant is None
    }
    for wire in layout.wires:
        bare = "" if wire.arrow else ' class="bare"'
        path = f'<path id="{wire.id}"{bare} d="{_path(wire)}"'
        if wire.id in said:
            yield f"{path}>{title_element(said[wire.id])}</path>"
        else:
            yield f"{path}/>"


def _path(wire: Wire) -> str:
    start, *rest = (f"{_at(x)},{_at(y)}" for x, y in wire.points)
    return f"M{start}C{' '.join(rest)}"


def _frame(frame: ScopeFrame) -> str:
    place = frame.place
    name = shorten(printable(frame.scope[-1]), LONGEST_LABEL)
    title = fit_text(name, TITLE_SIZE, place.width - 2 * PADDING)
    row = place.top + FRAME_TITLE / 2 + 3
    return (
        f'<g class="frame">{title_element(" / ".join(frame.scope))}'
        f"{_rectangle(place, 8)}{_text('title', place.left + PADDING, row, TITLE_SIZE, title)}</g>"
    )


def _rectangle(place: Rectangle, radius: float, more: str = "") -> str:
    return (
        f'<rect x="{_at(place.left)}" y="{_at(place.top)}" width="{_at(place.width)}" '
        f'height="{_at(place.height)}" rx="{radius:g}"{more}/>'
    )


def _text(kind: str, x: float, middle: float, size: float, text: str) -> str:
    y = middle + BASELINE * size
    return f'<text class="{kind}" x="{_at(x)}" y="{_at(y)}">{xml_text(text)}</text>'


def _at(coordinate: float) -> str:
    return f"{coordinate:.1f}".removesuffix(".0")
