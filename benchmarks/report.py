"""The table of measurements, and the notes that a reader needs to trust and repeat it."""

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
- Ratio: theirs / ours, of the medians over {rounds}. Min to max: the ratios of single rounds. In a
  round, every engine runs once, in turn, in a new process, after a warm-up. An engine that takes
  more than {patience:g} s has one round only, and is compared with our first. Memory and chain
  have one round.
- W1: 0.05, 0.10 -> 0.01, 0.99, sigmoid, half squared error, rate 0.5, all ten parameters trained.
  Engines whose sigmoid or relu is a method are given that of the class, which takes as long to call
  as `x.sigmoid()`.
  W2: the step of micrograd's demo, 100 points, hinge + L2, about 65,000 nodes. The points are
  floats, with which micrograd is faster than with the notebook's NumPy numbers. A rate of 1e-12
  freezes the weights, because satisfied hinges would take less work, and at rate 0 CasADi leaves
  out the gradient. The timing covers the gradient, the update, and the recording where an engine
  records at every step.
- Every engine first trains new networks, and fails unless each loss is right to 1e-12 relative:
  in W1 {losses} updates.
  The larger number is left out for an engine that takes more than {longest:g} s for it.
- Collector default: Python's cycle collector runs inside the timing, as it does for a user; the
  mean over blocks of steps that take 10 ms or more. Collector off: `gc.disable()` and no collection
  at all; the median over blocks. The graphs of micrograd, which are cycles, then stay in memory,
  and it takes new memory from the system; our graphs are freed inside the timing.
- W3: 64 running numbers, on which add, mul, mul and relu act in turn, with random operands that are
  all Values. Free: dropping the roots, and one `gc.collect()`, which micrograd needs; both timed.
  Python's recursion limit is raised for micrograd. Memory: tracemalloc, after a collection.
- W4: the sizes of microgpt (4,192 parameters, 16 channels, 4 heads), 1,000 random words of 3 to 9
  letters, Adam; the losses of the first 100 steps are right to 1e-9. The timing covers everything
  that is built on the way. An engine that takes longer than 20 s stops then; the figure is the
  time of a step. A Value with slots stores its partials beside its operands, as microgpt's does.
- Longest chain: the longest that backward can differentiate with Python's default recursion limit,
  up to 2,000,000.
- Import: wall time above an empty program, pairs of processes.
- Recorded at every step: autograd_mini, micrograd, PyTorch, HIPS autograd. Recorded or traced once,
  before the timing: autograd_mini to a language, JAX, CasADi. These, and the programs by hand, have
  the loop over the steps inside, except JAX's jitted step, CasADi's virtual machine and NumPy,
  which Python calls for every step. The programs by hand, JAX and PyTorch vectorised do not compute
  the value of the loss; the programs of autograd_mini do.
- autograd_mini to a language: in W2, one point is recorded, and the points are a batch.
- By hand: gradients derived on paper. In W2, a factor 0 of a relu or a hinge skips the work behind
  it. C by hand is `benchmarks/engines/by_hand.c` and `by_hand_gpt.c`; they and CasADi's C
  are built with `cc -O2`. PyTorch vectorised has one thread, and decays its weights instead of
  differentiating L2.
  JAX chooses the number of its threads.
- Two devices: JAX's, on one CPU. The worker fails unless they give the gradients of one device.
- Empty cache: a new XDG_CACHE_HOME for every build."""


def table(comparisons: Sequence[Comparison], results: Results) -> str:
    """The comparisons as a Markdown table, one line each.

    A comparison with a missing peer is left out, unless our figure would then be missing too.
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
        # Depths are cut off at a million, so their ratio has no meaning.
        if not (ours.failure or theirs.failure) and row.workload.unit != "operations":
            # A slow peer had fewer rounds: compare the rounds that both had.
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
    """The figures of one engine with a unit, such as `210 + 130 + 60 ns`."""
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
    """The method, the machine, the versions, and the missing and failed engines."""
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
    """The model of the CPU, if the system states it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
