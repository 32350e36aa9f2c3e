"""`autograd-mini page`: a page to explore, of a graph in the user's file or of a sheet."""

from __future__ import annotations

import argparse
from typing import get_args

from autograd_mini.cli.arguments import Commands, add_command, at_least
from autograd_mini.cli.compiling import find_in_sheet
from autograd_mini.cli.picture import add_collapse, collapse_of, find_value, is_python
from autograd_mini.drawing import draw
from autograd_mini.drawing.drawing import Kind
from autograd_mini.symbols.names import name_of

DESCRIPTION = """\
Writes one page that explores a graph: step by step, with other numbers, with every derivative
explained, trained, or as a quiz. FILE is FILE.py:NAME for a Value of yours, or a derivation sheet,
or a lecture that comes with the package, given by any part of its name.
"""

EPILOG = """\
examples:
  autograd-mini page mazur                          the network of a lecture
  autograd-mini page homework.py:loss               your own graph
  autograd-mini page mazur --quiz gradients         its gradients blank, to be found
"""


def add_to(commands: Commands) -> None:
    """Tell the parser of the command."""
    parser = add_command(
        commands, "page", write_page, "write a page that explores a graph", DESCRIPTION, EPILOG
    )
    parser.add_argument("source", metavar="FILE")
    parser.add_argument(
        "--of", metavar="NAME", help="the value of a sheet (default: what it descends by, or last)"
    )
    parser.add_argument(
        "--quiz",
        action="append",
        choices=get_args(Kind),
        default=[],
        help="numbers to leave blank; may be given several times",
    )
    parser.add_argument(
        "--digits", type=at_least(1), default=4, help="significant digits (default: 4)"
    )
    add_collapse(parser)
    parser.add_argument("-o", "--output", metavar="FILE.html", help="(default: NAME.html)")


def write_page(options: argparse.Namespace) -> None:
    """Write the page of a Value in the user's file, or of a sheet's."""
    if is_python(options.source):
        name, value = find_value(options.source)
    else:
        value, _, _ = find_in_sheet(options.source, options.of)
        name = name_of(value)
    drawing = draw(value, digits=options.digits, quiz=options.quiz, collapse=collapse_of(options))
    path = drawing.save(options.output or f"{name}.html")
    print(f"Wrote {path}: open it in a browser. {drawing!r}")
