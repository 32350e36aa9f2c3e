"""The table, and what a reader needs to know to trust and repeat it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from .comparisons import Comparison, Workload
from .engines import ENGINES
from .measurements import Figures
from .problems import LECTURE_LOSS, LECTURE_UPDATES
from .rounds import PATIENCE, Case, Results, Series

HEADER = """\
| workload | against | collector | theirs | ours | ratio | min to max | target | |
|---|---|---|---:|---:|---:|---:|---:|---|"""

UNITS = (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0))

METHOD = """\
- Ratio: theirs / ours, of medians over {rounds}; min to max: of the ratios of single rounds. In a
  round every engine runs once, in turn, in a process of its own, after a warm-up; one that takes
  more than {patience:g} s has only the first, and is compared with that of ours. Memory and chain
  have one.
- W1: 0.05, 0.10 -> 0.01, 0.99, sigmoid, half squared error, rate 0.5, all ten parameters trained.
  W2: the step of micrograd's demo, 100 points, hinge + L2, about 65,000 nodes; the weights frozen
  by a rate of 1e-12, the points Python's floats, on which micrograd is faster than on the
  notebook's NumPy. Record, backward and update are timed. Every engine first trains a fresh network
  and fails unless its loss is right to 1e-12 relative (W1: {loss!r} after {updates} updates).
- Collector default: Python's cycle collector runs as it does for a user, inside the timing; the
  mean over the steps. Collector off: `gc.disable()` and no collection at all, as for a user who
  switches it off; the median over blocks (W1: 100 steps, W2: 1). micrograd's graphs, which are
  cycles, then stay in memory, which it takes from the system anew; ours are freed in the timing.
- W3: 64 running numbers; add, mul, mul, relu of randomly drawn ones over and over, all operands
  Values. Free is dropping the roots and one `gc.collect()`, timed for both, on which micrograd
  depends. Its recursion limit is raised. Memory: tracemalloc, after a collection.
- Longest chain: through backward, with Python's recursion limit as it is; 1,000,000 were tried.
- Import: over bare Python, wall time, pairs of processes.
- CasADi records the step once, before the timing, and then only runs it; all others record anew."""


def table(comparisons: Sequence[Comparison], results: Results) -> str:
    """In Markdown, a line a comparison.

    A peer that is not installed has no line, unless our own figure would have none either.
    """
    lines = [HEADER]
    shown: set[Case] = set()
    for row in comparisons:
        case = row.workload, row.collector, row.ours
        theirs = results.get((row.workload, row.collector, row.peer)) if row.peer else None
        if theirs is not None or case not in shown:
            shown.add(case)
            lines.append("| " + " | ".join(cells(row, results[case], theirs)) + " |")
    return "\n".join(lines)


def cells(row: Comparison, ours: Series, theirs: Series | None) -> list[str]:
    """One line of the table."""
    against = their_amount = "-"
    ratio = spread = target = verdict = ""
    judged = {"ours": ours.total}
    if row.peer is not None and theirs is not None:
        against, their_amount = row.peer.title, amount(row.workload, theirs)
        # Of depths, which are cut off at a million, a ratio says nothing.
        if not (ours.failure or theirs.failure) and row.workload.unit != "operations":
            # A slow peer has had fewer rounds: only those that both have had are compared.
            their_totals, our_totals = zip(*zip(theirs.totals, ours.totals))
            judged["ratio"] = value = median(their_totals) / median(our_totals)
            ratios = [their / our for their, our in zip(their_totals, our_totals)]
            ratio = f"**{times(value)}**"
            spread = f"{times(min(ratios))} to {times(max(ratios))}"
    if row.target is not None:
        target = row.target.text
        figure = judged.get(row.target.of)
        verdict = "-" if figure is None else "met" if row.target.is_met(figure) else "not met"
    return [
        row.workload.title,
        against,
        row.collector,
        their_amount,
        amount(row.workload, ours),
        ratio,
        spread,
        target,
        verdict,
    ]


def amount(workload: Workload, series: Series) -> str:
    """The figures of one engine with their unit, such as `210 + 130 + 60 ns`."""
    if series.failure:
        return "failed"
    figures = series.figures
    if workload.unit == "ns":
        return duration(figures)
    (figure,) = figures.values()
    return f"{figure:,.0f}" + (" bytes" if workload.unit == "bytes" else "")


def duration(figures: Figures) -> str:
    """Times in a unit that suits the longest."""
    longest = max(figures.values())
    unit, size = next((row for row in UNITS if longest >= row[1]), UNITS[-1])
    return " + ".join(significant(time / size) for time in figures.values()) + f" {unit}"


def times(ratio: float) -> str:
    """A ratio."""
    return f"{significant(ratio)}x"


def significant(number: float) -> str:
    """Three digits, or all of the integral part."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def notes(results: Results, rounds: int) -> str:
    """How it was measured, on what, with what, and what is missing."""
    count = "1 round" if rounds == 1 else f"{rounds} rounds"
    lines = [
        METHOD.format(rounds=count, patience=PATIENCE, loss=LECTURE_LOSS, updates=LECTURE_UPDATES)
    ]
    present = [engine for engine in ENGINES.values() if engine.installed]
    versions = [f"{engine.distribution} {engine.version}" for engine in present]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    lines.append(f"- Versions: {', '.join([python, *versions])}.")
    lines.append(f"- Machine: {os.cpu_count()} cores, {processor()}, {platform.system()}.")
    lines += [
        f"- Not installed: {engine.distribution} (`{engine.install}`)."
        for engine in ENGINES.values()
        if not engine.installed
    ]
    lines += [
        f"- Failed: {engine.title} in {workload.key}, collector {collector}: {series.failure}"
        for (workload, collector, engine), series in results.items()
        if series.failure
    ]
    return "\n".join(lines)


def processor() -> str:
    """The model of the CPU, where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
