"""autograd_mini, recorded anew for every step."""

from __future__ import annotations

from operator import methodcaller

from autograd_mini import Value
from nn import MLP

from ..problems import Step
from . import micrograd_style

leaf = Value
relu = micrograd_style.relu
IMPORTS = "autograd_mini, nn"


def lecture(rate: float) -> Step:
    """W1."""
    return micrograd_style.lecture_step(Value, methodcaller("sigmoid"), rate)


def demo(rate: float) -> Step:
    """W2."""
    return micrograd_style.demo_step(Value, MLP(2, [16, 16, 1]), rate)
