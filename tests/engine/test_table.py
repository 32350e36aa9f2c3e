"""Every row of the table, in one loop: against mpmath, against differences, and with a nan."""

from __future__ import annotations

import ast
import math
import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import mpmath
import pytest

from autograd_mini import Operation, Value, gradients, hessian
from autograd_mini.engine.operation import TABLE

ROWS = list(TABLE.values())
EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)

# mpmath's numbers have 100 digits, so that a difference over 1e-30 is right to more than 50.
mpmath.mp.dps = 100
STEP = mpmath.mpf("1e-30")


def points(row: Operation, number: int) -> Iterator[tuple[float, ...]]:
    """As many points of the row's domain, the same at every run, its kink left out."""
    generator = random.Random(row.name)
    while number:
        point = tuple(generator.uniform(*interval) for interval in row.domain)
        if not row.kink or abs(exactly(row.kink, *point)) > 1e-2:
            number -= 1
            yield point


def exactly(expression: str, *operands: Any) -> Any:
    """An expression of the table with mpmath's numbers: what the row means, without rounding.

    A row that the expression calls is written out, until only the functions that mpmath has are
    left; these are the primitives, which call themselves.
    """
    names: dict[str, Any] = dict(zip("xy", map(mpmath.mpf, operands)))
    for node in ast.walk(ast.parse(expression)):
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            names[node.func.id] = exact_function(TABLE[node.func.id])
    return eval(expression, {"__builtins__": {}}, names)


def exact_function(row: Operation) -> Any:
    if row.value == f"{row.name}({', '.join('xy'[: row.arity])})":
        return mpmath.fabs if row.name == "abs" else getattr(mpmath, row.name)
    return lambda *operands: exactly(row.value, *operands)


def exact_partial(row: Operation, point: tuple[float, ...], position: int) -> Any:
    """The derivative of what the row computes, from its value alone: its partials are not read."""
    ahead, behind = ([mpmath.mpf(x) for x in point] for _ in range(2))
    ahead[position] += STEP
    behind[position] -= STEP
    return (exactly(row.value, *ahead) - exactly(row.value, *behind)) / (2 * STEP)


@EVERY_ROW
@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_row_agrees_with_mpmath_at_many_points(row: Operation, count: int) -> None:
    for point in points(row, count):
        xs = [Value(x) for x in point]
        z = row(*xs)
        exact = exactly(row.value, *point)
        assert abs(z.data - exact) <= 4 * math.ulp(float(exact)), (point, z.data, exact)
        for position, partial in enumerate(z.partials):
            exact = exact_partial(row, point, position)
            # A partial that is 0 must come out as 0; the difference has an error of 1e-60.
            bound = 1e-12 * abs(exact) + mpmath.mpf("1e-55")
            assert abs(partial - exact) <= bound, (point, position, partial, exact)


@EVERY_ROW
def test_first_derivatives_agree_with_central_differences(row: Operation) -> None:
    for point in points(row, 50):
        xs = [Value(x) for x in point]
        slopes = gradients(row(*xs), xs)
        for position, slope in enumerate(slopes):
            assert slope == pytest.approx(difference(row, point, position), rel=1e-7, abs=1e-7)


@EVERY_ROW
def test_second_derivatives_agree_with_central_differences_of_the_first(row: Operation) -> None:
    for point in points(row, 50):
        curvatures = hessian(row)(*point)
        for first in range(row.arity):

            def slope(*operands: float, first: int = first) -> float:
                xs = [Value(x) for x in operands]
                return gradients(row(*xs), xs)[first]

            for second in range(row.arity):
                expected = difference(slope, point, second)
                assert curvatures[first][second] == pytest.approx(expected, rel=1e-7, abs=1e-7)


def difference(f: Any, point: tuple[float, ...], position: int) -> float:
    """df/dx by the difference of five points.

    What the formula leaves out is of the order (step / distance to a singularity)**4, 1e-8 at the
    edge of the domain of asin; rounding is worth f * 2**-53 / step, 1e-12 of f.
    """
    step = 1e-4

    def moved(steps: int) -> float:
        operands = list(point)
        operands[position] += steps * step
        return float(f(*operands))

    return (moved(-2) - 8 * moved(-1) + 8 * moved(1) - moved(2)) / (12 * step)


@EVERY_ROW
def test_a_nan_stays_a_nan_whatever_the_other_operand_is(row: Operation) -> None:
    for position in range(row.arity):
        for other in (0.0, 1.0, -1.0, 2.0, 0.5, math.inf, -math.inf, math.nan):
            operands = [other] * row.arity
            operands[position] = math.nan
            assert math.isnan(row(*operands)), operands
            values = [Value(x) for x in operands]
            assert math.isnan(row(*values).data), operands
            if row.arity == 2:
                assert math.isnan(row(values[0], operands[1]).data), operands
                assert math.isnan(row(operands[0], values[1]).data), operands


@EVERY_ROW
def test_a_row_is_a_function_of_floats_and_of_values_and_a_method(row: Operation) -> None:
    for point in points(row, 20):
        xs = [Value(x) for x in point]
        expected = row(*point)
        assert type(expected) is float
        results = [row(*xs), getattr(xs[0], row.name)(*xs[1:])]
        if row.arity == 2:
            results += [row(xs[0], point[1]), row(point[0], xs[1])]
        for z in results:
            assert (z.data, z.op, z.op.arity) == (expected, row, len(z.operands))
            assert all(type(number) is float for number in (z.data, z.grad))


@EVERY_ROW
def test_a_constant_operand_stays_a_float_and_has_no_partial(row: Operation) -> None:
    if row.arity == 1:
        assert row(Value(0.5)).operands[0].data == 0.5
        return
    for x, y in points(row, 20):
        both = row(Value(x), Value(y))
        left, right = Value(x), Value(y)
        assert row(left, y).operands == (left, y)
        assert row(left, y).partials == (both.partials[0], None)
        assert row(x, right).operands == (x, right)
        assert row(x, right).partials == (None, both.partials[1])


@EVERY_ROW
def test_the_domain_of_a_row_has_an_interval_for_each_operand(row: Operation) -> None:
    assert len(row.domain) == row.arity == len(row.partials)
    assert all(low < high for low, high in row.domain)


@EVERY_ROW
def test_help_for_a_row_is_its_rule(row: Operation) -> None:
    written = [f"z = {row.value}", *(f"dz/d{x} = {p}" for x, p in zip("xy", row.partials))]
    kink = [f"kink where {row.kink} = 0"] if row.kink else []
    assert row.__doc__ == "\n".join(written + kink)
    assert getattr(Value, row.name).__doc__ == row.__doc__
    assert repr(row) == f"<operation {row.name}: z = {row.value}>"


def test_the_first_use_of_a_row_in_a_program_may_be_of_any_kind() -> None:
    program = """
import inspect
from autograd_mini import Value, atan, cos, maximum, tan
used = []
class Mine(Value):
    def exp(self):
        used.append(self)
        return super().exp()
x = Value(0.0)
four = Value(4.0)
print(x.sin(), cos(x), tan(0.0), maximum(2.0, x), Mine(0.0).exp(), atan.partials, Value.sqrt(four))
print(Value.log.__doc__.splitlines()[0], inspect.signature(Value.hypot), len(used))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    values = ["0.0", "1.0", "0.0", "2.0", "1.0", "('1 / (1 + x * x)',)", "2.0"]
    written = [f"Value(data={each})" if i not in (2, 5) else each for i, each in enumerate(values)]
    assert ran.stderr == ""
    assert ran.stdout == f"{' '.join(written)}\nz = log(x) (self, other, /) 1\n"


def test_the_table_has_the_operations_of_the_lectures() -> None:
    """The names that a user can rely on; a further row is no failure."""
    arithmetic = "add sub mul div neg pow"
    elementary = "exp expm1 log log1p sqrt sin cos tan asin acos atan sinh cosh tanh"
    activations = "sigmoid softplus relu abs sign step maximum minimum"
    assert set(f"{arithmetic} {elementary} {activations}".split()) <= set(TABLE)
    assert all(name == row.name for name, row in TABLE.items())


@pytest.mark.parametrize(("wrong", "message"), [
    (lambda: TABLE["sin"](), "sin takes 1 operands, got 0"),
    (lambda: TABLE["sin"](1.0, 2.0), "sin takes 1 operands, got 2"),
    (lambda: TABLE["add"](Value(1.0)), "add takes 2 operands, got 1"),
    (lambda: TABLE["sin"]("1"), "sin takes Values and real numbers, got str"),
    (lambda: TABLE["maximum"](Value(1.0), None),
     "maximum takes Values and real numbers, got Value, NoneType"),
    (lambda: TABLE["maximum"]([1.0], Value(1.0)),
     "maximum takes Values and real numbers, got list, Value; write the operation for each "
     "element, or use an array"),
    (lambda: TABLE["maximum"](1.0, 1j),
     "maximum takes Values and real numbers, got float, complex"),
])  # fmt: skip
def test_a_row_called_with_something_else_says_what_it_takes(wrong: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        wrong()
    assert str(caught.value) == message
