"""Training with compiled losses: that of a sample is recorded once and run over the batch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isclose, isfinite
from typing import Any, NamedTuple

from autograd_mini import CompiledFunction, Value, compile_function, gradients, topological_order
from nn.module import Module
from nn.optim import Optimizer
from nn.training import Loss, Sample, Update, forward

TARGETS = ("auto", "python", "numpy", "c")


class Shape(NamedTuple):
    """How a sample is made of numbers: samples of one shape share their programs.

    inputs, targets: how many there are; None for a single number. target: what stands for the
    class of a sample, which is no number to compute with; None for others.
    """

    inputs: int | None
    targets: int | None
    target: int | None


class NotReplayable(ArithmeticError):
    """A loss that fails where a sample is made of Values; of floats it may be one."""


class CompiledUpdate(Update):
    """Updates whose gradients come from compiled functions of a sample.

    The first time that a sample is met, its loss is recorded too, as without compiling; where the
    two differ, or their gradients, the loss depends on the sample in a way that no program can
    follow (`target == 1` of a Value is never true, say), and the sample is recorded every time.
    """

    def __init__(
        self,
        model: Module,
        samples: Sequence[Sample],
        loss: Loss,
        optimizer: Optimizer,
        target: str,
    ) -> None:
        super().__init__(model, samples, loss, optimizer)
        if target not in TARGETS:
            raise ValueError(
                f"compiled must be True, False or one of {', '.join(TARGETS)}, not {target!r}"
            )
        self._target = target
        self._has_warned = False
        self._functions: dict[Shape, CompiledFunction] = {}
        # Of each sample that has been met: its shape and numbers, or None if it is recorded.
        self._rows: dict[int, tuple[Shape, tuple[float, ...]] | None] = {}

    def _differentiate(self, stage: str, batch: Sequence[int]) -> float:
        groups: dict[Shape | None, list[int]] = {}
        for index in batch:
            if index not in self._rows:
                self._rows[index] = self._meet(stage, index)
            row = self._rows[index]
            groups.setdefault(row and row[0], []).append(index)
        self._zero_grad()
        total = 0.0
        for shape, indices in groups.items():
            total += (
                sum(self._follow(stage, index, len(batch)) for index in indices)
                if shape is None
                else self._follow_all(stage, shape, indices, len(batch))
            )
        return total

    def _follow_all(self, stage: str, shape: Shape, indices: list[int], count: int) -> float:
        """Add the gradients of samples of one shape; gives the sum of their losses."""
        function = self._functions[shape]
        rows = [row[1] for row in map(self._rows.__getitem__, indices) if row is not None]
        try:
            total, sums = function.total(rows)
        except ArithmeticError:
            total, sums = float("nan"), []
        if not isfinite(total):  # recorded one by one, the first that has no finite loss is named
            return sum(self._follow(stage, index, count) for index in indices)
        for value, gradient in zip(function.leaves, sums):
            value.grad += gradient / count
        return total

    def _meet(self, stage: str, index: int) -> tuple[Shape, tuple[float, ...]] | None:
        """The shape and numbers of a sample, if its compiled loss is its loss."""
        recorded = forward(self._model, self._loss, self._samples, index, stage)
        found = flat(*self._samples[index])
        if found is not None:
            shape, row = found
            if shape not in self._functions:
                self._functions[shape] = compile_function(
                    self._loss_of(shape), target=self._target, leaves=self._values
                )
            expected = [recorded.data, *gradients(recorded, self._values)]
            with suppress(NotReplayable):
                value, slopes = self._functions[shape](*row)
                if all(map(is_alike, [value, *slopes], expected)):
                    return found
        if not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"the loss of sample data[{index}] cannot be replayed with other numbers: it, and "
                "what is like it, is recorded at every step, as without compiled=",
                stacklevel=5,
            )
        return None

    def _loss_of(self, shape: Shape) -> Callable[..., Any]:
        """The loss as a function of the numbers of a sample."""

        def loss(*numbers: Value) -> Value:
            split = 1 if shape.inputs is None else shape.inputs
            inputs: Any = numbers[0] if shape.inputs is None else list(numbers[:split])
            if shape.target is not None:
                targets: Any = shape.target
            else:
                targets = numbers[split] if shape.targets is None else list(numbers[split:])
            try:
                result = self._loss(self._model(inputs), targets)
            except Exception as reason:
                raise NotReplayable from reason
            if not isinstance(result, Value) or is_made_of(result, numbers):
                raise NotReplayable
            return result

        return loss


def is_made_of(result: Value, numbers: Sequence[Value]) -> bool:
    """Whether it depends on these alone: a plain number, where they are."""
    known = set(map(id, numbers))
    return all(id(leaf) in known for leaf in topological_order(result) if leaf.op is None)


def is_alike(x: float, y: float) -> bool:
    """Whether two numbers are the same to rounding."""
    return isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) or (x != x and y != y)


def flat(inputs: Any, targets: Any) -> tuple[Shape, tuple[float, ...]] | None:
    """The shape of a sample and its numbers one after the other; None if it is made of others."""
    many_inputs = hasattr(inputs, "__iter__") and not isinstance(inputs, Value)
    many_targets = hasattr(targets, "__iter__") and not isinstance(targets, Value)
    numbers = list(inputs) if many_inputs else [inputs]
    count = len(numbers)
    is_class = isinstance(targets, int)
    if not is_class:
        numbers += list(targets) if many_targets else [targets]
    try:
        row = tuple(map(float, numbers))
    except (TypeError, ValueError):
        return None
    if any(isinstance(number, (str, Value)) for number in numbers):
        return None
    shape = Shape(
        count if many_inputs else None,
        len(numbers) - count if many_targets else None,
        targets if is_class else None,
    )
    return shape, row
