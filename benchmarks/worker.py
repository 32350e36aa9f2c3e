"""One measurement in a new process: python -m benchmarks.worker WORKLOAD ENGINE COLLECTOR S.

Prints the figures as JSON.
"""

from __future__ import annotations

import json
import sys

from .comparisons import WORKLOADS
from .engines import ENGINES
from .measurements import Conditions


def main(workload: str, engine: str, collector: str, seconds: str) -> None:
    """Measure and print."""
    conditions = Conditions("off" if collector == "off" else "default", float(seconds))
    figures = WORKLOADS[workload].measure(ENGINES[engine].load(), conditions)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
