"""Optimizers: PyTorch's conventions, and all parameters at once."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_mini import DomainError, Value
from nn import SGD, Adam, Neuron, Optimizer

START = [1.5, -0.5]

fractions = st.floats(0.0, 0.99)
# Given gradients rather than those of a function: a path that feeds on itself may magnify the
# last bit of a step to anything.
gradients = st.lists(
    st.tuples(st.floats(-1e3, 1e3), st.floats(-1e-3, 1e-3)), min_size=1, max_size=10
)


def path(optimizer, steps):
    positions = []
    for step in steps:
        for parameter, gradient in zip(optimizer.parameters, step):
            parameter.grad = gradient
        optimizer.step()
        positions.append([parameter.data for parameter in optimizer.parameters])
    return positions


def torch_path(make, steps):
    torch = pytest.importorskip("torch")
    parameters = torch.nn.ParameterList(torch.tensor(x, dtype=torch.float64) for x in START)
    optimizer = make(torch.optim, parameters)
    positions = []
    for step in steps:
        for parameter, gradient in zip(parameters, step):
            parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        positions.append([parameter.item() for parameter in parameters])
    return positions


@given(steps=gradients, rate=st.floats(0, 10), momentum=fractions, decay=st.floats(0, 0.5))
def test_sgd_goes_where_pytorchs_goes(steps, rate, momentum, decay):
    ours = SGD([Value(x) for x in START], rate, momentum=momentum, weight_decay=decay)
    theirs = torch_path(
        lambda optim, p: optim.SGD(p, lr=rate, momentum=momentum, weight_decay=decay), steps
    )
    assert_close(path(ours, steps), theirs)


@given(
    steps=gradients,
    rate=st.floats(0, 1),
    beta1=fractions,
    beta2=fractions,
    epsilon=st.floats(1e-10, 1e-2),
    decay=st.floats(0, 0.5),
)
def test_adam_goes_where_pytorchs_goes(steps, rate, beta1, beta2, epsilon, decay):
    ours = Adam([Value(x) for x in START], rate, beta1, beta2, epsilon, weight_decay=decay)
    theirs = torch_path(
        lambda optim, p: optim.Adam(
            p, lr=rate, betas=(beta1, beta2), eps=epsilon, weight_decay=decay
        ),
        steps,
    )
    assert_close(path(ours, steps), theirs)


def assert_close(ours, theirs):
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(other, rel=1e-12, abs=1e-12)


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient():
    w = Value(1.0)
    (1e6 * w).backward()
    Adam([w], learning_rate=0.25).step()
    assert w.data == pytest.approx(0.75, rel=1e-12)


def test_all_parameters_move_from_the_old_values():
    # Moved one after the other, y would see the new x: 1.0 - 0.5 * 1.5 = 0.25.
    x, y = Value(2.0), Value(1.0)
    (x * y).backward()
    SGD([x, y], learning_rate=0.5).step()
    assert (x.data, y.data) == (1.5, 0.0)


def test_momentum_by_hand():
    w = Value(0.0)
    optimizer = SGD([w], learning_rate=1.0, momentum=0.5)
    positions = []
    for _ in range(3):
        optimizer.zero_grad()
        (1.0 * w).backward()
        optimizer.step()
        positions.append(w.data)
    assert positions == [-1.0, -2.5, -4.25]


def test_the_learning_rate_may_change_between_steps():
    w = Value(0.0)
    (1.0 * w).backward()
    optimizer = SGD([w], learning_rate=1.0)
    optimizer.step()
    optimizer.learning_rate = 0.25
    optimizer.step()
    assert w.data == -1.25


def test_a_parameter_given_twice_moves_once():
    w = Value(1.0)
    (2.0 * w).backward()
    SGD([w, w], learning_rate=0.25).step()
    assert w.data == 0.5


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_a_gradient_set_to_none_moves_nothing(optimizer):
    """As after PyTorch's zero_grad, of a parameter that the loss does not depend on."""
    w, unused = Value(3.0), Value(5.0)
    w.grad = unused.grad = None
    (w * w).backward()
    optimizer([w, unused], learning_rate=0.5).step()
    assert w.data < 3.0
    assert unused.data == 5.0


def test_an_optimizer_of_ones_own_says_how_far_parameters_move():
    class SignDescent(Optimizer):
        def moves(self, gradients):
            return [math.copysign(self.learning_rate, gradient) for gradient in gradients]

    x, y = Value(1.0), Value(1.0)
    (5.0 * x - 3.0 * y).backward()
    SignDescent([x, y], learning_rate=0.25).step()
    assert (x.data, y.data) == (0.75, 1.25)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: SGD(Neuron(2, seed=1), 0.1),
            TypeError,
            "an optimizer takes a list of Values, got Neuron; pass model.parameters()",
        ),
        (
            lambda: SGD([1.0], 0.1),
            TypeError,
            "an optimizer takes a list of Values, but 1.0 is in it; pass model.parameters()",
        ),
        (
            lambda: SGD([], 0.1),
            ValueError,
            "an optimizer needs at least one parameter; this list has none",
        ),
        (
            lambda: SGD([Value(1) * 2], 0.1),
            ValueError,
            "an optimizer moves leaves, but Value(data=2.0) is a result of mul; "
            "pass model.parameters(), or make a leaf of it with Value(x.data)",
        ),
        (
            lambda: SGD([Value(1)], -0.1),
            ValueError,
            "learning_rate must be a finite number of at least 0, got -0.1",
        ),
        (
            lambda: SGD([Value(1)], math.nan),
            ValueError,
            "learning_rate must be a finite number of at least 0, got nan",
        ),
        (
            lambda: SGD([Value(1)], "0.1"),
            ValueError,
            "learning_rate must be a finite number of at least 0, got '0.1'",
        ),
        (
            lambda: SGD([Value(1)], Value(0.1)),  # parameters would become Values of Values
            ValueError,
            "learning_rate must be a finite number of at least 0, got Value(data=0.1)",
        ),
        (
            lambda: SGD([Value(1)], 0.1, momentum=-1),
            ValueError,
            "momentum must be a finite number of at least 0, got -1",
        ),
        (
            lambda: SGD([Value(1)], 0.1, weight_decay=math.inf),
            ValueError,
            "weight_decay must be a finite number of at least 0, got inf",
        ),
        (
            lambda: Adam([Value(1)], beta1=1),
            ValueError,
            "beta1 must be a finite number of at least 0 and less than 1, got 1",
        ),
        (
            lambda: Adam([Value(1)], beta1=(0.9, 0.999)),
            ValueError,
            "beta1 must be a finite number of at least 0 and less than 1, got (0.9, 0.999)",
        ),
        (
            lambda: Adam([Value(1)], beta2=-0.5),
            ValueError,
            "beta2 must be a finite number of at least 0 and less than 1, got -0.5",
        ),
        (
            lambda: Adam([Value(1)], epsilon=0),
            ValueError,
            "epsilon must be a finite number greater than 0, got 0",
        ),
        (
            lambda: Optimizer([Value(1)], 0.1).step(),
            NotImplementedError,
            "Optimizer needs a method moves(gradients)",
        ),
    ],
)
def test_mistakes_are_explained(make, error, message, raises):
    with raises(error, message):
        make()


# -- numbers of NumPy -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float32", "float64", "int64"])
@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_learning_rate_of_numpy_leaves_parameters_python_floats(make, kind):
    numpy = pytest.importorskip("numpy")
    w, same = Value(0.1), Value(0.1)
    ours, theirs = make([same], learning_rate=1.0), make([w], learning_rate=getattr(numpy, kind)(1))
    for _ in range(3):
        w.grad = same.grad = 1 / 3
        ours.step()
        theirs.step()
    assert type(w.data) is float
    assert w.data == same.data


@pytest.mark.parametrize("name", ["learning_rate", "momentum", "weight_decay"])
def test_a_setting_is_converted_and_checked_when_it_is_set(name, raises):
    numpy = pytest.importorskip("numpy")
    optimizer = SGD([Value(1.0)], learning_rate=0.5)
    setattr(optimizer, name, numpy.float32(0.25))
    assert type(getattr(optimizer, name)) is float
    with raises(ValueError, f"{name} must be a finite number of at least 0, got -1"):
        setattr(optimizer, name, -1)


def test_gradients_and_moves_of_numpy_leave_parameters_python_floats():
    numpy = pytest.importorskip("numpy")

    class Own(Optimizer):
        def moves(self, gradients):
            assert [type(gradient) for gradient in gradients] == [float]
            return [numpy.float32(0.5)]

    w = Value(1.0)
    w.grad = numpy.float32(0.25)
    Own([w], learning_rate=1.0).step()
    assert type(w.data) is float


@pytest.mark.parametrize(("grad", "error"), [(10**400, DomainError), ("x", TypeError)])
def test_a_gradient_that_is_no_float_is_refused_and_moves_nothing(grad, error):
    a, b = Value(1.0), Value(2.0)

    def assign_and_move():
        a.grad, b.grad = 1.0, grad  # refused here by the engine in C
        SGD([a, b], learning_rate=0.5).step()

    with pytest.raises(error):
        assign_and_move()
    assert (a.data, b.data) == (1.0, 2.0)


@pytest.mark.parametrize("moves", [[], [1.0], [1.0, 10**400], [1.0, 2.0, 3.0]])
def test_an_optimizer_with_unusable_moves_moves_nothing(moves):
    class Own(Optimizer):
        def moves(self, gradients):
            return moves

    a, b = Value(1.0), Value(2.0)
    with pytest.raises((ValueError, ArithmeticError)):
        Own([a, b], learning_rate=0.5).step()
    assert (a.data, b.data) == (1.0, 2.0)
