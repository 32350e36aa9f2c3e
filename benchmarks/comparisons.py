"""The rows of the table: what is measured, against which peer, and what it must reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Literal

from . import measurements
from .engines import (
    AUTONEURONET,
    C_BY_HAND,
    CASADI,
    CASADI_C,
    HIPS_AUTOGRAD,
    JAX_ARRAYS,
    JAX_LOOP,
    MICROGRAD,
    MINIGRAD,
    NUMPY_BY_HAND,
    OURS,
    OURS_C,
    OURS_JAX,
    OURS_JAX_DEVICES,
    OURS_NUMPY,
    OURS_PURE,
    OURS_PYTHON,
    PYTHON_BY_HAND,
    SLOTS,
    TORCH,
    TORCH_ARRAYS,
    XAD,
    Engine,
)
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
RELU_LECTURE = Workload(
    "W1/relu", "W1 with relu", "ns", measurements.time_relu_lecture, seconds=0.5
)
CALLS = Workload(
    "W1/calls",
    "W1, a call from Python for every step",
    "ns",
    partial(measurements.time_lecture, problem="lecture_by_calls"),
    seconds=0.5,
)
GRADIENTS = Workload(
    "W1/gradients",
    "W1, a call for value and gradients, the update in Python",
    "ns",
    partial(measurements.time_lecture, problem="lecture_by_gradients"),
    seconds=0.5,
)
LARGE_DEMO = Workload(
    "W2/10000",
    "W2 with 10,000 points, a point",
    "ns",
    measurements.time_large_demo,
    seconds=1.0,
    quick=False,
)
RECORDED_GRAPH = Workload(
    "W3/recorded",
    "W3 recorded once, 1,000,000 nodes, a node: forward + backward",
    "ns",
    partial(measurements.time_recorded_graph, operations=10**6),
    seconds=1.0,
    quick=False,
)
GPT = Workload(
    "W4", "W4: training a GPT on 1,000 words, a step", "ns", measurements.time_gpt, seconds=20.0
)
TRAINED_GPT = Workload(
    "W4/later", "W4: a step after the first 100", "ns", measurements.time_trained_gpt
)
FIRST = Workload(
    "build/lecture",
    "record, generate, compile and call W1",
    "ns",
    partial(measurements.time_first, problem="first_lecture"),
    seconds=0.5,
)
BUILDS = [
    Workload(
        f"build/{problem}/c",
        f"record, generate, build and call {title}, empty cache",
        "ns",
        partial(measurements.time_build, problem=f"first_{problem}"),
    )
    for problem, title in (("lecture", "W1"), ("demo", "a point of W2"))
]
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


def within(factor: float) -> Target:
    """Our time, at most so many of theirs."""
    text = f"within {factor:g}x: ≥ {1 / factor:.3g}x"
    return Target(text, "ratio", lambda ratio: ratio * factor >= 1)


def faster_than(text: str, nanoseconds: float) -> Target:
    """Our time."""
    return Target(f"≤ {text}", "ours", lambda time: time <= nanoseconds)


@dataclass(frozen=True)
class Comparison:
    """A row of the table; without a peer there is only our own figure."""

    workload: Workload
    peer: Engine | None
    collector: Collector
    target: Target | None = None
    ours: Engine = OURS


RECORDING = [
    Comparison(LECTURE, MICROGRAD, "default", times_faster(18)),
    Comparison(LECTURE, MICROGRAD, "off"),
    Comparison(LECTURE, OURS_PURE, "default", times_faster(5)),
    Comparison(LECTURE, MICROGRAD, "default", times_faster(4.5), OURS_PURE),
    Comparison(LECTURE, TORCH, "default"),
    Comparison(LECTURE, HIPS_AUTOGRAD, "default"),
    Comparison(LECTURE, CASADI, "default"),
    Comparison(LECTURE, AUTONEURONET, "default"),
    Comparison(LECTURE, XAD, "default"),
    Comparison(RELU_LECTURE, MINIGRAD, "default", times_faster(2)),
    Comparison(DEMO, MICROGRAD, "default", times_faster(70)),
    Comparison(DEMO, MICROGRAD, "off", times_faster(10)),
    Comparison(DEMO, OURS_PURE, "default"),
    Comparison(DEMO, MICROGRAD, "default", times_faster(16), OURS_PURE),
    Comparison(DEMO, MICROGRAD, "off", times_faster(2.4), OURS_PURE),
    Comparison(DEMO, TORCH, "default", times_faster(10)),
    Comparison(DEMO, HIPS_AUTOGRAD, "default"),
    Comparison(DEMO, CASADI, "default"),
    Comparison(DEMO, AUTONEURONET, "default", times_faster(3)),
    Comparison(DEMO, XAD, "default"),
    *(Comparison(workload, MICROGRAD, "off") for workload in GRAPHS),
    Comparison(
        MEMORY, MICROGRAD, "default", Target("≤ 112 bytes", "ours", lambda size: round(size) <= 112)
    ),
    Comparison(
        DEPTH,
        MICROGRAD,
        "default",
        Target("2,000,000", "ours", lambda depth: depth >= measurements.LONGEST_CHAIN),
    ),
    Comparison(GPT, SLOTS, "default", times_faster(2.4), OURS_PURE),
    Comparison(GPT, SLOTS, "default", times_faster(12)),
    Comparison(GPT, MICROGRAD, "default"),
    Comparison(GPT, TORCH, "default"),
    Comparison(IMPORT, None, "default", faster_than("45 ms", 45e6)),
]

COMPILED = [
    Comparison(LECTURE, MICROGRAD, "off", times_faster(50), OURS_PYTHON),
    Comparison(LECTURE, PYTHON_BY_HAND, "off", times_faster(0.88), OURS_PYTHON),
    Comparison(LECTURE, JAX_ARRAYS, "off", times_faster(5), OURS_PYTHON),
    Comparison(LECTURE, MICROGRAD, "off", times_faster(1000), OURS_C),
    Comparison(LECTURE, C_BY_HAND, "off", within(1.1), OURS_C),
    Comparison(LECTURE, CASADI_C, "off", times_faster(1), OURS_C),
    Comparison(LECTURE, JAX_LOOP, "off", ours=OURS_C),
    Comparison(CALLS, C_BY_HAND, "off", within(1.3), OURS_C),
    Comparison(GRADIENTS, JAX_ARRAYS, "off", ours=OURS_PYTHON),
    Comparison(GRADIENTS, JAX_ARRAYS, "off", ours=OURS_C),
    Comparison(DEMO, MICROGRAD, "off", times_faster(50), OURS_PYTHON),
    Comparison(DEMO, PYTHON_BY_HAND, "off", ours=OURS_PYTHON),
    Comparison(DEMO, C_BY_HAND, "off", within(2), OURS_C),
    Comparison(DEMO, TORCH_ARRAYS, "off", times_faster(10), OURS_C),
    Comparison(DEMO, JAX_ARRAYS, "off", times_faster(2.5), OURS_C),
    Comparison(DEMO, JAX_LOOP, "off", ours=OURS_C),
    Comparison(DEMO, CASADI, "off", times_faster(5), OURS_C),
    Comparison(LARGE_DEMO, OURS_PYTHON, "off", times_faster(4), OURS_NUMPY),
    Comparison(LARGE_DEMO, C_BY_HAND, "off", ours=OURS_C),
    Comparison(LARGE_DEMO, TORCH_ARRAYS, "off", ours=OURS_C),
    Comparison(LARGE_DEMO, JAX_ARRAYS, "off", ours=OURS_JAX),
    Comparison(LARGE_DEMO, OURS_JAX, "off", ours=OURS_JAX_DEVICES),
    Comparison(RECORDED_GRAPH, CASADI, "off", faster_than("20 ns", 20), OURS_C),
    Comparison(GPT, SLOTS, "default", times_faster(80), OURS_C),
    Comparison(GPT, C_BY_HAND, "default", ours=OURS_C),
    Comparison(GPT, NUMPY_BY_HAND, "default", ours=OURS_C),
    Comparison(GPT, TORCH_ARRAYS, "default", times_faster(1), OURS_C),
    Comparison(TRAINED_GPT, C_BY_HAND, "default", ours=OURS_C),
    Comparison(TRAINED_GPT, NUMPY_BY_HAND, "default", ours=OURS_C),
    Comparison(TRAINED_GPT, TORCH_ARRAYS, "default", times_faster(1), OURS_C),
    Comparison(FIRST, None, "default", faster_than("5 ms", 5e6), OURS_PYTHON),
    Comparison(BUILDS[0], None, "default", faster_than("0.2 s", 0.2e9), OURS_C),
    Comparison(BUILDS[1], None, "default", faster_than("1.5 s", 1.5e9), OURS_C),
]

COMPARISONS = RECORDING + COMPILED

WORKLOADS = {row.workload.key: row.workload for row in COMPARISONS}
