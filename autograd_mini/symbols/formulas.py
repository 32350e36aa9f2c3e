"""Formulas of a graph: trees over the names of its values, made from the rows of the table.

A tree is Python's (`ast`), as in `autograd_mini.engine.tree`: numbers, names of values, operators
and calls of rows. `is_step` selects the values that a formula refers to by name; it writes out the
others. Leaves always stand by name.

>>> w, x, t = Value(0.5, label="w"), Value(2.0, label="x"), Value(0.3, label="t")
>>> out = (w * x).sigmoid()
>>> out.label = "out"
>>> E = (t - out) ** 2 / 2
>>> named = lambda value: value.label != ""
>>> print(Printer().text(formula(E, named)))
(t - out) ** 2 / 2
>>> print(Printer().text(factor(E, out, named)))
out - t
>>> print(Printer().text(factor(out, w, named)))
out * (1 - out) * x
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from autograd_mini.engine.comparisons import COMPARE
from autograd_mini.engine.graph import dependents, reverse_sweep
from autograd_mini.engine.operation import TABLE, Operation, find
from autograd_mini.engine.tree import (
    BINARY,
    COMPARISONS,
    Interpreter,
    Printer,
)
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import name_of
from autograd_mini.symbols.simplify import negated, number, simplify
from autograd_mini.symbols.terms import COMPARATORS, read

T = TypeVar("T")

IsStep = Callable[[Value], bool]
NameOf = Callable[[Value], str]

ROWS = {(row.symbol, row.arity): name for name, row in TABLE.items()}
ONE = ast.Constant(1)


def formula(value: Value, is_step: IsStep, name: NameOf = name_of) -> ast.expr:
    """`value` in terms of the nearest steps below it; the formula of a leaf is its name.

    Nothing is simplified but the 0 that Python's `sum` starts with, which is left out: evaluated at
    the recorded numbers, the formula gives the recorded number to the last bit. It is as long as
    the graph between the steps.
    """
    trees: dict[int, ast.expr] = {}
    for node in section(value, is_step):
        row = node.op
        if row is None:
            return ast.Name(name(node))
        operands = [
            trees[id(operand)]
            if isinstance(operand, Value) and id(operand) in trees
            else ast.Name(name(operand))
            if isinstance(operand, Value)
            else number(operand)
            for operand in node.operands
        ]
        start = node.operands[0]
        if row.symbol == "+" and not isinstance(start, Value) and start == 0.0 != node.data:
            trees[id(node)] = operands[1]
        elif row.symbol.isidentifier() or row.name not in TABLE:
            trees[id(node)] = ast.Call(ast.Name(row.name), operands, [])
        else:
            rule = branch(read(row.value), recorded(node))
            trees[id(node)] = substitute(rule, dict(zip("xy", operands)))
    return trees[id(value)]


def factor(
    result: Value,
    operand: Value,
    is_step: IsStep,
    name: NameOf = name_of,
    nodes: Sequence[Value] | None = None,
) -> ast.expr:
    """d result / d operand over the paths that meet no other step, simplified.

    This is the whole derivative if no other path leads from `operand` to `result`.

    nodes: section(result, is_step), if the caller has it.
    """
    between = leading_to(operand, section(result, is_step) if nodes is None else nodes)
    relevant = {*between, operand}

    def partials(node: Value) -> Iterator[tuple[Value, ast.expr]]:
        for position, below in enumerate(node.operands):
            if isinstance(below, Value) and below in relevant:
                yield below, partial(node, position, result, is_step, name)

    # An adjoint is a tuple of terms; the sweep meets the last term of the formula first.
    one: tuple[ast.expr, ...] = (ONE,)
    adjoints = reverse_sweep(
        between,
        {result: one},
        partials,
        times=lambda terms, slope: (times(total(terms[::-1]), slope),),
    )
    return simplify(total(adjoints.get(operand, ())[::-1]))


def partial(
    node: Value, position: int, result: Value, is_step: IsStep, name: NameOf = name_of
) -> ast.expr:
    """d node / d its operand at `position`, with operands as formulas and `result` by name."""
    rule = read(row_of(node).partials[position])
    if isinstance(rule, ast.Constant):  # as those of a sum, of which a network has most
        return rule
    rule = branch(rule, recorded(node))
    meanings: dict[str, ast.expr] = {}
    for letter in {found.id for found in ast.walk(rule) if isinstance(found, ast.Name)} & set(
        "xyz"
    ):
        meant = node if letter == "z" else node.operands["xy".index(letter)]
        if not isinstance(meant, Value):
            meanings[letter] = number(meant)
        elif meant is result or meant.op is None or is_step(meant):
            meanings[letter] = ast.Name(name(meant))
        else:
            meanings[letter] = formula(meant, is_step, name)
    return substitute(rule, meanings)


def section(result: Value, is_step: IsStep) -> list[Value]:
    """`result` and the values between it and the nearest steps, operands before results.

    The steps and leaves at its lower end are not included.
    """
    order: list[Value] = []
    seen = {id(result)}
    stack = [(result, iter(result.operands))]
    while stack:
        node, operands = stack[-1]
        for below in operands:
            if not isinstance(below, Value) or below.op is None or is_step(below):
                continue
            if id(below) not in seen:
                seen.add(id(below))
                stack.append((below, iter(below.operands)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def leading_to(operand: Value, nodes: Sequence[Value]) -> list[Value]:
    """The nodes that depend on `operand`. nodes: operands before results.

    `operand` itself is not included.
    """
    leading = dependents(nodes, [operand])
    return [node for node in nodes if node in leading and node is not operand]


def row_of(node: Value) -> Operation:
    """The row that computed `node`, which is not a leaf."""
    assert node.op is not None
    return node.op


def recorded(node: Value) -> dict[str, float]:
    """The numbers of x, y and z in the row that computed `node`."""
    return {**dict(zip("xy", map(float, node.operands))), "z": node.data}


class Transformer(Interpreter[ast.expr]):
    """Rebuilds a tree; a subclass defines the differences.

    >>> from autograd_mini.engine.tree import parse
    >>> class Doubled(Transformer):
    ...     def number(self, value):
    ...         return ast.Constant(2 * value)
    >>> ast.unparse(Doubled().visit(parse("0.5 * x if x > 1 else -3")))
    '1.0 * x if x > 2 else -6'
    """

    def number(self, value: float) -> ast.expr:
        return ast.Constant(value)

    def name(self, name: str) -> ast.expr:
        return ast.Name(name)

    def negative(self, operand: ast.expr) -> ast.expr:
        return ast.UnaryOp(ast.USub(), self.visit(operand))

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
        return ast.BinOp(self.visit(left), operator, self.visit(right))

    def comparison(self, left: ast.expr, symbol: str, right: ast.expr) -> ast.expr:
        return ast.Compare(self.visit(left), [COMPARATORS[symbol]()], [self.visit(right)])

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> ast.expr:
        return ast.IfExp(self.visit(test), self.visit(body), self.visit(orelse))

    def call(self, function: str, *arguments: ast.expr) -> ast.expr:
        return ast.Call(ast.Name(function), [self.visit(each) for each in arguments], [])


class _Branch(Transformer):
    """Replaces a conditional by its branch for `numbers`."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self.numbers = numbers

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> ast.expr:
        return self.visit(body if evaluate(test, self.numbers) else orelse)


def branch(rule: ast.expr, numbers: Mapping[str, float]) -> ast.expr:
    """`rule` with each conditional replaced by the branch that is taken at `numbers`.

    >>> from autograd_mini.engine.tree import parse
    >>> print(Printer().text(branch(parse("0 if x <= 0 else y"), {"x": 1.0})))
    y
    """
    return _Branch(numbers).visit(rule)


class _Substitution(Transformer):
    """Replaces names by their `meanings`."""

    def __init__(self, meanings: Mapping[str, ast.expr]) -> None:
        self.meanings = meanings

    def name(self, name: str) -> ast.expr:
        return self.meanings.get(name) or ast.Name(name)


def substitute(tree: ast.expr, meanings: Mapping[str, ast.expr]) -> ast.expr:
    """`tree` with each name that has a meaning replaced by it."""
    return _Substitution(meanings).visit(tree)


def times(left: ast.expr, right: ast.expr) -> ast.expr:
    """left * right, where a factor 1 or -1 leaves only the other factor and its sign."""
    for one, other in ((left, right), (right, left)):
        match one:
            case ast.Constant(value=1):
                return other
            case ast.UnaryOp(operand=ast.Constant(value=1)):
                return negated(other)
    return ast.BinOp(left, ast.Mult(), right)


def total(terms: Sequence[ast.expr]) -> ast.expr:
    """The sum of `terms`, 0 for no terms."""
    if not terms:
        return ast.Constant(0)
    tree, *others = terms
    for term in others:
        tree = ast.BinOp(tree, ast.Add(), term)
    return tree


def evaluate(tree: ast.expr, environment: Mapping[str, T]) -> T:
    """The value of `tree` where its names stand for the entries of `environment`.

    The rows of the table compute it: floats from floats, and Values, recorded, from Values.

    >>> from autograd_mini.engine.tree import parse
    >>> tree = parse("w * x + 1", names=("w", "x"))
    >>> evaluate(tree, {"w": 0.5, "x": 2.0})
    2.0
    >>> evaluate(tree, {"w": Value(0.5), "x": Value(2.0)})
    Value(data=2.0)

    Raises: LookupError for a name that is not in `environment`; DomainError.
    """
    results: list[Any] = []
    for node in nodes(tree):  # not an Interpreter: a sum may have thousands of terms
        match node:
            case ast.Constant(value=int() | float() as value):
                results.append(float(value))
            case ast.Name(id=name):
                if name not in environment:
                    known = ", ".join(environment) or "none"
                    raise LookupError(f"{name!r} has no value here; names with a value: {known}")
                results.append(environment[name])
            case ast.UnaryOp():
                results.append(find(ROWS["-", 1])(results.pop()))
            case ast.BinOp(op=symbol):
                right, left = results.pop(), results.pop()
                results.append(find(ROWS[BINARY[type(symbol)][0], 2])(left, right))
            case ast.Compare(ops=[comparison]):
                right, left = results.pop(), results.pop()
                results.append(COMPARE[COMPARISONS[type(comparison)]](left, right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                operands = [results.pop() for _ in arguments][::-1]
                results.append(find(name)(*operands))
    outcome: T = results.pop()
    return outcome


@functools.lru_cache(maxsize=1_000)
def nodes(tree: ast.expr) -> tuple[ast.expr, ...]:
    """`postorder` of a tree, remembered: a sheet evaluates a tree at many numbers."""
    return tuple(postorder(tree))


def postorder(tree: ast.expr) -> Iterator[ast.expr]:
    """The nodes of `tree`, each after its operands.

    Raises: ValueError for a conditional.
    """
    stack = [(tree, False)]
    while stack:
        node, entered = stack.pop()
        match node:
            case ast.UnaryOp(operand=operand):
                below = [operand]
            case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
                below = [left, right]
            case ast.Call(args=arguments):
                below = arguments
            case ast.IfExp():
                raise ValueError(f"{Printer().text(node)} has two branches; take one with branch()")
            case _:
                below = []
        if entered or not below:
            yield node
        else:
            stack.append((node, True))
            stack.extend((each, False) for each in reversed(below))
