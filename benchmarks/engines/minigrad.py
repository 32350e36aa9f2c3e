"""minigrad: micrograd's Value in C."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It has no type information, and need not be installed.

from __future__ import annotations

from minigrad import Value

from ..problems import Stepwise, relu_lecture_loss
from . import micrograd_style


def relu_lecture(rate: float) -> Stepwise:
    """W1 with relu."""
    return micrograd_style.train_lecture(Value, Value.relu, rate, relu_lecture_loss)
