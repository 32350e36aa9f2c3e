"""Measure autograd_mini against its peers and print the ratios as a Markdown table."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from .comparisons import COMPARISONS, WORKLOADS
from .report import notes, table
from .rounds import Results, run


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, then print the table; whether targets are met does not change the exit status."""
    options = parse(arguments)
    comparisons = [
        row
        for row in COMPARISONS
        if row.workload.name in options.workloads and (row.workload.quick or not options.quick)
    ]
    rounds = 1 if options.quick else options.rounds
    if options.cpu:
        os.environ["BENCHMARKS_CLOCK"] = "cpu"  # of the workers
    results = run(comparisons, rounds, 0.1 if options.quick else 1.0, report_progress)
    if options.json:
        print(json.dumps(raw(results), indent=2))
    else:
        print(table(comparisons, results), notes(results, rounds), sep="\n\n")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    names = list(dict.fromkeys(workload.name for workload in WORKLOADS.values()))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(names)}; default: all"
    )
    parser.add_argument("--rounds", type=int, default=5, help="processes an engine (default: 5)")
    parser.add_argument("--quick", action="store_true", help="one short round, nothing large")
    parser.add_argument("--cpu", action="store_true", help="CPU time, on a machine that is busy")
    parser.add_argument("--json", action="store_true", help="print the figures of every round")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.workloads if name not in names]
    if unknown:
        parser.error(f"there is no workload {unknown[0]!r}; choose from {', '.join(names)}")
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more, not {options.rounds}")
    options.workloads = options.workloads or names
    return options


def raw(results: Results) -> list[dict[str, object]]:
    """Every figure measured, times in nanoseconds."""
    return [
        {
            "workload": workload.key,
            "collector": collector,
            "engine": engine.module,
            "rounds": series.rounds,
            "failure": series.failure,
        }
        for (workload, collector, engine), series in results.items()
    ]


def report_progress(line: str) -> None:
    """To a terminal only, over the line before."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
