"""fit(compiled=...): the same numbers, whatever the model, the samples and the batches are."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from compiled_trainings import DATA, HOW, Line, check, sgd

import nn
from autograd_mini import Value, tanh

TARGETS = pytest.mark.parametrize(
    "compiled",
    [
        True,
        "python",
        "numpy",
        pytest.param("c", marks=pytest.mark.cc),
    ],
)


def perceptron(sizes: list[int], inputs: int = 2, **options: Any) -> Callable[[], nn.Module]:
    return lambda: nn.MLP(inputs, sizes, seed=0, **options)


Adam = nn.Adam


CASES: dict[str, Any] = {
    "xor": (
        perceptron([4, 1], activation="tanh", output="sigmoid"),
        nn.xor(),
        nn.binary_cross_entropy,
        lambda parameters: Adam(parameters, 0.1),
        {"epochs": 60},
    ),
    "circle": (
        perceptron([4, 1]),
        nn.circle(90, labels=(-1, 1), seed=1),
        nn.hinge,
        lambda parameters: nn.SGD(parameters, 0.03, 0.9, 1e-3),
        {"epochs": 10, "batch_size": 40},
    ),
    "line": (
        perceptron([4, 1], inputs=1, activation="tanh"),
        nn.line(20, noise=0.1, seed=1),
        nn.mean_squared_error,
        lambda parameters: nn.SGD(parameters, 0.1),
        {"epochs": 30, "batch_size": 1},
    ),
    "classes": (
        perceptron([4, 3], activation="tanh"),
        [(x, int(t) + 1) for x, (t,) in nn.xor()],
        nn.softmax_cross_entropy,
        lambda parameters: Adam(parameters, 0.1),
        {"epochs": 30},
    ),
    "distributions": (
        perceptron([4, 2], activation="tanh"),
        [(x, [1 - t, t]) for x, (t,) in nn.xor()],
        nn.softmax_cross_entropy,
        lambda parameters: Adam(parameters, 0.1),
        {"epochs": 30},
    ),
}


@TARGETS
@pytest.mark.parametrize("case", CASES)
def test_the_numbers_are_those_of_recording(case: str, compiled: bool | str) -> None:
    make, data, loss, optimizer, options = CASES[case]
    models, histories = [], []
    for how in (False, compiled):
        model = make()
        history = nn.fit(
            model, data, loss, optimizer(model.parameters()), seed=0, compiled=how, **options
        )
        models.append([value.data for value in model.parameters()])
        histories.append(history)
    assert histories[1].losses == pytest.approx(histories[0].losses, rel=1e-12, abs=1e-15)
    assert models[1] == pytest.approx(models[0], rel=1e-10, abs=1e-13)
    assert histories[1].updates == histories[0].updates


@pytest.mark.parametrize(
    ("rounds", "error"), [(300, 0.0019367573011484754), (10_000, 4.355321066163729e-06)]
)
@HOW
def test_the_lectures_network(rounds: int, error: float, compiled: str) -> None:
    if compiled == "numpy" and rounds > 300:
        pytest.skip("an array of one row is no faster than recording")
    network = nn.two_two_two()
    optimizer = nn.SGD(network.parameters(), 0.5)
    nn.fit(network, network.samples, network.loss, optimizer, rounds, compiled=compiled)
    assert network.forward().data == pytest.approx(error, rel=1e-12)


# -- models ----------------------------------------------------------------------------------------


class Hidden(nn.Module):
    """In micrograd's style: parameters() alone knows them."""

    def __init__(self) -> None:
        self._w = [Value(0.5), Value(-0.25)]

    def __call__(self, inputs: Any) -> Any:
        return tanh(self._w[0] * inputs[0]) + self._w[1]

    def parameters(self) -> list[Value]:
        return self._w


@HOW
def test_a_module_in_micrograds_style(compiled: str) -> None:
    found = check(Hidden, DATA, nn.half_squared_error, sgd(0.1), 20, compiled=compiled)
    assert found.parameters != [0.5, -0.25]


@HOW
def test_a_branch_of_the_model_is_followed_as_it_learns(compiled: str) -> None:
    class Gate(Line):
        def __call__(self, inputs: Any) -> Any:
            x = inputs[0]
            return self.w * x if self.w * x > self.b else self.b * 2.0 - x

    data = [([k / 5 - 2.0], [math.sin(k)]) for k in range(20)]
    check(Gate, data, nn.half_squared_error, sgd(0.1), 30, compiled=compiled, batch_size=7)


@HOW
def test_a_fixed_value_and_a_shared_one(compiled: str) -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.w = Value(0.5, label="w")
            self.again = self.w
            self.constant = Value(2.0, label="constant")

        def __call__(self, inputs: Any) -> Any:
            return tanh(self.w * inputs[0]) * self.again + self.constant

    def optimizer(parameters: list[Value]) -> nn.Optimizer:
        return nn.SGD(parameters[:1], 0.1)

    found = check(Tied, DATA, nn.half_squared_error, optimizer, 10, compiled=compiled)
    assert found.model.constant.data == 2.0


@HOW
def test_gradients_are_left_as_without_compiling(compiled: str) -> None:
    """A callback may look at them, of fixed values too."""

    def gradients(how: bool | str) -> list[list[float]]:
        network = nn.two_two_two(train_biases=False)
        seen: list[list[float]] = []

        def look(epoch: int, loss: float) -> None:
            names = [f"w{k}" for k in range(1, 9)] + ["b1", "b2"]
            seen.append([getattr(network, name).grad for name in names])

        optimizer = nn.SGD(network.parameters(), 0.5)
        nn.fit(network, network.samples, network.loss, optimizer, 3, callback=look, compiled=how)
        return seen

    for found, expected in zip(gradients(compiled), gradients(False)):
        assert found == pytest.approx(expected, rel=1e-12)


def test_an_optimizer_of_your_own_and_fixed_values_are_honoured() -> None:
    class Sign(nn.Optimizer):
        def moves(self, gradients: list[float]) -> list[float]:
            return [self.learning_rate * ((g > 0) - (g < 0)) for g in gradients]

    results = []
    for compiled in (False, "python"):
        network = nn.two_two_two(train_biases=False)
        optimizer = Sign(network.parameters(), 0.01)
        nn.fit(network, network.samples, nn.half_squared_error, optimizer, 20, compiled=compiled)
        results.append([value.data for value in network.parameters()])
        assert (network.b1.data, network.b2.data) == (0.35, 0.60)
    assert results[0] == results[1]


# -- samples and batches ---------------------------------------------------------------------------


@HOW
@pytest.mark.parametrize("data", [
    [(1.0, 2.0), (2.0, 3.0)],
    [([1.0], 2.0), ([2.0], 3.0)],
    [((1.0,), (2.0,)), ((2.0,), (3.0,))],
    [([1], [2]), ([2], [3])],
    [([1.0], 2), ([2.0], 3), ([2.5], 2)],
    [([1.0], True), ([2.0], False), ([0.5], 1), ([0.25], 0)],
    [([1.0], 1.0), ([2.0], [0.5]), (3.0, [0.25]), ([1.5, 99.0], 0.5)],
], ids=[
    "numbers", "number targets", "tuples", "ints", "int targets", "bools", "mixed",
])  # fmt: skip
def test_samples_of_every_shape(data: Any, compiled: str) -> None:
    class Single(Line):
        def __call__(self, inputs: Any) -> Any:
            first = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
            return self.w * first + self.b

    check(Single, data, nn.half_squared_error, sgd(0.05), 10, compiled=compiled, batch_size=2)


@HOW
def test_samples_that_are_arrays(compiled: str) -> None:
    numpy = pytest.importorskip("numpy")
    data = [(row[:2], row[2:]) for row in numpy.random.default_rng(1).normal(size=(9, 3))]
    make = lambda: nn.MLP(2, [3, 1], activation="tanh", seed=2)  # noqa: E731
    check(make, data, nn.mean_squared_error, sgd(0.1), 10, compiled=compiled, batch_size=4)


@HOW
def test_a_loss_that_reads_numbers_is_recorded_for_each_of_them(compiled: str) -> None:
    """binary_cross_entropy looks at its targets as floats."""
    data = [([k / 7], [k / 10]) for k in range(10)]
    make = lambda: nn.MLP(1, [2, 1], activation="tanh", output="sigmoid", seed=3)  # noqa: E731
    check(make, data, nn.binary_cross_entropy, sgd(0.3), 15, compiled=compiled)


@HOW
def test_more_branches_than_programs_are_kept(compiled: str) -> None:
    """Each of a hundred targets is one of its own."""
    if compiled == "c":
        pytest.skip("64 programs take the compiler 5 seconds")
    data = [([k / 70], [k / 100]) for k in range(100)]
    make = lambda: nn.MLP(1, [1], output="sigmoid", seed=3)  # noqa: E731
    check(make, data, nn.binary_cross_entropy, sgd(0.3), 3, compiled=compiled, batch_size=30)


@HOW
@pytest.mark.parametrize("batch_size", [1, 31, 32, 70, None])
def test_batches_of_every_size(batch_size: int | None, compiled: str) -> None:
    """Of many rows, C computes several at once."""
    data = nn.moons(71, labels=(-1, 1), seed=4)
    make = lambda: nn.MLP(2, [3, 1], activation="tanh", seed=5)  # noqa: E731
    adam = lambda parameters: nn.Adam(parameters, 0.05, weight_decay=1e-3)  # noqa: E731
    check(make, data, nn.hinge, adam, 4, compiled=compiled, batch_size=batch_size)


# -- what happens between epochs -------------------------------------------------------------------


@HOW
def test_a_callback_may_change_the_model_and_the_rate(compiled: str) -> None:
    def run(how: bool | str) -> list[float]:
        model = Line()
        optimizer = nn.SGD(model.parameters(), 0.5)

        def change(epoch: int, loss: float) -> None:
            optimizer.learning_rate *= 0.9
            if epoch == 3:
                model.w.data = -1.0

        nn.fit(model, DATA, nn.half_squared_error, optimizer, 8, callback=change, compiled=how)
        return [value.data for value in model.parameters()]

    assert run(compiled) == pytest.approx(run(False), rel=1e-12)


def test_callbacks_and_ctrl_c_come_between_epochs() -> None:
    model = nn.MLP(1, [1], seed=0)
    optimizer = nn.SGD(model.parameters(), 0.1)
    seen: list[int] = []

    def stop(epoch: int, loss: float) -> bool:
        seen.append(epoch)
        return epoch == 3

    data = nn.line(5)
    nn.fit(model, data, nn.mean_squared_error, optimizer, 10, callback=stop, compiled="python")
    assert seen == [1, 2, 3]

    def interrupt(epoch: int, loss: float) -> None:
        raise KeyboardInterrupt

    history = nn.fit(
        model, data, nn.mean_squared_error, optimizer, 10, callback=interrupt, compiled="python"
    )
    assert (history.interrupted, history.updates) == (True, 1)


def test_two_trainings_one_after_the_other_go_on() -> None:
    def run(how: bool | str) -> list[float]:
        model = Line()
        optimizer = nn.SGD(model.parameters(), 0.1, momentum=0.9)
        for _ in range(3):
            nn.fit(model, DATA, nn.half_squared_error, optimizer, 4, compiled=how)
        return [value.data for value in model.parameters()]

    assert run("python") == pytest.approx(run(False), rel=1e-12)


def test_the_progress_line_is_the_same(capsys: Any) -> None:
    lines = []
    for how in (False, "python"):
        model = Line()
        optimizer = nn.SGD(model.parameters(), 0.1)
        nn.fit(model, DATA, nn.half_squared_error, optimizer, 3, progress=True, compiled=how)
        lines.append(capsys.readouterr().err)
    # The last that was written, but the time that it took; a slow machine writes more before it.
    without, compiled = (line.rpartition("\r")[2].rpartition("  ")[0] for line in lines)
    assert compiled == without
    assert without.startswith("epoch 3 of 3  loss ")
