"""Shortcuts: formulas for a derivative that authors know by heart, and do not derive.

- p - t, p - 1 or p: a softmax or sigmoid with its cross-entropy, or a squared error.
- p1 * (dL/dp1 - p1*dL/dp1 - p2*dL/dp2): the backward pass of a softmax.
- dL/db * x: a weight beside the bias b in a sum without a name, as in sigmoid(w*x + b).
"""

from __future__ import annotations

import ast
import itertools
import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter

from autograd_mini.checking.formulas.candidates import Effort
from autograd_mini.checking.formulas.formula_slips import CLOSE
from autograd_mini.checking.formulas.identity import check_identity
from autograd_mini.checking.formulas.points import POINTS
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.steps import Steps
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import evaluate, factor, postorder, total
from autograd_mini.symbols.simplify import addends


def shortcuts(steps: Steps, name: str, effort: Effort) -> list[ast.expr]:
    """The shortcuts to a derivative dY/dX; empty for any other name."""
    scene, ends = steps.scene, steps.ends(name)
    if ends is None or not effort.spend(len(scene.values)):
        return []
    candidates = itertools.chain(
        _differences(steps, name), _beside_a_bias(steps, *ends), _softmax(steps, *ends)
    )
    found = []
    for each in candidates:
        if not effort.spend(POINTS * len(scene.order)):
            break
        if check_identity(scene, ast.Name(name), each, effort=Effort(0)):
            found.append(each)
    return found


def _differences(steps: Steps, name: str) -> Iterator[ast.expr]:
    """p, p - t and p - 1 for every value p and leaf t, where the numbers agree."""
    scene = steps.scene
    number = scene.number(name)
    targets: list[tuple[float, ast.expr | None]] = [(0.0, None), (1.0, ast.Constant(1))]
    targets += [(scene.number(leaf), ast.Name(leaf)) for leaf in scene.leaves]
    targets.sort(key=itemgetter(0))
    for each in (each for each, value in scene.values.items() if value.op is not None):
        target = scene.number(each) - number
        error = CLOSE * abs(number)
        first = bisect_left(targets, target - error, key=itemgetter(0))
        last = bisect_right(targets, target + error, key=itemgetter(0))
        for _, less in targets[first:last]:
            tree = ast.Name(each)
            yield tree if less is None else ast.BinOp(tree, ast.Sub(), less)


def _beside_a_bias(steps: Steps, y: str, x: str) -> Iterator[ast.expr]:
    """dY/db * (d sum / dX), for a sum without a name in which x and the term b stand once."""
    for result in steps.results(x):
        definition = steps.definitions[result]
        times = Counter(node.id for node in postorder(definition) if isinstance(node, ast.Name))
        for node in postorder(definition):
            is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))
            if node is definition or not is_sum or times[x] != 1:
                continue
            assert isinstance(node, ast.expr)
            if x not in names_in(node):
                continue
            for term in addends(node):
                if isinstance(term, ast.Name) and term.id != x and times[term.id] == 1:
                    leaves = {
                        each: Value(steps.scene.number(each), label=each) for each in names_in(node)
                    }
                    slope = factor(evaluate(node, leaves), leaves[x], lambda _: False)
                    yield ast.BinOp(ast.Name(f"d{y}/d{term.id}"), ast.Mult(), slope)


def _softmax(steps: Steps, y: str, x: str) -> Iterator[ast.expr]:
    """own * (dY/d own - sum of p * dY/dp) over the outputs p of a softmax; own is that of x."""
    scene = steps.scene
    quotients = [name for name in steps.between(y, x) if _is_quotient(steps.definitions[name])]
    slopes = {name: scene.number(f"d{name}/d{x}") for name in quotients}
    data = {name: scene.number(name) for name in quotients}
    for own in quotients:
        if not math.isclose(slopes[own], data[own] * (1.0 - data[own]), rel_tol=CLOSE):
            continue
        outputs = [
            name
            for name in quotients
            if name == own or math.isclose(slopes[name], -data[own] * data[name], rel_tol=CLOSE)
        ]
        if y in outputs:
            other = ast.BinOp(ast.Constant(1), ast.Sub(), ast.Name(own))
            yield ast.BinOp(ast.Name(y), ast.Mult(), other if y == own else _minus(own))
        elif math.isclose(sum(data[name] for name in outputs), 1.0, rel_tol=CLOSE):
            mean = total([_times(name, y) for name in outputs])
            inner = ast.BinOp(ast.Name(f"d{y}/d{own}"), ast.Sub(), mean)
            yield ast.BinOp(ast.Name(own), ast.Mult(), inner)


def _times(name: str, y: str) -> ast.expr:
    return ast.BinOp(ast.Name(name), ast.Mult(), ast.Name(f"d{y}/d{name}"))


def _is_quotient(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div)


def _minus(name: str) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Name(name))
