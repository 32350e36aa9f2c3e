"""autograd_mini, recorded at every step."""

from __future__ import annotations

from functools import partial

from autograd_mini import Value
from nn import MLP

from .. import gpt
from ..problems import Stepwise, relu_lecture_loss
from . import micrograd_style

leaf = Value
relu = micrograd_style.relu
IMPORTS = "autograd_mini, nn"

gpt_training = partial(gpt.Recorded, Value)


def lecture(rate: float) -> Stepwise:
    """W1."""
    return micrograd_style.train_lecture(Value, Value.sigmoid, rate)


def relu_lecture(rate: float) -> Stepwise:
    """W1 with relu."""
    return micrograd_style.train_lecture(Value, Value.relu, rate, relu_lecture_loss)


def demo(rate: float) -> Stepwise:
    """W2."""
    return micrograd_style.train_demo(Value, MLP(2, [16, 16, 1]), rate)
