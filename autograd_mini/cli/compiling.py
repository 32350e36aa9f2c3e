"""`autograd-mini compile`: the program of a graph, forward and backward, to be read or built."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograd_mini.checking.sheets.language import Descent
from autograd_mini.checking.sheets.sheet import parse_text
from autograd_mini.cli.arguments import CommandError, Commands, add_command
from autograd_mini.cli.picture import find_value, is_python
from autograd_mini.cli.sheets import defined, read
from autograd_mini.compiler.problem import Problem
from autograd_mini.compiler.writing import LANGUAGES, written_out
from autograd_mini.drawing.files import write_file
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import by_name, name_of

DESCRIPTION = """\
Prints the program that computes a value and its derivatives, line by line: the forward pass, and
the backward pass as one would write it by hand. FILE is a derivation sheet, or a shipped lecture
given by any part of its name; its last value is compiled, or the one that it descends on, with the
training loop. Or FILE.py:NAME, for a Value of your own.
"""

EPILOG = """\
examples:
  autograd-mini compile mazur                            in Python
  autograd-mini compile mazur --target c -o step.c       a handout that a compiler takes
  autograd-mini compile homework.py:loss --target numpy  over arrays
"""


def add_to(commands: Commands) -> None:
    """Tell the parser of the command."""
    parser = add_command(
        commands, "compile", compile_file, "print a graph as a program", DESCRIPTION, EPILOG
    )
    parser.add_argument("source", metavar="FILE")
    parser.add_argument(
        "--target", choices=LANGUAGES, default="python", help="the language (default: python)"
    )
    parser.add_argument(
        "--of", metavar="NAME", help="the value of a sheet to compile (default: see above)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (default: here)")


def compile_file(options: argparse.Namespace) -> None:
    """Print or write the program of a sheet's value, or of a Value in the user's file."""
    if is_python(options.source):
        _, output = find_value(options.source)
        leaves = [value for value in topological_order(output) if value.op is None and value.label]
        inputs = by_name(leaves, name_of)
        descends = False
    else:
        output, inputs, descends = find_in_sheet(options.source, options.of)
    if not inputs:
        raise CommandError(
            f"{options.source} has no leaf with a label, of which it could be a function; "
            "give labels, as in label(w=w, x=x)"
        )
    problem = Problem([output], inputs, inputs)
    source = written_out(problem, options.target, with_descent=descends)
    if options.output is None:
        print(source, end="")
    else:
        write_file(Path(options.output), source.encode())
        print(f"Wrote {options.output}: {options.target}, {len(source.splitlines())} lines")


def find_in_sheet(name: str, wanted: str | None) -> tuple[Value, list[Value], bool]:
    """The value of a sheet to compile, its inputs, and whether the sheet descends by these.

    Raises: CommandError if there is none; SheetError.
    """
    statements = parse_text(*read(name))
    values = defined(statements).scene.values
    descents = [statement for statement in statements if isinstance(statement, Descent)]
    results = [known for known, value in values.items() if value.op is not None]
    if wanted is None:
        wanted = descents[0].root if descents else results[-1] if results else None
    if wanted not in results:
        known = ", ".join(results) or "none"
        raise CommandError(
            f"{name} computes no value {wanted!r}; those that it computes are {known}"
        )
    first = next((descent for descent in descents if descent.root == wanted), None)
    if first is not None:
        return values[wanted], [values[parameter] for parameter in first.parameters], True
    below = set(map(id, topological_order(values[wanted])))
    leaves = {id(value): value for value in values.values() if value.op is None}
    return values[wanted], [leaf for key, leaf in leaves.items() if key in below], False
