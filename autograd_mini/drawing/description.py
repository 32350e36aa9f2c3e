"""A picture in words, for tooltips, screen readers, and places that show no picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autograd_mini.drawing.escape import shorten
from autograd_mini.drawing.lettering import LONGEST_LABEL, range_text
from autograd_mini.drawing.picture import Box, Group, Picture, PictureEdge, Stub, ValueBox
from autograd_mini.symbols.numbers import all_digits, format_number
from autograd_mini.symbols.text import columns, counted, printable

LONGEST_TABLE = 200

HEADINGS = ("name", "operation", "data", "grad")
Row = tuple[str, str, str, str]


def summary(picture: Picture) -> str:
    """The picture in one sentence."""
    roots = [f"{short_name(box)} = {format_number(box.data, 6)}" for box in _roots(picture)]
    switch = "collapse" if picture.groups else "fold"
    more = f"; draw(..., {switch}=None) draws each" if picture.whole else ""
    return f"Graph of {_listed(roots)}: {_contents(picture)}{more}"


def heading(picture: Picture) -> str:
    """The picture in one sentence for a page, where numbers change and groups open."""
    names = [short_name(box) for box in _roots(picture)]
    return f"Graph of {_listed(names)}: {_contents(picture)}"


def _roots(picture: Picture) -> list[ValueBox]:
    """The boxes of the roots, which are in no group."""
    boxes = (picture.by_id[root] for root in picture.roots)
    return [box for box in boxes if isinstance(box, ValueBox)]


def _listed(roots: Sequence[str]) -> str:
    return ", ".join([*roots[:3], *(["..."] if len(roots) > 3 else [])])


def _contents(picture: Picture) -> str:
    if picture.whole is None:
        values = counted(len(picture.values), "value")
        return f"{values}, {counted(sum(1 for _ in picture.operations()), 'operation')}"
    if picture.folded:
        return f"{counted(len(picture.values), 'named value')} of {len(picture.whole.values):,}"
    gathered = sum(len(group.members) for group in picture.groups)
    return (
        f"{len(picture.whole.values):,} values, {gathered:,} of them in "
        f"{counted(len(picture.groups), 'group')}"
    )


def describe(box: Box) -> str:
    """A box with its whole label and all digits."""
    if isinstance(box, Stub):
        return box.name
    if isinstance(box, Group):
        data = range_text(all_digits(box.low), all_digits(box.high))
        grad = "-" if box.grad_norm is None else all_digits(box.grad_norm)
        return f"{box.name}: {len(box.members):,} values, data {data}, |grad| {grad}"
    grad = "-" if box.grad is None else all_digits(box.grad)
    formula = f" = {box.formula}" if box.formula else ""
    return f"{box.name}{formula}: data {all_digits(box.data)}, grad {grad}"


def describe_edge(result: Box, operand: PictureEdge, picture: Picture) -> str:
    """The partial of an edge with all digits or, for a group, the number of its edges."""
    source = picture.by_id[operand.source]
    if not isinstance(result, ValueBox):
        edges = counted(operand.count, "edge")
        return f"{edges} from {short_name(source)} to {short_name(result)}"
    if picture.groups and picture.whole is not None:
        source = picture.whole.source_of(operand.edge, result.id)
    partial = "-" if operand.partial is None else all_digits(operand.partial)
    paths = f", over {operand.count} paths" if operand.count > 1 else ""
    return f"d {short_name(result)} / d {short_name(source)} = {partial}{paths}"


def short_name(box: Box) -> str:
    """A name that fits a sentence."""
    return shorten(printable(box.name), LONGEST_LABEL)


def table_rows(picture: Picture, digits: int) -> Iterator[Row]:
    """Each box's name, how it was made, data and grad.

    Groups, and values that share a name, are called by their scopes too.
    """
    shared = {name for name, n in Counter(box.name for box in picture.boxes).items() if n > 1}
    names = {
        box.id: shorten(printable(" / ".join([*box.scope, box.name])), LONGEST_LABEL)
        if box.scope and (isinstance(box, Group) or box.name in shared)
        else short_name(box)
        for box in picture.boxes
    }

    def number(data: float | None) -> str:
        return "-" if data is None else format_number(data, digits)

    for box in picture.boxes:
        name = names[box.id]
        if isinstance(box, ValueBox):
            yield name, _made(box, names, digits), number(box.data), number(box.grad)
        elif isinstance(box, Group):
            data = range_text(number(box.low), number(box.high))
            grad = "-" if box.grad_norm is None else f"|{number(box.grad_norm)}|"
            yield name, f"{len(box.members):,} values", data, grad


def _made(value: ValueBox, names: dict[str, str], digits: int) -> str:
    if value.operation is None:
        return value.formula
    operands = (
        names[operand.source]
        if operand.constant is None
        else format_number(operand.constant, digits)
        for operand in value.operands
    )
    return f"{printable(value.operation.symbol)} of {', '.join(operands)}"


def table_text(picture: Picture, digits: int) -> str:
    """The table in columns; of a long one, the last rows."""
    rows = list(table_rows(picture, digits))
    left_out = max(0, len(rows) - LONGEST_TABLE)
    shown: list[Row] = [HEADINGS, *rows[left_out:]]
    lines = list(columns(shown, "<<>>"))
    if left_out:
        noun = "boxes" if picture.groups else "values"
        lines.insert(1, f"... {left_out} {noun} before these ...")
    return "\n".join(lines)
