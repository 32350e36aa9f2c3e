"""Training as micrograd's demo writes it: one text for all engines with its interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import methodcaller
from typing import Any

from ..problems import (
    INPUTS,
    LECTURE_PARAMETERS,
    Function,
    Scalar,
    Stepwise,
    demo_loss,
    demo_parameters,
    lecture_loss,
    moons,
)

relu = methodcaller("relu")


def train_lecture(
    value: Function,
    activation: Function,
    rate: float,
    loss_of: Callable[..., Scalar] = lecture_loss,
) -> Stepwise:
    """W1; `value` makes a leaf. The inputs are leaves too, as in the lecture's drawing."""
    inputs = [value(number) for number in INPUTS]
    parameters = [value(number) for number in LECTURE_PARAMETERS]

    def step() -> float:
        loss = loss_of(parameters, inputs, activation)
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        descend(parameters, rate)
        return float(loss.data)

    return Stepwise(step, step)


def train_demo(value: Function, model: Any, rate: float) -> Stepwise:
    """W2; `model` is an MLP(2, [16, 16, 1]) of the engine's own."""
    points, labels = moons()
    for p, number in zip(model.parameters(), demo_parameters()):
        p.data = number

    def step() -> float:
        inputs = [list(map(value, point)) for point in points]
        scores = list(map(model, inputs))
        total_loss = demo_loss(scores, labels, model.parameters(), relu)
        model.zero_grad()
        total_loss.backward()
        descend(model.parameters(), rate)
        return float(total_loss.data)

    return Stepwise(step, step)


def descend(parameters: Iterable[Scalar], rate: float) -> None:
    """The update of plain gradient descent."""
    for p in parameters:
        p.data -= rate * p.grad
