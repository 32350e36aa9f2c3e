"""One update of the parameters, done wholly or not at all.

The parameters, the memory of the optimizer, the number of updates and the order of the samples
belong together: where an update fails, or Ctrl-C interrupts it, all of them are as before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from random import Random
from typing import Any

from autograd_mini import DomainError, Value

from .module import Module, every_value
from .optim import Optimizer

Sample = tuple[Any, Any]
Loss = Callable[[Any, Any], Value]

ADVICE = "the model keeps its last finite values; check the data or lower the learning rate"


class TrainingError(ArithmeticError):
    """Training cannot go on: a number is nan or infinite, and the message says where."""


class Snapshot:
    """The state before an update: numbers of the parameters, memory of the optimizer, updates."""

    def __init__(self, optimizer: Optimizer, count: int) -> None:
        self.count: int = count
        self._numbers = [value.data for value in optimizer.parameters]
        self._memory = {
            name: _copied(held) for name, held in vars(optimizer).items() if name != "parameters"
        }
        self._left: dict[str, Any] | None = None

    def complete(self, optimizer: Optimizer) -> None:
        """The update has been made: attributes that are set from now on are settings."""
        self._left = dict(vars(optimizer))

    def restore(self, optimizer: Optimizer) -> None:
        """Undo the update. A learning rate that was set after it stays."""
        for value, number in zip(optimizer.parameters, self._numbers):
            value.data = number
        held = vars(optimizer)
        for name in [name for name in held if name != "parameters"]:
            if self._left is not None and held[name] is not self._left.get(name, held):
                continue
            if name in self._memory:
                held[name] = _copied(self._memory[name])
            else:
                del held[name]


def _copied(held: Any) -> Any:
    """A copy of lists, dicts and sets of numbers, also of nested ones; other objects themselves."""
    if isinstance(held, list):
        # Memory is mostly lists of floats, which are copied at once.
        return held[:] if held and type(held[0]) is float else list(map(_copied, held))
    if isinstance(held, dict):
        return {key: _copied(value) for key, value in held.items()}
    return held.copy() if isinstance(held, (set, bytearray)) else held


class Update:
    """Updates along the mean gradient of a batch. count: how many have been made."""

    def __init__(
        self, model: Module, samples: Sequence[Sample], loss: Loss, optimizer: Optimizer
    ) -> None:
        self.count: int = 0
        self._model = model
        self._samples = samples
        self._loss = loss
        self._optimizer = optimizer
        _check_optimizer(model, optimizer)
        # Fixed values get gradients too, which would otherwise add up over the epochs.
        self._values = every_value(model)
        self._last_finite = Snapshot(optimizer, 0)
        self._shuffled: tuple[Random, Any, int] | None = None

    def shuffle(self, order: list[int], random: Random) -> None:
        """A new order of the samples, for the updates that follow."""
        self._shuffled = random, random.getstate(), self.count
        random.shuffle(order)

    def return_order(self) -> None:
        """Give the random numbers back, unless an update has followed their order."""
        if self._shuffled is not None:
            random, state, count = self._shuffled
            if self.count <= count:
                random.setstate(state)

    def __call__(self, epoch: int, batch: Sequence[int]) -> float:
        """Follow the mean gradient of a batch; gives the sum of its losses before that."""
        before = Snapshot(self._optimizer, self.count)
        stage = f"training in epoch {epoch}"
        try:
            total = self._differentiate(stage, batch)
            self._last_finite = before
            self._optimizer.step()
            self._check_parameters(stage, batch)
            before.complete(self._optimizer)
            self.count += 1
        except TrainingError:
            # Numbers may be finite and already too large for a forward pass: hence not `before`.
            self._roll_back(self._last_finite)
            raise
        except BaseException:
            if self.count == before.count:
                self._roll_back(before)
            raise
        return total

    def _roll_back(self, snapshot: Snapshot) -> None:
        while True:
            try:
                snapshot.restore(self._optimizer)
                self.count = snapshot.count
                self.return_order()
            except KeyboardInterrupt:  # a second Ctrl-C waits until the state is whole
                continue
            return

    def _differentiate(self, stage: str, batch: Sequence[int]) -> float:
        """Give every parameter the gradient of the mean loss.

        Gradients of leaves add up over backward passes. So one sample after the other is recorded
        and freed, and a batch takes no more memory than a sample.
        """
        self._zero_grad()
        return sum(self._follow(stage, index, len(batch)) for index in batch)

    def _zero_grad(self) -> None:
        self._optimizer.zero_grad()
        for value in self._values:
            value.grad = 0.0

    def _follow(self, stage: str, index: int, count: int) -> float:
        """Add the gradient of a sample, as one of `count`; gives its loss."""
        loss = forward(self._model, self._loss, self._samples, index, stage)
        share = loss / count if count > 1 else loss
        share.backward()
        return loss.data

    def _check_parameters(self, stage: str, batch: Sequence[int]) -> None:
        numbers = [value.data for value in self._optimizer.parameters]
        if not all(map(isfinite, numbers)):
            bad = next(number for number in numbers if not isfinite(number))
            raise TrainingError(
                f"{stage} stopped after sample data[{batch[-1]}]: "
                f"the update makes a parameter {bad}; {ADVICE}"
            )


def forward(model: Module, loss: Loss, samples: Sequence[Sample], index: int, stage: str) -> Value:
    """The loss of a sample, recorded. Raises: TrainingError if it is not finite."""
    inputs, targets = samples[index]
    try:
        result = loss(model(inputs), targets)
    except DomainError as error:
        raise TrainingError(
            f"{stage} stopped at sample data[{index}]: {error}; {ADVICE}"
        ) from error
    if not isinstance(result, Value):
        raise TypeError(
            f"a loss must give a Value, got {result!r:.50}: compute it from the outputs"
        )
    if not isfinite(result.data):
        raise TrainingError(
            f"{stage} stopped at sample data[{index}]: the loss is {result.data}; {ADVICE}"
        )
    return result


def _check_optimizer(model: Module, optimizer: Optimizer) -> None:
    own = {id(value) for value in model.parameters()}
    if not all(id(value) in own for value in optimizer.parameters):
        raise ValueError(
            "the optimizer holds parameters that this model does not have, and would train "
            "another one; make it from model.parameters()"
        )
