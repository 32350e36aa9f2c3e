"""The 2-2-2 network of the lectures, its true formulas, and slips planted in them; claims."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from autograd_mini import Value, sigmoid

NUMBERS = {
    **{"i1": 0.05, "i2": 0.1, "b1": 0.35, "b2": 0.6, "t1": 0.01, "t2": 0.99},
    **{"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5, "w8": 0.55},
}


def network() -> dict[str, Value]:
    """The values of the network by their names."""
    v = {name: Value(number, label=name) for name, number in NUMBERS.items()}
    for unit, first, second in (("1", "w1", "w2"), ("2", "w3", "w4")):
        v[f"net_h{unit}"] = v[first] * v["i1"] + v[second] * v["i2"] + v["b1"]
        v[f"out_h{unit}"] = sigmoid(v[f"net_h{unit}"])
    for unit, first, second in (("1", "w5", "w6"), ("2", "w7", "w8")):
        v[f"net_o{unit}"] = v[first] * v["out_h1"] + v[second] * v["out_h2"] + v["b2"]
        v[f"out_o{unit}"] = sigmoid(v[f"net_o{unit}"])
        v[f"E_o{unit}"] = (v[f"t{unit}"] - v[f"out_o{unit}"]) ** 2 / 2
    v["E"] = v["E_o1"] + v["E_o2"]
    for name, value in v.items():
        value.label = name
    return v


def delta(unit: int) -> str:
    return f"(out_o{unit} - t{unit}) * out_o{unit} * (1 - out_o{unit})"


def of_output(weight: int) -> str:
    unit, below = divmod(weight - 5, 2)
    return f"{delta(unit + 1)} * out_h{below + 1}"


def of_hidden(weight: int) -> str:
    unit, below = divmod(weight - 1, 2)
    back = f"{delta(1)} * w{5 + unit} + {delta(2)} * w{7 + unit}"
    h = f"out_h{unit + 1}"
    return f"({back}) * {h} * (1 - {h}) * i{below + 1}"


FORMULAS = {
    **{f"w{weight}": of_hidden(weight) for weight in (1, 2, 3, 4)},
    **{f"w{weight}": of_output(weight) for weight in (5, 6, 7, 8)},
}


def expression(text: str) -> ast.expr:
    """An expression in which dE/dw5 is one name, as sheets read it."""
    derivatives = {
        f"derivative_{i}": found for i, found in enumerate(re.findall(r"\bd\w+/d\w+", text))
    }
    for name, found in derivatives.items():
        text = text.replace(found, name, 1)

    class Names(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(derivatives.get(node.id, node.id))

    tree: ast.expr = Names().visit(ast.parse(text, mode="eval").body)
    return tree


class Planted(NamedTuple):
    """A formula with a slip, what the slip is, and words that name its kind."""

    text: str
    slip: str
    kind: str


def planted(text: str) -> Iterator[Planted]:
    """Every slip of every kind, planted at every place of a formula."""
    tree = ast.parse(text, mode="eval").body
    for path in list(_paths(tree)):
        node = _at(tree, path)
        for new, slip, kind in _slips(node, whole=not path):
            yield Planted(ast.unparse(_put(tree, path, new)), slip, kind)


def _slips(node: ast.expr, whole: bool) -> Iterator[tuple[ast.expr, str, str]]:
    old = ast.unparse(node)
    if whole:
        yield ast.UnaryOp(ast.USub(), node), f"-({old})", "a minus is"
        two, half = ast.Constant(2), ast.BinOp(ast.Constant(1), ast.Div(), ast.Constant(2))
        yield ast.BinOp(two, ast.Mult(), node), "a factor 2", "1/2 is missing"
        yield ast.BinOp(half, ast.Mult(), node), "a factor 1/2", "2 is missing"
        for name in (*NUMBERS, "out_h1", "out_h2", "out_o1", "out_o2"):
            extra = ast.BinOp(node, ast.Mult(), ast.Name(name))
            yield extra, f"a factor {name}", f"a factor is too many: leave out {name}"
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            swapped = ast.BinOp(right, ast.Sub(), left)
            yield swapped, f"{old} swapped", "a difference is swapped"
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield left, f"{ast.unparse(right)} left out", "a factor is missing"
            if not isinstance(left, ast.BinOp) or not isinstance(left.op, ast.Mult):
                yield right, f"{ast.unparse(left)} left out", "a factor is missing"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield left, f"path {ast.unparse(right)} left out", "a path is forgotten"
            yield right, f"path {ast.unparse(left)} left out", "a path is forgotten"
            yield ast.BinOp(left, ast.Sub(), right), f"{ast.unparse(right)} with -", "a minus is"
        case ast.Name(id=name):
            for other in _neighbours(name):
                yield ast.Name(other), f"{other} for {name}", f"neighbour's: try {name} instead"


def _neighbours(name: str) -> Iterator[str]:
    for family in ("w12345678", "i12", "t12"):
        if name[0] == family[0]:
            yield from (name[0] + index for index in family[1:] if index != name[1:])
    if name.startswith("out_"):
        yield from (f"out_{unit}" for unit in ("h1", "h2", "o1", "o2") if unit != name[4:])


Path = tuple[str, ...]


def _paths(node: ast.expr, above: Path = ()) -> Iterator[Path]:
    yield above
    if isinstance(node, ast.BinOp):
        yield from _paths(node.left, (*above, "left"))
        yield from _paths(node.right, (*above, "right"))


def _at(node: ast.expr, path: Path) -> ast.expr:
    for side in path:
        node = getattr(node, side)
    return node


def _put(node: ast.expr, path: Path, new: ast.expr) -> ast.expr:
    if not path:
        return new
    assert isinstance(node, ast.BinOp)
    below = _put(getattr(node, path[0]), path[1:], new)
    if path[0] == "left":
        return ast.BinOp(below, node.op, node.right)
    return ast.BinOp(node.left, node.op, below)
