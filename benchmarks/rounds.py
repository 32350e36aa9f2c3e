"""Worker processes in turn: every engine once a round, so that a slow spell hits them alike."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic

from .comparisons import Comparison, Workload
from .engines import Engine
from .measurements import Collector, Figures

ROOT = Path(__file__).resolve().parents[1]

PATIENCE = 10.0
"""Seconds that a worker may take if its engine is to have another round."""


@dataclass
class Series:
    """The figures of one engine, a round each; failure: why there are no more of them."""

    rounds: list[Figures] = field(default_factory=list)
    failure: str = ""

    @property
    def figures(self) -> Figures:
        """Medians over the rounds."""
        return {name: median(each[name] for each in self.rounds) for name in self.rounds[0]}

    @property
    def totals(self) -> list[float]:
        """The compared figure of each round."""
        return [sum(each.values()) for each in self.rounds]

    @property
    def total(self) -> float | None:
        """The median of the compared figures; None after a failure."""
        return None if self.failure else median(self.totals)


Case = tuple[Workload, Collector, Engine]
Results = dict[Case, Series]


def run(
    comparisons: Sequence[Comparison],
    rounds: int,
    shorter: float,
    report: Callable[[str], None],
) -> Results:
    """Measure what the comparisons need; shorter: factor to the seconds of each workload."""
    results: Results = {}
    for (workload, collector), engines in groups(comparisons).items():
        waiting = list(engines)
        for number in range(1 if workload.once else rounds):
            for engine in list(waiting):
                report(f"{workload.key}, collector {collector}, {number + 1}: {engine.title}")
                series = results.setdefault((workload, collector, engine), Series())
                start = monotonic()
                try:
                    figures = measure(workload, collector, engine, workload.seconds * shorter)
                    series.rounds.append(figures)
                except WorkerError as error:
                    series.failure = str(error)
                if series.failure or monotonic() - start > PATIENCE:
                    waiting.remove(engine)
    report("")
    return results


def groups(
    comparisons: Iterable[Comparison],
) -> dict[tuple[Workload, Collector], list[Engine]]:
    """The engines that take turns, each once, by what they have to do; those that are installed."""
    found: dict[tuple[Workload, Collector], dict[Engine, None]] = {}
    for row in comparisons:
        engines = found.setdefault((row.workload, row.collector), {})
        for engine in (row.ours, row.peer):
            if engine is not None and engine.installed:
                engines[engine] = None
    return {group: list(engines) for group, engines in found.items()}


class WorkerError(Exception):
    """A worker process ended without figures."""


def measure(workload: Workload, collector: Collector, engine: Engine, seconds: float) -> Figures:
    """The figures of one worker process.

    Raises: WorkerError with the last line that it wrote.
    """
    arguments = [workload.key, engine.module, collector, str(seconds)]
    process = subprocess.run(
        [sys.executable, "-m", f"{__package__}.worker", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if process.returncode != 0:
        lines = process.stderr.strip().splitlines() or [f"exit status {process.returncode}"]
        raise WorkerError(lines[-1])
    figures: Figures = json.loads(process.stdout)
    return figures
