"""Print the code lines of each ring beside its budget, and fail where a ring has more.

    python .ci/size.py

A code line is a line without blanks, comments, docstrings and imports.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Budget(NamedTuple):
    """The most code lines of a ring, and the reason for the last change of these numbers.

    other: in JavaScript, CSS, HTML and C.
    """

    python: int
    other: int
    reason: str


START = "the size when the rings were drawn"

# A ring that needs more gets a larger number and a reason here, in the commit that needs it.
BUDGETS = {
    "autograd_mini": Budget(
        280, 0, "files.py; nn.py: our nn where a user's hides it; hints.py: tables"
    ),  # the modules that stand in no ring
    "autograd_mini/engine": Budget(
        1112,
        0,
        "one evening; 47 lines choose the engine in C, 15 defer the methods of rows",
    ),
    "autograd_mini/extensions": Budget(
        445, 0, "derivatives of trees; pick; NumPy's functions of Values, or their substitute"
    ),
    "autograd_mini/symbols": Budget(
        1990,
        0,
        "softmax as one step, formulas multiplied out; graphs in arrays, replayed fast; "
        "blocks of scopes",
    ),
    "autograd_mini/derivation": Budget(
        2200, 0, "networks with indices; articles and slides; a GPT by blocks, in a table"
    ),
    "autograd_mini/checking": Budget(
        4520,
        0,
        "sheets as people write them, bare ones too; slips, errors carried forward; targets put "
        "into a loss; shortcuts known by heart, misprints behind which the author went on",
    ),
    "autograd_mini/decks": Budget(
        5280,
        0,
        "a part is read again with each likely slip; formulas with an index and their slips; "
        "vectors and matrices, written out by components (300 lines)",
    ),
    "autograd_mini/classroom": Budget(
        1138,
        0,
        "personal exercises and their marks; unreadable hand-ins, and those that change the "
        "exercise, answer twice or in a circle; class lists of Moodle and Canvas",
    ),
    "autograd_mini/drawing": Budget(
        4650,
        3614,
        "pages with the planes of units, with answers factor by factor, and with the weights of "
        "attention",
    ),
    "autograd_mini/compiler": Budget(
        3258,
        0,
        "layers as products of matrices, floats for JAX; whatever holds the Values that a compiled "
        "function reads; "
        "loops in Python without the loss, and without a line for a gradient that is read once",
    ),
    "autograd_mini/cli": Budget(
        1284,
        0,
        "a report in light, dark and print; FILE.py without a name; prose with equations as a deck",
    ),
    "autograd_mini/playground": Budget(
        355, 0, "the module playground.py as a package; a third of it are the texts of the menu"
    ),
    "autograd_mini/micrograd": Budget(0, 0, "names only"),
    "autograd_mini/lectures": Budget(26, 0, START),
    "native": Budget(
        60, 880, "graphs as arrays, for the compiler; memory in order; small graphs in no memory"
    ),
    "nn": Budget(
        1615,
        0,
        "compiled training sees state in Values, in iterators and in rows that a sample picks, and "
        "compares a graph without rows in half the time",
    ),
}

LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def python_lines(source: str) -> int:
    """The code lines of a Python module."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in LAYOUT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        left_out: ast.stmt | None = None
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            left_out = node
        elif isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            left_out = node.body[0]
        if left_out is not None:
            lines.difference_update(range(left_out.lineno, (left_out.end_lineno or 0) + 1))
    return len(lines)


def other_lines(source: str) -> int:
    """The code lines in JavaScript, CSS, HTML or C."""
    source = re.sub(r"/\*.*?\*/|<!--.*?-->", "", source, flags=re.DOTALL)
    code = (line.strip() for line in source.splitlines())
    return sum(bool(line) and not line.startswith(("//", "import ")) for line in code)


def lines_of(ring: str) -> tuple[int, int]:
    """The code lines of a ring: in Python, and in other languages."""
    folder = ROOT / ring
    inside = folder.glob("*") if ring == "autograd_mini" else folder.rglob("*")
    files = [path for path in inside if path.is_file()]

    def read(*suffixes: str) -> list[str]:
        return [path.read_text(encoding="utf-8") for path in files if path.suffix in suffixes]

    return (
        sum(map(python_lines, read(".py"))),
        sum(map(other_lines, read(".js", ".css", ".html", ".c"))),
    )


def main() -> int:
    """Print the table; the exit status is 1 if a ring is above its budget."""
    sizes = {ring: lines_of(ring) for ring in BUDGETS}
    print(f"{'ring':26}{'Python':>8}{'at most':>9}{'other':>8}{'at most':>9}  last change")
    for ring, (python, other) in sizes.items():
        budget = BUDGETS[ring]
        row = f"{ring:26}{python:8,}{budget.python:9,}{other:8,}{budget.other:9,}"
        print(f"{row}  {budget.reason}")
    total = sum(map(sum, sizes.values()))
    print(f"{total:,} code lines in all")
    above = [
        ring
        for ring, size in sizes.items()
        if any(lines > most for lines, most in zip(size, BUDGETS[ring]))
    ]
    for ring in above:
        print(f"{ring} is above its budget; take code away, or raise the budget with a reason")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
