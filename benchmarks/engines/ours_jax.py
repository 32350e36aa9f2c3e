"""autograd_mini's NumPy target over `jax.numpy`: the compiled sample, jitted by JAX as it is."""
# mypy: disable-error-code="import-untyped, import-not-found, no-untyped-call"
# JAX need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import jax
import jax.numpy as jnp

from ..problems import ALPHA, POINTS, Scalar, demo_parameters, moons
from . import compiled_style
from .float_style import demo_loss_of

jax.config.update("jax_enable_x64", True)

Gradient = Callable[[Scalar, Sequence[Scalar]], Scalar]


@dataclass
class Calls:
    """Training by a jitted step for every call, which is waited for.

    columns: x1, x2 and the label of every point, on one device or split across several.
    """

    gradient: Gradient
    parameters: Scalar
    columns: Sequence[Scalar]
    rate: float

    def run(self, times: int) -> None:
        """The loop is Python's."""
        step = jitted_step(self.gradient)
        for _ in range(times):
            self.parameters = step(self.parameters, self.columns, self.rate).block_until_ready()

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        points, labels = moons(len(self.columns[0]))
        return demo_loss_of(self.parameters.tolist(), points, labels)


@cache
def jitted_step(gradient: Gradient) -> Callable[[Scalar, Sequence[Scalar], float], Scalar]:
    """Plain gradient descent with L2, compiled once for all rates."""
    return jax.jit(
        lambda parameters, columns, rate: (
            parameters - rate * (gradient(parameters, columns) + 2 * ALPHA * parameters)
        )
    )


@cache
def mean_gradient() -> Gradient:
    """The gradient of the mean over the points, by the parameters; of these and the columns."""
    compiled = compiled_style.compile_sample("numpy", xp=jnp)

    def gradient(parameters: Scalar, columns: Sequence[Scalar]) -> Scalar:
        _, gradients = compiled(*parameters, *columns)
        return jnp.array([each.mean() for each in gradients])

    return gradient


def columns_of(count: int) -> list[Scalar]:
    """The points as three arrays."""
    return list(jnp.array(compiled_style.samples(count)).T)


def demo(rate: float, count: int = POINTS) -> Calls:
    """W2, on one device."""
    return Calls(mean_gradient(), jnp.array(demo_parameters()), columns_of(count), rate)
