"""A picture in words: for tooltips, screen readers and places that show no picture."""

from __future__ import annotations

from collections.abc import Iterator

from autograd_mini.drawing.escape import printable, shorten
from autograd_mini.drawing.format import all_digits, format_number
from autograd_mini.drawing.lettering import LONGEST_LABEL
from autograd_mini.drawing.picture import Operand, Picture, ValueBox

LONGEST_TABLE = 200

HEADINGS = ("name", "operation", "data", "grad")
Row = tuple[str, str, str, str]


def summary(picture: Picture) -> str:
    """The picture in one sentence."""
    roots = (picture.by_id[root] for root in picture.roots[:3])
    named = ", ".join(f"{short_name(root)} = {format_number(root.data, 6)}" for root in roots)
    more = ", ..." if len(picture.roots) > 3 else ""
    values = _counted(len(picture.values), "value")
    operations = _counted(sum(1 for _ in picture.operations()), "operation")
    return f"Graph of {named}{more}: {values}, {operations}"


def describe(value: ValueBox) -> str:
    """A value with its whole label and all digits."""
    grad = "-" if value.grad is None else all_digits(value.grad)
    return f"{value.name}: data {all_digits(value.data)}, grad {grad}"


def describe_edge(result: ValueBox, operand: Operand, picture: Picture) -> str:
    """The partial that an edge from a value carries, with all digits."""
    partial = "-" if operand.partial is None else all_digits(operand.partial)
    source = picture.by_id[operand.source]
    return f"d {short_name(result)} / d {short_name(source)} = {partial}"


def short_name(value: ValueBox) -> str:
    """A name that fits a sentence."""
    return shorten(printable(value.name), LONGEST_LABEL)


def table_rows(picture: Picture, digits: int) -> Iterator[Row]:
    """Each value's name, how it was made, data and grad."""
    names = {value.id: short_name(value) for value in picture.values}
    for value in picture.values:
        made = ""
        if value.operation is not None:
            operands = (
                names[operand.source]
                if operand.constant is None
                else format_number(operand.constant, digits)
                for operand in value.operation.operands
            )
            made = f"{printable(value.operation.symbol)} of {', '.join(operands)}"
        grad = "-" if value.grad is None else format_number(value.grad, digits)
        yield names[value.id], made, format_number(value.data, digits), grad


def table_text(picture: Picture, digits: int) -> str:
    """The table in columns, the last rows of it where it is long."""
    rows = list(table_rows(picture, digits))
    left_out = max(0, len(rows) - LONGEST_TABLE)
    shown: list[Row] = [HEADINGS, *rows[left_out:]]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = [
        f"{name:<{widths[0]}}  {made:<{widths[1]}}  {data:>{widths[2]}}  {grad:>{widths[3]}}"
        for name, made, data, grad in shown
    ]
    if left_out:
        lines.insert(1, f"... {left_out} values before these ...")
    return "\n".join(lines)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
