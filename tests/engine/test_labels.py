"""label() names the Values of the caller; formulas typeset the names."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from autograd_mini import Value, explain, label


def in_a_script(source: str) -> dict[str, Any]:
    """The variables of a script, run from top to bottom."""
    variables: dict[str, Any] = {}
    exec(compile(f"from autograd_mini import Value, label\n{source}", "script", "exec"), variables)
    return variables


def test_label_names_the_values_of_a_script() -> None:
    variables = in_a_script("w = Value(0.5)\nx = Value(2.0)\nout = w * x + 1\nlabel()")
    assert [variables[name].label for name in ("w", "x", "out")] == ["w", "x", "out"]


def test_label_names_the_values_of_the_function_that_calls_it() -> None:
    w = Value(3.0)

    def neuron(x: Value) -> Value:
        net = x * 2
        label()
        return net

    net = neuron(Value(1.0))
    assert (net.label, net.operands[0].label, w.label) == ("net", "x", "")  # type: ignore[union-attr]


def test_label_names_the_values_of_one_notebook_cell_and_of_those_before() -> None:
    """Each cell is a code object of its own, run with the same variables."""
    variables: dict[str, Any] = {"Value": Value, "label": label}
    for cell in ("w = Value(0.5)", "out = w.tanh()\nlabel()"):
        exec(compile(cell, "cell", "exec"), variables)
    assert (variables["w"].label, variables["out"].label) == ("w", "out")


def test_elements_of_lists_and_tuples_get_their_index() -> None:
    w = [Value(1.0), Value(2.0)]
    layers = [[Value(3.0)], (Value(4.0), Value(5.0))]
    x_train = (Value(6.0),)
    w1 = [Value(7.0)]
    label()
    assert [each.label for each in w] == ["w0", "w1"]
    assert [each.label for layer in layers for each in layer] == [
        "layers0_0",
        "layers1_0",
        "layers1_1",
    ]
    assert (x_train[0].label, w1[0].label) == ("x_train_0", "w1_0")


def test_an_element_keeps_clear_of_the_name_of_another_variable() -> None:
    w = [Value(1.0), Value(2.0)]
    w0 = Value(3.0)
    label()
    assert (w[0].label, w[1].label, w0.label) == ("w_0", "w1", "w0")


def test_formulas_typeset_the_index_as_a_subscript() -> None:
    w = [[Value(0.5), Value(0.25)]]
    y = w[0][1] ** 2
    label()
    assert r"\frac{\partial y}{\partial w_{0,1}}" in (explain(y, wrt=w[0][1])._repr_latex_() or "")


def test_elements_of_dicts_get_their_key() -> None:
    state = {"wq": [[Value(1.0), Value(2.0)]], "layer0.mlp": [Value(3.0)], "b": Value(4.0)}
    other = {"b": Value(5.0), 7: Value(6.0)}
    label()
    assert [value.label for value in state["wq"][0]] == ["wq0_0", "wq0_1"]  # type: ignore[index]
    assert state["layer0.mlp"][0].label == "layer0_mlp_0"  # type: ignore[index]
    assert (state["b"].label, other["b"].label, other[7].label) == ("b", "other_b", "")  # type: ignore[union-attr]


def test_a_label_that_was_given_stays() -> None:
    w = Value(1.0, label="weight")
    label()
    assert w.label == "weight"


def test_the_first_of_several_names_counts() -> None:
    variables = in_a_script("a = Value(1.0)\nb = a\nc = [a]\nlabel()")
    assert variables["a"].label == "a"


@pytest.mark.parametrize("loop", [
    "for w in ws: total = w * 2",
    "for i, w in enumerate(ws): total = w * i",
    "for i, (w, _) in enumerate(zip(ws, ws)): total = w * i",
])  # fmt: skip
@pytest.mark.parametrize("before", ["", "w = Value(9.0)\n"])
def test_a_loop_variable_does_not_name_an_element(loop: str, before: str) -> None:
    source = f"{before}ws = [Value(1.0), Value(2.0)]\n{loop}\nlabel()"
    assert [w.label for w in in_a_script(source)["ws"]] == ["ws0", "ws1"]
    indented = source.replace("\n", "\n    ")
    found = in_a_script(f"def f():\n    {indented}\n    return ws\nfound = f()")["found"]
    assert [w.label for w in found] == ["ws0", "ws1"]


def test_a_variable_that_a_lambda_captures_is_as_good_as_another() -> None:
    first = Value(1.0)
    second = first
    assert (lambda: first)() is second
    label()
    assert first.label == "first"


def test_names_that_begin_with_an_underscore_are_skipped() -> None:
    variables = in_a_script("_a = Value(1.0)\n_b = [Value(2.0)]\nlabel()")
    assert (variables["_a"].label, variables["_b"][0].label) == ("", "")


def test_a_list_that_contains_itself_is_named_once() -> None:
    w: list[Any] = [Value(1.0)]
    w.append(w)
    label()
    assert w[0].label == "w0"


def test_a_mistake_names_no_value() -> None:
    a = Value(1.0)
    with pytest.raises(TypeError) as caught:
        label(a=a, b=2.0)  # type: ignore[arg-type]
    assert str(caught.value) == "label(b=...) names a Value, got 2.0"
    assert a.label == ""


def test_the_command_names_the_values_of_a_file_as_label_does(tmp_path: Path) -> None:
    from autograd_mini.cli.sources import find_source

    file = tmp_path / "net.py"
    file.write_text(
        "from autograd_mini import Value\nw = [Value(0.5), Value(2.0)]\ny = w[0] * w[1]\n"
    )
    source = find_source(f"{file}:y")
    assert list(source.values) == ["y", "w0", "w1"]
    assert runpy.run_path(str(file))["w"][0].label == ""
