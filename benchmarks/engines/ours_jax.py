"""autograd_mini's NumPy target over `jax.numpy`: the compiled sample, jitted by JAX as it is."""
# mypy: disable-error-code="import-untyped, import-not-found, no-untyped-call"
# JAX need not be installed.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import jax
import jax.numpy as jnp

from ..problems import ALPHA, POINTS, Scalar, demo_parameters, moons
from . import compiled_style
from .float_style import demo_loss_of

jax.config.update("jax_enable_x64", True)

Gradient = Callable[[Scalar, Scalar], Scalar]


@dataclass
class Calls:
    """Training by a jitted step for every call, which is waited for.

    points: x1, x2 and the label of every point, on one device or split across several.
    """

    gradient: Gradient
    parameters: Scalar
    points: Scalar
    rate: float

    def run(self, times: int) -> None:
        """The loop is Python's."""
        step = jitted_step(self.gradient)
        for _ in range(times):
            self.parameters = step(self.parameters, self.points, self.rate).block_until_ready()

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        points, labels = moons(len(self.points))
        return demo_loss_of(self.parameters.tolist(), points, labels)


@cache
def jitted_step(gradient: Gradient) -> Callable[[Scalar, Scalar, float], Scalar]:
    """Plain gradient descent with L2, compiled once for all rates."""
    return jax.jit(
        lambda parameters, points, rate: (
            parameters - rate * (gradient(parameters, points) + 2 * ALPHA * parameters)
        )
    )


@cache
def mean_gradient() -> Gradient:
    """The gradient of the mean over the points, of the parameters and the points."""
    compiled = compiled_style.compile_sample("numpy", xp=jnp)

    def gradient(parameters: Scalar, points: Scalar) -> Scalar:
        return compiled.total(parameters, points)[1] / len(points)

    return gradient


def points_of(count: int) -> Scalar:
    """The points as one array."""
    return jnp.array(compiled_style.samples(count))


def demo(rate: float, count: int = POINTS) -> Calls:
    """W2, on one device."""
    return Calls(mean_gradient(), jnp.array(demo_parameters()), points_of(count), rate)
