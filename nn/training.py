"""Training: repeat forward pass, backward pass and update until the epochs are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any

from autograd_mini import DomainError, Value
from nn.module import Module, every_value
from nn.optim import Optimizer
from nn.progress import ProgressLine
from nn.settings import Seed, generator, is_true, whole_number

Sample = tuple[Any, Any]
Loss = Callable[[Any, Any], Value]
Callback = Callable[[int, float], object]


class TrainingError(ArithmeticError):
    """Training cannot go on: a number is nan or infinite, and the message says where."""


class History:
    """What happened in a training.

    losses: for each complete epoch the mean loss of its samples, each taken before the update
        that it has a part in. So `losses[0]`, if there is one batch, is where training started.
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

    An update follows the gradient of the mean loss over a batch: so a learning rate means the
    same for every batch size, and the mean over one sample is the loss of that sample.

    batch_size: None for all samples (gradient descent), 1 (stochastic gradient descent), or n.
    shuffle: whether each epoch takes the samples in a new order; of no effect with one batch.
    seed: of that order: an int, a `random.Random`, or None for Python's own generator.
    progress: whether to show a line on standard error; None: if that is a terminal.
    callback: called as `callback(epoch, loss)` after each epoch, counted from 1; if it returns
        True, training ends there.
    compiled: True, or a target of `compile_graph`: the loss of a sample is recorded once for each
        branch that it takes, and run over the batch; the numbers are the same to rounding.

    Ctrl-C ends training too: the parameters are then those after the last complete update, and
    the history so far is returned.

    Raises: TrainingError if something is nan or infinite; the parameters are then the last for
    which it was not.
    """
    _check_kinds(model, loss, optimizer)
    samples = _checked_samples(data, "training in epoch 1")
    epochs = whole_number("epochs", epochs, least=0)
    batch_size = _checked_batch_size(batch_size, len(samples))
    update = _update(model, samples, loss, optimizer, compiled)
    order = list(range(len(samples)))
    random = generator(seed)
    history = History()
    line = ProgressLine(epochs, progress)
    try:
        for epoch in range(1, epochs + 1):
            if shuffle and batch_size < len(order):
                random.shuffle(order)
            total = 0.0
            for start in range(0, len(order), batch_size):
                total += update(epoch, order[start : start + batch_size])
                history.updates += 1
            mean = total / len(order)
            history.losses.append(mean)
            line.update(epoch, mean)
            if callback is not None and is_true(callback(epoch, mean)):
                break
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
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
) -> Update:
    if not compiled:
        return Update(model, samples, loss, optimizer)
    from nn.compiled import CompiledUpdate  # here, because most trainings do without

    target = "auto" if compiled is True else compiled
    return CompiledUpdate(model, samples, loss, optimizer, target)


class Update:
    """One update at a time, done wholly or not at all."""

    def __init__(
        self, model: Module, samples: Sequence[Sample], loss: Loss, optimizer: Optimizer
    ) -> None:
        self._model = model
        self._samples = samples
        self._loss = loss
        self._optimizer = optimizer
        _check_optimizer(model, optimizer)
        # Fixed values get gradients too, which would otherwise add up over the epochs.
        self._values = every_value(model)
        self._last_finite = self._numbers()

    def __call__(self, epoch: int, batch: Sequence[int]) -> float:
        """Follow the mean gradient of a batch; gives the sum of its losses before that."""
        before = self._numbers()
        stage = f"training in epoch {epoch}"
        try:
            total = self._differentiate(stage, batch)
            self._last_finite = before
            self._optimizer.step()
            self._check_parameters(stage, batch)
        except TrainingError:
            # Numbers may be finite and already too large for a forward pass: hence not `before`.
            self._restore(self._last_finite)
            raise
        except BaseException:
            self._restore(before)
            raise
        return total

    def _differentiate(self, stage: str, batch: Sequence[int]) -> float:
        """Give every parameter the gradient of the mean loss.

        Gradients of leaves add up over backward passes; so one sample after the other is recorded
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
        bad = [number for number in self._numbers() if not isfinite(number)]
        if bad:
            raise TrainingError(
                f"{stage} stopped after sample data[{batch[-1]}]: "
                f"the update makes a parameter {bad[0]}; {ADVICE}"
            )

    def _numbers(self) -> list[float]:
        return [value.data for value in self._optimizer.parameters]

    def _restore(self, numbers: list[float]) -> None:
        for value, number in zip(self._optimizer.parameters, numbers):
            value.data = number


ADVICE = "the model keeps its last finite values; check the data or lower the learning rate"


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
            f"a loss must give a Value, not {result!r:.50}; compute it from the outputs"
        )
    if not isfinite(result.data):
        raise TrainingError(
            f"{stage} stopped at sample data[{index}]: the loss is {result.data}; {ADVICE}"
        )
    return result


def _check_kinds(model: object, loss: object, optimizer: object) -> None:
    """Raises: TypeError, as of arguments in another order."""
    if not isinstance(model, Module):
        raise TypeError(f"fit trains a Module, not {model!r:.50}; make your network a subclass")
    if not callable(loss):
        raise TypeError(
            "a loss is a function of outputs and targets, such as nn.mean_squared_error, "
            f"not {loss!r:.50}"
        )
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            "an optimizer is a thing such as nn.SGD(model.parameters(), learning_rate=0.1), "
            f"not {optimizer!r:.50}"
        )


def _checked_samples(data: Iterable[Sample], stage: str) -> list[Sample]:
    samples = list(data)
    if not samples:
        raise ValueError("there is no data; give at least one pair (inputs, targets)")
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


def _check_optimizer(model: Module, optimizer: Optimizer) -> None:
    own = {id(value) for value in model.parameters()}
    if not all(id(value) in own for value in optimizer.parameters):
        raise ValueError(
            "the optimizer holds parameters that this model has not, and would train another one; "
            "make it from model.parameters()"
        )
