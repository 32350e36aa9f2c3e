"""Every row of the table, in one loop, against PyTorch's own function of that name."""

from __future__ import annotations

import ast
import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from autograd_mini import DomainError, Operation, Value, grad, hessian
from autograd_mini.engine.operation import TABLE

torch = pytest.importorskip("torch")

EVERY_ROW = pytest.mark.parametrize("row", list(TABLE.values()), ids=lambda row: row.name)

# At 0, PyTorch's sign is 0 and its step (heaviside) is not differentiable: these are written out.
OTHERWISE = {"sign", "step"}


def torch_function(row: Operation) -> Callable[..., Any]:
    """PyTorch's function; for a row that it does not have, the row's value in its functions."""
    if row.name not in OTHERWISE:
        for module in (torch, torch.nn.functional):
            if hasattr(module, row.name):
                return getattr(module, row.name)

    def written_out(*operands: Any) -> Any:
        called = {
            node.func.id: torch_function(TABLE[node.func.id])
            for node in ast.walk(ast.parse(row.value))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        z = eval(row.value, {"__builtins__": {}}, {**called, **dict(zip("xy", operands))})
        return z if isinstance(z, torch.Tensor) else z + 0.0 * operands[0]

    return written_out


def torch_derivatives(
    row: Operation, point: tuple[float, ...]
) -> tuple[float, list[float], list[list[float]]]:
    """The value, the slopes and the matrix of second derivatives."""
    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    z = torch_function(row)(*xs)
    slopes = torch.autograd.grad(z, xs, create_graph=True)
    curvatures = [second(slope, xs) for slope in slopes]
    return z.item(), [slope.item() for slope in slopes], curvatures


def second(slope: Any, xs: list[Any]) -> list[float]:
    if not slope.requires_grad:
        return [0.0] * len(xs)
    found = torch.autograd.grad(slope, xs, retain_graph=True, allow_unused=True)
    return [0.0 if curvature is None else curvature.item() for curvature in found]


@EVERY_ROW
def test_a_row_and_its_derivatives_of_orders_1_and_2_agree_with_pytorch(row: Operation) -> None:
    generator = random.Random(row.name)
    for _ in range(50):
        point = tuple(generator.uniform(*interval) for interval in row.domain)
        value, slopes, curvatures = torch_derivatives(row, point)
        assert row(*point) == pytest.approx(value, rel=1e-15, abs=0)
        ours = grad(row, argnums=tuple(range(row.arity)))(*point)
        assert ours == pytest.approx(tuple(slopes), rel=1e-12, abs=0)
        for ours_row, theirs in zip(hessian(row)(*point), curvatures):
            assert ours_row == pytest.approx(theirs, rel=1e-12, abs=0)


SPECIAL = [
    *(0.0, -0.0, 0.5, 1.0, -1.0, 2.0, -2.0, 3.0, math.inf, -math.inf, math.nan),
    *(1e-300, 1e300, -1e300, 5e-324, 800.0, -800.0),
]


def is_otherwise(row: Operation, point: tuple[float, ...]) -> bool:
    """Where PyTorch's number is another by a convention, or is off."""
    match row.name:
        case "sign" | "step":  # written out with 0 * x, a nan at infinity
            return not math.isfinite(point[0])
        case "abs":  # its slope at nan is 0
            return math.isnan(point[0])
        case "log1p":  # PyTorch 2.13 has 0 at the smallest float
            return point == (5e-324,)
        case "hypot":  # at the origin its slopes are nan; in C, hypot(inf, nan) is inf
            return point == (0.0, 0.0) or math.nan in point
        case "atan2":  # its slopes are 0 where the square of the distance is 0
            return point[0] * point[0] + point[1] * point[1] == 0.0
        case "pow" if point[0] == 0.0:  # dz/dy is 0 for all y, not only for those above 0
            return not point[1] >= 0.0
        case "pow":  # in C, 1**nan and nan**0 are 1; here a nan stays a nan
            return math.nan in point and (point[0] == 1.0 or point[1] == 0.0)
    return False


@EVERY_ROW
def test_at_special_operands_value_and_slopes_are_pytorchs_or_there_is_no_value(
    row: Operation,
) -> None:
    """Where ours does not exist or overflows, PyTorch's is nan or infinite."""
    compared = 0
    for point in itertools.product(SPECIAL, repeat=row.arity):
        value, slopes, _ = torch_derivatives(row, point)
        try:
            z = row(*map(Value, point))
        except DomainError:
            assert not math.isfinite(value), (point, value)
            continue
        if not is_otherwise(row, point):
            compared += 1
            assert z.data == pytest.approx(value, rel=1e-15, abs=0, nan_ok=True), point
            assert z.partials == pytest.approx(tuple(slopes), rel=1e-12, abs=0, nan_ok=True), point
    assert compared >= 5
