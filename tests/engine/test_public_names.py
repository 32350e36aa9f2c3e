"""The names of a Value and of the package: in completion, in type checkers, in `import *`."""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_mini as ag
from autograd_mini import Value
from autograd_mini.engine import ops
from autograd_mini.engine.operation import TABLE

ROWS = list(TABLE.values())


def test_completion_of_a_value_offers_public_names_only() -> None:
    x = Value(1.0)
    offered = {name for name in dir(x * x) if not name.startswith("_")}
    attributes = {"data", "grad", "label", "scope", "op", "operands", "partials", "has_grad"}
    assert offered - set(TABLE) == {*attributes, "backward"}
    assert {row.name for row in ROWS} <= offered
    assert ((x * x)._op, (x * x)._prev) == ("*", {x})  # micrograd's


def test_the_stub_lists_the_rows_of_the_table() -> None:
    """A new row needs two lines in ops.pyi: `name: Operation` and its method."""
    tree = ast.parse(Path(ops.__file__).with_suffix(".pyi").read_text("utf-8"))
    rows = [ast.unparse(node) for node in tree.body if isinstance(node, ast.AnnAssign)]
    assert rows == [f"{row.name}: Operation" for row in ROWS]
    (methods,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    written = [ast.unparse(node) for node in methods.body]
    expected = []
    for row in ROWS:
        other = ", other: Value | float" * (row.arity - 1)
        expected.append(f"def {row.name}(self{other}, /) -> Value:\n    ...")
    assert written[: len(ROWS)] == expected
    others = {node.name for node in methods.body[len(ROWS) :] if isinstance(node, ast.FunctionDef)}
    assert others == {
        "__init__", "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__",
        "__truediv__", "__rtruediv__", "__pow__", "__rpow__", "__neg__", "__abs__",
    }  # fmt: skip
    assert all(hasattr(Value, name) for name in others)


@pytest.mark.parametrize(
    "checker", [["mypy", "--no-error-summary"], ["pyright"]], ids=lambda c: c[0]
)
def test_a_type_checker_refuses_a_misspelt_attribute(checker: list[str], tmp_path: Path) -> None:
    folder = Path(sys.executable).parent
    if not (folder / checker[0]).exists():
        pytest.skip(f"needs {checker[0]}")
    file = tmp_path / "use.py"
    file.write_text(
        "from autograd_mini import Value\n"
        "x = Value(1.0)\n"
        "y: Value = 2 * x.tanh() + x.maximum(0.5) ** x - abs(-x) / 3\n"
        "z: float = y.data + y.grad\n"
        "x.sigmiod()\n"
        "x.dta = 2.0\n"
    )
    command = [str(folder / checker[0]), *checker[1:], str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=Path(ag.__file__).parents[1])
    errors = [line for line in ran.stdout.splitlines() if "error" in line and "use.py" in line]
    assert len(errors) == 2, ran.stdout + ran.stderr
    assert "sigmiod" in errors[0]
    assert "dta" in errors[1]


def test_import_star_leaves_the_builtins_alone() -> None:
    variables: dict[str, object] = {}
    exec("from autograd_mini import *\nfound = pow(2, 3, 5), abs(-2)", variables)
    assert variables["found"] == (3, 2)
    assert not [name for name in ag.__all__ if hasattr(builtins, name)]
    assert {"Value", "tanh", "maximum", "draw", "label"} <= set(ag.__all__)
    assert ag.pow(2.0, 3.0) == 8.0
    assert {"abs", "pow"} <= set(dir(ag))


def test_every_value_is_of_the_class_value() -> None:
    x = Value(2.0)
    assert type(x) is type(x * x) is type(ag.grad(lambda x: x)(x)) is Value
    made = type(x * x)(3.0, label="a")
    assert (made.data, made.label, made.op) == (3.0, "a", None)
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'data'"):
        type(x)()
    assert str(inspect.signature(Value)) == "(data: 'float', label: 'str' = '') -> 'None'"


def test_a_subclass_may_have_an_init_that_calls_that_of_value() -> None:
    class Weight(Value):
        __slots__ = ("rate",)

        def __init__(self, data: float, rate: float) -> None:
            super().__init__(data, label="w")
            self.rate = rate

    class Frozen(Weight):
        __slots__ = ()

    frozen = Frozen(2.0, rate=0.5)
    (frozen * frozen).backward()
    assert (frozen.data, frozen.label, frozen.rate, frozen.grad) == (2.0, "w", 0.5, 4.0)
    assert type(frozen) is Frozen


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_graph_survives_every_protocol_of_pickle(protocol: int) -> None:
    with ag.scope("layer"):
        x = Value(2.0, label="x")
        y = (x * x).tanh()
    y.backward()
    read = pickle.loads(pickle.dumps(y, protocol))
    (square,) = read.operands
    assert (read.data, read.scope, square.operands[0].label) == (y.data, ("layer",), "x")
    assert (square.operands[0].grad, type(read)) == (x.grad, Value)


@pytest.mark.skipif(ag.engine_name == "C", reason="the methods of the engine in C")
def test_the_source_of_a_method_is_the_rule_of_its_row() -> None:
    source = inspect.getsource(Value.mul)
    assert source.startswith("def mul(self, other, /):\n    x = self._data\n")
    assert "            z = x * y\n" in source
    assert "        node._dx = y\n        node._dy = x\n" in source
    assert inspect.getsource(Value.__mul__) == source
    assert copy.copy(TABLE["mul"]) is TABLE["mul"]
