"""micrograd's notebooks, with the import changed: the numbers printed in them come out."""

import random

import pytest

import nn
from autograd_mini import Value
from nn import MLP


def test_a_neuron_of_trace_graph():
    random.seed(1337)
    n = nn.Neuron(2)
    x = [Value(1.0), Value(-2.0)]
    y = n(x)
    y.backward()
    assert repr(n) == "ReLUNeuron(2)"
    assert repr(nn.Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert len(y._prev) == 1
    assert x[0].grad == n.w[0].data


def test_the_demo_prints_the_losses_that_micrograd_prints():
    numpy = pytest.importorskip("numpy")
    datasets = pytest.importorskip("sklearn.datasets")
    numpy.random.seed(1337)
    random.seed(1337)
    X, y = datasets.make_moons(n_samples=100, noise=0.1)
    y = y * 2 - 1
    model = MLP(2, [16, 16, 1])
    assert len(model.parameters()) == 337

    def loss():
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        return data_loss + reg_loss

    printed = [0.8958441028683222, 1.7235905336972022, 0.7429006313851131, 0.7705641260584198]
    for k, expected in enumerate(printed):
        total_loss = loss()
        assert total_loss.data == pytest.approx(expected, rel=1e-14)
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
