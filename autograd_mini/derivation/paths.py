"""Paths through a chain: from the root down to the end of a derivative, or part of the way."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import overload

from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor
from autograd_mini.symbols.text import counted


@dataclass(frozen=True, eq=False)
class Path:
    """The factors from `start` down to a step, in this order."""

    start: Value
    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        """The product of the factors: the contribution of this path to d start / d step."""
        return prod(factor.value for factor in self.factors)


class Paths(Sequence[Path]):
    """The paths from the root of a chain down to `wrt`.

    A path is made when it is asked for, because there can be more than memory holds. `number`
    counts them where `len` overflows.
    """

    def __init__(self, chain: Chain, wrt: Value) -> None:
        self._chain = chain
        self._wrt = wrt
        self.number: int = chain.path_count(wrt)

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> list[Path]: ...
    def __getitem__(self, index: int | slice) -> Path | list[Path]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self.number))]
        place = index + self.number if index < 0 else index
        if not 0 <= place < self.number:
            raise IndexError(
                f"expected an index below {self.number}, the number of paths, got {index}"
            )
        factors = []
        step = self._chain.root
        while step is not self._wrt:
            for factor in self._chain.below(step):
                count = self._counts_down[id(factor.operand)]
                if place < count:
                    factors.append(factor)
                    step = factor.operand
                    break
                place -= count
        return Path(self._chain.root, tuple(factors))

    @cached_property
    def _counts_down(self) -> dict[int, int]:
        """The number of paths from each step down to wrt."""
        counts: dict[int, int] = {}
        for step in self._chain.steps:
            below = self._chain.below(step)
            counts[id(step)] = 1 if step is self._wrt else sum(counts[id(f.operand)] for f in below)
        return counts

    def __repr__(self) -> str:
        return f"<{counted(self.number, 'path')}>"


def path_above(chain: Chain, step: Value, stops: Container[int]) -> Path:
    """The path up from `step` to the next of `stops` (ids), or to the next fork."""
    factors: list[Factor] = []
    while len(chain.above(step)) == 1:
        factors.append(chain.above(step)[0])
        step = factors[-1].result
        if id(step) in stops:
            break
    return Path(step, tuple(factors[::-1]))


def path_through(chain: Chain, factor: Factor, stops: Container[int]) -> Path:
    """The path up that begins with `factor`, to the next of `stops` or the next fork."""
    if id(factor.result) in stops:
        return Path(factor.result, (factor,))
    above = path_above(chain, factor.result, stops)
    return Path(above.start, (*above.factors, factor))
