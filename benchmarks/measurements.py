"""The measurements of a worker process, for one engine; all times are in nanoseconds.

Each function returns its figures by name; a row of the table compares their sum.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from time import perf_counter_ns, process_time_ns
from types import ModuleType
from typing import Literal

from . import gpt, problems

Collector = Literal["default", "off"]
Figures = dict[str, float]

LONGEST_CHAIN = 2_000_000

# The CPU time of the process, which other work on the machine distorts less than wall time. It
# counts all threads and no child process, so imports and builds are measured by wall time.
clock = process_time_ns if os.environ.get("BENCHMARKS_CLOCK") == "cpu" else perf_counter_ns

BLOCK = 10e6
"""The shortest block of steps that is timed, in nanoseconds."""


@dataclass(frozen=True)
class Conditions:
    """The state of Python's cycle collector, and the seconds to measure for."""

    collector: Collector = "default"
    seconds: float = 0.0


def time_lecture(engine: ModuleType, conditions: Conditions, problem: str = "lecture") -> Figures:
    """One step of W1; problem: the function of the engine that makes the network."""
    make = getattr(engine, problem)
    problems.check(make, problems.LECTURE_RATE, problems.LECTURE_LOSSES)
    return time_steps(make(problems.LECTURE_RATE), conditions)


def time_relu_lecture(engine: ModuleType, conditions: Conditions) -> Figures:
    """One step of W1 with relu."""
    problems.check(engine.relu_lecture, problems.RELU_RATE, problems.RELU_LOSSES)
    return time_steps(engine.relu_lecture(problems.RELU_RATE), conditions)


def time_demo(engine: ModuleType, conditions: Conditions) -> Figures:
    """One step of W2, of frozen weights."""
    problems.check(engine.demo, problems.DEMO_RATE, problems.DEMO_LOSSES[problems.POINTS])
    return time_steps(engine.demo(problems.FROZEN), conditions)


def time_large_demo(engine: ModuleType, conditions: Conditions) -> Figures:
    """One step of W2, of frozen weights, with a hundred times the points, per point."""
    count = problems.MANY_POINTS
    make = partial(engine.demo, count=count)
    problems.check(make, problems.DEMO_RATE, problems.DEMO_LOSSES[count])
    return {"point": time_steps(make(problems.FROZEN), conditions)["step"] / count}


def time_gpt(engine: ModuleType, conditions: Conditions) -> Figures:
    """A step of W4: of all 1,000, or of as many as the seconds allow, with all that is built.

    Raises: ArithmeticError unless the losses of the first 100 steps are right to 1e-9.
    """
    words = gpt.documents()
    with collector(conditions.collector):
        start = clock()
        training = engine.gpt_training()
        elapsed = 0.0
        while len(training.losses) < len(words) and elapsed < conditions.seconds * 1e9:
            done = len(training.losses)
            training.run(words[done : done + 10])
            elapsed = clock() - start
    gpt.check(training.losses)
    return {"step": elapsed / len(training.losses)}


def time_trained_gpt(engine: ModuleType, conditions: Conditions) -> Figures:
    """A step of W4 after 100 steps, when the programs of all lengths have been built."""
    words = gpt.documents()
    training = engine.gpt_training()
    training.run(words[:100])
    gpt.check(training.losses)
    with collector(conditions.collector):
        start = clock()
        training.run(words[100:400])
        return {"step": (clock() - start) / 300}


def time_steps(training: problems.Training, conditions: Conditions) -> Figures:
    """The time of one step, from blocks of steps until the seconds are over.

    Blocks grow until they are long enough to be timed well; shorter ones are left out. With the
    collector off nothing is collected: what an engine leaves in cycles stays until the worker
    ends. With the default collector the mean is taken: its work comes in bursts, which a median
    would leave out.
    """
    training.run(1)
    gc.collect()
    times: list[float] = []
    block = 1
    with collector(conditions.collector):
        end = clock() + conditions.seconds * 1e9
        while not times or clock() < end:
            start = clock()
            training.run(block)
            elapsed = clock() - start
            if elapsed < BLOCK:
                block *= 2
            else:
                times.append(elapsed / block)
    return {"step": median(times) if conditions.collector == "off" else mean(times)}


def time_graph(engine: ModuleType, conditions: Conditions, operations: int) -> Figures:
    """Build, backward and free of a random graph, per operation.

    Free is dropping the root and a collection, which costs nothing where reference counts have
    done the work. Small graphs are made many at a time, so that it is spread over as much.
    """
    plan = problems.random_plan(operations)
    count = max(1, 100_000 // operations)
    unlimited_recursion()
    samples: list[tuple[float, ...]] = []
    with collector(conditions.collector):
        end = clock() + conditions.seconds * 1e9
        # The first sample warms up.
        while len(samples) < 2 or clock() < end:
            start = clock()
            roots = [problems.random_graph(plan, engine.leaf, engine.relu) for _ in range(count)]
            built = clock()
            for root in roots:
                root.backward()
            differentiated = clock()
            del root, roots
            gc.collect()
            freed = clock()
            samples.append((built - start, differentiated - built, freed - differentiated))
    total = count * problems.planned_operations(plan)
    build, backward, free = (median(times) / total for times in zip(*samples[1:]))
    return {"build": build, "backward": backward, "free": free}


def time_recorded_graph(engine: ModuleType, conditions: Conditions, operations: int) -> Figures:
    """Forward and backward of a random graph that has been recorded, per operation."""
    plan = problems.random_plan(operations)
    run = engine.recorded_graph(plan)
    value, gradients = run()
    problems.check_graph(value, gradients, operations)
    times: list[int] = []
    with collector(conditions.collector):
        end = clock() + conditions.seconds * 1e9
        while not times or clock() < end:
            start = clock()
            run()
            times.append(clock() - start)
    return {"run": median(times) / problems.planned_operations(plan)}


def time_first(engine: ModuleType, conditions: Conditions, problem: str) -> Figures:
    """From the formulas of a problem to its first value and gradients; the first time warms up."""
    first = getattr(engine, problem)
    times: list[int] = []
    with collector(conditions.collector):
        end = clock() + conditions.seconds * 1e9
        while len(times) < 2 or clock() < end:
            start = clock()
            first()
            times.append(clock() - start)
    return {"first": median(times[1:])}


def time_build(engine: ModuleType, conditions: Conditions, problem: str) -> Figures:
    """The time to a first result of an engine that caches what it builds, with an empty cache.

    Raises: RuntimeError if the cache is empty afterwards, since then nothing was built.
    """
    first = getattr(engine, problem)
    with TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        start = perf_counter_ns()
        first()
        elapsed = perf_counter_ns() - start
        if not any(Path(folder).iterdir()):
            raise RuntimeError(f"nothing was built in the empty cache folder {folder}")
    return {"build": elapsed}


def count_bytes(engine: ModuleType, conditions: Conditions, operations: int) -> Figures:
    """The memory that a random graph holds after its backward pass, per operation."""
    plan = problems.random_plan(operations)
    unlimited_recursion()
    gc.collect()
    tracemalloc.start()
    root = problems.random_graph(plan, engine.leaf, engine.relu)
    root.backward()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"bytes": held / problems.planned_operations(plan)}


def find_depth(engine: ModuleType, conditions: Conditions) -> Figures:
    """The longest chain of operations, up to two million, that backward differentiates.

    Python's recursion limit keeps its default.
    """
    works, fails = 0, LONGEST_CHAIN + 1
    length = LONGEST_CHAIN
    while fails - works > 1:
        if differentiates_chain(engine, length):
            works = length
        else:
            fails = length
        length = (works + fails) // 2
    return {"operations": works}


def differentiates_chain(engine: ModuleType, operations: int) -> bool:
    """True if a chain of `operations` is built, differentiated and freed."""
    first = result = engine.leaf(1.0)
    one = engine.leaf(1.0)
    for _ in range(operations):
        result = result * one
    try:
        result.backward()
    except RecursionError:
        return False
    return bool(first.grad == 1.0)


def time_import(engine: ModuleType, conditions: Conditions) -> Figures:
    """The time of the import, from pairs of processes with and without it."""
    commands = [[sys.executable, "-c", code] for code in (f"import {engine.IMPORTS}", "pass")]
    differences: list[int] = []
    end = perf_counter_ns() + conditions.seconds * 1e9
    while not differences or perf_counter_ns() < end:
        times = []
        for command in commands:
            start = perf_counter_ns()
            subprocess.run(command, check=True)
            times.append(perf_counter_ns() - start)
        differences.append(times[0] - times[1])
    return {"import": median(differences)}


@contextmanager
def collector(state: Collector) -> Iterator[None]:
    """Python's cycle collector in its default state, or off.

    If it is off, all objects that exist are frozen, so that an explicit collection looks only at
    the objects of the engine and not at the modules that it loaded.
    """
    if state == "off":
        gc.collect()
        gc.disable()
        gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


def unlimited_recursion() -> None:
    """For micrograd, whose backward pass calls itself once for every node on a path."""
    sys.setrecursionlimit(10**9 // 2)
