"""PyTorch with a tensor for every scalar: its eager engine on the same graphs."""
# mypy: disable-error-code="import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Sequence

import torch

from .. import gpt
from ..problems import Scalar, Step, Stepwise
from . import loss_style, torch_arrays

# On scalars more threads only wait for each other.
torch.set_num_threads(1)


def lecture(rate: float) -> Stepwise:
    """W1."""
    return loss_style.train_lecture(step_of, torch.sigmoid, rate, scalars)


def demo(rate: float) -> Stepwise:
    """W2."""
    return loss_style.train_demo(step_of, torch.relu, rate, scalars)


def gpt_training() -> torch_arrays.GptTraining:
    """W4."""
    w = {
        name: [[scalar.requires_grad_() for scalar in scalars(row)] for row in matrix]
        for name, matrix in gpt.weights().items()
    }
    parameters = list(gpt.numbers_of(w))

    def loss(document: list[int]) -> Scalar:
        for p in parameters:  # Adam skips a parameter without a gradient
            p.grad = torch.zeros_like(p)
        return gpt.loss(w, document)

    return torch_arrays.GptTraining(parameters, loss)


def step_of(loss: loss_style.Loss, start: Sequence[float], rate: float) -> Step:
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
