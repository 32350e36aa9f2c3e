"""`autograd-mini compile`: the program of a graph, forward and backward, to be read or built."""

from __future__ import annotations

import argparse

from autograd_mini.cli.arguments import CommandError, Commands, add_command, add_of, add_source
from autograd_mini.cli.sources import Source, find_source
from autograd_mini.compiler.graphs import LANGUAGES, program_text
from autograd_mini.files import write_file
from autograd_mini.symbols.names import Names

DESCRIPTION = """\
Prints the program that computes a value and its derivatives, line by line: the forward pass, and
the backward pass as one would write it by hand. Where a sheet descends on the value, the program
has the training loop too.
"""

EPILOG = """\
examples:
  autograd-mini compile mazur                            in Python
  autograd-mini compile mazur --target c -o step.c       a handout that a compiler takes
  autograd-mini compile homework.py:loss --target numpy  over arrays
"""


def add_to(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands, "compile", compile_file, "print a graph as a program", DESCRIPTION, EPILOG
    )
    add_source(parser)
    parser.add_argument(
        "--target", choices=LANGUAGES, default="python", help="language (default: python)"
    )
    add_of(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="file to write (default: standard output)"
    )


def compile_file(options: argparse.Namespace) -> None:
    """Print or write the program of a graph."""
    source = find_source(options.source, options.of)
    if not source.inputs:
        raise CommandError(
            f"{options.source} has no leaf with a label to be an argument of the program; give "
            "labels, as in label(w=w, x=x)"
        )
    program = program_text(source.value, source.inputs, options.target, source.descends)
    if options.target in ("python", "numpy"):
        program += _when_run(source, options.target)
    if options.output is None:
        print(program, end="")
    else:
        write_file(options.output, program.encode())
        print(f"Wrote {options.output}: {options.target}, {len(program.splitlines())} lines")


def _when_run(source: Source, target: str) -> str:
    """The lines that print the value and the gradients when the program is run."""
    names = Names(source.value)
    labels = [names(value) for value in source.inputs]
    numbers = ", ".join(repr(value.data) for value in source.inputs)
    gradients = "_, gradients" if target == "numpy" else "gradients"
    return f"""

if __name__ == "__main__":
    value, {gradients} = value_and_gradients({numbers})
    print({f"{names(source.value)} ="!r}, value)
    for name, gradient in zip({labels!r}, gradients):
        print({f"d{names(source.value)}/d"!r} + name + " =", gradient)
"""
