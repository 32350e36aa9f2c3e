"""fit(compiled=...) where it could go another way than fit does: it never does, or says so."""

from __future__ import annotations

import io
import itertools
import math
import os
import random
import warnings
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest
from compiled_trainings import DATA, HOW, Line, Trained, check, sgd

import nn
from autograd_mini import Value, log, pick, relu, sigmoid, softmax

# -- what a program cannot follow ------------------------------------------------------------------


CANNOT = (
    "the loss of sample data[{}] depends on more than its numbers: all samples are recorded at "
    "every step, as without compiled="
)


def margin(output: Any, target: Any) -> Any:
    """By `==`, which is never true of a Value."""
    return relu(1.0 - output) if target[0] == 1 else relu(1.0 + output)


@HOW
def test_a_loss_that_asks_for_equality_warns_and_is_right(compiled: str) -> None:
    found = check(lambda: Line(0.5), DATA, margin, sgd(0.1), 20, compiled=compiled, warns=True)
    assert found.warnings == [CANNOT.format(0)]


@HOW
def test_a_loss_that_agrees_by_chance_at_first_warns_and_is_right(compiled: str) -> None:
    """At w = b = 0 every loss is 1 with either target: only the gradients differ."""
    check(Line, DATA, margin, sgd(0.1), 20, compiled=compiled, warns=True)
    check(Line, DATA, margin, sgd(0.1), 20, compiled=compiled, warns=True, batch_size=1)


@HOW
def test_a_loss_whose_gradient_agrees_by_chance_too_warns_and_is_right(compiled: str) -> None:
    """The second sample that is met is like the first; the third is not."""

    def loss(output: Any, target: Any) -> Any:
        factor = 3.0 if target[0] == 2 else 1.0
        return (output - target[0]) ** 2 * factor

    data = [([1.0], [1.0]), ([2.0], [0.5]), ([-1.0], [2.0]), ([0.5], [2.0])]
    check(Line, data, loss, sgd(0.05), 20, compiled=compiled, warns=True)


@HOW
def test_losses_without_a_slope_at_first_warn_and_are_right(compiled: str) -> None:
    """Both margins are kept at 0, until the other sample has moved the line."""

    def loss(output: Any, target: Any) -> Any:
        if target[0] == 2:
            return (output - 6.0) ** 2
        return relu(output - 1.0) if target[0] == 1 else relu(-1.0 - output)

    data = [([1.0], [1.0]), ([1.0], [2.0])]
    found = check(Line, data, loss, sgd(0.1), 20, compiled=compiled, warns=True)
    assert found.warnings == [CANNOT.format(0)]


@HOW
def test_two_parameters_that_are_equal_at_first_are_told_apart(compiled: str) -> None:
    class Swapped(Line):
        def __call__(self, inputs: Any) -> Any:
            first, second = (self.w, self.b) if inputs[0] == 1 else (self.b, self.w)
            return first * 2.0 + second

    check(Swapped, DATA, nn.half_squared_error, sgd(0.1), 5, compiled=compiled, warns=True)


@HOW
def test_numbers_that_a_loss_computes_of_a_sample_alone_do_not_warn(compiled: str) -> None:
    """Nor do Values that it makes itself."""

    def loss(output: Any, target: Any) -> Any:
        scale = 1.0 + (target[0] * 3.0 - 0.1) ** 2 / 7.0
        return (output - Value(2.0) * 0.1) ** 2 * scale + abs(output * target[0]) / 3.0

    check(Line, DATA, loss, sgd(0.01), 20, compiled=compiled)


@HOW
def test_a_loss_with_chance_in_it_warns(compiled: str) -> None:
    """Which no program can draw again."""

    def make_loss() -> Any:
        generator = random.Random(1)
        return lambda output, target: (output - target[0] + generator.gauss(0.0, 1.0)) ** 2

    model = Line()
    optimizer = nn.SGD(model.parameters(), 0.01)
    with pytest.warns(UserWarning, match="changes a generator of random numbers"):
        nn.fit(model, DATA, make_loss(), optimizer, 5, compiled=compiled)


@HOW
def test_a_loss_that_takes_only_floats_as_targets_warns_and_is_right(compiled: str) -> None:
    def by_type(output: Any, target: Any) -> Any:
        assert isinstance(target[0], float)
        return (output - target[0]) ** 2

    found = check(Line, DATA[::2], by_type, sgd(0.1), 20, compiled=compiled, warns=True)
    assert found.warnings == [CANNOT.format(0)]
    assert found.error == ""


@HOW
def test_a_target_that_selects_by_its_whole_number_is_followed(compiled: str) -> None:
    """The program of a sample holds for its index, so that no sample needs a warning."""
    chosen = [2.0, -1.0, 0.5]

    def by_index(output: Any, target: Any) -> Any:
        return (output - chosen[int(target[0])]) ** 2

    data = [([1.0], [1.0]), ([-1.5], [2.0]), ([0.5], [0.0])]
    assert check(Line, data, by_index, sgd(0.1), 20, compiled=compiled).error == ""


@HOW
def test_a_loss_that_has_no_slope_at_first_does_not_warn(compiled: str) -> None:
    """The slope of sqrt at 0 is infinite, and 0 times that nan, however it is computed."""

    def loss(output: Any, target: Any) -> Any:
        return ((output * 0.0) ** 2).sqrt()

    found = check(Line, DATA, loss, sgd(0.1), 3, compiled=compiled)
    assert found.error.startswith("TrainingError: training in epoch 1 stopped after sample data[3]")


def test_samples_of_values_or_nested_lists_are_recorded() -> None:
    model = nn.MLP(1, [1], activation="linear", seed=0)

    def loss(output: Any, target: Any) -> Any:
        return (output - target[0][0]) ** 2

    optimizer = nn.SGD(model.parameters(), 0.1)
    with pytest.warns(UserWarning, match="are recorded at every step"):
        history = nn.fit(model, [([Value(1.0)], [[2.0]])], loss, optimizer, 30, compiled="python")
    assert history.losses[-1] < 1e-3


# -- where it ends ---------------------------------------------------------------------------------


@HOW
def test_the_first_sample_that_has_no_loss_is_named(compiled: str) -> None:
    def loss(output: Any, target: Any) -> Any:
        return log(output + 2.0) + target[0] * 0.0

    data = [([0.5], [0.0]), ([1.0], [0.0]), ([2.0], [0.0]), ([3.0], [0.0])]
    for batch_size in (None, 2, 1):
        found = check(Line, data, loss, sgd(2.0), 50, compiled=compiled, batch_size=batch_size)
        assert found.error.startswith("TrainingError: training in epoch ")
        assert "log(x) does not exist at x = " in found.error


@HOW
def test_a_loss_that_becomes_infinite_or_nan(compiled: str) -> None:
    """By a factor that is a number, on a branch."""
    for factor in (math.nan, math.inf):

        def loss(output: Any, target: Any, factor: float = factor) -> Any:
            return (output - 3.0) ** 2 * (factor if output > 1.5 else 1.0)

        found = check(Line, [([1.0], [0.0])], loss, sgd(0.1), 50, compiled=compiled)
        assert found.error.startswith(
            "TrainingError: training in epoch 3 stopped at sample data[0]"
        )


@HOW
def test_an_update_that_overflows_is_undone(compiled: str) -> None:
    def loss(output: Any, target: Any) -> Any:
        return output * 100.0

    found = check(Line, [([1.0], [0.0])], loss, sgd(1e307), 3, compiled=compiled)
    assert found.error.startswith(
        "TrainingError: training in epoch 1 stopped after sample data[0]: the update makes a "
    )
    assert found.parameters == [0.0, 0.0]


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


@HOW
@pytest.mark.parametrize("error", [ValueError, LookupError, ZeroDivisionError])
def test_an_error_of_ones_own_passes(error: Any, compiled: str) -> None:
    """Whenever it is raised: at the first sight of a sample, or when a branch is first taken."""

    def loss(output: Any, target: Any) -> Any:
        if output > 1.5:
            raise error("of one's own")
        return (output - 3.0) ** 2

    for data in ([([1.0], [0.0])], [([0.0], [0.0]), ([1.0], [0.0])]):
        found = check(Line, data, loss, sgd(0.1), 50, compiled=compiled, batch_size=1)
        assert found.error == f"{error.__name__}: of one's own"


@HOW
def test_a_number_is_no_loss_on_a_later_branch_either(compiled: str) -> None:
    def loss(output: Any, target: Any) -> Any:
        return 0.5 if output > 1.5 else (output - 3.0) ** 2

    found = check(Line, [([1.0], [0.0])], loss, sgd(0.1), 50, compiled=compiled)
    assert found.error == (
        "TypeError: a loss must give a Value, got 0.5: compute it from the outputs"
    )


@HOW
def test_a_target_is_not_a_loss(compiled: str) -> None:
    """Which is a number in an ordinary training, and a Value where a sample is recorded."""

    def loss(output: Any, target: Any) -> Any:
        return max(output, target[0]) * 2.0

    found = check(lambda: Line(3.0), [([1.0], [2.5])], loss, sgd(0.1), 50, compiled=compiled)
    assert found.error == (
        "TypeError: a loss must give a Value, got 5.0: compute it from the outputs"
    )


@HOW
def test_a_mistake_is_explained_as_without_compiling(compiled: str) -> None:
    for data, loss in (
        ([], nn.half_squared_error),
        ([([1.0], [1.0, 2.0])], nn.half_squared_error),
        ([([1.0], [0.5])], nn.hinge),
        ([([1.0], [math.nan])], nn.half_squared_error),
        ([([1.0], [1.0])], lambda output, target: 0.5),
        ([([1.0], [1.0])], lambda output, target: None),
        ([([1.0], [2.0])], nn.binary_cross_entropy_from_logits),
    ):
        assert check(Line, data, loss, sgd(0.1), 3, compiled=compiled).error != ""


@HOW
def test_classes_as_ints_of_numpy_are_those_of_python(compiled: str) -> None:
    numpy = pytest.importorskip("numpy")
    losses = []
    for whole in (int, numpy.int64):
        data = [([1.0, 2.0], whole(1)), ([0.5, -1.0], whole(0))]
        make = lambda: nn.MLP(2, [2], seed=2)  # noqa: E731
        found = check(make, data, nn.softmax_cross_entropy, sgd(0.1), 3, compiled=compiled)
        assert found.error == ""
        losses.append(found.losses)
    assert losses[0] == losses[1]


@HOW
def test_ctrl_c_in_an_update_undoes_it(compiled: str) -> None:
    class Interrupted(nn.SGD):
        def step(self) -> None:
            super().step()
            if self.parameters[0].data > 0.4:
                raise KeyboardInterrupt

    model = Line()
    optimizer = Interrupted(model.parameters(), 0.5)
    history = nn.fit(
        model, [([1.0], [1.0])], nn.half_squared_error, optimizer, 100, compiled=compiled
    )
    before = Line()
    eager = Interrupted(before.parameters(), 0.5)
    expected = nn.fit(before, [([1.0], [1.0])], nn.half_squared_error, eager, 100)
    assert history.interrupted
    assert history.updates == expected.updates
    assert model.w.data == before.w.data == 0.0


@HOW
def test_ctrl_c_in_the_loss_undoes_the_update(compiled: str) -> None:
    model = Line()

    def loss(output: Any, target: Any) -> Any:
        if output > 1.5:
            raise KeyboardInterrupt
        return (output - 3.0) ** 2

    optimizer = nn.SGD(model.parameters(), 0.1)
    history = nn.fit(model, [([1.0], [0.0])], loss, optimizer, 100, compiled=compiled)
    assert history.interrupted
    assert history.updates == len(history.losses) == 2


# -- state that changes while it trains ------------------------------------------------------------

FACTOR = [1.0]


class Scaled(Line):
    """scale * (w * x + b), where scale is a plain number."""

    def __init__(self) -> None:
        super().__init__(0.5)
        self.scale: Any = 1.0
        self.parts = {"weights": [1.0, 2.0]}

    def __call__(self, inputs: Any) -> Any:
        return super().__call__(inputs) * self.scale * self.parts["weights"][1]


def halve_attribute(model: Any, **_: Any) -> None:
    model.scale *= 0.5


def halve_in_place(model: Any, **_: Any) -> None:
    model.parts["weights"][1] *= 0.5


def halve_value(lam: Value, **_: Any) -> None:
    lam.data *= 0.5


def halve_closure(factor: list[float], **_: Any) -> None:
    factor[0] *= 0.5


def halve_global(**_: Any) -> None:
    FACTOR[0] *= 0.5


def halve_sample(data: Any, **_: Any) -> None:
    data[1][0][0] *= 0.5


def replace_value(model: Any, **_: Any) -> None:
    model.offset = Value(model.offset.data * 0.5)


def as_array(model: Any, **_: Any) -> None:
    numpy = pytest.importorskip("numpy")
    model.scale = numpy.float64(float(model.scale) * 0.5)


class Slots:
    __slots__ = ("scale",)


class OfClass:
    scale = 1.0


class Answering:
    """Answers to every name, as a proxy does."""

    held = {"scale": 1.0}  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        return self.held[name]


CONTEXT: ContextVar[float] = ContextVar("context", default=1.0)
SLOTS, QUEUE, ARRAY = Slots(), deque([1.0]), array("d", [1.0])
HIDDEN = [Answering()]  # in a list, because pytest asks every global for its attributes


def hidden_scale() -> float:
    return float(
        SLOTS.scale
        * OfClass.scale
        * QUEUE[0]
        * ARRAY[0]
        * HIDDEN[0].scale
        * CONTEXT.get()
        * float(os.environ["AUTOGRAD_MINI_SCALE"])
    )


def set_hidden(scale: float, *which: str) -> None:
    """Set the parts of `hidden_scale` with these names, or all of them."""
    if "slots" in which or not which:
        SLOTS.scale = scale
    if "class" in which or not which:
        OfClass.scale = scale
    if "queue" in which or not which:
        QUEUE[0] = scale
    if "array" in which or not which:
        ARRAY[0] = scale
    if "answering" in which or not which:
        Answering.held["scale"] = scale
    if "context" in which or not which:
        CONTEXT.set(scale)
    if "environment" in which or not which:
        os.environ["AUTOGRAD_MINI_SCALE"] = str(scale)


@HOW
@pytest.mark.parametrize(
    "where", ["slots", "class", "queue", "array", "answering", "context", "environment"]
)
def test_state_that_no_walk_over_objects_finds_has_its_effect(where: str, compiled: str) -> None:
    """A callback that may change anything makes each branch be recorded again."""
    found = []
    for how in (False, compiled):
        set_hidden(1.0)
        model = Line(0.5)
        history = nn.fit(
            model,
            DATA,
            lambda output, target: (output - target[0]) ** 2 * hidden_scale(),
            nn.Adam(model.parameters(), 0.05),
            6,
            callback=lambda epoch, loss: set_hidden(1.0 / (1.0 + epoch), where),
            compiled=how,
        )
        found.append(history.losses)
    assert found[1] == pytest.approx(found[0], rel=1e-12)


@HOW
def test_chance_on_a_branch_that_is_taken_later_warns_and_is_right(compiled: str) -> None:
    """Two recordings of the branch would mostly agree, so that no number were drawn later."""
    drawn = []

    def loss(output: Any, target: Any) -> Any:
        if output > 0.6:
            drawn.append(random.random())
            return (output - 2.0) ** 2 * (1.0 if drawn[-1] < 0.9 else 0.0)
        return (output - 1.0) ** 2

    def seeded() -> Any:
        random.seed(3)
        return Line(0.5)

    data = [([1.0], [1.0]), ([0.5], [1.0])]
    check(seeded, data, loss, sgd(0.05), 20, compiled=compiled, warns=True, batch_size=1)
    assert len(drawn) > 30


class Dropping(Line):
    """Drops its slope by chance, as a layer with dropout does; training can be switched on."""

    def __init__(self, generator: Any) -> None:
        super().__init__(0.5)
        self.generator = generator
        self.training = True

    def __call__(self, inputs: Any) -> Any:
        if self.training and self.generator.random() < 0.5:
            return self.w * 0.0 + self.b
        return 2.0 * self.w * inputs[0] + self.b


def generators() -> dict[str, Callable[[], Any]]:
    def seeded() -> Any:
        random.seed(5)
        return random

    def of_numpy() -> Any:
        numpy = pytest.importorskip("numpy")
        numpy.random.seed(5)
        return numpy.random

    return {
        "python": seeded,
        "own": lambda: random.Random(5),
        "numpy": of_numpy,
        "own by its method": lambda: SimpleNamespace(random=random.Random(5).random),
        "numpy, as before 1.17": lambda: SimpleNamespace(
            random=pytest.importorskip("numpy").random.RandomState(5).rand
        ),
        "numpy's own": lambda: pytest.importorskip("numpy").random.default_rng(5),
    }


@HOW
@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize("name", generators())
def test_dropout_draws_the_numbers_of_a_training_without_programs(
    name: str, batch_size: int | None, compiled: str
) -> None:
    make = generators()[name]
    check(
        *(lambda: Dropping(make()), DATA, nn.half_squared_error, sgd(0.1), 8),
        **{"compiled": compiled, "warns": True, "batch_size": batch_size},
    )


@HOW
def test_dropout_that_a_callback_switches_on_draws_the_same_numbers(compiled: str) -> None:
    found = []
    for how in (False, compiled):
        model = Dropping(random.Random(5))
        model.training = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = nn.fit(
                model,
                DATA,
                nn.half_squared_error,
                nn.SGD(model.parameters(), 0.1),
                9,
                callback=lambda epoch, loss, model=model: setattr(model, "training", epoch > 3),
                compiled=how,
            )
        found.append(history.losses)
    assert found[1] == pytest.approx(found[0], rel=1e-12)


class Remembering(Line):
    """Adds half of its last result, which it keeps in one of several ways."""

    def __init__(self, way: str) -> None:
        super().__init__(0.5)
        self.way = way
        self.last: Any = Value(0.0)
        self.fixed = ("last",)

    def __call__(self, inputs: Any) -> Any:
        result = super().__call__(inputs) + (
            0.5 * self.last.data if self.way == "number" else 0.5 * self.last
        )
        if self.way == "data":
            self.last.data = result.data
        else:
            self.last = result if self.way == "result" else Value(result.data)
        return result


@HOW
@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("way", ["leaf", "number", "data"])
def test_a_model_that_computes_with_its_last_result_warns_and_is_right(
    way: str, batch_size: int | None, compiled: str
) -> None:
    check(
        *(lambda: Remembering(way), DATA, nn.half_squared_error, sgd(0.1), 6),
        **{"compiled": compiled, "warns": True, "batch_size": batch_size},
    )


ITERATORS: dict[str, Callable[[], Iterator[float]]] = {
    "count": lambda: itertools.count(1),
    "generator": lambda: (1.0 if k < 10 else 0.5 for k in range(1000)),
    "list": lambda: iter([1.0] * 10 + [0.5] * 1000),
    "cycle": lambda: itertools.cycle([1.0] * 9 + [0.5]),
}


@HOW
@pytest.mark.parametrize("name", ITERATORS)
def test_a_loss_that_takes_numbers_from_an_iterator_warns_and_is_right(
    name: str, compiled: str
) -> None:
    iterator: list[Iterator[float]] = []

    def make() -> Any:
        iterator[:] = [ITERATORS[name]()]
        return Line(0.5)

    def loss(output: Any, target: Any) -> Any:
        return (output - target[0]) ** 2 / next(iterator[0])

    for batch_size in (None, 1):
        check(make, DATA, loss, sgd(0.01), 6, compiled=compiled, warns=True, batch_size=batch_size)


@HOW
@pytest.mark.parametrize("batch_size", [None, 1])
def test_a_sample_that_counts_has_its_effect_on_samples_that_do_not(
    batch_size: int | None, compiled: str
) -> None:
    class Counting(Line):
        def __init__(self) -> None:
            super().__init__(0.5)
            self.seen = 0

        def __call__(self, inputs: Any) -> Any:
            if inputs[0] > 1.5:
                self.seen += 1
            return super().__call__(inputs) / (1.0 + self.seen)

    check(
        *(Counting, DATA, nn.half_squared_error, sgd(0.1), 6),
        **{"compiled": compiled, "warns": True, "batch_size": batch_size, "shuffle": False},
    )


@HOW
@pytest.mark.parametrize("counter", ["slots", "queue", "array", "context", "environment"])
def test_state_that_a_loss_changes_is_noticed_wherever_it_is(counter: str, compiled: str) -> None:
    def loss(output: Any, target: Any) -> Any:
        scales = SLOTS.scale, QUEUE[0], ARRAY[0], CONTEXT.get()
        calls = sum(scales) + float(os.environ["AUTOGRAD_MINI_SCALE"])
        set_hidden(calls - 3.0, counter)
        return (output - target[0]) ** 2 * (1.0 if calls < 12.0 else 0.5)

    def make() -> Any:
        set_hidden(1.0)
        return Line(0.5)

    check(make, DATA, loss, sgd(0.01), 6, compiled=compiled, warns=True)


@HOW
def test_state_that_is_back_where_it_began_after_each_epoch_is_noticed(compiled: str) -> None:
    scales: list[float] = []

    def make() -> Any:
        scales[:] = [1.0, 0.5, *[0.25] * (len(DATA) - 2)]
        return Line(0.5)

    def loss(output: Any, target: Any) -> Any:
        scales.append(scales.pop(0))
        return (output - target[0]) ** 2 * scales[0]

    check(make, DATA, loss, sgd(0.01), 6, compiled=compiled, warns=True)


CHANGES = [
    *(halve_attribute, halve_in_place, halve_value, halve_closure, halve_global, halve_sample),
    *(replace_value, as_array),
]


def changing_training(change: Any, compiled: bool | str) -> tuple[list[float], list[float]]:
    """Losses and parameters of a training whose callback changes something in every epoch."""
    FACTOR[0] = 1.0
    model = Scaled()
    model.offset = Value(1.0)
    model.fixed = ("offset",)
    lam, factor = Value(0.5), [1.0]
    data = [([1.0], [1.0]), ([2.0], [-1.0]), ([-1.5], [1.0])]

    def loss(output: Any, target: Any) -> Any:
        error = output + 0.1 * model.offset - target[0]
        return error**2 * factor[0] * FACTOR[0] + lam * output * output + 0.5 * lam * output

    def callback(epoch: int, mean: float) -> None:
        change(model=model, lam=lam, factor=factor, data=data)

    optimizer = nn.SGD(model.parameters(), 0.05)
    history = nn.fit(model, data, loss, optimizer, 6, callback=callback, compiled=compiled)
    return history.losses, [value.data for value in model.parameters()]


@HOW
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_state_that_a_callback_changes_has_its_effect(change: Any, compiled: str) -> None:
    losses, parameters = changing_training(change, False)
    found = changing_training(change, compiled)
    assert found[0] == pytest.approx(losses, rel=1e-12)
    assert found[1] == pytest.approx(parameters, rel=1e-12)
    assert losses != changing_training(lambda **_: None, False)[0]


@HOW
def test_state_that_an_optimizer_of_ones_own_changes_has_its_effect(compiled: str) -> None:
    found = []
    for how in (False, compiled):
        model = Scaled()

        class Own(nn.SGD):
            def step(self, model: Any = model) -> None:
                super().step()
                model.scale *= 0.9

        optimizer = Own(model.parameters(), 0.05)
        history = nn.fit(
            model, DATA, nn.half_squared_error, optimizer, 4, batch_size=2, seed=1, compiled=how
        )
        found.append(history.losses)
    assert found[1] == pytest.approx(found[0], rel=1e-12)


@HOW
def test_state_that_a_forward_pass_changes_warns_and_is_right(compiled: str) -> None:
    class Counting(Line):
        def __init__(self) -> None:
            super().__init__(0.5)
            self.calls = 0

        def __call__(self, inputs: Any) -> Any:
            self.calls += 1
            return super().__call__(inputs) / (1.0 + self.calls)

    found = check(
        Counting, DATA, nn.half_squared_error, sgd(0.05), 4, compiled=compiled, warns=True
    )
    assert found.warnings == [
        "the loss of sample data[0] or of one after it changes model.calls: all samples are "
        "recorded at every step, as without compiled="
    ]


@HOW
def test_chance_that_agrees_at_first_is_noticed(compiled: str) -> None:
    """Both recordings of the first samples keep the unit; later ones would not."""

    def dropped(output: Any, target: Any) -> Any:
        kept = random.random() < 0.999999
        return (output - target[0]) ** 2 * (1.0 if kept else 0.0)

    model = Line()
    optimizer = nn.SGD(model.parameters(), 0.01)
    with pytest.warns(UserWarning, match="are recorded at every step"):
        nn.fit(model, DATA, dropped, optimizer, 2, compiled=compiled)


@HOW
def test_a_model_that_keeps_its_last_values_is_compiled(compiled: str) -> None:
    """As two_two_two does; these Values are no state that its next pass depends on."""
    model = nn.two_two_two()
    optimizer = nn.SGD(model.parameters(), 0.5)
    history = nn.fit(model, model.samples, model.loss, optimizer, 100, compiled=compiled)
    assert len(history.losses) == 100


@HOW
def test_equality_with_a_sample_on_a_later_branch_is_noticed(compiled: str) -> None:
    """The branch is taken first by a sample for which both recordings agree."""

    def loss(output: Any, target: Any) -> Any:
        if output > 0.6:
            return (output - 2.0) ** 2 * (3.0 if target[0] == 1 else 1.0)
        return (output - 1.0) ** 2

    data = [([2.0], [0.0]), ([1.0], [1.0])]
    found = [
        Trained(lambda: Line(0.1), data, loss, sgd(0.05), 20, how) for how in (False, compiled)
    ]
    assert found[1].losses == pytest.approx(found[0].losses, rel=1e-12)


class Probability(Line):
    def __call__(self, inputs: Any) -> Any:
        return sigmoid(super().__call__(inputs))


class Scores(Line):
    def __call__(self, inputs: Any) -> Any:
        return [self.w * inputs[0], self.b * inputs[0]]


class Bigrams(nn.Module):
    """For each token, the probabilities of the next one."""

    def __init__(self) -> None:
        self.rows = [[Value(0.1 * i - 0.2 * j + i * j / 7) for j in range(4)] for i in range(4)]

    def __call__(self, tokens: Any) -> Any:
        return [softmax(pick(self.rows, token)) for token in tokens]


def surprise(found: Any, targets: Any) -> Any:
    return sum(-log(pick(p, target)) for p, target in zip(found, targets)) / len(found)


WORDS = [([0, 1, 2], [1, 2, 3]), ([2, 0], [0, 1]), ([3, 3, 1], [3, 1, 0]), ([1, 2], [2, 2])]


@pytest.mark.parametrize(
    ("make", "loss", "data"),
    [
        (Bigrams, surprise, WORDS),
        (Probability, nn.binary_cross_entropy, [([k / 8], [k / 16]) for k in range(1, 13)]),
        (Line, nn.binary_cross_entropy_from_logits, [([k], [k / 16]) for k in range(1, 13)]),
        (Scores, nn.softmax_cross_entropy, [([k / 8], k % 2) for k in range(1, 13)]),
        (Scores, nn.softmax_cross_entropy, [([k], [k / 16, 1 - k / 16]) for k in range(1, 13)]),
    ],
    ids=["rows that are picked", "binary", "binary from logits", "class", "probabilities"],
)
def test_a_loss_is_recorded_as_often_for_many_epochs_as_for_one(
    make: Any, loss: Any, data: Any
) -> None:
    """So a program holds for the numbers of other samples and other parameters."""

    def recordings(epochs: int) -> int:
        counter = io.BytesIO()  # a number that the loss changes would be noticed

        def counted(outputs: Any, targets: Any) -> Any:
            counter.write(b".")
            return loss(outputs, targets)

        Trained(make, data, counted, sgd(0.1), epochs, compiled="python")
        return counter.tell()

    check(make, data, loss, sgd(0.1), 6, compiled="python")
    assert recordings(6) == recordings(1)


@HOW
def test_a_program_of_scores_too_far_apart_for_floats_is_not_taken_for_others(
    compiled: str,
) -> None:
    """Half of such a difference is recorded, and the whole of any other."""
    data = [([1.5e308], 0), ([1.0], 0), ([2.0], 1)]

    class Far(Line):
        def __call__(self, inputs: Any) -> Any:
            return [self.w * inputs[0], self.b - inputs[0]]

    check(lambda: Far(1.0), data, nn.softmax_cross_entropy, sgd(1e-3), 4, compiled=compiled)


# -- which target ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [None, False, 0, ""], ids=repr)
def test_a_false_value_of_compiled_trains_without_programs(how: Any) -> None:
    model = Line()
    optimizer = nn.SGD(model.parameters(), 0.5)
    nn.fit(model, [([1.0], [1.0])], nn.half_squared_error, optimizer, 1, compiled=how)
    assert model.w.data == 0.5


@pytest.mark.parametrize("how", [1, "C", "Python", ["python"], "True", "javascript"], ids=repr)
def test_an_unknown_target_is_named(how: Any, raises: Any) -> None:
    model = Line()
    optimizer = nn.SGD(model.parameters(), 0.5)
    with raises(
        ValueError, f"compiled must be True, False or one of auto, python, numpy, c, got {how!r}"
    ):
        nn.fit(model, DATA, nn.half_squared_error, optimizer, 1, compiled=how)
