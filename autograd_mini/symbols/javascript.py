"""The rows of the table in JavaScript, for a page that replays a tape.

>>> from autograd_mini.engine.ops import relu, tanh
>>> print(rows_text([tanh, relu]))
const ROWS = {
    tanh: {
        value: (x) => Math.tanh(x),
        partials: [(x, y, z) => 1.0 - z * z],
    },
    relu: {
        value: (x) => x <= 0.0 ? 0.0 : x,
        partials: [(x, y, z) => x <= 0.0 ? 0.0 : 1.0],
    },
};
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograd_mini.engine.operation import Operation
from autograd_mini.symbols.code import JavaScriptCode, indented
from autograd_mini.symbols.terms import Terms


def rows_text(rows: Iterable[Operation]) -> str:
    """A constant ROWS: for each row its value and its partials.

    Raises: ValueError for a row that calls a function which JavaScript's Math lacks.
    """
    entries = [line for row in rows for line in _entry(row)]
    return "\n".join(["const ROWS = {", *indented(entries), "};"])


def _entry(row: Operation) -> Iterator[str]:
    terms, code = Terms(), JavaScriptCode()
    x, y, z = map(terms.name, "xyz")
    operands = [x, y][: row.arity]
    partials = [terms.partial(row, place, operands, z) for place in range(row.arity)]
    value = code.text(terms.row(row, *operands))
    written = [f"(x, y, z) => {code.text(partial)}" for partial in partials]
    yield f"{row.name}: {{"
    yield f"    value: ({', '.join('xy'[: row.arity])}) => {value},"
    yield f"    partials: [{', '.join(written)}],"
    yield "},"
