"""Ways up a chain: from a step to the nearest step whose derivative is known already."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from math import prod

from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor


@dataclass(frozen=True)
class Way:
    """The factors from `start` down to a step, in this order."""

    start: Value
    factors: Sequence[Factor]

    @property
    def value(self) -> float:
        return prod(factor.value for factor in self.factors)


def upwards(chain: Chain, step: Value, stops: Container[int]) -> Way:
    """The way from `step` up to the next of `stops` (ids), or to where several ways go on."""
    factors: list[Factor] = []
    while len(chain.above(step)) == 1:
        factors.append(chain.above(step)[0])
        step = factors[-1].result
        if id(step) in stops:
            break
    return Way(step, factors[::-1])


def through(chain: Chain, factor: Factor, stops: Container[int]) -> Way:
    """The way up that begins with `factor`."""
    if id(factor.result) in stops:
        return Way(factor.result, [factor])
    above = upwards(chain, factor.result, stops)
    return Way(above.start, [*above.factors, factor])
