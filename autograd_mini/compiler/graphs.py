"""compile_graph: from a recorded graph to a program in one of the targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_mini.compiler.backend import Backend, Eager
from autograd_mini.compiler.compiled import Compiled
from autograd_mini.compiler.descent import find_rule
from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.program import Program
from autograd_mini.engine.comparisons import Comparison, noted
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value

LANGUAGES = ("python", "numpy", "c", "javascript")
TARGETS = (*LANGUAGES, "auto")

# Larger graphs are not written out as lines. Python takes 80 us a value to write and compile lines;
# C takes 1 s for 1,000 values, but 4 s for 2,000.
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
    """A program that computes a recorded graph again from other numbers for `inputs`.

    output: a Value, or a list of Values, each of which is differentiated. wrt: the inputs with
    respect to which they are differentiated; by default all. Other leaves are constants of it.
    target: "python", "numpy" (for arrays, of NumPy or of the namespace `xp`), "c", "javascript"
    (source; a call from Python records again), or "auto": C if there is a compiler, else Python.

    Where the recording compared values of the graph, as in `if x > 0:`, or took a derivative in it
    beside a kink, the program holds on the same side only. A comparison of values that are not in
    the graph is not known here; compile_function follows it too.

    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> compiled = compile_graph((w * x).tanh(), [w, x])
    >>> compiled(0.0, 3.0)
    (0.0, [3.0, 0.0])
    >>> [round(number, 6) for number in compiled.descend([0.5, 2.0], rate=0.1, times=10).values]
    [-0.694059, 2.018012]

    Raises: TypeError or ValueError for an output, input or target that does not fit; NoCompiler.
    """
    single = isinstance(output, Value)
    outputs = [output] if isinstance(output, Value) else listed_values("output", output)
    inputs = listed_values("inputs", inputs)
    wrt = inputs if wrt is None else listed_values("wrt", wrt)
    if not outputs:
        raise ValueError("output is an empty list: give a Value, or a list of Values")
    check_leaves("inputs", inputs)
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
        raise ValueError(f"target must be one of {', '.join(TARGETS)}, got {target!r:.80}")
    if xp is not None and target != "numpy":
        raise ValueError(f'xp is for the target "numpy", got the target {target!r}')
    if xp is not None and not hasattr(xp, "__name__"):
        raise TypeError(f"xp must be a module of array functions, as jax.numpy, got {xp!r:.80}")
    if len(set(map(id, inputs))) < len(inputs) or len(set(map(id, wrt))) < len(wrt):
        raise ValueError("an input is given twice: give each once")
    if not set(map(id, wrt)) <= set(map(id, inputs)):
        raise ValueError("wrt holds a Value that is not an input: give it among the inputs too")
    problem = Problem(outputs, inputs, wrt, comparisons, single)
    if target == "numpy":
        from autograd_mini.compiler.targets.arrays import ArrayBackend, CompiledArrays

        return CompiledArrays(problem, ArrayBackend(Program(problem), xp), target)
    if target == "auto":
        target = "c" if has_compiler() else "python"
    return Compiled(problem, _backend(problem, target), target)


def program_text(output: Value, inputs: Sequence[Value], language: str, with_descent: bool) -> str:
    """The source of a graph of any size in one of LANGUAGES.

    with_descent: whether it includes gradient descent, where the language has it.
    """
    # Imported here, because most programs need one of them only.
    from autograd_mini.compiler.targets.arrays import ArraySource
    from autograd_mini.compiler.targets.c_source import CSource
    from autograd_mini.compiler.targets.javascript import JavaScriptSource
    from autograd_mini.compiler.targets.python import PythonLoops

    program = Program(Problem([output], inputs, inputs), with_constants=True)
    descent = find_rule("sgd") if with_descent else None
    if language == "c":
        return CSource(program).unit(descent)
    if language == "numpy":
        return ArraySource(program, "numpy").value_and_gradients()
    if language == "javascript":
        return JavaScriptSource(program).value_and_gradients()
    source = PythonLoops(program, for_readers=True)
    functions = [source.value_and_gradients()]
    if descent is not None:
        functions.append(source.descend(descent, decays=False))
    return "\n\n".join(functions)


def has_compiler() -> bool:
    """True if the target c can be built here."""
    from autograd_mini.compiler.library import NoCompiler, find_compiler

    try:
        find_compiler()
    except NoCompiler:
        return False
    return True


def _backend(problem: Problem, target: str) -> Backend:
    """Each is imported here, because most programs need one of them only."""
    work = len(problem.tape) * max(1, len(problem.outputs))
    if target == "c":
        if work > LONGEST_C:
            from autograd_mini.compiler.targets.tape_in_c import TapeInC

            return TapeInC(problem)
        from autograd_mini.compiler.targets.c import CBackend

        return CBackend(Program(problem))
    if target == "javascript":
        from autograd_mini.compiler.targets.javascript import JavaScriptSource

        # The program runs elsewhere. A call from Python records the graph again.
        return Eager(problem, JavaScriptSource(Program(problem)).value_and_gradients())
    if work > LONGEST_PYTHON:
        return Eager(problem)
    from autograd_mini.compiler.targets.python import PythonBackend

    return PythonBackend(Program(problem))


def listed_values(name: str, given: Sequence[Value]) -> list[Value]:
    """Raises: TypeError if it is not a list of Values."""
    if isinstance(given, Value) or not hasattr(given, "__iter__"):
        raise TypeError(f"{name} must be a list of Values, got {given!r:.80}")
    listed = list(given)
    for value in listed:
        if not isinstance(value, Value):
            raise TypeError(f"{name} must be a list of Values, but {value!r:.80} is in it")
    return listed


def check_leaves(name: str, values: Sequence[Value]) -> None:
    """Raises: ValueError if a value is computed from others."""
    for value in values:
        if value.op is not None:
            raise ValueError(
                f"{name} must be leaves, got {value!r:.80}, a result of {value.op.name}: give the "
                "leaves that it is computed from"
            )
