"""autograd_mini's compiled graphs: one text for all targets."""
# mypy: disable-error-code="import-not-found"
# NumPy and JAX, which some targets are for, need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import methodcaller
from typing import Any

from autograd_mini import Value, compile_graph
from nn import MLP

from ..problems import (
    ALPHA,
    INPUTS,
    LECTURE_PARAMETERS,
    POINTS,
    Plan,
    Stepwise,
    demo_parameters,
    lecture_loss,
    moons,
    random_graph,
)
from .float_style import demo_loss_of

Compiled = Any
relu = methodcaller("relu")


def compile_lecture(target: str) -> Compiled:
    """W1's loss by its parameters; the network's inputs are constants."""
    parameters = [Value(number) for number in LECTURE_PARAMETERS]
    inputs = [Value(number) for number in INPUTS]
    loss = lecture_loss(parameters, inputs, methodcaller("sigmoid"))
    return compile_graph(loss, parameters, target=target)


def compile_sample(target: str, **options: Any) -> Compiled:
    """The hinge of one point of W2, by 337 parameters; x1, x2 and the label come after them."""
    model: Any = MLP(2, [16, 16, 1])
    parameters = list(model.parameters())
    point, label = [Value(0.5), Value(-0.5)], Value(1.0)
    hinge = relu(1 + -label * model(point))
    inputs = [*parameters, *point, label]
    return compile_graph(hinge, inputs, wrt=parameters, target=target, **options)


def samples(count: int) -> list[list[float]]:
    """The inputs of the sample of W2 beside the parameters: x1, x2 and the label of every point."""
    return [[*point, label] for point, label in zip(*moons(count))]


@dataclass
class Descend:
    """Training by a call of `descend` for all steps."""

    compiled: Compiled
    rate: float
    parameters: Sequence[float] = field(default=LECTURE_PARAMETERS)

    def run(self, times: int) -> None:
        """The loop is in the generated code."""
        self.parameters = self.compiled.descend(self.parameters, self.rate, times).values

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        return float(self.compiled.value(*self.parameters))


@dataclass
class Descent:
    """Training on a batch by a `descent`, which keeps the parameters between its calls."""

    descent: Any
    evaluate: Callable[[Sequence[float]], float]

    def run(self, times: int) -> None:
        """The loops over steps and samples are in the generated code."""
        self.descent.run(times)

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        return self.evaluate(self.descent.values)


def lecture(target: str, rate: float) -> Descend:
    """W1, the loop inside."""
    return Descend(compile_lecture(target), rate)


def lecture_by_calls(target: str, rate: float) -> Stepwise:
    """W1, a call for every step."""
    compiled = compile_lecture(target)
    descent = compiled.descend(LECTURE_PARAMETERS, rate, 0)
    return Stepwise(partial(descent.run, 1), lambda: float(compiled.value(*descent.values)))


def lecture_by_gradients(target: str, rate: float) -> Stepwise:
    """W1, a call for every value and gradients, and the update in Python."""
    compiled = compile_lecture(target)
    parameters: Sequence[float] = LECTURE_PARAMETERS

    def step() -> float:
        nonlocal parameters
        value, gradients = compiled(*parameters)
        parameters = [p - rate * g for p, g in zip(parameters, gradients)]
        return float(value)

    return Stepwise(step, step)


def demo(target: str, rate: float, count: int = POINTS) -> Descent:
    """W2: the sample is compiled, the points are a batch, and L2 is the descent's decay."""
    descent = compile_sample(target).descend(
        demo_parameters(), rate, 0, batch=samples(count), weight_decay=2 * ALPHA
    )
    points, labels = moons(count)
    return Descent(descent, partial(demo_loss_of, points=points, labels=labels))


def first_lecture(target: str) -> None:
    """W1 from its formulas to the first value and gradients: record, compile, call."""
    compile_lecture(target)(*LECTURE_PARAMETERS)


def first_demo(target: str) -> None:
    """A sample of W2 from its formulas to the first value and gradients."""
    compile_sample(target)(*demo_parameters(), *samples(POINTS)[0])


def recorded_graph(target: str, plan: Plan) -> Callable[[], tuple[float, Sequence[float]]]:
    """W3: its value and the gradients of all leaves, in the order in which it makes them."""
    leaves: list[Value] = []

    def leaf(number: float) -> Value:
        leaves.append(Value(number))
        return leaves[-1]

    root = random_graph(plan, leaf, relu)
    compiled = compile_graph(root, leaves, target=target)
    return partial(compiled, *[value.data for value in leaves])
