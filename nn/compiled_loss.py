"""Compiled losses: the loss of a sample is recorded once for each branch, then run as a program."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isclose, isfinite
from numbers import Integral
from typing import Any, NamedTuple

from autograd_mini import CompiledFunction, Value, compile_function, topological_order

from .module import Module
from .optim import SGD, Adam, Optimizer
from .surroundings import State, Surroundings
from .update import Loss, Sample, Update, forward

# So many samples are watched one by one for a change of state, which takes longer than a loss.
MOST_WATCHED = 64

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


class UnmetBranch(ArithmeticError):
    """A sample takes a branch that has not been recorded."""


class CompiledUpdate(Update):
    """Updates whose gradients come from compiled functions of the numbers of a sample.

    A program holds as long as everything that its recording depends on: the numbers of the sample,
    parameters and other Values are its inputs; comparisons are guarded; plain numbers are its
    constants, so each branch is recorded again whenever code of the user may have changed them.

    A sample or branch is first followed as without programs, so that random numbers and counters
    move as often. It is recorded once more for a program only if that moved no state. As soon as
    one sample cannot be replayed, all samples are recorded at every step.
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
        self._reason = ""  # for which no sample is replayed
        # Code of the user runs between epochs, in a callback, and in an optimizer of the user.
        self._has_own_optimizer = type(optimizer) not in (SGD, Adam)
        self._may_change = has_callback or self._has_own_optimizer
        self._stage = ""  # the epoch in which the programs were compared last
        self._surroundings = Surroundings(model, loss)
        self._numbers: dict[str, Any] = {}  # of the surroundings, when they were compared last
        self._may_record = False
        self._functions: dict[Shape, CompiledFunction] = {}
        self._rows: dict[int, tuple[Shape, tuple[float, ...]]] = {}  # of the samples met so far

    def _differentiate(self, stage: str, batch: Sequence[int]) -> float:
        if self._reason:
            return super()._differentiate(stage, batch)
        self._zero_grad()
        total = self._replay(stage, batch)
        if self._reason:
            warnings.warn(
                f"{self._reason}: all samples are recorded at every step, as without compiled=",
                stacklevel=4,
            )
        return total

    def _replay(self, stage: str, batch: Sequence[int]) -> float:
        """Add the gradients of a batch by programs; gives the sum of its losses."""
        if self._may_change:
            for index in batch:
                if index in self._rows and self._rows[index] != flat(*self._samples[index]):
                    del self._rows[index]
            if stage != self._stage or self._has_own_optimizer:
                self._stage = stage
                before, self._numbers = self._numbers, self._surroundings.numbers()
                if before != self._numbers:
                    return self._meet(stage, batch, len(batch), may_be_outdated=True)
                self._forget_outdated()
        if not all(index in self._rows for index in batch):
            return self._meet(stage, batch, len(batch))
        groups: dict[Shape, list[int]] = {}
        for index in batch:
            groups.setdefault(self._rows[index][0], []).append(index)
        return sum(
            self._follow_all(stage, shape, indices, len(batch)) for shape, indices in groups.items()
        )

    def _follow_all(self, stage: str, shape: Shape, indices: list[int], count: int) -> float:
        """Add the gradients of samples of one shape; gives the sum of their losses."""
        total = float("nan")
        if not self._reason:
            function = self._functions[shape]
            try:
                total, sums = function.total([self._rows[index][1] for index in indices])
            except UnmetBranch:
                if len(indices) == 1:
                    return self._meet(stage, indices, count)
            except ArithmeticError:
                pass
        if isfinite(total):
            for value, gradient in zip(function.leaves, sums):
                value.grad += gradient / count
            return total
        if len(indices) == 1:  # recorded, so that the error names the sample
            return self._follow(stage, indices[0], count)
        return sum(self._follow_all(stage, shape, [index], count) for index in indices)

    def _meet(
        self, stage: str, indices: Sequence[int], count: int, may_be_outdated: bool = False
    ) -> float:
        """Follow samples as without programs, then make the programs that they need.

        count: of the samples of the batch. may_be_outdated: whether to compare known programs.
        """
        before = self._surroundings.state()
        total = 0.0
        for met, index in enumerate(indices, 1):
            total += self._follow(stage, index, count)
            # A cycle that is back where it began after the last sample is seen on its way.
            if not self._reason and (met <= MOST_WATCHED or met == len(indices)):
                self._look_for_change(before, indices[0])
        if self._reason:
            return total
        if may_be_outdated:
            self._forget_outdated()
        for index in indices:
            if not self._is_replayable(stage, index):
                self._reason = f"the loss of sample data[{index}] depends on more than its numbers"
                return total
        self._look_for_change(before, indices[0])
        return total

    def _look_for_change(self, before: State, index: int) -> None:
        """Give up replaying if the losses from this sample on have changed what they hold."""
        moved = self._surroundings.moved(before)
        if moved:
            self._reason = f"the loss of sample data[{index}] or of one after it changes {moved}"

    def _forget_outdated(self) -> None:
        """Forget all programs if other ones would be recorded now."""
        with self._recording():
            is_current = all(function.is_current() for function in self._functions.values())
        if not is_current:
            self._functions.clear()
            self._rows.clear()

    def _is_replayable(self, stage: str, index: int) -> bool:
        """True if the loss of a sample is a function of its numbers alone; makes its program."""
        found = flat(*self._samples[index])
        if found is None:
            return False
        shape, row = found
        if shape not in self._functions:
            self._functions[shape] = compile_function(
                self._loss_of(shape), target=self._target, leaves=self._values
            )
        values = list(map(Value, row))
        recorded = forward(self._model, self._loss, self._samples, index, stage)
        try:
            with self._recording():
                followed = self._functions[shape].f(*values)
                if not is_same_graph(recorded, followed, values, self._values):
                    return False
                self._functions[shape].total([row])
        except NotReplayable:
            return False
        except ArithmeticError:
            pass  # the next update raises it, with the name of the sample
        self._rows[index] = found
        return True

    @contextmanager
    def _recording(self) -> Iterator[None]:
        """Let compiled functions record new branches."""
        self._may_record = True
        try:
            yield
        finally:
            self._may_record = False

    def _loss_of(self, shape: Shape) -> Callable[..., Any]:
        """The loss as a function of the numbers of a sample."""

        def loss(*numbers: Value) -> Value:
            if not self._may_record:
                raise UnmetBranch
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
            if not isinstance(result, Value):
                raise NotReplayable
            known = set(map(id, numbers))
            order = topological_order(result)
            if all(value.op is not None or id(value) in known for value in order):
                raise NotReplayable  # no parameter has a part in it
            return result

        return loss


def made_of(numbers: Sequence[Value], result: Value) -> dict[int, Value]:
    """The values below `result` that are computed from these numbers alone, by their ids."""
    made = {id(number): number for number in numbers}
    for value in topological_order(result):
        if value.op is not None and all(
            id(operand) in made for operand in value.operands if isinstance(operand, Value)
        ):
            made[id(value)] = value
    return made


def is_same_graph(
    recorded: Value, followed: Value, numbers: Sequence[Value], leaves: Sequence[Value]
) -> bool:
    """True if `followed` is `recorded` with Values for the numbers of a sample.

    A value that is computed from these numbers alone is a number in `recorded`, to rounding, and an
    entry that one of these numbers picks is that entry. leaves: of the model.
    """
    made = made_of(numbers, followed)
    weights = {place for place, value in made.items() if is_of_pick(value)}
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
        if x is not y and weights:
            y = picked(y, weights)
        if x is y:
            continue
        if isinstance(x, Value) and isinstance(y, Value) and x.op is y.op and x.op is not None:
            if (id(x), id(y)) not in seen:
                seen.add((id(x), id(y)))
                pending += zip(x.operands, y.operands)
        else:
            one, other = number(x), number(y)
            if one is None or other is None or not isclose(one, other):
                return False
    return True


def picked(value: Any, weights: set[int]) -> Any:
    """The entry of `pick(rows, index)`, with its terms weight * entry; another value as it is.

    weights: the ids of all weights.
    """
    entries = []
    pending = [value]
    while pending:
        term = pending.pop()
        name = term.op.name if isinstance(term, Value) and term.op else ""
        if name == "add":
            pending += term.operands
            continue
        weight, entry = term.operands if name == "mul" else (None, None)
        if weight is None or id(weight) not in weights:
            return value
        if weight.data == 1:
            entries.append(entry)
    return entries[0] if len(entries) == 1 else value


def is_of_pick(weight: Value) -> bool:
    """True for the difference of two steps, or of a step and 1 or 0."""
    return (
        weight.op is not None
        and weight.op.name == "sub"
        and all(
            each.op is not None and each.op.name == "step"
            if isinstance(each, Value)
            else each in (0, 1)
            for each in weight.operands
        )
    )


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
