"""JAX with the training loop inside: `jax.lax.fori_loop`, compiled as a whole."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It need not be installed.

from __future__ import annotations

from functools import partial

import jax

from ..problems import POINTS
from . import jax_arrays


class Loop(jax_arrays.Calls):
    """Training by one call for all steps."""

    def __post_init__(self) -> None:
        step = partial(jax_arrays.step, self.loss_of, self.rate)
        self.train = jax.jit(
            lambda parameters, times: jax.lax.fori_loop(0, times, lambda _, p: step(p), parameters)
        )

    def run(self, times: int) -> None:
        """The loop is XLA's."""
        self.parameters = self.train(self.parameters, times).block_until_ready()


def lecture(rate: float) -> Loop:
    """W1."""
    start = jax_arrays.lecture(rate)
    return Loop(start.loss_of, start.parameters, rate)


def demo(rate: float, count: int = POINTS) -> Loop:
    """W2."""
    start = jax_arrays.demo(rate, count)
    return Loop(start.loss_of, start.parameters, rate)
