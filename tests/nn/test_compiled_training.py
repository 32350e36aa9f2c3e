"""fit(compiled=...): the same numbers, however the loss is run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

import nn
from autograd_mini import Value

TARGETS = pytest.mark.parametrize(
    "compiled",
    [
        True,
        "python",
        "numpy",
        pytest.param("c", marks=pytest.mark.cc),
    ],
)


@pytest.fixture(autouse=True)
def cache_of_libraries(tmp_path_factory: Any, monkeypatch: Any, request: Any) -> None:
    """Libraries are kept in a folder of this session."""
    if request.node.get_closest_marker("cc") and shutil.which("cc") is None:
        pytest.skip("a C compiler, cc, is not installed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp()))


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
    "lecture": (
        nn.two_two_two,
        nn.two_two_two().samples,
        nn.half_squared_error,
        lambda parameters: nn.SGD(parameters, 0.5),
        {"epochs": 300},
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


def test_a_training_that_diverges_says_the_same() -> None:
    messages = []
    for compiled in (False, "python"):
        model = nn.MLP(1, [1], seed=0)
        optimizer = nn.SGD(model.parameters(), 1e8)
        with pytest.raises(nn.TrainingError) as caught:
            nn.fit(model, nn.line(5), nn.mean_squared_error, optimizer, 100, compiled=compiled)
        messages.append(str(caught.value))
        assert all(abs(value.data) < 1e308 for value in model.parameters())
    assert "overflows at" in messages[0]
    assert messages[1][:90] == messages[0][:90]  # of the number, the last digits may differ


def test_a_loss_that_no_program_can_follow_is_recorded_and_right() -> None:
    """A Value is equal to no number: `target == 1` is true of the float alone."""

    def loss(output: Any, target: Any) -> Any:
        (t,) = target
        return (output - 1) ** 2 if t == 1 else output**2

    results = []
    for compiled in (False, "python"):
        model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
        optimizer = nn.SGD(model.parameters(), 0.1)
        if compiled:
            with pytest.warns(UserWarning, match=r"^the loss of sample data\[1\] cannot be replay"):
                nn.fit(model, nn.xor(), loss, optimizer, 20, compiled=compiled)
        else:
            nn.fit(model, nn.xor(), loss, optimizer, 20)
        results.append([value.data for value in model.parameters()])
    assert results[1] == pytest.approx(results[0], rel=1e-12)


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


def test_samples_of_values_or_nested_lists_are_recorded() -> None:
    model = nn.MLP(1, [1], activation="linear", seed=0)

    def loss(output: Any, target: Any) -> Any:
        return (output - target[0][0]) ** 2

    optimizer = nn.SGD(model.parameters(), 0.1)
    with pytest.warns(UserWarning, match="cannot be replayed"):
        history = nn.fit(model, [([Value(1.0)], [[2.0]])], loss, optimizer, 30, compiled="python")
    assert history.losses[-1] < 1e-3


def test_an_unknown_target_is_named() -> None:
    model = nn.MLP(1, [1])
    optimizer = nn.SGD(model.parameters(), 0.1)
    with pytest.raises(ValueError) as caught:
        nn.fit(model, nn.line(2), nn.mean_squared_error, optimizer, 1, compiled="javascript")
    assert str(caught.value) == (
        "compiled must be True, False or one of auto, python, numpy, c, not 'javascript'"
    )
