"""A graph written out in a language, whatever its size, without running it."""

from __future__ import annotations

from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.program import Program
from autograd_mini.compiler.targets.arrays import ArrayWriter
from autograd_mini.compiler.targets.c_writer import CWriter
from autograd_mini.compiler.targets.javascript import JavaScriptWriter
from autograd_mini.compiler.targets.python_loops import LoopWriter
from autograd_mini.compiler.updates import find_rule

LANGUAGES = ("python", "numpy", "c", "javascript")


def written_out(problem: Problem, language: str, with_descent: bool) -> str:
    """The program of a graph; with_descent: and gradient descent, where the target has it."""
    program = Program(problem, names_constants=True)
    descent = find_rule("sgd") if with_descent else None
    if language == "c":
        return CWriter(program).unit(descent)
    if language == "numpy":
        return ArrayWriter(program, "numpy").value_and_gradients()
    if language == "javascript":
        return JavaScriptWriter(program).value_and_gradients()
    writer = LoopWriter(program)
    functions = [writer.value_and_gradients()]
    if descent is not None:
        functions.append(writer.descend(descent, decays=False))
    return "\n\n".join(functions)
