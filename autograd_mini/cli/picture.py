"""`autograd-mini draw`: a picture of a graph."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from autograd_mini.cli.arguments import (
    CommandError,
    Commands,
    add_command,
    add_digits,
    add_of,
    add_source,
)
from autograd_mini.cli.sources import find_source, is_python_file
from autograd_mini.drawing import draw, draw_network
from autograd_mini.drawing.groups import Collapse

DESCRIPTION = """\
Draws a value with everything that it was computed from. FILE.py runs first; a Value without a
label gets the name of its variable. Gradients are shown if the file calls NAME.backward(), and
always those of a lecture or a sheet.
"""

LONGEST_LIST = 60  # letters of the questions in the name of a quiz's file

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


def add_to(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands,
        "draw",
        draw_from_file,
        "draw a graph",
        DESCRIPTION,
        EPILOG,
    )
    add_source(parser)
    add_of(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="file to write: .svg, .html, .dot, .mmd, .png or .pdf, or .tex for a network "
        "(default: NAME.svg, of a sheet SHEET-NAME.svg)",
    )
    parser.add_argument(
        "--direction",
        choices=("LR", "TB"),
        default="LR",
        help="LR from left to right, TB from top to bottom",
    )
    add_digits(parser, "significant digits", default=4)
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


def add_quiz(parser: argparse.ArgumentParser) -> None:
    """Add --quiz."""
    parser.add_argument(
        "--quiz",
        action="append",
        metavar="WHAT",
        default=[],
        help="numbers that the page leaves blank and asks for: values, partials, gradients with "
        "respect to parameters, or a quantity such as dE/dw5; may be repeated",
    )


def usual_file(options: argparse.Namespace, value: str, suffix: str) -> str:
    """The file to write where none is given, which differs between sheets and between quizzes.

    It has the name of the value, after that of its sheet, and the questions of a quiz.

    >>> options = argparse.Namespace(source="slides/mazur.md", quiz=["dE/dw5", "net_h1"])
    >>> usual_file(options, "E", ".svg")
    'mazur-E-quiz-dE_dw5-net_h1.html'
    """
    sheet = "" if is_python_file(options.source) else f"{Path(options.source).stem}-"
    if not options.quiz:
        return f"{sheet}{value}{suffix}"
    asked = "-".join(re.sub(r"\W+", "_", each) for each in options.quiz)
    return f"{sheet}{value}-quiz-{asked[:LONGEST_LIST]}.html"


def add_collapse(parser: argparse.ArgumentParser) -> None:
    """Add --collapse."""
    parser.add_argument(
        "--collapse",
        choices=("auto", "neuron", "layer", "none"),
        default="auto",
        help="one box for each innermost scope, each outermost scope, or each value "
        "(default: auto, which depends on the size of the graph)",
    )


def collapse_of(options: argparse.Namespace) -> Collapse:
    """The value of --collapse, as `draw` takes it."""
    how: Collapse = None if options.collapse == "none" else options.collapse
    return how


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
