"""The paths of a chain, none of which is made before it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import overload

from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor


@dataclass(frozen=True, eq=False)
class Path:
    """One way from a root down to what it is differentiated by."""

    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        """What this path contributes: the product of its factors."""
        return prod(factor.value for factor in self.factors)


class Paths(Sequence[Path]):
    """The paths from the root of a chain down to `wrt`, each made when it is asked for.

    There can be more of them than can be listed; `number` says how many.
    """

    def __init__(self, chain: Chain, wrt: Value) -> None:
        self._chain = chain
        self._wrt = wrt
        self.number: int = chain.ways(wrt)

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
                f"there are {self.number} paths, counted from 0: none has index {index}"
            )
        factors = []
        step = self._chain.root
        while step is not self._wrt:
            for each in self._chain.below(step):
                ways = self._ways_down[id(each.operand)]
                if place < ways:
                    factors.append(each)
                    step = each.operand
                    break
                place -= ways
        return Path(tuple(factors))

    @cached_property
    def _ways_down(self) -> dict[int, int]:
        """The number of paths from each step down to wrt."""
        ways: dict[int, int] = {}
        for step in self._chain.steps:
            below = self._chain.below(step)
            ways[id(step)] = 1 if step is self._wrt else sum(ways[id(f.operand)] for f in below)
        return ways

    def __repr__(self) -> str:
        return f"<{self.number} path{'' if self.number == 1 else 's'}>"
