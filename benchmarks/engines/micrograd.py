"""micrograd as PyPI has it, with a sigmoid in its style."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It has no type information, and need not be installed.

from __future__ import annotations

from functools import partial
from math import exp, log

from micrograd.engine import Value
from micrograd.nn import MLP

from .. import gpt
from ..problems import Scalar, Stepwise
from . import micrograd_style

leaf = Value
relu = micrograd_style.relu


def sigmoid(x: Scalar) -> Scalar:
    """micrograd has only relu; this is written as that is."""
    out = Value(1 / (1 + exp(-x.data)), (x,), "sigmoid")

    def _backward() -> None:
        x.grad += out.data * (1 - out.data) * out.grad

    out._backward = _backward
    return out


def lecture(rate: float) -> Stepwise:
    """W1."""
    return micrograd_style.train_lecture(Value, sigmoid, rate)


def demo(rate: float) -> Stepwise:
    """W2."""
    return micrograd_style.train_demo(Value, MLP(2, [16, 16, 1]), rate)


def exp_of(x: Scalar) -> Scalar:
    """As `sigmoid`."""
    out = Value(exp(x.data), (x,), "exp")

    def _backward() -> None:
        x.grad += out.data * out.grad

    out._backward = _backward
    return out


def log_of(x: Scalar) -> Scalar:
    """As `sigmoid`."""
    out = Value(log(x.data), (x,), "log")

    def _backward() -> None:
        x.grad += out.grad / x.data

    out._backward = _backward
    return out


Value.exp, Value.log = exp_of, log_of
gpt_training = partial(gpt.Recorded, Value)
