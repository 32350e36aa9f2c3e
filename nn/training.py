"""Training: repeat forward pass, backward pass and update until the epochs are done."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO

from autograd_mini import Value

from .module import Module
from .optim import Optimizer
from .settings import Seed, generator, is_true, whole_number
from .update import Loss, Sample, TrainingError, Update, forward

Callback = Callable[[int, float], object]

INTERVAL = 0.1  # seconds between two drawings of progress: often enough to look alive, and cheap


class History:
    """The course of a training.

    losses: for each complete epoch the mean loss of its samples, each taken before the update of
        its batch. With one batch, `losses[0]` is the loss before training.
    updates: how many times the parameters moved.
    interrupted: whether Ctrl-C ended it.
    """

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.updates = 0
        self.interrupted = False

    def __repr__(self) -> str:
        losses = f", loss {self.losses[0]:.6g} -> {self.losses[-1]:.6g}" if self.losses else ""
        interrupted = ", interrupted" if self.interrupted else ""
        return f"History({len(self.losses)} epochs, {self.updates} updates{losses}{interrupted})"


def fit(
    model: Module,
    data: Iterable[Sample],
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    *,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: Seed = None,
    progress: bool | None = None,
    callback: Callback | None = None,
    compiled: bool | str = False,
) -> History:
    """Make `loss(model(inputs), targets)` small for the samples (inputs, targets) in `data`.

    An update follows the gradient of the mean loss over a batch, so that a learning rate means the
    same for every batch size.

    batch_size: None for all samples (gradient descent), 1 (stochastic gradient descent), or n.
    shuffle: whether each epoch takes the samples in a new order; of no effect with one batch.
    seed: of that order: an int, a `random.Random`, or None for Python's own generator.
    progress: whether to show a line on standard error; None: if that is a terminal.
    callback: called as `callback(epoch, loss)` after each epoch, counted from 1; if it returns
        True, training ends there.
    compiled: True, or a target of `compile_graph`: the loss of a sample is recorded once for each
        branch that it takes, and run over the batch. The numbers are the same to rounding: sums
        over a batch are added up in another order.

    Ctrl-C ends training too: the history so far is returned. An update that it interrupts is
    undone: parameters, the optimizer's memory and the random order are as after the last complete
    update.

    Raises: TrainingError if a loss or a parameter is nan or infinite. Parameters, the optimizer's
        memory and the random order are then those before the update that led there, so that
        training can go on once the data are repaired.
    """
    _check_kinds(model, loss, optimizer)
    samples = _checked_samples(data, "training in epoch 1")
    epochs = whole_number("epochs", epochs, least=0)
    batch_size = _checked_batch_size(batch_size, len(samples))
    update = _update(model, samples, loss, optimizer, compiled, callback is not None)
    order = list(range(len(samples)))
    random = generator(seed)
    history = History()
    line = ProgressLine(epochs, progress)
    try:
        for epoch in range(1, epochs + 1):
            if shuffle and batch_size < len(order):
                update.shuffle(order, random)
            total = 0.0
            for start in range(0, len(order), batch_size):
                total += update(epoch, order[start : start + batch_size])
            mean = total / len(order)
            history.losses.append(mean)
            line.update(epoch, mean)
            if callback is not None and is_true(callback(epoch, mean)):
                break
    except KeyboardInterrupt:
        history.interrupted = True
        update.return_order()
    finally:
        history.updates = update.count
        line.close()
    return history


def evaluate(model: Module, data: Iterable[Sample], loss: Loss) -> float:
    """The mean of `loss(model(inputs), targets)` over `data`, without training.

    Raises: TrainingError if the loss of a sample is nan or infinite.
    """
    samples = _checked_samples(data, "evaluation")
    losses = [forward(model, loss, samples, i, "evaluation").data for i in range(len(samples))]
    return sum(losses) / len(losses)


def _update(
    model: Module,
    samples: Sequence[Sample],
    loss: Loss,
    optimizer: Optimizer,
    compiled: bool | str,
    has_callback: bool,
) -> Update:
    if not compiled:
        return Update(model, samples, loss, optimizer)
    from .compiled_loss import CompiledUpdate  # here, because most trainings do without

    target = "auto" if compiled is True else compiled
    return CompiledUpdate(model, samples, loss, optimizer, target, has_callback)


def _check_kinds(model: object, loss: object, optimizer: object) -> None:
    """Raises: TypeError, as of arguments in another order."""
    if not isinstance(model, Module):
        raise TypeError(f"fit trains a Module, got {model!r:.50}; make your network a subclass")
    if not callable(loss):
        raise TypeError(
            "loss must be a function of outputs and targets, such as nn.mean_squared_error, "
            f"got {loss!r:.50}"
        )
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            "optimizer must be an nn.Optimizer, such as nn.SGD(model.parameters(), "
            f"learning_rate=0.1), got {optimizer!r:.50}"
        )


def _checked_samples(data: Iterable[Sample], stage: str) -> list[Sample]:
    samples = list(data)
    if not samples:
        raise ValueError("data is empty; give at least one pair (inputs, targets)")
    for index, sample in enumerate(samples):
        try:
            inputs, targets = sample
        except (TypeError, ValueError):
            raise TypeError(
                f"each sample must be a pair (inputs, targets), but data[{index}] is {sample!r:.50}"
            ) from None
        for name, numbers in (("inputs", inputs), ("targets", targets)):
            if _has_nan(numbers):
                raise TrainingError(
                    f"{stage} stopped at sample data[{index}]: its {name} are {numbers!r:.50}; "
                    "repair or remove what is nan"
                )
    return samples


def _has_nan(numbers: Any) -> bool:
    listed = numbers if hasattr(numbers, "__iter__") else [numbers]
    # nan alone differs from itself, whatever type of number it is.
    data = (number.data if isinstance(number, Value) else number for number in listed)
    return any(number != number for number in data)


def _checked_batch_size(batch_size: int | None, count: int) -> int:
    if batch_size is None:
        return count
    return whole_number("batch_size", batch_size, least=1, otherwise="None or ")


class ProgressLine:
    """Rewrites one line of standard error; writes nothing if that is not a terminal.

    shown: True or False instead of asking whether standard error is a terminal.
    """

    def __init__(self, epochs: int, shown: bool | None) -> None:
        self._epochs = epochs
        self._stream = sys.stderr
        # A program without a console has no standard error.
        self._shown = self._stream is not None and (
            self._stream.isatty() if shown is None else shown
        )
        self._started = self._drawn = time.monotonic()
        self._text = ""

    def update(self, epoch: int, loss: float) -> None:
        """Say that `epoch` is complete; drawn at most ten times a second, and at the end."""
        if not self._shown:
            return
        now = time.monotonic()
        if now - self._drawn >= INTERVAL or epoch == self._epochs:
            self._drawn = now
            self._draw(epoch, loss, now - self._started)

    def close(self) -> None:
        """Leave the line as it stands and go to the next."""
        if self._text:
            self._stream.write("\n")
            self._stream.flush()

    def _draw(self, epoch: int, loss: float, seconds: float) -> None:
        left = seconds * (self._epochs - epoch) / epoch
        text = f"epoch {epoch:,} of {self._epochs:,}  loss {loss:.6g}  "
        text += f"{left:.0f} s left" if epoch < self._epochs else f"{seconds:.1f} s"
        text = text[: _width(self._stream) - 1]
        # Spaces rather than an escape sequence, which not every terminal knows.
        self._stream.write("\r" + text.ljust(len(self._text)))
        self._stream.flush()
        self._text = text


def _width(stream: TextIO) -> int:
    try:
        # A terminal that does not know its width reports 0.
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
