"""Scenes: names of values and derivatives, and the same graph with other numbers."""

from __future__ import annotations

import pytest

from autograd_mini import DomainError, Value, gradients, log, maximum, relu, sigmoid
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.engine.tree import parse


def neuron() -> Scene:
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.5, label="b")
    net = w * x + b
    net.label = "net"
    return Scene({"w": w, "x": x, "b": b, "net": net, "out": sigmoid(net)})


def test_numbers_are_those_of_the_engine() -> None:
    scene = neuron()
    out, net, w = (scene.values[name] for name in ("out", "net", "w"))
    assert scene.number("net") == -0.5
    assert scene.number("dout/dnet") == gradients(out, [net])[0]
    assert scene.number("dout/dw") == gradients(out, [w])[0]
    assert scene.number("dw/dout") == 0.0
    assert scene.number("dout/dout") == 1.0


def test_asking_for_a_derivative_leaves_gradients_alone() -> None:
    scene = neuron()
    scene.values["out"].backward()
    before = scene.values["w"].grad
    scene.number("dout/dw")
    assert scene.values["w"].grad == before


def test_a_name_comes_before_a_derivative() -> None:
    """dE/dw may be what somebody calls a value; and a name may contain /d itself."""
    w = Value(3.0)
    scene = Scene({"w": w, "E": w * w, "dE/dw": Value(7.0), "a/d": w * 2, "dw": w * 5})
    assert scene.number("dE/dw") == 7.0
    assert scene.number("da/d/dw") == 2.0
    assert scene.number("dw") == 15.0
    assert scene.number("ddw/dw") == 5.0
    assert scene.number("dE/ddw") == 0.0


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(LookupError) as error:
        neuron().number("dout/dv")
    assert str(error.value) == (
        "there is no 'dout/dv' here; the names are w, x, b, net, out, and dY/dX for any two of them"
    )


def test_a_scene_names_values_only() -> None:
    with pytest.raises(TypeError, match=r"^a scene names Values; w is 0\.5$"):
        Scene({"w": 0.5})  # type: ignore[dict-item]


def test_leaves_are_named_once() -> None:
    w = Value(1.0)
    assert list(Scene({"w": w, "again": w, "y": w * 2}).leaves) == ["w"]
    assert list(neuron().leaves) == ["w", "x", "b"]


def test_a_scene_recomputes_its_graph_with_other_numbers() -> None:
    scene = neuron()
    there = scene.at({"w": 1.0, "b": -2.5})
    assert there.number("net") == -0.5
    assert there.number("dnet/dx") == 1.0
    assert there.values["net"].label == "net"
    assert scene.number("dnet/dx") == 0.5, "the scene itself stays as it was"
    assert there.at({"w": 0.5, "b": -1.5}).number("out") == scene.number("out")


def test_branches_are_taken_anew() -> None:
    x, y = Value(1.0), Value(2.0)
    scene = Scene({"x": x, "y": y, "r": relu(x), "m": maximum(x, y)})
    there = scene.at({"x": -1.0, "y": -2.0})
    assert [there.number(name) for name in ("r", "dr/dx", "m", "dm/dx")] == [0.0, 0.0, -1.0, 1.0]


def test_leaves_without_a_name_and_constants_stay() -> None:
    hidden = Value(3.0)
    x = Value(1.0)
    scene = Scene({"x": x, "y": hidden * x + 0.25})
    assert scene.at({"x": 2.0}).number("y") == 6.25


def test_a_name_for_a_leaf_that_another_name_has_too() -> None:
    w = Value(1.0)
    there = Scene({"w": w, "again": w, "y": w * 2}).at({"again": 4.0})
    assert (there.number("w"), there.number("y")) == (4.0, 8.0)


def test_only_leaves_can_be_moved() -> None:
    whole = r"^only leaves can be given other numbers, got 'net'; the leaves are w, x, b$"
    with pytest.raises(ValueError, match=whole):
        neuron().at({"net": 0.0})


def test_outside_the_domain() -> None:
    x = Value(1.0, label="x")
    with pytest.raises(DomainError, match="log"):
        Scene({"x": x, "y": log(x)}).at({"x": -1.0})


def test_expressions_in_floats_and_recorded() -> None:
    scene = neuron()
    tree = parse("w - net * slope", ["w", "net", "slope"])
    derivative = parse("w * 2 + 1", ["w"])
    with pytest.raises(LookupError):
        scene.evaluate(tree)
    assert scene.evaluate(derivative) == 2.0
    recorded = scene.record(derivative)
    assert gradients(recorded, [scene.values["w"]]) == [2.0]
    assert scene.record(parse("2 * 3")).data == 6.0
    slope = scene.value("dout/dw")
    assert gradients(slope, [scene.values["b"]])[0] != 0.0, "a derivative is recorded too"


def test_a_narrowed_scene_depends_on_the_same_leaves() -> None:
    scene = neuron()
    scene.values["twice"] = scene.values["x"] * 2.0
    scene.values["other"] = scene.values["x"] + Value(1.0)
    narrow = scene.narrowed(parse("w * twice", ["w", "twice"]))
    assert list(narrow.values) == ["w", "x", "twice"]
    assert list(scene.narrowed(parse("net + 1", ["net"])).values) == [
        *("w", "x", "b", "net", "out", "twice")
    ]


def test_a_graph_deeper_than_the_recursion_limit() -> None:
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y * 1.0
    scene = Scene({"x": x, "y": y})
    assert scene.at({"x": 2.0}).number("dy/dx") == 1.0


def test_names_in_an_expression() -> None:
    tree = parse("sigmoid(b * a) - b ** 2", ["a", "b"])
    assert list(names_in(tree)) == ["b", "a"]
