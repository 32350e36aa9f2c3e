"""Losses of plain floats: for engines that train without computing the loss."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from ..problems import INPUTS, demo_loss, lecture_loss, mlp


def lecture_loss_of(parameters: Sequence[float]) -> float:
    """W1's."""
    return float(lecture_loss(parameters, INPUTS, sigmoid))


def demo_loss_of(
    parameters: Sequence[float], points: Sequence[Sequence[float]], labels: list[float]
) -> float:
    """W2's."""
    scores = map(mlp(parameters, relu), points)
    return float(demo_loss(scores, labels, parameters, relu))


def sigmoid(x: float) -> float:
    """The textbook's."""
    return 1 / (1 + exp(-x))


def relu(x: float) -> float:
    """The textbook's."""
    return x if x > 0 else 0.0
