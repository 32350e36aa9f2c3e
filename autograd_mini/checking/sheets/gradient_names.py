"""The names of a sheet, and which derivative a name such as `dw` stands for.

Courses call the gradient of the loss with respect to w `dw`, `grad_w` or `dLdw`. Such a name stands
for the derivative of the root, the value that everything flows into:

>>> import ast
>>> names = SheetNames([])
>>> for name, formula in {"w": "0.5", "z": "3*w", "L": "z*z"}.items():
...     names.define(name, ast.parse(formula, mode="eval").body, 1)
>>> names.differential("dw"), names.differential("grad_z"), names.differential("dLdw")
('dL/dw', 'dL/dz', 'dL/dw')

A plain number may be the step of a difference quotient instead, `dx = 0.001`. It is, if a line
divides a difference by it or adds it to x, or if its comment says that it is a step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from autograd_mini.checking.formulas.points import family
from autograd_mini.checking.formulas.reader import BlankError, FormulaError, Vocabulary, python_tree
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.markdown import Line

STEP = re.compile(r"\bstep\b", re.IGNORECASE)


class SheetNames(Vocabulary):
    """The names that a line of a sheet may use.

    lines: all lines of the sheet, in which steps of difference quotients are looked for.
    lines_of: the line of each definition. steps: the names that are steps, and the reason.
    blank, unread: the lines whose definition is missing or unread, by the name that they define.
    stale: the unread lines that would have changed a value, by its name.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.lines_of: dict[str, str] = {}
        self.steps: dict[str, str] = {}
        self.blank: dict[str, str] = {}
        self.unread: dict[str, str] = {}
        self.stale: dict[str, str] = {}
        self._results: dict[str, set[str]] = {}
        self._computed: set[str] = set()
        self._seeds: dict[str, str] = {}
        self._root = ""
        super().__init__(self.lines_of)

    def define(self, name: str, expression: ast.expr, line: str | int) -> None:
        """Add a value, and the values that flow into it."""
        self.lines_of[name] = str(line)
        for lines in (self.blank, self.unread, self.stale):
            lines.pop(name, None)
        self._results[name] = set()
        operands = list(names_in(expression))
        if any(operand not in self._results for operand in operands):
            return  # computed from a derivative, as a parameter after an update: a new beginning
        if operands:
            self._computed.add(name)
        for operand in operands:
            self._results[operand].add(name)

    def forget_expressions(self) -> None:
        """Forget the differentiated expressions of a line that cannot be read."""
        for name in [name for name in self.expressions if name not in self.lines_of]:
            del self.expressions[name]

    def differential(self, name: str) -> str:
        """The derivative that a name such as `dw` stands for, "" if it stands for none.

        Raises: ValueError if several values are roots.
        """
        if name in self.lines_of or name in self._seeds:
            return self._seeds.get(name, "")
        for y, x in self._ends(name):
            if y:
                return f"d{y}/d{x}"
            roots = self._roots(x)
            if self._root not in roots and (loss := self._without_value()):
                raise ValueError(
                    f"{name} is a derivative of the value that everything flows into, and {loss} "
                    "has no value; write dY/dX"
                )
            if len(roots) > 1 and self._root not in roots:
                listed = " or ".join(f"d{root}/d{x}" for root in roots[:5])
                raise ValueError(f"{name} may be the derivative of several values; write {listed}")
            if roots and roots != [x]:
                self._root = self._root if self._root in roots else roots[0]
                return f"d{self._root}/d{x}"
        return ""

    def find_seed(self, name: str) -> bool:
        """True if `name` is dX for a root X: the 1 with which backpropagation starts."""
        for y, x in self._ends(name):
            if not y and x in self._computed and self._roots(x) == [x]:
                self._seeds[name] = f"d{x}/d{x}"
                return True
        return False

    def is_quotient(self, above: str, below: str) -> bool:
        return below in self.steps and above in self.lines_of

    def check_value(self, name: str, text: str, column: int) -> None:
        if name in self.blank:
            raise BlankError(f"line {self.blank[name]} leaves {name} blank", text, column)
        for lines in (self.unread, self.stale):
            if name in lines:
                raise FormulaError(
                    f"{name} has no value, since line {lines[name]} is unread", text, column
                )

    def spoil(self, names: Iterable[str], line: str) -> None:
        """Take the values from `names` and from all that they flow into: line is unread."""
        for name in names:
            self.stale.update(dict.fromkeys(self._reached(name), line))

    def _without_value(self) -> str:
        """A value other than a gradient whose definition is blank or unread, or ""."""
        names = (*self.blank, *self.unread)
        return next((name for name in names if not any(self._ends(name))), "")

    def find_step(self, name: str, comment: str) -> bool:
        """True if the number called `name`, dX, is the step of a difference quotient."""
        if not any(self._ends(name)):
            return False
        if STEP.search(comment):
            self.steps[name] = "its comment says so"
            return True
        for line in self.lines:
            statement = line.text.partition("#")[0].partition("->")[0]
            for side in re.split("==?", statement):
                if name in side and (reason := self._use_as_step(name, side)):
                    self.steps[name] = f"line {line.place} {reason}"
                    return True
        return False

    def _use_as_step(self, name: str, side: str) -> str:
        try:
            tree = python_tree(side.strip())
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return ""
        for node in ast.walk(tree):
            match node:
                case ast.BinOp(left=above, op=ast.Div(), right=below) if _is_times(below, name):
                    if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Sub):
                        return "divides a difference by it"
                    if isinstance(above, ast.Name) and self._is_difference(above.id):
                        return "divides a difference by it"
                case ast.BinOp(left=ast.Name(id=x), op=ast.Add(), right=ast.Name(id=step)) if (
                    step == name and x == name[1:]
                ):
                    return f"adds it to {x}"
        return ""

    def _is_difference(self, name: str) -> bool:
        """True if a line defines `name` as a difference of two names."""
        definition = re.compile(rf"\s*{re.escape(name)}\s*=\s*\w+\s*-\s*\w+\s*(->.*|#.*)?")
        return any(definition.fullmatch(line.text) for line in self.lines)

    def _ends(self, name: str) -> Iterator[tuple[str, str]]:
        """The Y and X that a name may mean the derivative of; Y is "" for the root."""
        for prefix, suffix in (("d", ""), ("grad_", ""), ("", "_grad")):
            x = name.removeprefix(prefix).removesuffix(suffix)
            if len(x) + len(prefix) + len(suffix) == len(name) and x in self.lines_of:
                yield "", x
        if name.startswith("d"):
            for between in ("d", "_d"):
                start = name.find(between, 2)
                while start != -1:
                    y, x = name[1:start], name[start + len(between) :]
                    if y in self.lines_of and x in self.lines_of:
                        yield y, x
                    start = name.find(between, start + 1)

    def _reached(self, x: str) -> set[str]:
        """The values that `x` flows into, and itself."""
        reached = {x}
        pending = [x]
        while pending:
            for result in self._results.get(pending.pop(), set()) - reached:
                reached.add(result)
                pending.append(result)
        return reached

    def _roots(self, x: str) -> list[str]:
        """The values that `x` flows into, and that flow into no other.

        A value whose name differs only in its index from one that flows on, such as the outputs p2
        and p3 beside the p1 of a loss, is not a root.
        """
        reached = self._reached(x)
        ends = [name for name in self._results if name in reached and not self._results[name]]
        inner = {family(name) for name in reached if self._results.get(name) and name != x}
        return [name for name in ends if family(name) not in inner or name == x] or ends


def _is_times(tree: ast.expr, name: str) -> bool:
    """True if a divisor is `name`, or a number times it."""
    match tree:
        case ast.Name(id=found):
            return found == name
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=ast.Name(id=found)):
            return found == name
    return False
