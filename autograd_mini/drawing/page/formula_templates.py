"""The formulas that the page shows, in MathML with holes that the page fills.

A hole is `{x}`, `{y}` or `{z}` in the rule of a row, or `{3}` for the value at place 3 of the tape;
`{}` stands between factors, and `{(}` and `{)}` where a formula needs parentheses beside others.

>>> from autograd_mini.engine.ops import exp
>>> print(kinds_text({"exp": (exp, {})}))
const KINDS = {
    "exp": {
        row: "exp",
        symbol: "exp",
        value: (x, y, z) => "<msup><mi>e</mi><mrow>{x}</mrow></msup>",
        partials: [(x, y, z) => "{z}"],
    },
};
"""

from __future__ import annotations

import ast
import json
from collections.abc import Container, Iterator, Mapping
from typing import Any

from autograd_mini.drawing.picture import Picture
from autograd_mini.engine.comparisons import COMPARE
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.tree import ATOM, COMPARISONS, POWER
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain
from autograd_mini.symbols.code import JavaScriptCode, indented
from autograd_mini.symbols.formulas import Transformer, factor, formula, section, substitute
from autograd_mini.symbols.mathml import MathMLPrinter
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.simplify import number, simplify
from autograd_mini.symbols.softmax import Softmaxes
from autograd_mini.symbols.tape import Tape
from autograd_mini.symbols.terms import Terms, read

# Formulas between named values take a walk each; of a larger graph single operations are shown.
LARGEST_WITH_FACTORS = 1_000
LONGEST_FACTOR = 4_000  # characters of MathML: more than anybody reads

# A constant like the 2 of x**2 stands in the formula, where it can be simplified: 2 x.
LARGEST_IN_FORMULA = 10

Kind = tuple[Operation, dict[str, float]]
Plan = dict[str, Any]


class HolePrinter(MathMLPrinter):
    """Writes a formula with holes for its names."""

    space = "{}"

    def name(self, name: str) -> tuple[str, int]:
        return f"{{{name}}}", ATOM

    def template(self, tree: ast.expr) -> str:
        """A formula with parentheses that are used where it stands beside others."""
        written, binding = self.write(tree)
        product = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult)
        return written if product or binding >= POWER else f"{{(}}{written}{{)}}"


def kinds(tape: Tape) -> dict[str, Kind]:
    """The kinds of operations on a tape by their names: row and the constants in its formulas."""
    found: dict[str, Kind] = {}
    for entry in tape.entries:
        if entry.operation is not None:
            name = kind_name(entry.operation, entry.operands)
            found.setdefault(name, (entry.operation, _written(entry.operands)))
    return found


def kind_name(row: Operation, operands: tuple[int | float, ...]) -> str:
    """The name of a kind: `mul`, or `pow y=2` with a constant in its formulas."""
    constants = _written(operands)
    return " ".join([row.name, *(f"{name}={value:g}" for name, value in constants.items())])


def kinds_text(kinds: Mapping[str, Kind]) -> str:
    """A constant KINDS: for each kind its row, and its formulas as functions of the operands and
    the result, by which a formula with branches takes one of them."""
    entries = [line for name, kind in kinds.items() for line in _entry(name, *kind)]
    return "\n".join(["const KINDS = {", *indented(entries), "};"])


def plan(root: Value, tape: Tape) -> Plan:
    """The steps of the chains below `root`, as places, and the formulas from each to the next.

    Of a large graph every value is a step, which is said by None.
    """
    if len(tape) > LARGEST_WITH_FACTORS:
        return {"steps": None, "factors": {}}
    chain = Chain(root)

    def hole(value: Value) -> str:
        return str(tape.place(value))

    printer = HolePrinter()
    softmaxes = Softmaxes(chain)
    written_out = {name: each.formula for name, each in softmaxes.probabilities.items()}
    holes: dict[str, ast.expr] = {
        chain.names(value): ast.Name(hole(value)) for value in chain.names.values
    }
    factors: dict[str, str] = {}
    for result in chain.steps:
        nodes = chain.section(result)
        for each in chain.below(result):
            # A probability without a Value has no place on the tape, so it is written out.
            tree = substitute(substitute(softmaxes.factor(each), written_out), holes)
            written = printer.template(tree)
            if len(nodes) > 1 and len(written) <= LONGEST_FACTOR:
                factors[f"{hole(result)},{hole(each.operand)}"] = written
    return {"steps": [tape.place(step) for step in chain.steps], "factors": factors}


def folded(
    picture: Picture, names: Names, tape: Tape, known: Container[str]
) -> dict[str, dict[str, Any]]:
    """The named values of a folded picture: what feeds each, its formula, and its partials.

    edges: places by place. values, factors: formulas with holes, by place and by pair of places;
    those of a single operation are left out, as KINDS has them, and so are `known` factors.
    """
    values = {box.id: value for value, box in zip(names.values, _whole(picture).values)}
    shown = {id(values[box.id]) for box in picture.values}

    def is_shown(value: Value) -> bool:
        return id(value) in shown

    def hole(value: Value) -> str:
        return str(tape.place(value))

    printer = HolePrinter()
    found: dict[str, dict[str, Any]] = {"edges": {}, "values": {}, "factors": {}}
    for box in picture.values:
        if not box.factors:
            continue
        result = values[box.id]
        nodes = section(result, is_shown)
        place = hole(result)
        operands = [values[each.source] for each in box.factors]
        found["edges"][place] = [int(hole(operand)) for operand in operands]
        if len(nodes) > 1:
            found["values"][place] = printer.write(formula(result, is_shown, hole))[0]
        for operand in operands:
            pair = f"{place},{hole(operand)}"
            written = printer.template(factor(result, operand, is_shown, hole, nodes))
            if len(nodes) > 1 and len(written) <= LONGEST_FACTOR and pair not in known:
                found["factors"][pair] = written
    return found


def _whole(picture: Picture) -> Picture:
    return picture.whole or picture


def _written(operands: tuple[int | float, ...]) -> dict[str, float]:
    """The constants that stand in the formulas of an operation, by the name of the operand."""
    return {
        name: operand
        for name, operand in zip("xy", operands)
        if isinstance(operand, float)
        and operand.is_integer()
        and abs(operand) <= LARGEST_IN_FORMULA
    }


def _entry(name: str, row: Operation, constants: dict[str, float]) -> Iterator[str]:
    value: ast.expr = ast.Call(
        ast.Name(row.name), [ast.Name(each) for each in "xy"[: row.arity]], []
    )
    if not row.symbol.isidentifier():
        value = _last_branch(read(row.value))
    meanings = {each: number(constant) for each, constant in constants.items()}
    partials = ", ".join(f"(x, y, z) => {_choice(read(rule), meanings)}" for rule in row.partials)
    yield f"{json.dumps(name)}: {{"
    yield f"    row: {json.dumps(row.name)},"
    yield f"    symbol: {json.dumps(row.symbol)},"
    yield f"    value: (x, y, z) => {_text(substitute(value, meanings))},"
    yield f"    partials: [{partials}],"
    yield "},"


def _last_branch(tree: ast.expr) -> ast.expr:
    """The last branch of a rule, for operands that meet none of its conditions."""
    return _last_branch(tree.orelse) if isinstance(tree, ast.IfExp) else tree


def _choice(tree: ast.expr, meanings: Mapping[str, ast.expr]) -> str:
    """JavaScript that gives the formula of the branch that is taken."""
    inner = next((node for node in ast.walk(tree) if isinstance(node, ast.IfExp)), None)
    if inner is None:
        return _text(simplify(substitute(tree, meanings)))
    body, orelse = (
        _choice(_Taken(inner, branch).visit(tree), meanings)
        for branch in (inner.body, inner.orelse)
    )
    test = _test(inner.test, meanings)
    if isinstance(test, bool):
        return body if test else orelse
    return f"({test} ? {body} : {orelse})"


def _test(test: ast.expr, meanings: Mapping[str, ast.expr]) -> str | bool:
    """A comparison in JavaScript, or how it comes out where it is one of constants."""
    assert isinstance(test, ast.Compare)
    terms = Terms()
    names = {each: terms.name(each) for each in "xyz"}
    sides = [
        terms.written(substitute(side, meanings), names) for side in (test.left, *test.comparators)
    ]
    symbol = COMPARISONS[type(test.ops[0])]
    if all(isinstance(side, ast.Constant) for side in sides):
        left, right = (ast.literal_eval(side) for side in sides)
        return COMPARE[symbol](left, right)
    code = JavaScriptCode()
    return f"{code.text(sides[0])} {symbol} {code.text(sides[1])}"


class _Taken(Transformer):
    """Rebuilds a tree with one branch in the place of a conditional."""

    def __init__(self, conditional: ast.expr, branch: ast.expr) -> None:
        self._conditional = conditional
        self._branch = branch

    def visit(self, node: ast.expr) -> ast.expr:
        return self._branch if node is self._conditional else super().visit(node)


def _text(tree: ast.expr) -> str:
    """A string of JavaScript; in a script, "</script>" would end it."""
    return json.dumps(HolePrinter().template(tree), ensure_ascii=False).replace("</s", "<\\/s")
