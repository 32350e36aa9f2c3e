"""CasADi: the whole step recorded once as a graph of scalars, then run by its virtual machine."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence

import casadi

from ..problems import Plan, Scalar, Step, Stepwise, random_graph
from . import loss_style


def lecture(rate: float) -> Stepwise:
    """W1."""
    return loss_style.train_lecture(step_of, sigmoid, rate)


def demo(rate: float) -> Stepwise:
    """W2."""
    return loss_style.train_demo(step_of, relu, rate)


def sigmoid(x: Scalar) -> Scalar:
    """The engine has no such function."""
    return 1 / (1 + casadi.exp(-x))


def relu(x: Scalar) -> Scalar:
    """The engine has no such function."""
    return casadi.fmax(x, 0)


def step_of(loss: loss_style.Loss, start: Sequence[float], rate: float) -> Step:
    """Plain gradient descent on `loss`."""
    symbols = casadi.SX.sym("p", len(start))
    value = loss(casadi.vertsplit(symbols))
    updated = symbols - rate * casadi.gradient(value, symbols)
    run = casadi.Function("step", [symbols], [value, updated])
    parameters = casadi.DM(start)

    def step() -> float:
        nonlocal parameters
        value, parameters = run(parameters)
        return float(value)

    return step


def recorded_graph(plan: Plan) -> Callable[[], tuple[float, Sequence[float]]]:
    """W3: its value and the gradients of all leaves, in the order in which it makes them."""
    leaves: list[Scalar] = []
    numbers: list[float] = []

    def leaf(number: float) -> Scalar:
        leaves.append(casadi.SX.sym("leaf"))
        numbers.append(number)
        return leaves[-1]

    root = random_graph(plan, leaf, relu)
    symbols = casadi.vertcat(*leaves)
    run = casadi.Function("graph", [symbols], [root, casadi.gradient(root, symbols)])
    point = casadi.DM(numbers)

    def value_and_gradients() -> tuple[float, Sequence[float]]:
        value, gradients = run(point)
        return float(value), gradients.elements()

    return value_and_gradients
