"""Compiled losses: the loss of a sample is recorded once for each branch, then run as a program."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isclose, isfinite
from numbers import Integral
from typing import Any, NamedTuple

from autograd_mini import CompiledFunction, Value, compile_function, topological_order

from .module import Module
from .optim import SGD, Adam, Optimizer
from .surroundings import Surroundings
from .update import Loss, Sample, Update, forward

TARGETS = ("auto", "python", "numpy", "c")


class Shape(NamedTuple):
    """The form of a sample: samples of one shape share their programs.

    inputs, targets: how many there are; None for a single number. target: the class of a sample,
    which is not a number to compute with; None for others.
    """

    inputs: int | None
    targets: int | None
    target: int | None


class NotReplayable(ArithmeticError):
    """The loss depends on a sample in a way that no program can follow."""


class SampleNumber(Value):
    """A number of a sample while its loss is recorded.

    `target == 1` would be false for every Value; here it is an error. It equals itself, since
    Python looks it up among the keys of a dict in this way.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        raise NotReplayable

    def __ne__(self, other: object) -> bool:
        return not self == other


class CompiledUpdate(Update):
    """Updates whose gradients come from compiled functions of the numbers of a sample.

    A program holds as long as everything that its recording depends on: the numbers of the sample,
    parameters and other Values are its inputs; comparisons are guarded; plain numbers are its
    constants, so each branch is recorded again whenever code of the user may have changed them. A
    sample whose loss depends on it in another way, on random numbers, or on state that it changes
    itself, is recorded every time.
    """

    def __init__(
        self,
        model: Module,
        samples: Sequence[Sample],
        loss: Loss,
        optimizer: Optimizer,
        target: str,
        has_callback: bool,
    ) -> None:
        super().__init__(model, samples, loss, optimizer)
        if target not in TARGETS:
            raise ValueError(
                f"compiled must be True, False or one of {', '.join(TARGETS)}, got {target!r}"
            )
        self._target = target
        self._has_warned = False
        # Code of the user runs between epochs, in a callback, and in an optimizer of the user.
        self._has_own_optimizer = type(optimizer) not in (SGD, Adam)
        self._may_change = has_callback or self._has_own_optimizer
        self._stage = ""  # the epoch in which the programs were compared last
        self._surroundings = Surroundings(model, loss)
        self._is_meeting = False
        self._functions: dict[Shape, CompiledFunction] = {}
        # For each sample that has been met: its shape and numbers, or None if it is recorded.
        self._rows: dict[int, tuple[Shape, tuple[float, ...]] | None] = {}

    def _differentiate(self, stage: str, batch: Sequence[int]) -> float:
        if self._may_change:
            self._notice_changes(stage, batch)
        groups: dict[Shape | None, list[int]] = {}
        self._meet_all(stage, [index for index in batch if index not in self._rows])
        for index in batch:
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

    def _notice_changes(self, stage: str, batch: Sequence[int]) -> None:
        """Forget the programs if other ones would be recorded now, and samples that changed."""
        if stage != self._stage or self._has_own_optimizer:
            self._stage = stage
            if not all(function.is_current() for function in self._functions.values()):
                self._functions.clear()
                self._rows.clear()
        for index in batch:
            if self._rows.get(index) is not None and self._rows[index] != self._flat(index):
                del self._rows[index]

    def _follow_all(self, stage: str, shape: Shape, indices: list[int], count: int) -> float:
        """Add the gradients of samples of one shape; gives the sum of their losses."""
        function = self._functions[shape]
        rows = [row[1] for row in map(self._rows.__getitem__, indices) if row is not None]
        try:
            total, sums = function.total(rows)
        except ArithmeticError:  # NotReplayable, on a branch that is first taken, among them
            total, sums = float("nan"), []
        if not isfinite(total):  # recorded one by one, so that the error names the sample
            return sum(self._follow(stage, index, count) for index in indices)
        for value, gradient in zip(function.leaves, sums):
            value.grad += gradient / count
        return total

    def _meet_all(self, stage: str, indices: Sequence[int]) -> None:
        """Decide for new samples whether programs can follow them."""
        if not indices:
            return
        before = self._surroundings.state()
        self._is_meeting = True
        try:
            for index in indices:
                self._rows[index] = self._meet(stage, index)
        finally:
            self._is_meeting = False
        if self._surroundings.has_moved(before):
            self._rows.update(dict.fromkeys(indices))
        recorded = [index for index in indices if self._rows[index] is None]
        if recorded and not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"the loss of sample data[{recorded[0]}] cannot be replayed with other numbers: it "
                "is recorded at every step, as without compiled=; so are samples like it",
                stacklevel=5,
            )

    def _meet(self, stage: str, index: int) -> tuple[Shape, tuple[float, ...]] | None:
        """The shape and numbers of a sample, if its loss is a function of these alone."""
        recorded = forward(self._model, self._loss, self._samples, index, stage)
        found = self._flat(index)
        if found is None:
            return None
        shape, row = found
        if shape not in self._functions:
            self._functions[shape] = compile_function(
                self._loss_of(shape), target=self._target, leaves=self._values
            )
        values = list(map(Value, row))
        with suppress(NotReplayable):
            followed = self._functions[shape].f(*values)
            if is_same_graph(recorded, followed, values, self._values):
                return found
        return None

    def _flat(self, index: int) -> tuple[Shape, tuple[float, ...]] | None:
        return flat(*self._samples[index])

    def _loss_of(self, shape: Shape) -> Callable[..., Any]:
        """The loss as a function of the numbers of a sample."""

        def loss(*numbers: Value) -> Value:
            # `_meet_all` compares the state of the surroundings once for many samples.
            before = None if self._is_meeting else self._surroundings.state()
            for number in numbers:
                number.__class__ = SampleNumber
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
            if before is not None and self._surroundings.has_moved(before):
                raise NotReplayable
            return result

        return loss


def made_of(numbers: Sequence[Value], result: Value) -> set[int]:
    """The ids of the values below `result` that are computed from these numbers alone."""
    made = set(map(id, numbers))
    for value in topological_order(result):
        values = [operand for operand in value.operands if isinstance(operand, Value)]
        if values and all(id(operand) in made for operand in values):
            made.add(id(value))
    return made


def is_same_graph(
    recorded: Value, followed: Value, numbers: Sequence[Value], leaves: Sequence[Value]
) -> bool:
    """True if `followed` is `recorded` with Values for the numbers of a sample.

    A value that is computed from these numbers alone is a number in `recorded`, to rounding.
    leaves: of the model.
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
            if one is None or other is None or not isclose(one, other):
                return False
    return True


def flat(inputs: Any, targets: Any) -> tuple[Shape, tuple[float, ...]] | None:
    """The shape of a sample and its numbers in a row; None if it holds anything else."""
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
