"""`autograd-mini compile`: the program of a graph, forward and backward, to be read or built."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from autograd_mini.cli.arguments import (
    CommandError,
    Commands,
    add_command,
    add_of,
    add_output,
    add_source,
    write_output,
)
from autograd_mini.cli.sources import GraphSource, find_source
from autograd_mini.compiler.graphs import LANGUAGES, program_text
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

The program prints the value and the derivatives when it is run: python3 step.py; cc step.c -lm and
./a.out; node step.mjs.
"""


def add_compile(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands, "compile", compile_file, "print a graph as a program", DESCRIPTION, EPILOG
    )
    add_source(parser)
    parser.add_argument(
        "--target", choices=LANGUAGES, default="python", help="language (default: python)"
    )
    add_of(parser)
    add_output(parser, "file to write (default: standard output)")


def compile_file(options: argparse.Namespace) -> None:
    """Print or write the program of a graph."""
    source = find_source(options.source, options.of)
    if not source.inputs:
        raise CommandError(
            f"{options.source} has no leaf with a label to be an argument of the program; give "
            "labels, as in label(w=w, x=x)"
        )
    program = program_text(source.value, source.inputs, options.target, source.descends)
    program += WHEN_RUN[options.target](source)
    if write_output(options.output, program):
        print(f"Wrote {options.output}: {options.target}, {len(program.splitlines())} lines")


def _names(source: GraphSource) -> tuple[str, list[str], str]:
    """The name of the value, those of the inputs, and the numbers of the inputs."""
    names = Names(source.value)
    labels = [names(value) for value in source.inputs]
    return names(source.value), labels, ", ".join(repr(value.data) for value in source.inputs)


def _python_when_run(source: GraphSource, gradients: str = "gradients") -> str:
    """The lines that print the value and the gradients when the program is run."""
    name, labels, numbers = _names(source)
    return f"""

if __name__ == "__main__":
    value, {gradients} = value_and_gradients({numbers})
    print({f"{name} ="!r}, value)
    for name, gradient in zip({labels!r}, gradients):
        print({f"d{name}/d"!r} + name + " =", gradient)
"""


def _c_when_run(source: GraphSource) -> str:
    """A main function that prints the value and the gradients."""
    name, labels, numbers = _names(source)
    listed = ", ".join(map(_c_string, labels))
    return f"""
#include <stdio.h>

/* As a program it is built with: cc FILE.c -lm */
int main(void)
{{
    static const char *names[] = {{{listed}}};
    static const double inputs[] = {{{numbers}}};
    double values[OUTPUTS], gradients[WRT];
    if (value_and_gradients(inputs, values, gradients))
        return 1;
    printf("%s = %.17g\\n", {_c_string(name)}, values[0]);
    for (int i = 0; i < WRT; i++)
        printf("d%s/d%s = %.17g\\n", {_c_string(name)}, names[i], gradients[i]);
    return 0;
}}
"""


def _c_string(text: str) -> str:
    """A literal of C; characters that are special or not of ASCII are written in octal."""
    plain = set(map(chr, range(32, 127))) - set('"\\?')
    return f'"{"".join(c if c in plain else _octal(c) for c in text)}"'


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode())


def _javascript_when_run(source: GraphSource) -> str:
    """The lines that print the value and the gradients under Node."""
    name, labels, numbers = _names(source)
    return f"""
// `node FILE.mjs` prints the value and the gradients.
if (import.meta.url === new URL(`file://${{globalThis.process?.argv[1]}}`).href) {{
    const [value, gradients] = valueAndGradients({numbers});
    console.log({json.dumps(f"{name} =")}, value);
    {json.dumps(labels)}.forEach((name, i) => {{
        console.log({json.dumps(f"d{name}/d")} + name + " =", gradients[i]);
    }});
}}
"""


# The end of a program in each language, which makes it do something when it is run.
WHEN_RUN: dict[str, Callable[[GraphSource], str]] = {
    "python": _python_when_run,
    "numpy": lambda source: _python_when_run(source, "_, gradients"),
    "c": _c_when_run,
    "javascript": _javascript_when_run,
}
