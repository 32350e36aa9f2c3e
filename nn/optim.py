"""Optimizers: how the parameters move once their gradients are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any, ClassVar

from autograd_mini import Value
from autograd_mini.hints import OPTIMIZER, missing

from .settings import positive_number, real_number

Check = Callable[[str, object], float]


def _at_least_zero(name: str, number: object) -> float:
    return real_number(name, number, least=0)


def _fraction(name: str, number: object) -> float:
    return real_number(name, number, least=0, below=1)


class Optimizer:
    """Base of the optimizers: holds the parameters and the learning rate.

    `learning_rate` may be set between steps, for a schedule.
    """

    learning_rate: float

    # Each setting is checked and converted to a float whenever it is set.
    _checks: ClassVar[Mapping[str, Callable[[str, object], float]]] = {
        "learning_rate": _at_least_zero
    }

    def __setattr__(self, name: str, setting: Any) -> None:
        check = self._checks.get(name)
        super().__setattr__(name, check(name, setting) if check else setting)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            raise missing(f"the optimizer {type(self).__name__}", name, OPTIMIZER)

    def __init__(self, parameters: Iterable[Value], learning_rate: float) -> None:
        self.parameters: list[Value] = _checked(parameters)
        self.learning_rate = learning_rate

    def step(self) -> None:
        """Move every parameter by its gradient.

        All move at once: no new value enters the update of another parameter. A `grad` of None,
        which PyTorch has before the first pass, is a gradient of 0.
        """
        # Numbers of NumPy, from gradients or an optimizer of the user, are converted.
        moves = self.moves([_as_data(value.grad or 0.0) for value in self.parameters])
        if len(moves) != len(self.parameters):
            raise ValueError(
                f"moves() must give one amount for each parameter, got {len(moves)} for "
                f"{len(self.parameters)}"
            )
        numbers = [_as_data(value.data - move) for value, move in zip(self.parameters, moves)]
        for value, number in zip(self.parameters, numbers):
            value.data = number

    def moves(self, gradients: list[float]) -> list[float]:
        """The amounts that `step` subtracts from the parameters. Your own optimizer defines it."""
        raise NotImplementedError(f"{type(self).__name__} needs a method moves(gradients)")

    def zero_grad(self) -> None:
        """Set the gradients of the parameters to 0."""
        for value in self.parameters:
            value.grad = 0.0


class SGD(Optimizer):
    """Gradient descent, w <- w - learning_rate * dE/dw, plain or with momentum.

    momentum: with it the step is along v <- momentum * v + dE/dw instead of dE/dw.
    nesterov: the step is along momentum * v + dE/dw, with the new v.
    lr: another name of learning_rate.
    weight_decay: adds weight_decay * w to each gradient, as the penalty weight_decay / 2 * w**2
    would.

    The conventions are PyTorch's: the rate is not part of v.
    Source: Rumelhart, Hinton & Williams, Learning representations by back-propagating errors,
    Nature 323, 1986, equations 8 and 9.

    >>> w = Value(1.0)
    >>> E = w * w
    >>> E.backward()
    >>> SGD([w], learning_rate=0.25).step()
    >>> w.data
    0.5
    """

    momentum: float
    weight_decay: float

    _checks: ClassVar = {
        **Optimizer._checks,
        "momentum": _at_least_zero,
        "weight_decay": _at_least_zero,
    }

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float | None = None,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        lr: float | None = None,
    ) -> None:
        super().__init__(parameters, _rate(learning_rate, lr))
        self.momentum = momentum
        self.weight_decay = weight_decay
        if nesterov and not momentum:
            raise ValueError("nesterov needs a momentum, such as momentum=0.9")
        self.nesterov = nesterov
        self._velocities = [0.0] * len(self.parameters)

    def moves(self, gradients: list[float]) -> list[float]:
        if self.weight_decay:
            gradients = _with_decay(gradients, self.parameters, self.weight_decay)
        if self.momentum:
            self._velocities = moves = _with_momentum(self.momentum, self._velocities, gradients)
            if self.nesterov:
                moves = _with_momentum(self.momentum, moves, gradients)
            gradients = moves
        return [self.learning_rate * gradient for gradient in gradients]


class Adam(Optimizer):
    """Gradient descent with a step size for every parameter.

    beta1, beta2: the fractions of the running means, m of the gradient and v of its square, that
        each step keeps.
    epsilon: added to sqrt(v), against division by 0.
    weight_decay: adds weight_decay * w to each gradient, as in PyTorch's Adam (not AdamW).
    lr: another name of learning_rate.

    Source: Kingma & Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1.
    """

    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float

    _checks: ClassVar = {
        **Optimizer._checks,
        "beta1": _fraction,
        "beta2": _fraction,
        "epsilon": positive_number,
        "weight_decay": _at_least_zero,
    }

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float | None = None,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        lr: float | None = None,
    ) -> None:
        super().__init__(parameters, _rate(learning_rate, lr, otherwise=0.001))
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self._steps = 0
        self._means = [0.0] * len(self.parameters)
        self._squares = [0.0] * len(self.parameters)

    def moves(self, gradients: list[float]) -> list[float]:
        if self.weight_decay:
            gradients = _with_decay(gradients, self.parameters, self.weight_decay)
        self._steps += 1
        self._means = _running_mean(self.beta1, self._means, gradients)
        self._squares = _running_mean(self.beta2, self._squares, [g * g for g in gradients])
        # Both means start at 0. Division by the total weight of the gradients makes them unbiased.
        seen1 = 1 - self.beta1**self._steps
        seen2 = 1 - self.beta2**self._steps
        return [
            self.learning_rate * (mean / seen1) / (sqrt(square / seen2) + self.epsilon)
            for mean, square in zip(self._means, self._squares)
        ]


def _as_data(number: Any) -> float:
    """The float that a Value of `number` holds.

    Raises: TypeError if it is not a real number, DomainError if it is too large for a float.
    """
    if number.__class__ is float:
        return number
    return number.data if isinstance(number, Value) else Value(number).data


def _rate(learning_rate: float | None, lr: float | None, otherwise: float | None = None) -> float:
    """The learning rate by either of its names. Raises: TypeError."""
    if learning_rate is not None and lr is not None:
        raise TypeError("learning_rate and lr are two names of one number; give one of them")
    given = [rate for rate in (learning_rate, lr, otherwise) if rate is not None]
    if not given:
        raise TypeError("an optimizer needs a learning rate, as in SGD(parameters, 0.1)")
    return given[0]


def _with_momentum(momentum: float, velocities: list[float], news: list[float]) -> list[float]:
    return [momentum * velocity + new for velocity, new in zip(velocities, news)]


def _running_mean(keep: float, means: list[float], new: list[float]) -> list[float]:
    return [keep * mean + (1 - keep) * x for mean, x in zip(means, new)]


def _with_decay(gradients: list[float], parameters: list[Value], decay: float) -> list[float]:
    return [gradient + decay * value.data for gradient, value in zip(gradients, parameters)]


def _checked(parameters: Iterable[Value]) -> list[Value]:
    try:
        # By identity: a parameter given twice moves once.
        listed = list({id(value): value for value in parameters}.values())
    except TypeError:
        raise TypeError(
            f"an optimizer takes a list of Values, got {type(parameters).__name__}; "
            "pass model.parameters()"
        ) from None
    for value in listed:
        if not isinstance(value, Value):
            raise TypeError(
                f"an optimizer takes a list of Values, but {value!r:.50} is in it; "
                "pass model.parameters()"
            )
        if value.op is not None:
            raise ValueError(
                f"an optimizer moves leaves, but {value!r:.50} is a result of {value.op.name}; "
                "pass model.parameters(), or make a leaf of it with Value(x.data)"
            )
    if not listed:
        raise ValueError("an optimizer needs at least one parameter; this list has none")
    return listed
