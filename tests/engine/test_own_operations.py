"""A row more and a row less: registering an operation, and taking one out of the table.

All of it in fresh interpreters, so that no other test sees a table that is not ours.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
import pytest

import autograd_mini
from autograd_mini import Value, maximum, mul, operation
from autograd_mini.engine.operation import TABLE

PACKAGE = Path(autograd_mini.__file__).parent
SHIPPED = list(TABLE)  # without the rows that other tests add later


def run(program: str, folder: Path | None = None) -> str:
    """What `program` prints, with the package in `folder` if it is given."""
    environment = dict(os.environ, PYTHONPATH=str(folder or PACKAGE.parent))
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
    assert ran.stderr == ""
    assert ran.returncode == 0
    return ran.stdout


GELU = """
from autograd_mini import *
gelu = operation(
    "gelu",
    "0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x ** 3)))",
    "z / x + 0.5 * x * (1 - (2 * z / x - 1) ** 2) * 0.7978845608028654 * (1 + 0.134145 * x ** 2)",
    domain=((0.1, 5.0),),
)
"""


def exact_gelu(x: mpmath.mpf) -> mpmath.mpf:
    inside = mpmath.mpf(0.7978845608028654) * (x + mpmath.mpf(0.044715) * x**3)
    return x / 2 * (1 + mpmath.tanh(inside))


def test_a_users_operation_computes_records_and_is_differentiated_to_any_order() -> None:
    program = f"""{GELU}
import json
x = Value(1.25, label="x")
y = gelu(x)
y.backward()
print(json.dumps([
    gelu(1.25), y.data, x.gelu().data,
    x.grad, grad(gelu)(1.25), jvp(gelu, (1.25,), (1.0,))[1], y.partials[0],
    grad(grad(gelu))(1.25), hessian(gelu)(1.25)[0][0],
    grad(grad(grad(gelu)))(1.25),
]))
"""
    found = json.loads(run(program))
    with mpmath.workdps(60):
        orders = [float(mpmath.diff(exact_gelu, mpmath.mpf(1.25), order)) for order in range(4)]
    expected = [orders[0]] * 3 + [orders[1]] * 4 + [orders[2]] * 2 + [orders[3]]
    assert found == pytest.approx(expected, rel=1e-14, abs=0)


def test_a_users_operation_is_a_row_like_any_other() -> None:
    program = f"""{GELU}
import pickle
from autograd_mini import Value, maximum
from autograd_mini.engine.operation import TABLE
y = gelu(Value(2.0, label="x"))
print(y.op is gelu, y.op.name, y._op, y.op.arity, TABLE["gelu"] is gelu)
print(repr(gelu) == f"<operation gelu: z = {{gelu.value}}>", Value.gelu.__qualname__)
print(pickle.loads(pickle.dumps(y)).op is gelu)
try:
    gelu(Value(1e200, label="x"))
except DomainError as error:
    print(error)
gelu_twice = operation("gelu_twice", "gelu(gelu(x))", "1")
print(gelu_twice(0.5) == gelu(gelu(0.5)), gelu_twice(Value(0.5)).data == gelu(gelu(0.5)))
"""
    assert run(program) == (
        "True gelu gelu 1 True\nTrue Value.gelu\nTrue\ngelu(x) overflows at x = 1e+200\nTrue True\n"
    )


def test_a_users_operation_of_two_operands_takes_constants_and_its_symbol() -> None:
    program = """
from autograd_mini import *
norm2 = operation("norm2", "sqrt(x * x + y * y)", "x / z", "y / z", symbol="|+|")
x, y = Value(3.0, label="x"), Value(4.0, label="y")
z = norm2(x, y)
z.backward()
print(z.data, x.grad, y.grad, z._op)
print(x.norm2(4).operands[1], norm2(3, y).partials, norm2(3, 4))
print([[round(125 * number, 12) for number in row] for row in hessian(norm2)(3.0, 4.0)])
print(norm2(Value(0.0), Value(0.0)).partials)
try:
    norm2(x, "4")
except TypeError as error:
    print(error)
try:
    norm2(x, 1e200)
except DomainError as error:
    print(error)
"""
    assert run(program) == (
        "5.0 0.6 0.8 |+|\n"
        "4.0 (None, 0.8) 5.0\n"
        "[[16.0, -12.0], [-12.0, 9.0]]\n"
        "(nan, nan)\n"
        "norm2 takes Values and real numbers, got Value, str\n"
        "x |+| 1e+200 overflows at x = 3.0\n"
    )


SLOPES = [
    ("log(x)", 0.0, "-inf"),
    ("log(x)", -1.0, "nan"),
    ("log1p(x)", -1.0, "-inf"),
    ("1 / x", 0.0, "inf"),
    ("1 / x", -0.0, "-inf"),
    ("-2 / x", 0.0, "-inf"),
    ("0 / x", 0.0, "nan"),
    ("exp(x)", 1000.0, "inf"),
    ("sinh(x)", 1000.0, "inf"),
    ("sinh(x)", -1000.0, "-inf"),
    ("cosh(x)", -1000.0, "inf"),
    ("x ** -2", -0.0, "inf"),
    ("x ** -3", -0.0, "-inf"),
    ("x ** -0.5", 0.0, "inf"),
    ("x ** 0.5", -2.0, "nan"),
    ("x ** 401", -10.0, "-inf"),
    ("x ** 400", -10.0, "inf"),
    ("asin(x)", 2.0, "nan"),
    ("1 / (1 + exp(x))", 1000.0, "0.0"),
    ("softplus(1 / x)", 0.0, "inf"),
]


def test_a_slope_without_finite_value_is_what_the_c_library_gives() -> None:
    """Recording succeeds, since the value exists."""
    program = f"""
from autograd_mini import *
for number, (slope, at, _) in enumerate({SLOPES!r}):
    row = operation(f"f{{number}}", "x", slope)
    x = Value(at)
    y = row(x)
    y.backward()
    assert repr(y.data) == repr(at)
    print(x.grad)
"""
    assert run(program).split() == [expected for _, _, expected in SLOPES]


REFUSED = {
    '"2fold", "x", "1"': "an operation is named by an identifier without leading _, got '2fold'",
    '"my op", "x", "1"': "an operation is named by an identifier without leading _, got 'my op'",
    '"", "x", "1"': "an operation is named by an identifier without leading _, got ''",
    '"_f", "x", "1"': "an operation is named by an identifier without leading _, got '_f'",
    '"lambda", "x", "1"': "an operation is named by an identifier without leading _, got 'lambda'",
    '"tanh", "x", "1"': "the name 'tanh' is taken; choose another",
    '"backward", "x", "1"': "the name 'backward' is taken; choose another",
    '"x", "x", "1"': "the name 'x' is taken; choose another",
    '"math", "x", "1"': "the name 'math' is taken; choose another",
    '"self", "x", "1"': "the name 'self' is taken; choose another",
    '"isinstance", "x", "1"': "the name 'isinstance' is taken; choose another",
    '"f", "x"': "f has 0 partials; it needs one for each of its 1 or 2 operands",
    '"f", "x", "1", "1", "1"': "f has 3 partials; it needs one for each of its 1 or 2 operands",
    '"f", "x + y", "1"': "'y' cannot stand in 'x + y': an expression has numbers, x, + - * / **, "
    "`a if b < c else d` and operations of the table",
    '"f", "x +", "1"': "'x +' is not an expression: invalid syntax",
    '"f", "x * 1e309", "1"': "a number in 'x * 1e309' is too large for a float",
    f'"f", "x", "{10**309}"': f"a number in '1{98 * '0'} is too large for a float",
    '"f", "x", "1 +"': "'1 +' is not an expression: invalid syntax",
    '"f", "z", "1"': "'z' cannot stand in 'z': an expression has numbers, x, + - * / **, "
    "`a if b < c else d` and operations of the table",
    '"f", "erf(x)", "1"': "'erf(x)' cannot stand in 'erf(x)': an expression has numbers, x, "
    "+ - * / **, `a if b < c else d` and operations of the table",
    '"f", "x", "erf(x)"': "'erf(x)' cannot stand in 'erf(x)': an expression has numbers, x, z, "
    "+ - * / **, `a if b < c else d` and operations of the table",
    '"f", "sin(x, x)", "1"': "sin takes 1 operands, got 2 in 'sin(x, x)'",
    '"f", "x + y", "1", "1", symbol="+"': "the symbol '+' is taken by add; choose another",
    '"f", "-x", "-1", symbol="-"': "the symbol '-' is taken by neg; choose another",
    '"f", "x", "1", symbol="abs"': "the symbol 'abs' is taken by abs; choose another",
    '"f", "x", "1", domain=((0, 1), (0, 1))': "f has 2 intervals as its domain; "
    "it needs one for each of its 1 operands",
    '"f", "x", "1", kink="x -"': "'x -' is not an expression: invalid syntax",
}


def test_a_wrong_operation_is_refused_and_leaves_the_table_unchanged() -> None:
    program = f"""
import json
from autograd_mini import *
from autograd_mini import Value, maximum
from autograd_mini.engine.operation import TABLE
before, methods = dict(TABLE), set(dir(Value))
messages = []
for call in {list(REFUSED)!r}:
    try:
        eval(f"operation({{call}})")
    except ValueError as error:
        messages.append(str(error))
    else:
        messages.append("no error")
assert TABLE == before and set(dir(Value)) == methods
assert ((Value(1.0) + 1).data, (-Value(1.0)).data) == (2.0, -1.0)
assert operation("f", "x", "1")(2.0) == 2.0
print(json.dumps(messages))
"""
    assert dict(zip(REFUSED, json.loads(run(program)))) == REFUSED


def test_an_expression_is_a_string() -> None:
    for given in (2, lambda x: 2.0):
        with pytest.raises(TypeError) as caught:
            operation("twice", "2 * x", given)  # type: ignore[arg-type]
        assert str(caught.value) == (
            "the value and the partials of twice are expressions in strings, "
            f"such as '3 * x * x', got {given!r}"
        )


def test_an_operation_may_be_called_what_the_code_that_records_calls_its_parts() -> None:
    """Or is refused, where the name means something else there."""
    program = """
import re
from autograd_mini import Value, operation, scope
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.recording import source
words = set(re.findall(r"[A-Za-z]+", source(TABLE["pow"]) + source(TABLE["maximum"]) + " rule"))
free = []
for name in sorted(words):
    try:
        operation(name, "x * x * x", "3 * x * x")
    except ValueError:
        continue
    free.append(name)
    operation("twice", f"2 * {name}(x)", f"3 * {name}(x) / x * 2")
    with scope("inside"):
        x = Value(2.0)
    y = x.twice() + 1
    y.backward()
    assert (x.scope, y.data, x.grad) == (("inside",), 17.0, 24.0), name
print(words - set(free) >= {"self", "float"}, set(free) >= {"real", "place", "new", "rule"})
"""
    assert run(program) == "True True\n"


def test_a_users_operation_can_be_corrected_and_rows_that_call_it_follow() -> None:
    # As in a notebook, where a cell is run again after its mistake has been found.
    program = """
from autograd_mini import Value, grad, operation
cube = operation("cube", "x * x * x", "2 * x * x")
twice = operation("twice", "2 * cube(x)", "6 * x * x")
x = Value(3.0)
before = x.cube()
corrected = operation("cube", "x * x * x", "3 * x * x")
before.backward()
print(x.grad, grad(corrected)(3.0), grad(lambda x: x.cube())(3.0), grad(grad(corrected))(3.0))
operation("cube", "x ** 3 + 1", "3 * x ** 2")
print(twice(Value(2.0)).data, Value(2.0).twice().data, twice(2.0))
"""
    assert run(program) == "18.0 27.0 27.0 18.0\n18.0 18.0 18.0\n"


@pytest.mark.parametrize("row", [maximum, mul])
def test_a_method_refuses_other_objects_than_numbers_as_its_function_does(row: Any) -> None:
    """Also where there is an operator, which would ask the other operand next."""
    message = f"{row.name} takes Values and real numbers, got Value, NoneType"
    for call in (getattr(Value(1.0), row.name), partial(row, Value(1.0))):
        with pytest.raises(TypeError) as error:
            call(None)
        assert str(error.value) == message


# -- a row less ---------------------------------------------------------------------------------


WHOLE_TABLE = """
import json
import autograd_mini
from autograd_mini import *
from autograd_mini import Value, maximum
from autograd_mini.engine.operation import TABLE
found = {}
for name, row in TABLE.items():
    point = [(2 * low + high) / 3 for low, high in row.domain]
    xs = [Value(x) for x in point]
    z = row(*xs)
    z.backward()
    found[name] = [row(*point), z.data, [x.grad for x in xs], hessian(row)(*point)]
print(json.dumps([autograd_mini.__file__, hasattr(autograd_mini, "softplus"), found]))
"""


def test_a_failure_of_an_operation_is_written_as_the_operation_is() -> None:
    """With a symbol that stands before its operand, and as a call of two operands."""
    program = """
from autograd_mini import Value, operation
operation("root", "sqrt(x)", "1 / (2 * z)", symbol="\u221a")
operation("odds", "x / (y - x)", "y / (y - x) ** 2", "-x / (y - x) ** 2")
x = Value(-4.0, label="area")
for failing in (lambda: x.root(), lambda: x.odds(-4.0)):
    try:
        failing()
    except ArithmeticError as error:
        print(ascii(str(error)))
"""
    assert run(program).splitlines() == [
        "'\\u221a area does not exist at area = -4.0'",
        "'odds(area, -4.0) does not exist at area = -4.0'",
    ]


def test_softplus_is_one_row_of_the_table_and_nothing_else(tmp_path: Path) -> None:
    """Taken out, the package works without it; put back, it works with it."""
    copy = tmp_path / "autograd_mini"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    ops = copy / "engine" / "ops.py"
    whole = ops.read_text(encoding="utf-8")
    _, _, complete = json.loads(run(WHOLE_TABLE))
    assert list(complete) == SHIPPED

    ops.write_text(without_assignment(whole, "softplus"), encoding="utf-8")
    file, has_softplus, found = json.loads(run(WHOLE_TABLE, tmp_path))
    assert Path(file) == copy / "__init__.py"
    assert not has_softplus
    assert found == {name: numbers for name, numbers in complete.items() if name != "softplus"}

    ops.write_text(whole, encoding="utf-8")
    _, has_softplus, found = json.loads(run(WHOLE_TABLE, tmp_path))
    assert has_softplus
    assert found == complete


@pytest.mark.cc
def test_a_new_primitive_is_one_row_of_the_table_and_nothing_else(tmp_path: Path) -> None:
    """A compiler knows that a step of a square is 1; what it computes of that is the library's."""
    copy = tmp_path / "autograd_mini"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    row = 'asinh = row("asinh(x)", "1 / sqrt(1 + x * x)")'
    ops = copy / "engine" / "ops.py"
    whole = ops.read_text(encoding="utf-8")
    ops.write_text(whole.replace("\n# fmt: on", f"\n{row}\n# fmt: on"), encoding="utf-8")
    program = """
import math
from autograd_mini import Value, asinh, compile_graph, step
x = Value(0.7, label="x")
numbers = [k / 7 for k in range(12)]
values = [asinh(step(x * x) * number) for number in numbers]
computed, _ = compile_graph(values, [x], target="c")(0.7)
print(computed == [y.data for y in values] == [math.asinh(number) for number in numbers])
"""
    assert run(program, tmp_path) == "True\n"


def without_assignment(source: str, name: str) -> str:
    (statement,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    lines = source.splitlines(keepends=True)
    del lines[statement.lineno - 1 : statement.end_lineno]
    return "".join(lines)
