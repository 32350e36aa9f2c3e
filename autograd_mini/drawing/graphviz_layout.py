"""A layout made by Graphviz's `dot`, which sees sizes and ids of ours and no user's text."""

from __future__ import annotations

import json
from typing import Any

from autograd_mini.drawing.dot import FONT, POINTS_PER_INCH, cluster_lines
from autograd_mini.drawing.graphviz_program import GraphvizError, run_dot
from autograd_mini.drawing.layout.layout import (
    FRAME_PADDING,
    FRAME_TITLE,
    Direction,
    Layout,
    Place,
    Point,
    Wire,
    fitted,
    frames_around,
)
from autograd_mini.drawing.lettering import NOTE_SIZE, Lettering
from autograd_mini.drawing.picture import Picture

# A network takes a tenth of this; a chain of 50 steps that one value feeds all along, a minute.
SECONDS = 2.0


def graphviz_layout(
    picture: Picture, lettering: dict[str, Lettering], direction: Direction
) -> Layout:
    """Let `dot` lay a picture out.

    Raises: GraphvizError.
    """
    output = run_dot(_question(picture, lettering, direction), ["-Tjson0"], seconds=SECONDS)
    try:
        return _answer(json.loads(output), picture, lettering)
    except (ValueError, LookupError, TypeError, AttributeError) as reason:
        raise GraphvizError(f"'dot' gave a layout that cannot be read: {reason!r}") from reason


def _question(picture: Picture, lettering: dict[str, Lettering], direction: Direction) -> str:
    sides = f"rankdir={direction} nodesep=0.2 ranksep=0.3 fontsize={FRAME_TITLE - 5}"
    lines = [
        f'digraph {{ graph [{sides}]; node [fixedsize=true label=""]',
        f'edge [fontname="{FONT}" fontsize={NOTE_SIZE}]',
    ]
    for box in picture.boxes:
        for name in box.nodes():
            text = lettering[name]
            shape = (
                "ellipse" if name == box.entry != box.id and text.width == text.height else "box"
            )
            width, height = text.width / POINTS_PER_INCH, text.height / POINTS_PER_INCH
            lines.append(f"{name} [shape={shape} width={width:.4f} height={height:.4f}]")
    for box in picture.boxes:
        for operand in box.operands:
            # A partial is a number: text that dot cannot take for anything else.
            note = lettering.get(operand.edge)
            label = "" if note is None else f' label="{note.rows[0]}"'
            lines.append(f"{operand.source} -> {box.entry} [id={operand.edge}{label}]")
        if box.entry != box.id:
            lines.append(f"{box.entry} -> {box.id} [id=r{box.number} weight=4]")
    lines += cluster_lines(picture, lambda _: f'label=" " margin={FRAME_PADDING}')
    return "\n".join([*lines, "}"])


def _answer(answer: Any, picture: Picture, lettering: dict[str, Lettering]) -> Layout:
    nodes = {node["_gvid"]: node for node in answer["objects"] if "pos" in node}
    places = {node["name"]: _place(node["pos"], lettering[node["name"]]) for node in nodes.values()}
    members: dict[tuple[str, ...], list[Place]] = {}
    for box in picture.boxes:
        members.setdefault(box.scope, []).extend(places[name] for name in box.nodes())
    wires = []
    for edge in answer.get("edges", ()):
        name = edge["id"]
        if name in lettering:
            places[name] = _place(edge["lp"], lettering[name])
        ends = nodes[edge["tail"]]["name"], nodes[edge["head"]]["name"]
        wires.append(Wire(name, *ends, _course(edge["pos"])))
    if places.keys() != lettering.keys():
        raise ValueError("not everything has a place")
    return fitted(places, wires, frames_around(members))


def _place(position: str, text: Lettering) -> Place:
    x, y = _point(position)
    return Place(x, y, text.width, text.height)


def _course(position: str) -> tuple[Point, ...]:
    """The points of an edge, `e,tip start point point ...`, as curves that end at the tip."""
    tip, *points = map(_point, position.removeprefix("e,").split())
    return (*points, points[-1], points[-1], tip)


def _point(text: str) -> Point:
    """A point with y downwards."""
    x, y = text.split(",")
    return float(x), -float(y)
