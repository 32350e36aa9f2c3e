"""Code: a row or an expression in Python, NumPy, C and JavaScript.

A primitive of the table has its name in the mathematical library of the target. A power is a call
of `pow`, which `Terms.power` makes.

>>> from autograd_mini.engine.tree import parse
>>> rule = parse("2 if x < 0 else abs(x) / y")
>>> for printer in PythonCode(), ArrayCode(), CCode(), LanesCode(), JavaScriptCode():
...     print(printer.text(rule))
2.0 if x < 0.0 else fabs(x) / y
where(x < 0.0, 2.0, absolute(x) / y)
x < 0.0 ? 2.0 : fabs(x) / y
where(x < 0.0, all(2.0), of_each_fabs(x) / y)
x < 0.0 ? 2.0 : Math.abs(x) / y
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from autograd_mini.engine.operation import Operation
from autograd_mini.engine.tree import ATOM, COMPARISON, CONDITIONAL, Printer
from autograd_mini.symbols.terms import Terms

INDENT = "    "

# Of ECMAScript 2015's Math, the functions of one or two numbers.
MATH = """abs acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 floor log log10 log1p
log2 pow sin sinh sqrt tan tanh trunc"""


class CodePrinter(Printer):
    """Base of the targets: numbers are floats; some terms have been given names.

    names: of the terms that have one, by id.
    """

    infinity = "inf"
    not_a_number = "nan"
    library: ClassVar[Mapping[str, str]] = {}
    """The names of primitives in the library, where they differ from the row."""

    def __init__(self, names: Mapping[int, str] | None = None) -> None:
        self.names: Mapping[int, str] = {} if names is None else names
        self.functions: dict[str, None] = {}
        """The functions of the library that have been written, in order."""

    def write(self, node: ast.expr) -> tuple[str, int]:
        name = self.names.get(id(node))
        return super().write(node) if name is None else (name, ATOM)

    def definition(self, node: ast.expr) -> str:
        """`node` written out, although it has a name."""
        return super().write(node)[0]

    def number(self, value: float) -> tuple[str, int]:
        if math.isfinite(value):
            return repr(float(value)), ATOM
        if math.isnan(value):
            return self.constant(self.not_a_number), ATOM
        return ("-" if value < 0.0 else "") + self.constant(self.infinity), ATOM

    def constant(self, name: str) -> str:
        """A number that has a name in the library."""
        self.functions[name] = None
        return name

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        name = self.library.get(function, function)
        self.functions[name] = None
        return super().call(name, *arguments)


class PythonCode(CodePrinter):
    """Python, with the functions of `math`."""

    library: ClassVar[Mapping[str, str]] = {"abs": "fabs"}


class ArrayCode(CodePrinter):
    """Python over arrays, with the functions of NumPy or of a library like it, such as JAX."""

    library: ClassVar[Mapping[str, str]] = {
        "abs": "absolute",
        "acos": "arccos",
        "asin": "arcsin",
        "atan": "arctan",
        "atan2": "arctan2",
        "pow": "float_power",
    }

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, int]:
        self.functions["where"] = None
        return f"where({', '.join(map(self.text, (test, body, orelse)))})", ATOM


class CCode(CodePrinter):
    """C, with the functions of math.h."""

    infinity = "INFINITY"
    not_a_number = "NAN"
    library: ClassVar[Mapping[str, str]] = {"abs": "fabs", "gamma": "tgamma"}

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, int]:
        condition, then = self.text(test, COMPARISON), self.text(body, COMPARISON)
        return f"{condition} ? {then} : {self.text(orelse)}", CONDITIONAL


class JavaScriptCode(CCode):
    """JavaScript, with the functions of Math.

    Raises: ValueError for a function that Math lacks.
    """

    infinity = "Infinity"
    not_a_number = "NaN"
    library: ClassVar[Mapping[str, str]] = {}

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        if function not in MATH.split():
            raise ValueError(f"JavaScript has no Math.{function}; use the target python or c")
        return super().call(f"Math.{function}", *arguments)


class LanesCode(CCode):
    """C over GCC's vectors, several numbers at a time; conditionals compute both branches.

    The program defines `of_each_exp`, `where` and `all`.
    """

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, int]:
        return f"where({self.text(test)}, {self.vector(body)}, {self.vector(orelse)})", ATOM

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        super().call(function, *arguments)
        name = self.library.get(function, function)
        return f"of_each_{name}({', '.join(map(self.vector, arguments))})", ATOM

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        written, binding = super().binary(left, operator, right)
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return f"all({written})", ATOM
        return written, binding

    def vector(self, node: ast.expr) -> str:
        """`node` as a vector, where C takes no number for one."""
        written = self.text(node)
        return f"all({written})" if isinstance(node, ast.Constant) else written


def indented(lines: Iterable[str], by: int = 1) -> Iterator[str]:
    """Lines further to the right."""
    return (INDENT * by + line if line else line for line in lines)


def rows_text(rows: Iterable[Operation]) -> str:
    """A constant ROWS of JavaScript: for each row its value and its partials.

    >>> from autograd_mini.engine.ops import relu
    >>> print(rows_text([relu]))
    const ROWS = {
        relu: {
            value: (x) => x <= 0.0 ? 0.0 : x,
            partials: [(x, y, z) => x <= 0.0 ? 0.0 : 1.0],
        },
    };

    Raises: ValueError for a row that calls a function which JavaScript's Math lacks.
    """
    entries = [line for row in rows for line in _row_entry(row)]
    return "\n".join(["const ROWS = {", *indented(entries), "};"])


def _row_entry(row: Operation) -> Iterator[str]:
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
