"""The C source of the native engine: `engine.c` with a function for each row of the table."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from autograd_mini.engine.operation import TABLE, Operation
from autograd_mini.engine.recording import OPERATORS
from autograd_mini.engine.tree import ATOM, parse
from autograd_mini.symbols.code import CCode

TEMPLATE = Path(__file__).with_name("engine.c")

# The slot of a class for each of Python's operators.
SLOTS = {
    "__add__": "nb_add",
    "__sub__": "nb_subtract",
    "__mul__": "nb_multiply",
    "__truediv__": "nb_true_divide",
    "__pow__": "nb_power",
    "__neg__": "nb_negative",
    "__abs__": "nb_absolute",
}


class RowPrinter(CCode):
    """Writes the expressions of rows; a call of another row is a call of its C function."""

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        if isinstance(operator, ast.Pow):
            return f"power({self.text(left)}, {self.text(right)})", ATOM
        return super().binary(left, operator, right)

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        if TABLE[function].is_primitive:
            return super().call(function, *arguments)
        operands = [*map(self.text, arguments), "0.0"][:2]
        return f"row_{function}({', '.join(operands)}, NULL, NULL)", ATOM


def functions(row: Operation) -> Iterator[str]:
    """The lines of the C function of a row."""
    written = RowPrinter()
    yield f"static double row_{row.name}(double x, double y, double *dx, double *dy)"
    yield "{"
    yield f"    const double z = {written.text(parse(row.value))};"
    for operand, partial in zip("xy", row.partials):
        yield f"    if (d{operand} != NULL)"
        yield f"        *d{operand} = {written.text(parse(partial))};"
    yield "    return z;"
    yield "}"


def operator_entry(row: Operation) -> str:
    """The entry of a row that is an operator of Python; "" for others."""
    names = OPERATORS.get((row.symbol, row.arity))
    if names is None:
        return ""
    slot = SLOTS[names[0]]
    kind = "TERNARY" if slot == "nb_power" else ("UNARY", "BINARY")[row.arity - 1]
    return f"{kind}({', '.join([row.name, slot, *names])})"


def source() -> str:
    """The C source of the extension."""
    rows = TABLE.values()
    prototypes = [
        f"static double row_{each.name}(double, double, double *, double *);" for each in rows
    ]
    entries = [f"ROW({each.name}, {each.arity})" for each in rows]
    operators = filter(None, map(operator_entry, rows))
    written = [
        *(f"#define DOC_{each.name} {json.dumps(each.__doc__)}" for each in rows),
        *prototypes,
        *(line for each in rows for line in functions(each)),
        "#define FOR_EACH_ROW(ROW) " + " ".join(entries),
        "#define FOR_EACH_OPERATOR(UNARY, BINARY, TERNARY) " + " ".join(operators),
    ]
    template = TEMPLATE.read_text(encoding="utf-8")
    return template.replace("\nROWS\n", "\n" + "\n".join(written) + "\n")


if __name__ == "__main__":
    print(source())
