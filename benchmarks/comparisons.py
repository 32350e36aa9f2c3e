"""The rows of the table: what is measured, against which peer, and what it must reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Literal

from . import measurements
from .engines import CASADI, HIPS_AUTOGRAD, MICROGRAD, OURS, TORCH, Engine
from .measurements import Collector, Conditions, Figures


@dataclass(frozen=True)
class Workload:
    """key: unique; its part before a slash is the name on the command line.

    seconds: for how long a worker repeats it, once at least.
    once: it comes out the same in every round. quick: it is part of a quick run.
    """

    key: str
    title: str
    unit: Literal["ns", "bytes", "operations"]
    measure: Callable[[ModuleType, Conditions], Figures]
    seconds: float = 0.0
    once: bool = False
    quick: bool = True

    @property
    def name(self) -> str:
        """On the command line, where one name may stand for several workloads."""
        return self.key.partition("/")[0]


def graph(operations: int, quick: bool = True) -> Workload:
    """Part of W3."""
    title = f"W3: random graph of {operations:,} nodes, a node: build + backward + free"
    measure = partial(measurements.time_graph, operations=operations)
    return Workload(f"W3/{operations}", title, "ns", measure, quick=quick)


LECTURE = Workload(
    "W1", "W1: training step of the 2-2-2 network", "ns", measurements.time_lecture, seconds=0.5
)
DEMO = Workload(
    "W2", "W2: training step of MLP(2, [16, 16, 1])", "ns", measurements.time_demo, seconds=2.0
)
GRAPHS = [graph(10**3), graph(10**4), graph(10**5), graph(10**6, quick=False)]
MEMORY = Workload(
    "memory",
    "memory of a node after backward, of 100,000",
    "bytes",
    partial(measurements.count_bytes, operations=10**5),
    once=True,
)
DEPTH = Workload(
    "depth", "longest chain of operations", "operations", measurements.find_depth, once=True
)
IMPORT = Workload(
    "import", "import of autograd_mini and nn", "ns", measurements.time_import, seconds=1.0
)


@dataclass(frozen=True)
class Target:
    """of: whether `is_met` takes our figure, or the ratio of theirs to it."""

    text: str
    of: Literal["ours", "ratio"]
    is_met: Callable[[float], bool]


def times_faster(factor: float) -> Target:
    """The ratio, at least."""
    return Target(f"≥ {factor:g}x", "ratio", lambda ratio: ratio >= factor)


@dataclass(frozen=True)
class Comparison:
    """A row of the table; without a peer there is only our own figure."""

    workload: Workload
    peer: Engine | None
    collector: Collector
    target: Target | None = None
    ours: Engine = OURS


COMPARISONS = [
    Comparison(LECTURE, MICROGRAD, "default", times_faster(5)),
    Comparison(LECTURE, MICROGRAD, "off"),
    Comparison(LECTURE, TORCH, "default"),
    Comparison(LECTURE, HIPS_AUTOGRAD, "default"),
    Comparison(LECTURE, CASADI, "default"),
    Comparison(DEMO, MICROGRAD, "default", times_faster(20)),
    Comparison(DEMO, MICROGRAD, "off", times_faster(3.3)),
    Comparison(DEMO, TORCH, "default", times_faster(10)),
    Comparison(DEMO, HIPS_AUTOGRAD, "default"),
    Comparison(DEMO, CASADI, "default"),
    *(Comparison(workload, MICROGRAD, "off") for workload in GRAPHS),
    Comparison(
        MEMORY, MICROGRAD, "default", Target("≤ 160 bytes", "ours", lambda size: size <= 160)
    ),
    Comparison(
        DEPTH,
        MICROGRAD,
        "default",
        Target("1,000,000", "ours", lambda depth: depth >= measurements.LONGEST_CHAIN),
    ),
    Comparison(IMPORT, None, "default", Target("< 60 ms", "ours", lambda time: time < 60e6)),
]

WORKLOADS = {row.workload.key: row.workload for row in COMPARISONS}
