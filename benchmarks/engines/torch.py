"""PyTorch with a tensor for every scalar: its eager engine on the same graphs."""
# mypy: disable-error-code="import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from ..problems import (
    INPUTS,
    LECTURE_PARAMETERS,
    Scalar,
    Step,
    demo_loss,
    demo_parameters,
    lecture_loss,
    mlp,
    moons,
)

# On scalars more threads only wait for each other.
torch.set_num_threads(1)


def lecture(rate: float) -> Step:
    """W1."""
    inputs = scalars(INPUTS)
    return step_of(
        lambda parameters: lecture_loss(parameters, inputs, torch.sigmoid),
        LECTURE_PARAMETERS,
        rate,
    )


def demo(rate: float) -> Step:
    """W2."""
    points, labels = moons()

    def loss(parameters: Sequence[Scalar]) -> Scalar:
        scores = map(mlp(parameters, torch.relu), map(scalars, points))
        return demo_loss(scores, labels, parameters, torch.relu)

    return step_of(loss, demo_parameters(), rate)


def step_of(
    loss: Callable[[Sequence[Scalar]], Scalar], start: Sequence[float], rate: float
) -> Step:
    """Plain gradient descent on `loss`."""
    parameters = [scalar.requires_grad_() for scalar in scalars(start)]

    def step() -> float:
        value = loss(parameters)
        for p in parameters:
            p.grad = None
        value.backward()
        with torch.no_grad():
            for p in parameters:
                p.sub_(p.grad, alpha=rate)
        return float(value.item())

    return step


def scalars(numbers: Sequence[float]) -> list[Scalar]:
    """A tensor of no dimension for each number."""
    return [torch.tensor(number, dtype=torch.float64) for number in numbers]
