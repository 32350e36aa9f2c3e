"""Formulas of a graph: trees over the names of its values, made from the rows of the table.

A tree is Python's own (`ast`), as in `autograd_mini.engine.tree`: numbers, the names of values,
operators, and calls of rows. `is_step` says which values a formula stops at and calls by name;
the others are written out. Leaves always stand by their names.

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
from autograd_mini.engine.operation import TABLE, Operation, find
from autograd_mini.engine.tree import BINARY, COMPARISONS, Printer, parse
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import name_of
from autograd_mini.symbols.simplify import negated, number, simplify

T = TypeVar("T")

IsStep = Callable[[Value], bool]
NameOf = Callable[[Value], str]

ROWS = {(row.symbol, row.arity): name for name, row in TABLE.items()}
ONE = ast.Constant(1)

# Trees are never changed, so one of each rule will do.
read: Callable[..., ast.expr] = functools.cache(parse)


def formula(value: Value, is_step: IsStep, name: NameOf = name_of) -> ast.expr:
    """How `value` was computed from the nearest steps below it; a leaf's is its name.

    Nothing is simplified: evaluated on the recorded numbers, it gives the recorded number to
    the last bit. It is as long as what lies between the steps, so a long chain needs some.
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
        if row.symbol.isidentifier():
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

    Where `operand` reaches `result` only in this way, that is the whole derivative.

    nodes: section(result, is_step), for a caller that has it.
    """
    between = leading_to(operand, section(result, is_step) if nodes is None else nodes)
    adjoints: dict[int, list[ast.expr]] = {id(node): [] for node in between}
    adjoints[id(operand)] = []
    adjoints[id(result)] = [ONE]
    for node in reversed(between):
        adjoint = total(adjoints[id(node)])
        for position, below in enumerate(node.operands):
            if isinstance(below, Value) and id(below) in adjoints:
                share = times(adjoint, partial(node, position, result, is_step, name))
                adjoints[id(below)].append(share)
    return simplify(total(adjoints[id(operand)]))


def partial(
    node: Value, position: int, result: Value, is_step: IsStep, name: NameOf = name_of
) -> ast.expr:
    """d node / d its operand at `position`, operands written as formulas; `result` by its name."""
    rule = branch(read(row_of(node).partials[position]), recorded(node))
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
    """`result` and what lies between it and the nearest steps, operands before results.

    The steps and leaves at its lower end are left out.
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
    """Those of `nodes` that depend on `operand`, itself left out; operands before results."""
    found = {id(operand)}
    leading = []
    for node in nodes:
        if node is not operand and any(id(below) in found for below in node.operands):
            found.add(id(node))
            leading.append(node)
    return leading


def row_of(node: Value) -> Operation:
    """The row that made `node`, which is no leaf."""
    assert node.op is not None
    return node.op


def recorded(node: Value) -> dict[str, float]:
    """The numbers of x, y and z in the row that made `node`."""
    return {**dict(zip("xy", map(float, node.operands))), "z": node.data}


def branch(rule: ast.expr, numbers: Mapping[str, float]) -> ast.expr:
    """`rule` without its conditionals: of each the branch that is taken at `numbers`.

    >>> print(Printer().text(branch(parse("0 if x <= 0 else y"), {"x": 1.0})))
    y
    """
    match rule:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return branch(body if evaluate(test, numbers) else orelse, numbers)
        case ast.UnaryOp(op=sign, operand=operand):
            return ast.UnaryOp(sign, branch(operand, numbers))
        case ast.BinOp(left=left, op=symbol, right=right):
            return ast.BinOp(branch(left, numbers), symbol, branch(right, numbers))
        case ast.Call(func=function, args=arguments):
            return ast.Call(function, [branch(each, numbers) for each in arguments], [])
    return rule


def substitute(tree: ast.expr, meanings: Mapping[str, ast.expr]) -> ast.expr:
    """`tree` with the names that have a meaning replaced by it."""
    match tree:
        case ast.Name(id=name):
            return meanings.get(name, tree)
        case ast.UnaryOp(op=sign, operand=operand):
            return ast.UnaryOp(sign, substitute(operand, meanings))
        case ast.BinOp(left=left, op=symbol, right=right):
            return ast.BinOp(substitute(left, meanings), symbol, substitute(right, meanings))
        case ast.Call(func=function, args=arguments):
            return ast.Call(function, [substitute(each, meanings) for each in arguments], [])
    return tree


def times(left: ast.expr, right: ast.expr) -> ast.expr:
    """Their product; a sign or a 1 that comes back at every step of a chain is not piled up."""
    for one, other in ((left, right), (right, left)):
        match one:
            case ast.Constant(value=1):
                return other
            case ast.UnaryOp(operand=ast.Constant(value=1)):
                return negated(other)
    return ast.BinOp(left, ast.Mult(), right)


def total(shares: list[ast.expr]) -> ast.expr:
    """The sum of what came down, last first, which is the order of the formula; 0 if nothing."""
    if not shares:
        return ast.Constant(0)
    tree = shares[-1]
    for term in shares[-2::-1]:
        tree = ast.BinOp(tree, ast.Add(), term)
    return tree


def evaluate(
    tree: ast.expr,
    environment: Mapping[str, T],
    function: Callable[[str], Callable[..., Any]] = find,
    constant: Callable[[float], Any] = float,
) -> T:
    """What `tree` comes to when its names stand for what `environment` says.

    function: gives, for the name of a row, what computes it; operators are rows too ("add",
        "pow"). The rows themselves do for floats, and for Values, which they record.
    constant: makes what the arithmetic computes with of a number in the tree.

    >>> tree = parse("w * x + 1", names=("w", "x"))
    >>> evaluate(tree, {"w": 0.5, "x": 2.0})
    2.0
    >>> evaluate(tree, {"w": Value(0.5), "x": Value(2.0)})
    Value(data=2.0)

    Raises: LookupError for a name without a meaning; what the arithmetic raises.
    """
    results: list[Any] = []
    for node in postorder(tree):
        match node:
            case ast.Constant(value=int() | float() as value):
                results.append(constant(value))
            case ast.Name(id=name):
                if name not in environment:
                    known = ", ".join(environment) or "nothing"
                    raise LookupError(f"{name!r} has no value here; what has one: {known}")
                results.append(environment[name])
            case ast.UnaryOp():
                results.append(function(ROWS["-", 1])(results.pop()))
            case ast.BinOp(op=symbol):
                right, left = results.pop(), results.pop()
                results.append(function(ROWS[BINARY[type(symbol)][0], 2])(left, right))
            case ast.Compare(ops=[comparison]):
                right, left = results.pop(), results.pop()
                results.append(COMPARE[COMPARISONS[type(comparison)]](left, right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                operands = [results.pop() for _ in arguments][::-1]
                results.append(function(name)(*operands))
    outcome: T = results.pop()
    return outcome


def postorder(tree: ast.expr) -> Iterator[ast.expr]:
    """The nodes of `tree` without conditionals, operands before what they are operands of."""
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
                raise ValueError(f"{Printer().text(node)} has two branches: take one with branch()")
            case _:
                below = []
        if entered or not below:
            yield node
        else:
            stack.append((node, True))
            stack.extend((each, False) for each in reversed(below))
