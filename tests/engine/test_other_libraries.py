"""Habits of other libraries: what works as there, and the substitutes that errors name."""

import math
import pickle
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import autograd_mini
import nn
from autograd_mini import (
    Value,
    compile_function,
    compile_graph,
    draw,
    explain,
    forward_pass,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd_mini.extensions.other_libraries import OPERATORS
from autograd_mini.hints import MODULE, NN, OPTIMIZER, PACKAGE, VALUE


def leaky(x: Value, slope: float = 0.01) -> Value:
    """An activation as micrograd's learners add it."""
    factor = 1.0 if x.data > 0 else slope
    out = Value(factor * x.data, (x,), "leaky")  # type: ignore[arg-type, call-arg]

    def _backward() -> None:
        x.grad += factor * out.grad

    out._backward = _backward  # type: ignore[attr-defined]
    return out


def product(x: Value, y: Value) -> Value:
    out = Value(x.data * y.data, (x, y), "*")  # type: ignore[arg-type, call-arg]

    def _backward() -> None:
        x.grad += y.data * out.grad
        y.grad += x.data * out.grad

    out._backward = _backward  # type: ignore[attr-defined]
    return out


def test_a_backward_step_by_hand_is_used_by_backward() -> None:
    x, y = Value(-2.0, label="x"), Value(3.0, label="y")
    z = product(leaky(x), y) + x
    z.backward()
    assert (x.grad, y.grad) == (1.03, -0.02)
    assert gradients(z, [x, y]) == [1.03, -0.02]


def test_an_operand_that_occurs_twice_gets_both_shares() -> None:
    x = Value(3.0)
    product(x, x).backward()
    assert x.grad == 6.0


def test_assigning_a_backward_step_leaves_the_gradients_as_they_were() -> None:
    x = Value(3.0)
    x.grad = 5.0
    out = product(x, Value(2.0))
    assert (x.grad, out.grad) == (5.0, 0.0)


def test_results_by_hand_have_micrograds_names_and_are_drawn_and_explained() -> None:
    x = Value(-2.0, label="x")
    y = leaky(x)
    y.label = "y"
    assert (y._op, y._prev) == ("leaky", {x})
    assert str(explain(y, x)) == "dy/dx = 0.01"
    assert str(forward_pass(y)) == "y = leaky(x) = leaky(-2) = -0.02"
    assert "leaky" in draw(y).svg()


def test_a_result_by_hand_without_a_step_has_no_gradient() -> None:
    x = Value(3.0)
    out = Value(6.0, (x,), "double")  # type: ignore[arg-type, call-arg]
    out.backward()
    assert x.grad == 0.0


def test_a_leaf_may_be_written_as_in_micrograd() -> None:
    x = Value(2.0, (), "", "x")  # type: ignore[arg-type, call-arg]
    assert (x.op, x.label, x.data) == (None, "x", 2.0)
    assert Value(2.0, _children=(), label="x").label == "x"  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "use",
    [
        lambda y, x: gradients(y, [x], create_graph=True),
        lambda y, x: grad(grad(leaky))(2.0),
        lambda y, x: compile_graph(y, [x]).value(3.0),
    ],
    ids=["create_graph", "grad of grad", "compile_graph"],
)
def test_what_needs_a_rule_refuses_results_by_hand(use) -> None:  # type: ignore[no-untyped-def]
    x = Value(-2.0, label="x")
    with pytest.raises((TypeError, LookupError, ValueError), match="by hand"):
        use(leaky(x), x)


def test_a_backward_step_belongs_to_results_by_hand() -> None:
    x = Value(2.0)
    y = x * x
    with pytest.raises(AttributeError, match="its backward step is that of its row"):
        y._backward = lambda: None  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="takes one or two Values as operands, got"):
        Value(1.0, (x, x, x), "sum")  # type: ignore[arg-type, call-arg]


def test_nodes_can_be_asked_one_by_one_for_their_backward_step() -> None:
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    d = a * b
    e = d + c
    e.grad = 1.0
    e._backward()  # type: ignore[attr-defined]
    d._backward()  # type: ignore[attr-defined]
    assert (a.grad, b.grad, c.grad) == (-3.0, 2.0, 1.0)


def test_round_and_int_take_the_number() -> None:
    x = Value(1.2345)
    assert (round(x, 2), round(x), int(x)) == (1.23, 1, 1)


DIFFERENTIATE: dict[str, Callable[..., Any]] = {
    "grad": lambda f: grad(f)(1.0),
    "value_and_grad": lambda f: value_and_grad(f)(1.0)[1],
    "jvp": lambda f: jvp(f, (1.0,), (1.0,))[1],
    "vjp": lambda f: vjp(f, 1.0)[1](1.0)[0],
    "jacobian": lambda f: jacobian(f)(1.0),
    "hessian": lambda f: hessian(f)(1.0)[0][0],
    "compile_function": lambda f: compile_function(f)(1.0)[1][0],
}


@pytest.mark.parametrize("differentiate", DIFFERENTIATE.values(), ids=DIFFERENTIATE)
def test_a_derivative_that_is_lost_by_math_sin_is_an_error_and_a_lost_term_a_warning(
    differentiate: Callable[..., Any],
) -> None:
    with pytest.raises(TypeError, match=r"^the function turned its Value"):
        differentiate(lambda x: math.sin(x))
    with pytest.raises(TypeError, match=r"^the function turned its Value"):
        differentiate(lambda x: Value(math.sin(x * 2)) * 3)
    with pytest.warns(RuntimeWarning, match="^the function turned its Value into a float") as told:
        assert differentiate(lambda x: x * x + math.sin(x)) == 2.0
    assert told[0].filename == __file__


def test_a_float_of_a_constant_of_a_compiled_function_loses_nothing() -> None:
    w = Value(2.0)
    loss = compile_function(lambda x, y: w * x * round(float(y)), leaves=[w])
    assert loss(3.0, 4.0) == (24.0, [12.0])


def test_a_remainder_is_written_with_floor_and_differentiated() -> None:
    def remainder(x: Value, y: Value) -> Value:
        return x - y * math.floor(x / y)

    assert grad(remainder, argnums=(0, 1))(7.5, 2.0) == (1.0, -3.0)
    assert (math.ceil(Value(1.2)), math.trunc(Value(-1.2))) == (2, -1)
    with pytest.raises(TypeError, match=r"^a Value has no %; write x - y \* math.floor\(x / y\)$"):
        Value(7.5) % 2  # type: ignore[operator]


def test_a_float_of_a_value_that_is_not_differentiated_is_no_matter() -> None:
    w = Value(0.5)
    assert grad(lambda x: x * math.sin(w))(1.0) == math.sin(0.5)


def test_value_and_grad() -> None:
    assert value_and_grad(lambda x, y: x * y, argnums=(0, 1))(3.0, 4.0) == (12.0, (4.0, 3.0))
    assert grad(lambda x: value_and_grad(lambda y: y * y * y)(x)[1])(2.0) == 12.0
    with pytest.raises(TypeError, match=r"^argnums=1 needs more than 1 argum"):
        value_and_grad(lambda x: x, argnums=1)(1.0)


MODEL = nn.MLP(2, [1])
OWNERS = {
    "a Value": (Value(1.0), VALUE),
    "module 'autograd_mini'": (autograd_mini, PACKAGE),
    "module 'nn'": (nn, NN),
    "MLP": (MODEL, MODULE),
    "the optimizer SGD": (nn.SGD(MODEL.parameters(), 0.1), OPTIMIZER),
}


@pytest.mark.parametrize("owner", OWNERS)
def test_a_name_of_another_library_is_answered_by_its_substitute(owner: str) -> None:
    thing, substitutes = OWNERS[owner]
    for name, substitute in substitutes.items():
        message = f"{owner} has no attribute {name!r}; {substitute}"
        with pytest.raises(AttributeError, match=f"^{re.escape(message)}$"):
            getattr(thing, name)
    with pytest.raises(AttributeError, match=r" has no attribute 'unheard_of'$"):
        thing.unheard_of  # noqa: B018


def test_an_import_of_a_name_of_another_library_is_answered_too() -> None:
    with pytest.raises(
        ImportError, match=r"^module 'autograd_mini' has no attribute 'jit'; use comp"
    ):
        from autograd_mini import jit  # noqa: F401
    with pytest.raises(ImportError, match=r"^module 'nn' has no attribute 'Linear'; use nn\.Layer"):
        from nn import Linear  # noqa: F401
    assert not hasattr(autograd_mini, "jit")


def test_an_operand_of_pytorch_is_told_to_be_converted() -> None:
    torch = pytest.importorskip("torch")
    for multiply in (lambda x, t: x * t, lambda x, t: t * x):
        with pytest.raises(TypeError, match=r"; for a tensor of PyTorch write t\.item\(\)"):
            multiply(Value(2.0), torch.tensor(3.0))


@pytest.mark.parametrize("owner", OWNERS)
def test_hints_do_not_hide_what_exists(owner: str) -> None:
    thing, substitutes = OWNERS[owner]
    assert not set(substitutes) & set(dir(thing))
    assert not set(substitutes) & set(vars(type(thing))) or owner == "a Value"


def test_a_class_may_have_an_attribute_that_hints_name() -> None:
    class Weighted(nn.Module):
        def __init__(self) -> None:
            self.weight = Value(2.0)

        def forward(self, x: float) -> Value:
            return self.weight * x

    assert Weighted().forward(3.0).data == 6.0

    class Named(Value):
        shape = "scalar"

    x = Named(1.0)
    assert x.shape == "scalar"
    x.requires_grad = True  # type: ignore[attr-defined]
    assert x.requires_grad  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"^a Value has no attribute 'requires_grad'; every l"):
        Value(1.0).requires_grad = True  # type: ignore[attr-defined]
    assert not hasattr(Value(1.0), "shape")
    assert pickle.loads(pickle.dumps(Value(2.0, label="x"))).label == "x"


MISTAKES: dict[str, Callable[[Value], Any]] = {
    "backward() takes no arguments: the graph is kept": lambda x: x.backward(retain_graph=True),  # type: ignore[call-arg]
    "backward() takes no arguments: the graph": lambda x: x.backward(2.0),  # type: ignore[call-arg]
    OPERATORS["__matmul__"]: lambda x: x @ x,  # type: ignore[operator]
    OPERATORS["__rfloordiv__"]: lambda x: 7 // x,  # type: ignore[operator]
    OPERATORS["__divmod__"]: lambda x: divmod(x, 2),  # type: ignore[operator]
    "this network takes 2 inputs of one sample, not": lambda x: MODEL([[1, 2], [3, 4]]),
    "nonlin is True or False, got 'tanh'; write activa": lambda x: nn.Neuron(2, "tanh"),  # type: ignore[arg-type]
    "mul takes Values and real numbers, got Value, Decimal; write float(d)": lambda x: (
        x * Decimal(2)
    ),  # type: ignore[operator]
    "mul takes Values and real numbers, got list, Value; write the op": lambda x: [1, 2] * x,  # type: ignore[operator]
    "Value() has no argument 'requires_grad'; every leaf gets a": lambda x: Value(
        2.0, requires_grad=True
    ),  # type: ignore[call-arg]
    "autograd_mini.symbols is a package; a Value has a": lambda x: autograd_mini.symbols("x y"),  # type: ignore[operator]
    "hessian takes numbers; for lists and dicts write jacobian(grad(f))": lambda x: hessian(sum)(
        [x]
    ),
    "an optimizer needs a learning rate, as in SGD(": lambda x: nn.SGD([x]),
    "learning_rate and lr are two names of one number": lambda x: nn.SGD([x], 0.1, lr=0.1),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_habit_that_cannot_work_is_told_what_to_write(message: str) -> None:
    with pytest.raises(TypeError) as caught:
        MISTAKES[message](Value(1.0))
    assert str(caught.value).startswith(message)


def test_numpys_functions_of_values_work_or_name_a_substitute() -> None:
    numpy = pytest.importorskip("numpy")
    x, y = Value(1.0), Value(8.0)
    found = [numpy.arctan2(x, x), numpy.log2(y), numpy.log10([Value(1000.0)])[0]]
    assert [each.data for each in found] == pytest.approx([math.pi / 4, 3.0, 3.0], rel=1e-15)
    with pytest.raises(TypeError, match=r"^np\.heaviside takes no Value; use step; for its number"):
        numpy.heaviside(x, 0.5)


def test_sympy_does_not_take_a_value_for_a_constant() -> None:
    """SymPy's operators convert by this method, and by float() without it."""
    with pytest.raises(TypeError, match=r"write x\.data$"):
        Value(1.0)._sympy_()  # type: ignore[attr-defined]


def test_lr_is_another_name_of_the_learning_rate() -> None:
    x = Value(1.0)
    assert nn.SGD([x], lr=0.25).learning_rate == 0.25
    assert (nn.Adam([x], lr=0.25).learning_rate, nn.Adam([x]).learning_rate) == (0.25, 0.001)


def test_nesterov_momentum_looks_ahead_as_in_pytorch() -> None:
    x = Value(1.0)
    optimizer = nn.SGD([x], lr=0.1, momentum=0.5, nesterov=True)
    # v = 2, 3: the steps are 0.1 (0.5 v + g) with gradients that are 2 throughout.
    for expected in (1.0 - 0.1 * 3.0, 0.7 - 0.1 * 3.5):
        x.grad = 2.0
        optimizer.step()
        assert x.data == pytest.approx(expected, rel=1e-15)
    with pytest.raises(ValueError, match=r"^nesterov needs a momentum"):
        nn.SGD([x], lr=0.1, nesterov=True)
