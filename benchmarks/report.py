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
from .problems import LECTURE_LOSSES, LONGEST_CHECK
from .rounds import PATIENCE, Case, Results, Series

HEADER = """\
| workload | engine | against | collector | theirs | ours | ratio | min to max | target | |
|---|---|---|---|---:|---:|---:|---:|---:|---|"""

UNITS = (("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0))

METHOD = """\
- Ratio: theirs / ours, of medians over {rounds}; min to max: of the ratios of single rounds. In a
  round every engine runs once, in turn, in a process of its own, after a warm-up; one that takes
  more than {patience:g} s has only the first, and is compared with that of ours. Memory and chain
  have one.
- W1: 0.05, 0.10 -> 0.01, 0.99, sigmoid, half squared error, rate 0.5, all ten parameters trained.
  W2: the step of micrograd's demo, 100 points, hinge + L2, about 65,000 nodes, the points Python's
  floats, on which micrograd is faster than on the notebook's NumPy. Its weights are frozen by a
  rate of 1e-12: as a network learns, hinges are satisfied and their work disappears, and at rate 0
  CasADi leaves the gradient out. Gradient and update are timed, and what an engine records anew.
- Every engine first trains fresh networks and fails unless each loss is right to 1e-12 relative:
  in W1 {losses} updates;
  the larger number is left out for an engine that takes more than {longest:g} s for it.
- Collector default: Python's cycle collector runs as it does for a user, inside the timing; the
  mean over blocks of steps of 10 ms or more. Collector off: `gc.disable()` and no collection at
  all, as for a user who switches it off; the median over blocks. micrograd's graphs, which are
  cycles, then stay in memory, which it takes from the system anew; ours are freed in the timing.
- W3: 64 running numbers; add, mul, mul, relu of randomly drawn ones over and over, all operands
  Values. Free is dropping the roots and one `gc.collect()`, timed for both, on which micrograd
  depends. Its recursion limit is raised. Memory: tracemalloc, after a collection.
- Longest chain: through backward, with Python's recursion limit as it is; 1,000,000 were tried.
- Import: over bare Python, wall time, pairs of processes.
- Recorded anew for every step: autograd_mini, micrograd, PyTorch, HIPS autograd. Recorded or traced
  once, before the timing: autograd_mini to a language, JAX, CasADi. Of these, and of what is by
  hand, W1 and W2 have the loop over the steps inside, but for JAX's jitted step, CasADi's virtual
  machine and NumPy, which Python calls for every step. By hand, and in JAX and PyTorch vectorised,
  nothing is done for the value of the loss; autograd_mini's programs compute it with the gradient.
- autograd_mini to a language: in W2 one point is recorded, and the points are a batch.
- By hand: gradients derived on paper; in W2 what is 0 behind a relu or a hinge is skipped. C by
  hand, `benchmarks/engines/by_hand.c`, and CasADi's generated C are built with `cc -O2`. PyTorch
  vectorised has one thread, and decays its weights instead of differentiating L2; JAX has as many
  threads as it likes.
- Two devices: of JAX, on one CPU; the worker fails unless their gradients are those of one.
- Empty cache: a fresh XDG_CACHE_HOME for every build."""


def table(comparisons: Sequence[Comparison], results: Results) -> str:
    """In Markdown, a line a comparison.

    A peer that is not installed has no line, unless our own figure would have none either; nor has
    an engine of ours that is not.
    """
    lines = [HEADER]
    shown: set[Case] = set()
    for row in comparisons:
        case = row.workload, row.collector, row.ours
        theirs = results.get((row.workload, row.collector, row.peer)) if row.peer else None
        if case in results and (theirs is not None or case not in shown):
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
        row.ours.title,
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
    losses = ", ".join(f"{loss!r} after {updates:,}" for updates, loss in LECTURE_LOSSES.items())
    lines = [METHOD.format(rounds=count, patience=PATIENCE, losses=losses, longest=LONGEST_CHECK)]
    needs = dict.fromkeys(need for engine in ENGINES.values() for need in engine.needs)
    versions = [need.version for need in needs if need.installed]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    lines.append(f"- Versions: {', '.join([python, *versions])}.")
    lines.append(f"- Machine: {os.cpu_count()} cores, {processor()}, {platform.system()}.")
    lines += [
        f"- Not installed: {need.distribution} (`{need.install}`)."
        for need in needs
        if not need.installed
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
