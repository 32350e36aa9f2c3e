"""Trainings as programs next to the same ones without: what the tests of fit(compiled=) share."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import nn
from autograd_mini import Value

HOW = pytest.mark.parametrize(
    "compiled", ["python", "numpy", pytest.param("c", marks=pytest.mark.cc)]
)


class Trained:
    """What a training led to, or how it failed."""

    def __init__(
        self,
        make: Callable[[], nn.Module],
        data: Any,
        loss: Any,
        optimizer: Callable[[list[Value]], nn.Optimizer],
        epochs: int,
        compiled: bool | str,
        **options: Any,
    ) -> None:
        self.model = make()
        self.error = ""
        self.losses: list[float] = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                history = nn.fit(
                    self.model,
                    data,
                    loss,
                    optimizer(self.model.parameters()),
                    epochs,
                    seed=1,
                    compiled=compiled,
                    **options,
                )
                self.losses = history.losses
            except (ArithmeticError, ValueError, TypeError, LookupError) as error:
                self.error = f"{type(error).__name__}: {error}"
        self.warnings = [str(warning.message) for warning in caught]
        self.parameters = [value.data for value in self.model.parameters()]


def sgd(rate: float) -> Callable[[list[Value]], nn.Optimizer]:
    return lambda parameters: nn.SGD(parameters, rate)


def check(*arguments: Any, compiled: bool | str, warns: bool = False, **options: Any) -> Trained:
    """Trained both ways, with the same numbers, or the same error."""
    eager = Trained(*arguments, compiled=False, **options)
    found = Trained(*arguments, compiled=compiled, **options)
    assert found.error == eager.error
    assert found.losses == pytest.approx(eager.losses, rel=1e-12, abs=1e-15)
    assert found.parameters == pytest.approx(eager.parameters, rel=1e-11, abs=1e-13)
    assert len(found.warnings) == (1 if warns else 0), found.warnings
    return found


class Line(nn.Module):
    """w * x + b, from 0 on, where much has the same loss."""

    def __init__(self, w: float = 0.0) -> None:
        self.w = Value(w, label="w")
        self.b = Value(0.0, label="b")

    def __call__(self, inputs: Any) -> Any:
        return self.w * inputs[0] + self.b


DATA = [([1.0], [1.0]), ([2.0], [-1.0]), ([-1.5], [1.0]), ([0.5], [-1.0])]
