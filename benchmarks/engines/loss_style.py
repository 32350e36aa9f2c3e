"""Training as descent on a loss of parameters: for engines without micrograd's interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..problems import (
    INPUTS,
    LECTURE_PARAMETERS,
    Function,
    Scalar,
    Step,
    demo_loss,
    demo_parameters,
    lecture_loss,
    mlp,
    moons,
)

Loss = Callable[[Sequence[Scalar]], Scalar]

StepOf = Callable[[Loss, Sequence[float], float], Step]
"""An engine's own descent: the step on a loss, from a start, at a rate."""

Leaves = Callable[[Sequence[float]], Sequence[Scalar]]


def lecture_step(step_of: StepOf, sigmoid: Function, rate: float, leaves: Leaves = list) -> Step:
    """W1; `leaves` makes what the engine computes with."""
    inputs = leaves(INPUTS)
    return step_of(
        lambda parameters: lecture_loss(parameters, inputs, sigmoid), LECTURE_PARAMETERS, rate
    )


def demo_step(step_of: StepOf, relu: Function, rate: float, leaves: Leaves = list) -> Step:
    """W2; `leaves` makes what the engine computes with."""
    points, labels = moons()

    def loss(parameters: Sequence[Scalar]) -> Scalar:
        scores = map(mlp(parameters, relu), map(leaves, points))
        return demo_loss(scores, labels, parameters, relu)

    return step_of(loss, demo_parameters(), rate)
