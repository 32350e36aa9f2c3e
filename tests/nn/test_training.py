"""fit and evaluate: batches, order, history, and what is left when training cannot go on."""

import copy
import math
import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nn
from autograd_mini import Value, log

ROOT = Path(__file__).parents[2]


class Constant(nn.Module):
    """Gives the same output whatever the inputs: its training can be worked by hand."""

    def __init__(self, w=0.0):
        self.w = Value(w, label="w")

    def __call__(self, inputs):
        return self.w * 1.0


def fit_constant(targets, epochs=1, rate=0.5, model=None, **options):
    model = model or Constant()
    data = [([0.0], [target]) for target in targets]
    optimizer = nn.SGD(model.parameters(), rate)
    history = nn.fit(model, data, nn.half_squared_error, optimizer, epochs, **options)
    return model.w.data, history


def test_a_batch_follows_the_mean_gradient():
    # The gradient is w - target: -1, -2 and -6, in the mean -3.
    w, history = fit_constant([1.0, 2.0, 6.0])
    assert w == 1.5
    assert history.losses == [(0.5 + 2.0 + 18.0) / 3]
    assert history.updates == 1


def test_stochastic_descent_updates_after_every_sample():
    # 0 -> 0.5 -> 1.25 -> 3.625
    w, history = fit_constant([1.0, 2.0, 6.0], batch_size=1, shuffle=False)
    assert w == 3.625
    assert history.losses == [(0.5 + 1.5**2 / 2 + 4.75**2 / 2) / 3]
    assert history.updates == 3


def test_a_last_batch_may_be_smaller_and_counts_its_own_mean():
    # 0 -> 0.75 -> 3.375
    w, history = fit_constant([1.0, 2.0, 6.0], batch_size=2, shuffle=False)
    assert w == 3.375
    assert history.updates == 2


def test_a_batch_size_above_the_number_of_samples_means_all():
    assert fit_constant([1.0, 2.0, 6.0], batch_size=10)[0] == 1.5


def test_for_a_single_sample_the_loss_is_its_own():
    network = nn.two_two_two()
    E = network.forward().data
    optimizer = nn.SGD(network.parameters(), 0.5)
    history = nn.fit(network, network.samples, network.loss, optimizer, 2)
    assert history.losses == [E, 0.2857508866992965]


def test_a_seed_repeats_the_order_and_shuffling_makes_one():
    targets = [float(n) for n in range(10)]

    def final(**options):
        return fit_constant(targets, epochs=3, batch_size=1, **options)[0]

    assert final(seed=1) == final(seed=1) == final(seed=random.Random(1))
    assert len({final(seed=1), final(seed=2), final(shuffle=False)}) == 3
    random.seed(1)
    assert final() == final(seed=1)


def test_one_batch_draws_no_random_numbers():
    random.seed(1)
    fit_constant([1.0, 2.0], epochs=3)
    assert random.random() == random.Random(1).random()


def test_each_epoch_takes_every_sample_once():
    seen = []

    def loss(output, target):
        seen.append(target[0])
        return nn.half_squared_error(output, target)

    model = Constant()
    data = [([0.0], [target]) for target in range(5)]
    nn.fit(model, data, loss, nn.SGD(model.parameters(), 0.1), 2, batch_size=2, seed=1)
    assert sorted(seen[:5]) == sorted(seen[5:]) == [0, 1, 2, 3, 4]
    assert seen[:5] != seen[5:]


def test_the_callback_hears_of_every_epoch():
    heard = []
    _, history = fit_constant(
        [1.0], epochs=3, callback=lambda epoch, loss: heard.append((epoch, loss))
    )
    assert heard == list(enumerate(history.losses, start=1))


def test_a_callback_that_returns_true_ends_the_training():
    _, history = fit_constant([1.0], epochs=100, callback=lambda epoch, loss: loss < 0.1)
    assert history.losses == [0.5, 0.125, 0.03125]
    assert not history.interrupted


def test_a_callback_may_lower_the_learning_rate():
    model = Constant()
    optimizer = nn.SGD(model.parameters(), 0.5)

    def halve(epoch, loss):
        optimizer.learning_rate /= 2

    nn.fit(model, [([0.0], [1.0])], nn.half_squared_error, optimizer, 2, callback=halve)
    assert model.w.data == 0.625


def test_data_may_be_any_iterable():
    model = Constant()
    data = (pair for pair in [([0.0], 1.0), ([0.0], 3.0)])
    nn.fit(model, data, nn.half_squared_error, nn.SGD(model.parameters(), 1.0), 1)
    assert model.w.data == 2.0


def test_no_epochs_change_nothing():
    w, history = fit_constant([1.0], epochs=0)
    assert (w, history.losses, history.updates) == (0.0, [], 0)


def test_gradients_of_fixed_values_do_not_add_up():
    neuron = nn.Neuron(1, activation="linear", train_bias=False, init=lambda *_: 0.0)
    nn.fit(neuron, [([0.0], [1.0])], nn.half_squared_error, nn.SGD(neuron.w, 0.5), 5)
    assert neuron.b.grad == -1.0


def test_a_module_in_micrograds_style_is_trained():
    class Hidden(nn.Module):
        def __init__(self):
            self._w = Value(0.0)

        def __call__(self, inputs):
            return self._w * 1.0

        def parameters(self):
            return [self._w]

    model = Hidden()
    optimizer = nn.SGD(model.parameters(), 0.5)
    nn.fit(model, [([0.0], [1.0])], nn.half_squared_error, optimizer, 2)
    assert model.parameters()[0].data == 0.75


def test_the_history_reads_well():
    _, history = fit_constant([1.0], epochs=2)
    assert repr(history) == "History(2 epochs, 2 updates, loss 0.5 -> 0.125)"
    assert repr(fit_constant([1.0], epochs=0)[1]) == "History(0 epochs, 0 updates)"


def test_evaluate_gives_the_mean_loss_and_trains_nothing():
    model = Constant(1.0)
    data = [([0.0], [1.0]), ([0.0], [3.0])]
    assert nn.evaluate(model, data, nn.half_squared_error) == 1.0
    assert (model.w.data, model.w.grad) == (1.0, 0.0)


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam], ids=["SGD", "Adam"])
def test_xor_is_learnt(optimizer):
    model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    history = nn.fit(
        model,
        nn.xor(labels=(-1, 1)),
        nn.hinge,
        optimizer(model.parameters(), 0.1),
        200,
    )
    assert history.losses[-1] < 0.05
    assert [model(inputs) > 0 for inputs, _ in nn.xor()] == [False, True, True, False]


# -- Ctrl-C -------------------------------------------------------------------------------------


def test_ctrl_c_in_a_callback_returns_the_history_so_far():
    def interrupt(epoch, loss):
        if epoch == 3:
            raise KeyboardInterrupt

    w, history = fit_constant([1.0], epochs=100, callback=interrupt)
    assert history.interrupted
    assert history.losses == [0.5, 0.125, 0.03125]
    assert w == 0.875
    assert repr(history) == "History(3 epochs, 3 updates, loss 0.5 -> 0.03125, interrupted)"


def test_ctrl_c_in_the_middle_of_an_update_undoes_it():
    class Interrupted(nn.SGD):
        def step(self):
            super().step()
            if self.parameters[0].data > 0.7:
                raise KeyboardInterrupt

    model = Constant()
    optimizer = Interrupted(model.parameters(), 0.5)
    history = nn.fit(model, [([0.0], [1.0])], nn.half_squared_error, optimizer, 100)
    assert history.interrupted
    assert (history.updates, model.w.data) == (1, 0.5)


def test_ctrl_c_on_the_keyboard():
    # A shell's job in the background ignores Ctrl-C, and hands that on to what it starts.
    program = """
        import signal
        import nn
        signal.signal(signal.SIGINT, signal.default_int_handler)
        network = nn.two_two_two()
        optimizer = nn.SGD(network.parameters(), 0.5)
        started = lambda epoch, loss: print(epoch, flush=True) if epoch == 100 else None
        history = nn.fit(
            network, network.samples, network.loss, optimizer, 10**9, callback=started
        )
        print(history.interrupted, len(history.losses) >= 100, len(history.losses) < 10**9)
        print(network.forward().data <= history.losses[-1])
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "100\n"
        os.kill(process.pid, signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (output, errors) == ("True True True\nTrue\n", "")
    assert process.returncode == 0


# -- nan and infinity ---------------------------------------------------------------------------

ADVICE = "the model keeps its last finite values; check the data or lower the learning rate"


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (([math.nan, 0.0], [1.0]), "its inputs are [nan, 0.0]"),
        (([0.0, 0.0], [math.nan]), "its targets are [nan]"),
        (([0.0, Value(math.nan)], [0.0]), "its inputs are [0.0, Value(data=nan)]"),
        (([0.0, 0.0], math.nan), "its targets are nan"),
    ],
    ids=["input", "target", "Value", "number"],
)
def test_nan_in_the_data_is_found_before_anything_moves(sample, message, raises):
    model = nn.Neuron(2, seed=1)
    before = model.state_dict()
    data = [([0.0, 1.0], [1.0]), sample]
    with raises(
        nn.TrainingError,
        f"training in epoch 1 stopped at sample data[1]: {message}; repair or remove what is nan",
    ):
        nn.fit(model, data, nn.half_squared_error, nn.SGD(model.parameters(), 0.1), 5)
    assert model.state_dict() == before
    with raises(
        nn.TrainingError,
        f"evaluation stopped at sample data[1]: {message}; repair or remove what is nan",
    ):
        nn.evaluate(model, data, nn.half_squared_error)


def test_a_loss_that_becomes_nan_names_epoch_and_sample(raises):
    def loss(output, target):
        return output * (math.nan if output > 0.7 else -1.0)

    model = Constant()
    with raises(
        nn.TrainingError,
        f"training in epoch 3 stopped at sample data[0]: the loss is nan; {ADVICE}",
    ):
        nn.fit(model, [([0.0], [1.0])], loss, nn.SGD(model.parameters(), 0.5), 5)
    # 0 -> 0.5 -> 1.0, where the loss is nan; at 0.5 it was not.
    assert model.w.data == 0.5


def test_a_value_that_does_not_exist_names_epoch_and_sample(raises):
    def loss(output, target):
        return log(output) + target[0]

    model = Constant(1.0)
    with raises(
        nn.TrainingError,
        "training in epoch 2 stopped at sample data[0]: log(x) does not exist at x = 0.0; "
        f"{ADVICE}",
    ):
        nn.fit(model, [([0.0], [0.0])], loss, nn.SGD(model.parameters(), 1.0), 5)
    assert model.w.data == 1.0


def test_a_rate_that_is_too_high_leaves_finite_values():
    model = nn.MLP(2, [3, 1], seed=1)
    optimizer = nn.SGD(model.parameters(), 1e6)
    with pytest.raises(nn.TrainingError, match=r"\Atraining in epoch \d+ stopped at sample data"):
        nn.fit(model, nn.xor(), nn.half_squared_error, optimizer, 100)
    assert math.isfinite(nn.evaluate(model, nn.xor(), nn.half_squared_error))


def test_an_update_that_overflows_is_undone(raises):
    model = Constant(1.0)
    with raises(
        nn.TrainingError,
        f"training in epoch 1 stopped after sample data[0]: the update makes a parameter -inf; "
        f"{ADVICE}",
    ):
        nn.fit(
            model,
            [([0.0], [0.0])],
            lambda output, target: 100.0 * output,
            nn.SGD(model.parameters(), 1e307),
            1,
        )
    assert model.w.data == 1.0


def test_an_error_in_a_loss_of_ones_own_passes_and_moves_nothing():
    def loss(output, target):
        raise LookupError("no such target")

    model = Constant(1.0)
    with pytest.raises(LookupError, match="no such target"):
        nn.fit(model, [([0.0], [0.0])], loss, nn.SGD(model.parameters(), 0.5), 1)
    assert model.w.data == 1.0


# -- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"data": []},
            ValueError,
            "data is empty; give at least one pair (inputs, targets)",
        ),
        (
            {"data": [([0.0], [1.0]), [0.0]]},
            TypeError,
            "each sample must be a pair (inputs, targets), but data[1] is [0.0]",
        ),
        (
            {"epochs": -1},
            ValueError,
            "epochs must be a whole number of at least 0, got -1",
        ),
        (
            {"epochs": 2.5},
            ValueError,
            "epochs must be a whole number of at least 0, got 2.5",
        ),
        (
            {"batch_size": 0},
            ValueError,
            "batch_size must be None or a whole number of at least 1, got 0",
        ),
        (
            {"loss": lambda output, target: 0.5},
            TypeError,
            "a loss must give a Value, got 0.5: compute it from the outputs",
        ),
        (
            {"loss": "mse"},
            TypeError,
            "loss must be a function of outputs and targets, such as nn.mean_squared_error, "
            "got 'mse'",
        ),
        (
            {"optimizer": [Value(1.0)]},
            TypeError,
            "optimizer must be an nn.Optimizer, such as nn.SGD(model.parameters(), "
            "learning_rate=0.1), got [Value(data=1.0)]",
        ),
        (
            {"optimizer": nn.SGD([Value(1.0)], 0.5)},
            ValueError,
            "the optimizer holds parameters that this model does not have, and would train another "
            "one; make it from model.parameters()",
        ),
    ],
    ids=[
        *["none", "pair", "negative", "fraction", "batch", "loss", "no loss", "no optimizer"],
        "optimizer",
    ],
)
def test_mistakes_are_explained(arguments, error, message, raises):
    model = Constant()
    right = {
        "data": [([0.0], [1.0])],
        "loss": nn.half_squared_error,
        "optimizer": nn.SGD(model.parameters(), 0.5),
        "epochs": 1,
    }
    with raises(error, message):
        nn.fit(model, **(right | arguments))
    with raises(TypeError, "fit trains a Module, got 3; make your network a subclass"):
        nn.fit(3, **right)


@pytest.mark.parametrize("kind", ["int64", "int32", "uint8"])
def test_counts_and_seeds_of_numpy_are_those_of_python(kind):
    numpy = pytest.importorskip("numpy")
    number = getattr(numpy, kind)
    expected = fit_constant([1.0, 2.0, 6.0], 3, batch_size=2, seed=7)
    found = fit_constant([1.0, 2.0, 6.0], number(3), batch_size=number(2), seed=number(7))
    assert found[0] == expected[0]
    assert found[1].losses == expected[1].losses
    assert nn.moons(number(5), noise=numpy.float32(0.5), seed=number(1)) == nn.moons(
        5, noise=0.5, seed=1
    )
    assert nn.Neuron(number(3), seed=number(2)).state_dict() == nn.Neuron(3, seed=2).state_dict()


def test_a_true_of_numpy_from_a_callback_ends_the_training():
    numpy = pytest.importorskip("numpy")
    _, history = fit_constant([1.0], 9, callback=lambda epoch, loss: numpy.bool_(epoch == 2))
    assert len(history.losses) == 2


def test_points_of_a_line_are_python_floats_whatever_numbers_it_is_given():
    numpy = pytest.importorskip("numpy")
    for (x,), (y,) in nn.line(3, slope=numpy.float32(2), intercept=numpy.float32(0.1)):
        assert (type(x), type(y)) == (float, float)


# -- wholly or not at all -------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": lambda parameters: nn.SGD(parameters, 0.1),
    "momentum": lambda parameters: nn.SGD(parameters, 0.1, momentum=0.9),
    "Adam": lambda parameters: nn.Adam(parameters, 0.1),
}
EVERY_OPTIMIZER = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
HOW = pytest.mark.parametrize("compiled", [False, "python"])
GOOD = [([1.0], [1.0]), ([2.0], [-1.0]), ([-1.5], [1.0])]


class Slope(nn.Module):
    def __init__(self):
        self.w, self.b = Value(0.5), Value(0.0)

    def __call__(self, inputs):
        return self.w * inputs[0] + self.b


def memory(optimizer):
    """All that an optimizer remembers, except for the parameters themselves."""
    return {name: held for name, held in vars(optimizer).items() if name != "parameters"}


def state(model, optimizer, generator):
    return copy.deepcopy((model.state_dict(), memory(optimizer))), generator.getstate()


@HOW
@EVERY_OPTIMIZER
def test_training_goes_on_with_good_data_after_an_error(make, compiled):
    """As if the bad data had never been: also the memory of momentum and Adam, and the order."""
    model, other = Slope(), Slope()
    optimizer, expected = make(model.parameters()), make(other.parameters())
    generator, same = random.Random(3), random.Random(3)
    options = {"batch_size": 2, "compiled": compiled}
    bad = [([1e308], [1e308]), ([-1e308], [1e308])] * 2
    with pytest.raises(nn.TrainingError):
        nn.fit(model, bad, nn.half_squared_error, optimizer, 3, seed=generator, **options)
    assert state(model, optimizer, generator) == state(other, expected, same)
    found = nn.fit(model, GOOD, nn.half_squared_error, optimizer, 3, seed=generator, **options)
    history = nn.fit(other, GOOD, nn.half_squared_error, expected, 3, seed=same, **options)
    assert found.losses == history.losses
    assert state(model, optimizer, generator) == state(other, expected, same)


@HOW
@EVERY_OPTIMIZER
def test_an_update_to_nan_leaves_no_nan_in_the_memory(make, compiled):
    model = Slope()
    optimizer = make(model.parameters())

    def loss(output, target):
        return (output * 0.0).sqrt() + output  # its slope is nan

    before = state(model, optimizer, random)
    with pytest.raises(nn.TrainingError):
        nn.fit(model, GOOD, loss, optimizer, 1, compiled=compiled)
    assert state(model, optimizer, random) == before


@HOW
@EVERY_OPTIMIZER
@pytest.mark.parametrize(
    "place",
    [
        place if place % 8 == 1 else pytest.param(place, marks=pytest.mark.long)
        for place in range(1, 41)
    ],
)
def test_ctrl_c_at_any_moment_of_an_update_undoes_all_of_it(make, compiled, place):
    """The interrupt comes at a line of nn's own modules, another one for every place."""
    model, other = Slope(), Slope()
    optimizer, expected = make(model.parameters()), make(other.parameters())
    generator, same = random.Random(3), random.Random(3)
    options = {"batch_size": 2, "compiled": compiled}
    lines = None

    def interrupt(frame, event, argument):
        nonlocal lines
        if frame.f_code.co_name == "shuffle" and frame.f_code.co_filename.endswith("update.py"):
            lines = lines or 0  # training has begun
        if lines is None:
            return None
        if Path(frame.f_code.co_filename).name not in ("update.py", "optim.py"):
            return None
        if frame.f_code.co_name in ("restore", "_roll_back", "_copied", "return_order"):
            return None  # a second Ctrl-C, which waits
        if event == "line":
            lines += 1
            if lines == 4 * place:
                raise KeyboardInterrupt
        return interrupt

    tracer = sys.gettrace()
    sys.settrace(interrupt)
    try:
        history = nn.fit(
            model, GOOD, nn.half_squared_error, optimizer, 9, seed=generator, **options
        )
    finally:
        sys.settrace(tracer)
    assert history.interrupted
    # The same number of whole updates, without an interrupt.
    made = 0

    class Counting(type(expected)):
        def step(self):
            nonlocal made
            if made == history.updates:
                raise KeyboardInterrupt
            super().step()
            made += 1

    expected.__class__ = Counting
    nn.fit(other, GOOD, nn.half_squared_error, expected, 9, seed=same, **options)
    expected.__class__ = type(optimizer)
    assert state(model, optimizer, generator) == state(other, expected, same)


def test_a_learning_rate_that_was_set_between_updates_stays_after_an_error():
    model = Slope()
    optimizer = nn.SGD(model.parameters(), 0.1, momentum=0.9)

    def schedule(epoch, loss):
        optimizer.learning_rate = 0.1 / (epoch + 1) if epoch < 3 else 1e308

    with pytest.raises(nn.TrainingError):
        nn.fit(model, GOOD, nn.half_squared_error, optimizer, 9, callback=schedule)
    assert optimizer.learning_rate == 1e308
    assert all(map(math.isfinite, optimizer._velocities))


def test_an_optimizer_of_ones_own_is_restored_too():
    class Own(nn.Optimizer):
        def __init__(self, parameters):
            super().__init__(parameters, 0.1)
            self.seen = []
            self.by_name = {"last": [0.0, 0.0]}

        def moves(self, gradients):
            self.seen.append(gradients)
            self.by_name["last"][0] = gradients[0]
            self.new = True
            raise LookupError("no moves")

    model = Slope()
    optimizer = Own(model.parameters())
    with pytest.raises(LookupError):
        nn.fit(model, GOOD, nn.half_squared_error, optimizer, 1)
    assert memory(optimizer) == {
        "learning_rate": 0.1,
        "seen": [],
        "by_name": {"last": [0.0, 0.0]},
    }
