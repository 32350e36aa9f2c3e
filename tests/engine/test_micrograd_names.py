"""What programs written for micrograd rely on: its README's numbers, `_prev` and `_op`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd_mini import Value, topological_order


def test_the_example_of_micrograds_readme_prints_its_numbers() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert [f"{x:.4f}" for x in (g.data, a.grad, b.grad)] == ["24.7041", "138.8338", "645.5773"]


def test_prev_is_the_set_of_operands_that_are_values() -> None:
    a, b = Value(2.0), Value(3.0)
    assert a._prev == set()
    assert (a * b)._prev == {a, b}
    assert (a * a)._prev == {a}
    assert (a * 3)._prev == {a}
    assert (3 - b)._prev == {b}
    assert a.relu()._prev == {a}


def test_op_is_the_symbol_of_the_operation() -> None:
    a, b = Value(2.0), Value(3.0)
    results = [a, a + b, a - b, a * b, a / b, a**b, a**2, -a, a.relu(), a.tanh()]
    symbols = ["", "+", "-", "*", "/", "**", "**", "-", "relu", "tanh"]
    assert [result._op for result in results] == symbols


def test_a_trace_by_prev_and_op_finds_the_whole_graph() -> None:
    """The walk of trace_graph.ipynb."""
    a, b = Value(2.0), Value(3.0)
    root = ((a * b + 1) * a).relu()
    nodes, edges = set(), set()

    def build(value: Value) -> None:
        if value not in nodes:
            nodes.add(value)
            for child in value._prev:
                edges.add((child, value))
                build(child)

    build(root)
    assert nodes == set(topological_order(root))
    assert len(edges) == 6
    assert sorted(node._op for node in nodes) == ["", "", "*", "*", "+", "relu"]


def test_a_training_step_in_micrograds_manner() -> None:
    w = [Value(0.5), Value(-0.25)]
    for _ in range(2):
        loss = sum((wi * xi for wi, xi in zip(w, [1.0, 4.0])), Value(0)) ** 2
        for p in w:
            p.grad = 0
        loss.backward()
        for p in w:
            p.data -= 0.1 * p.grad
    # The sum is -1/2: it moves the weights by -0.1 * 2 * -1/2 * (1, 4); then it is 1.2.
    assert [p.data for p in w] == [pytest.approx(0.36), pytest.approx(-0.81)]
    assert loss.data == pytest.approx(1.44)


class Traced(Value):
    """A subclass as micrograd's users write it: operations that make results of their class."""

    def __init__(
        self,
        data: float,
        _children: tuple[Value, ...] = (),
        _op: str = "",
    ) -> None:
        super().__init__(data, _children, _op)  # type: ignore[call-arg, arg-type]
        self._backward = lambda: None

    def __mul__(self, other: Value | float) -> Value:
        y = other if isinstance(other, Value) else Value(other)
        out = Traced(self.data * y.data, (self, y), "*")

        def _backward() -> None:
            self.grad += y.data * out.grad
            y.grad += self.data * out.grad

        out._backward = _backward
        return out


def test_a_subclass_passes_operands_and_operation_on() -> None:
    x, y = Traced(3.0), Traced(-2.0)
    z = x * y * 2 + 1
    z.backward()
    assert (x.grad, y.grad) == (-4.0, 6.0)
    product = x * y
    assert (type(product), product._op, product._prev) == (Traced, "*", {x, y})


# A program as it is written after the lecture "The spelled-out intro to neural networks".
AFTER_THE_LECTURE = """
import random
from micrograd.engine import Value
from graphviz import Digraph

def trace(root):
    nodes, edges = set(), set()
    def walk(node):
        if node not in nodes:
            nodes.add(node)
            for operand in node._prev:
                edges.add((operand, node))
                walk(operand)
    walk(root)
    return nodes, edges

def picture(root):
    dot = Digraph(graph_attr={"rankdir": "LR"})
    nodes, edges = trace(root)
    for node in nodes:
        text = "{ %s | data %.4f | grad %.4f }" % (node.label, node.data, node.grad)
        dot.node(name=str(id(node)), label=text, shape="record")
        if node._op:
            dot.node(name=str(id(node)) + node._op, label=node._op)
            dot.edge(str(id(node)) + node._op, str(id(node)))
    for operand, node in edges:
        dot.edge(str(id(operand)), str(id(node)) + node._op)
    return dot

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")
x1w1 = x1 * w1; x1w1.label = "x1*w1"
x2w2 = x2 * w2; x2w2.label = "x2*w2"
both = x1w1 + x2w2; both.label = "x1*w1 + x2*w2"
n = both + b; n.label = "n"
o = n.tanh(); o.label = "o"
o.grad = 1.0
for node in (o, n, both, x1w1, x2w2):
    node._backward()
by_node = [each.grad for each in (x1, w1, x2, w2)]
dot = picture(o).source

for node in trace(o)[0]:
    node.grad = 0.0
e = (2 * n).exp()
taken_apart = (e - 1) / (e + 1)
taken_apart.backward()
by_parts = [each.grad for each in (x1, w1, x2, w2)]

class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))
    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()
    def parameters(self):
        return self.w + [self.b]

class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]
    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs
    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]

class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin] + nouts
        self.layers = [Layer(*pair) for pair in zip(sizes, nouts)]
    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

random.seed(1)
net = MLP(3, [4, 4, 1])
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
losses = []
for k in range(20):
    outputs = [net(x) for x in xs]
    loss = sum((output - y) ** 2 for y, output in zip(ys, outputs))
    for p in net.parameters():
        p.grad = 0.0
    loss.backward()
    for p in net.parameters():
        p.data += -0.05 * p.grad
    losses.append(loss.data)
"""


def test_a_program_after_the_lecture_runs_with_its_import_changed() -> None:
    pytest.importorskip("graphviz")
    program = AFTER_THE_LECTURE.replace("micrograd.engine", "autograd_mini.micrograd.engine")
    made: dict[str, Any] = {}
    exec(program, made)
    slope = 1 - made["o"].data ** 2
    assert made["by_node"] == [-3.0 * slope, 2.0 * slope, 1.0 * slope, 0.0]
    assert made["by_parts"] == pytest.approx(made["by_node"], rel=1e-12)
    assert made["dot"].count("[label=") == 10 + 5
    assert "x1*w1 | data -6.0000 | grad 0.5000" in made["dot"]
    assert len(made["net"].parameters()) == 41
    assert made["losses"] == sorted(made["losses"], reverse=True)
    assert made["losses"][-1] < 0.1 * made["losses"][0]


def test_the_names_of_micrograds_modules_are_those_of_this_project() -> None:
    from autograd_mini import micrograd

    assert micrograd.engine.Value is micrograd.Value is Value
    assert micrograd.nn.MLP is micrograd.MLP is nn.MLP
    assert repr(micrograd.MLP(2, [1])) == "MLP of [Layer of [LinearNeuron(2)]]"


def test_the_package_nn_has_a_name_that_a_file_nn_does_not_hide(tmp_path: Path) -> None:
    (tmp_path / "nn.py").write_text("depth = 3\n")
    (tmp_path / "homework.py").write_text(
        "import pickle\n"
        "import nn\n"
        "import autograd_mini\n"
        "from autograd_mini.micrograd.nn import MLP\n"
        "from autograd_mini.nn import SGD, fit, mean_squared_error, xor\n"
        "model = MLP(2, [2, 1], activation='tanh', seed=1)\n"
        "optimizer = SGD(model.parameters(), 0.1)\n"
        "fit(model, xor(labels=(-1, 1)), mean_squared_error, optimizer, 50, compiled=True)\n"
        "copied = pickle.loads(pickle.dumps(model))\n"
        "same = copied([1, 0]).data == model([1, 0]).data\n"
        "print(nn.depth, autograd_mini.nn.MLP is type(copied), same)\n"
    )
    command = [sys.executable, "homework.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("3 True True\n", "")


def test_autograd_mini_nn_is_the_package_nn() -> None:
    import autograd_mini.nn as ours

    assert ours is nn
