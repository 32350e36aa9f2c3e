"""A picture as Mermaid text, which GitHub and others draw where it stands in a Markdown file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autograd_mini.drawing.description import summary
from autograd_mini.drawing.escape import shorten
from autograd_mini.drawing.lettering import KEYS, LONGEST_LABEL, Lettering
from autograd_mini.drawing.palette import COLOURS, INK_LIGHT, LINE, PAPER_LIGHT, kind, on_paper
from autograd_mini.drawing.picture import Box, Direction, Group, Picture, Scope
from autograd_mini.symbols.text import printable

TINT = 0.25  # a class has one colour, so that every gradient of a sign has one

# What Mermaid, its Markdown or HTML could take for something else; an underscore within a word is
# none of these.
_MARKS = re.compile(r"[!-/:-@\[-^`{-~]|(?<![^\W_])_|_(?![^\W_])")


def mermaid_text(picture: Picture, lettering: dict[str, Lettering], direction: Direction) -> str:
    """Write a flowchart."""
    lines = [f"flowchart {direction}", f"  %% {_without_orders(summary(picture))}"]
    lines += _nodes_in_frames(picture, lettering)
    for box in picture.boxes:
        for operand in box.operands:
            note = f'|"{lettering[operand.edge].rows[0]}"|' if operand.edge in lettering else ""
            lines.append(f"  {operand.source} -->{note} {box.entry}")
        if box.entry != box.id:
            lines.append(f"  {box.entry} --> {box.id}")
    return "\n".join([*lines, *_classes(picture), ""])


def mermaid_label(text: str) -> str:
    """Write a text for a quoted label.

    >>> print(mermaid_label('say "hi" to w_1'))
    say #34;hi#34; to w_1
    """
    marked = _MARKS.sub(lambda mark: f"#{ord(mark[0])};", printable(text))
    return _without_orders(marked)


def _nodes_in_frames(picture: Picture, lettering: dict[str, Lettering]) -> Iterator[str]:
    """The boxes, each inside of its scopes."""
    numbers = {scope: number for number, scope in enumerate(picture.scopes, start=1)}
    inside: dict[Scope, list[Scope]] = {scope: [] for scope in [(), *picture.scopes]}
    for scope in picture.scopes:
        inside[scope[:-1]].append(scope)
    outside = [box for box in picture.boxes if not box.scope]
    waiting: list[tuple[Scope, bool]] = [((), True)]
    while waiting:
        scope, opening = waiting.pop()
        indent = "  " * len(scope)
        if not opening:
            yield f"{indent}end"
            continue
        if scope:
            title = mermaid_label(shorten(scope[-1], LONGEST_LABEL))
            yield f'{indent}subgraph s{numbers[scope]}["{title}"]'
            waiting.append((scope, False))
        for box in picture.scopes.get(scope, outside):
            for line in _nodes(box, lettering):
                yield f"{indent}  {line}"
        waiting += ((inner, True) for inner in reversed(inside[scope]))


def _nodes(box: Box, lettering: dict[str, Lettering]) -> Iterator[str]:
    label, *numbers = lettering[box.id].rows
    rows = [f"{key} {number}" for key, number in zip(KEYS[type(box)], numbers, strict=True)]
    rows = [*map(mermaid_label, lettering[box.id].formula), *rows]
    text = "<br/>".join([mermaid_label(label), *rows] if label else rows)
    if isinstance(box, Group):
        yield f'{box.id}[["{text}"]]'
        return
    left, right = ("(", ")") if box.operands else ("[", "]")
    yield f'{box.id}{left}"{text}"{right}'
    if box.operation is not None:
        yield f'{box.operation.id}(("{mermaid_label(lettering[box.operation.id].rows[0])}"))'
    for operand in box.operands:
        if operand.constant is not None:
            yield f'{operand.source}["{lettering[operand.source].rows[0]}"]'


def _classes(picture: Picture) -> Iterator[str]:
    """Colours by kind, and the roots."""
    kinds: dict[str, list[str]] = {}
    for box in picture.boxes:
        kinds.setdefault(kind(box), []).append(box.id)
    for name, boxes in kinds.items():
        colour = COLOURS[name]
        dashed = ",stroke-dasharray:5 3" if name == "broken" else ""
        fill = on_paper(colour, TINT if name in ("positive", "negative", "mixed") else 0.1)
        yield f"  classDef {name} fill:{fill},stroke:{colour},color:{INK_LIGHT}{dashed}"
        yield f"  class {','.join(boxes)} {name}"
    plain = [name for box in picture.boxes for name in box.nodes() if name != box.id]
    if plain:
        yield f"  classDef plain fill:{PAPER_LIGHT},stroke:{LINE},color:{INK_LIGHT}"
        yield f"  class {','.join(plain)} plain"
    yield "  classDef root stroke-width:3px"
    yield f"  class {','.join(picture.roots)} root"


def _without_orders(text: str) -> str:
    """Escape the characters that turn the direction, end a line, or begin an order to Mermaid."""
    return "".join(
        f"#{ord(character)};"
        if character == "%" or unicodedata.category(character) in ("Cf", "Zl", "Zp")
        else character
        for character in text
    )
