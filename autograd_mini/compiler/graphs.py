"""compile_graph: from a recorded graph to a program in one of the targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.engine import Engine
from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.program import Program
from autograd_mini.engine.comparisons import Comparison, noted
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value

TARGETS = ("python", "numpy", "c", "javascript", "auto")

# Graphs of more values are not written out as lines, but run as a flat tape. Python takes 80 us a
# value to write and compile lines; C takes 1 s for 1,000 values, but 4 s for 2,000.
LONGEST_PYTHON = 10_000
LONGEST_C = 1_000


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
    target: "python", "numpy" (for arrays, of NumPy or of the namespace `xp`), "c", "javascript"
    (to be run elsewhere), or "auto": C if there is a compiler, else Python.

    Where the recording compared values of the graph, as in `if x > 0:`, or took a derivative in it
    beside a kink, the program holds on the same side only. What was computed for a comparison alone
    is forgotten by then: compile_function follows that too.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> compiled = compile_graph((w * x).tanh(), [w, x])
    >>> compiled(0.0, 3.0)
    (0.0, [3.0, 0.0])
    >>> [round(number, 6) for number in compiled.descend([0.5, 2.0], rate=0.1, times=10)]
    [-0.694059, 2.018012]

    Raises: TypeError or ValueError for what is no graph, input or target; NoCompiler.
    """
    single = isinstance(output, Value)
    outputs = [output] if isinstance(output, Value) else listed_values("output", output)
    inputs = listed_values("inputs", inputs)
    wrt = inputs if wrt is None else listed_values("wrt", wrt)
    if not outputs:
        raise ValueError("there is no output to compile: give a Value, or a list of them")
    comparisons = list(noted(topological_order([*outputs, *inputs])))
    return compile_values(outputs, inputs, wrt, comparisons, target, xp, single)


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
    if target not in TARGETS:
        raise ValueError(f"there is no target {target!r}; use one of {', '.join(TARGETS)}")
    if xp is not None and target != "numpy":
        raise ValueError(f'xp is for the target "numpy", got the target {target!r}')
    if xp is not None and not hasattr(xp, "__name__"):
        raise TypeError(f"xp must be a module of array functions, as jax.numpy, got {xp!r:.80}")
    for value in inputs:
        if value.op is not None:
            raise ValueError(
                f"inputs are leaves, and {value!r} is computed from others: give those"
            )
    if len(set(map(id, inputs))) < len(inputs) or len(set(map(id, wrt))) < len(wrt):
        raise ValueError("an input is given twice: give each once")
    if not set(map(id, wrt)) <= set(map(id, inputs)):
        raise ValueError("wrt holds a Value that is no input: give it among the inputs too")
    problem = Problem(outputs, inputs, wrt, comparisons, single)
    if target == "numpy":
        from autograd_mini.compiler.targets.arrays import ArrayEngine, CompiledArrays

        return CompiledArrays(problem, ArrayEngine(Program(problem), xp), target)
    if target == "auto":
        target = "c" if has_compiler() else "python"
    return Compiled(problem, _engine(problem, target), target)


def has_compiler() -> bool:
    """Whether the target c can be built here."""
    from autograd_mini.compiler.library import NoCompiler, find_compiler

    try:
        find_compiler()
    except NoCompiler:
        return False
    return True


def _engine(problem: Problem, target: str) -> Engine:
    """Imported here: most need one of them only."""
    work = len(problem.tape) * max(1, len(problem.outputs))
    if target == "c":
        if work > LONGEST_C:
            from autograd_mini.compiler.targets.flat_c import FlatC

            return FlatC(problem)
        from autograd_mini.compiler.targets.c import CEngine

        return CEngine(Program(problem))
    if target == "javascript":
        from autograd_mini.compiler.targets.javascript import JavaScriptEngine

        return JavaScriptEngine(Program(problem))
    if work > LONGEST_PYTHON:
        from autograd_mini.compiler.targets.flat_python import FlatPython

        return FlatPython(problem)
    from autograd_mini.compiler.targets.python import PythonEngine

    return PythonEngine(Program(problem))


def listed_values(name: str, given: Sequence[Value]) -> list[Value]:
    """Raises: TypeError if it is no list of Values."""
    if isinstance(given, Value) or not hasattr(given, "__iter__"):
        raise TypeError(f"{name} must be a list of Values, got {given!r:.80}")
    listed = list(given)
    for value in listed:
        if not isinstance(value, Value):
            raise TypeError(f"{name} must be a list of Values, but {value!r:.80} is in it")
    return listed
