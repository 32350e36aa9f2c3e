"""`autograd-mini draw`: a picture of a graph."""

from __future__ import annotations

import argparse

from autograd_mini.cli.arguments import (
    CommandError,
    Commands,
    add_collapse,
    add_command,
    add_count,
    add_of,
    add_output,
    add_quiz,
    add_source,
    collapse_of,
)
from autograd_mini.cli.sources import find_source, is_python_file, usual_file
from autograd_mini.drawing import draw, draw_network

DESCRIPTION = """\
Draws a value with everything that it was computed from. FILE.py runs first; a Value without a
label gets the name of its variable. Gradients are shown if the file calls NAME.backward(), and
always those of a lecture or a sheet.
"""

EPILOG = """\
example, with this in neuron.py:

  from autograd_mini import Value
  w, x, b = Value(0.5), Value(2.0), Value(-1.0)
  out = (w * x + b).tanh()
  out.backward()

  autograd-mini draw neuron.py:out                  writes out.svg
  autograd-mini draw neuron.py:out -o neuron.png    for a slide; needs CairoSVG or Graphviz
  autograd-mini draw mazur --network                units as circles, weights as lines
"""


def add_draw(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "draw", draw_from_file, "draw a graph", DESCRIPTION, EPILOG)
    add_source(parser)
    add_of(parser)
    suffixes = ".svg, .html, .dot, .mmd, .png or .pdf, or .tex for a network"
    add_output(parser, f"file to write: {suffixes} (default: NAME.svg, of a sheet SHEET-NAME.svg)")
    parser.add_argument(
        "--direction",
        choices=("LR", "TB"),
        default="LR",
        help="LR from left to right, TB from top to bottom",
    )
    add_count(parser, "--digits", 4, "number of significant digits")
    add_quiz(parser)
    parser.add_argument(
        "--every-operation",
        action="store_true",
        help="draw every operation (default: the named values, each with its formula)",
    )
    parser.add_argument(
        "--network",
        action="store_true",
        help="draw the units, weights and biases of a network, as slides do",
    )
    add_collapse(parser)


def draw_from_file(options: argparse.Namespace) -> None:
    """Write the picture of a graph."""
    source = find_source(options.source, options.of)
    if not is_python_file(options.source):
        source.value.backward()
    output = options.output or usual_file(options, source.name, ".svg")
    if options.quiz and not output.lower().endswith(".html"):
        raise CommandError(f"a quiz is an .html file, got {output!r}")
    drawing = (
        draw_network(source.value, digits=options.digits)
        if options.network
        else draw(
            source.value,
            quiz=options.quiz,
            direction=options.direction,
            digits=options.digits,
            collapse=collapse_of(options),
            fold=None if options.every_operation else "auto",
        )
    )
    print(f"Wrote {drawing.save(output)}: {drawing!r}")
