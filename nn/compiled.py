"""Training with compiled losses: that of a sample is recorded once and run over the batch."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isclose, isfinite
from numbers import Integral
from typing import Any, NamedTuple

from autograd_mini import CompiledFunction, Value, compile_function, topological_order
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

    The first time that a sample is met, its loss is recorded twice: of its numbers, as without
    compiling, and of Values. Where these are not the same graph, the loss depends on the sample in
    a way that no program can follow (`target == 1` of a Value is never true, say), and the sample
    is recorded every time.
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
        """The shape and numbers of a sample, if its loss as a function of these is its loss."""
        recorded = forward(self._model, self._loss, self._samples, index, stage)
        found = flat(*self._samples[index])
        if found is not None:
            shape, row = found
            if shape not in self._functions:
                self._functions[shape] = compile_function(
                    self._loss_of(shape), target=self._target, leaves=self._values
                )
            numbers = list(map(Value, row))
            with suppress(NotReplayable):
                followed = self._functions[shape].f(*numbers)
                if is_same_graph(recorded, followed, numbers, self._values):
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
            if not isinstance(result, Value) or id(result) in made_of(numbers, result):
                raise NotReplayable
            return result

        return loss


def made_of(numbers: Sequence[Value], result: Value) -> set[int]:
    """The ids of what `result` is computed from that depends on these numbers alone."""
    made = set(map(id, numbers))
    for value in topological_order(result):
        values = [operand for operand in value.operands if isinstance(operand, Value)]
        if values and all(id(operand) in made for operand in values):
            made.add(id(value))
    return made


def is_same_graph(
    recorded: Value, followed: Value, numbers: Sequence[Value], leaves: Sequence[Value]
) -> bool:
    """Whether `followed` is `recorded` with Values for the numbers of a sample.

    What is computed of these alone is a number in the other, to rounding. leaves: of the model.
    """
    made = made_of(numbers, followed)
    own = set(map(id, leaves))

    def number(constant: Any) -> float | None:
        if not isinstance(constant, Value):
            return float(constant)
        is_one = id(constant) in made or (constant.op is None and id(constant) not in own)
        return constant.data if is_one else None

    pending: list[tuple[Any, Any]] = [(recorded, followed)]
    seen: set[tuple[int, int]] = set()
    while pending:
        x, y = pending.pop()
        if x is y or (id(x), id(y)) in seen:
            continue
        seen.add((id(x), id(y)))
        if isinstance(x, Value) and isinstance(y, Value) and x.op is y.op and x.op is not None:
            pending += zip(x.operands, y.operands)
        else:
            one, other = number(x), number(y)
            if one is None or other is None or not isclose(one, other, abs_tol=1e-12):
                return False
    return True


def flat(inputs: Any, targets: Any) -> tuple[Shape, tuple[float, ...]] | None:
    """The shape of a sample and its numbers one after the other; None if it is made of others."""
    many_inputs = hasattr(inputs, "__iter__") and not isinstance(inputs, Value)
    many_targets = hasattr(targets, "__iter__") and not isinstance(targets, Value)
    numbers = list(inputs) if many_inputs else [inputs]
    count = len(numbers)
    is_class = isinstance(targets, (int, Integral))
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
