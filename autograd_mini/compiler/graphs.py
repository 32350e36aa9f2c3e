"""compile_graph: from a recorded graph to a program in one of the targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_mini.branches import Comparison, noted
from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.python import PythonEngine
from autograd_mini.graph import topological_order
from autograd_mini.value import Value

TARGETS = ("python", "numpy", "c", "javascript", "auto")


def compile_graph(
    output: Value | Sequence[Value],
    inputs: Sequence[Value],
    wrt: Sequence[Value] | None = None,
    target: str = "python",
    *,
    xp: Any = None,
) -> Compiled:
    """A recorded graph as a program that computes it again from other numbers for `inputs`.

    output: a Value, or a list of them, of which each is differentiated. wrt: what they are
    differentiated by; all inputs, if not said. Leaves that are no inputs are constants of it.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> compiled = compile_graph((w * x).tanh(), [w, x])
    >>> compiled(0.0, 3.0)
    (0.0, [3.0, 0.0])
    >>> compiled.descend([0.5, 2.0], rate=0.1, times=1)
    [0.41600512, 1.97900128]
    """
    single = isinstance(output, Value)
    outputs = [output] if isinstance(output, Value) else list(output)
    comparisons = list(noted(topological_order(outputs)))
    inputs = list(inputs)
    return compile_values(
        outputs, inputs, inputs if wrt is None else list(wrt), comparisons, target, xp, single
    )


def compile_values(
    outputs: list[Value],
    inputs: list[Value],
    wrt: list[Value],
    comparisons: Sequence[Comparison],
    target: str,
    xp: Any,
    single: bool,
) -> Compiled:
    """`compile_graph` where the branches that were taken are known."""
    problem = Problem(outputs, inputs, wrt, comparisons, single)
    return Compiled(problem, PythonEngine(Program(problem)), target)
