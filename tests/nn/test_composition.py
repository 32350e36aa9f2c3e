"""Networks of one's own: a line fitted to points, and connections that skip a layer."""

import pytest

import nn
from autograd_mini import Value, sigmoid


class Line(nn.Module):
    def __init__(self):
        self.slope, self.intercept = Value(0.0), Value(0.0)

    def __call__(self, inputs):
        (x,) = inputs
        return self.slope * x + self.intercept


def test_linear_regression_by_gradient_descent():
    model = Line()
    data = nn.line(20, slope=2.0, intercept=1.0)
    nn.fit(model, data, nn.mean_squared_error, nn.SGD(model.parameters(), 0.5), 200)
    assert model.slope.data == pytest.approx(2.0, abs=1e-12)
    assert model.intercept.data == pytest.approx(1.0, abs=1e-12)


def test_linear_regression_finds_the_least_squares_of_noisy_points():
    data = nn.line(50, slope=-1.5, intercept=0.5, noise=0.3, seed=1)
    n = len(data)
    mean_x = sum(x for (x,), _ in data) / n
    mean_y = sum(y for _, (y,) in data) / n
    slope = sum((x - mean_x) * (y - mean_y) for (x,), (y,) in data) / sum(
        (x - mean_x) ** 2 for (x,), _ in data
    )
    neuron = nn.Neuron(1, activation="linear", seed=1)
    nn.fit(neuron, data, nn.half_squared_error, nn.SGD(neuron.parameters(), 0.5), 300)
    assert neuron.w[0].data == pytest.approx(slope, abs=1e-12)
    assert neuron.b.data == pytest.approx(mean_y - slope * mean_x, abs=1e-12)


class Skipping(nn.Module):
    """A hidden layer, and a way round it: out = sigmoid(v * tanh(w * x) + s * x)."""

    def __init__(self):
        self.hidden = nn.Neuron(1, activation="tanh", bias=None, seed=1)
        self.output = nn.Neuron(2, activation="linear", bias=None, seed=2)

    def __call__(self, inputs):
        return sigmoid(self.output([self.hidden(inputs), *inputs]))


def test_a_connection_may_skip_a_layer():
    model, x = Skipping(), Value(0.5)
    out = model([x])
    out.backward()
    (w,), (v, s) = model.hidden.w, model.output.w
    hidden = model.hidden([0.5]).data
    slope = out.data * (1 - out.data)
    assert s.grad == pytest.approx(slope * 0.5, rel=1e-14)
    assert v.grad == pytest.approx(slope * hidden, rel=1e-14)
    through_hidden = v.data * (1 - hidden**2) * w.data
    assert x.grad == pytest.approx(slope * (through_hidden + s.data), rel=1e-14)
    assert [name for name, _ in model.named_parameters()] == [
        "hidden.w.0",
        "output.w.0",
        "output.w.1",
    ]


def test_a_network_that_skips_a_layer_trains_and_is_saved(tmp_path):
    model, other = Skipping(), Skipping()
    data = [([-1.0], [0.0]), ([1.0], [1.0])]
    nn.fit(model, data, nn.binary_cross_entropy, nn.SGD(model.parameters(), 1.0), 100)
    assert nn.evaluate(model, data, nn.binary_cross_entropy) < 0.05
    model.save(tmp_path / "skipping.json")
    other.load(tmp_path / "skipping.json")
    assert other([0.25]).data == model([0.25]).data


def test_one_layer_may_be_used_twice():
    layer = nn.Neuron(1, activation="linear", bias=None, init=lambda *_: 3.0)
    layer([layer([1.0])]).backward()
    assert layer.w[0].grad == 6.0
