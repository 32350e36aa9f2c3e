"""`autograd-mini draw`: a picture of a graph in the user's file."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import traceback
from typing import Any

from autograd_mini.cli.arguments import CommandError, Commands, add_command, at_least
from autograd_mini.drawing import draw
from autograd_mini.drawing.groups import Collapse
from autograd_mini.engine.value import Value

DESCRIPTION = """\
Runs FILE.py and draws the Value called NAME in it, with everything it was computed from. Values
without a label are called as in the file; gradients are shown if it calls NAME.backward().
"""

EPILOG = """\
example, with this in neuron.py:

  from autograd_mini import Value
  w, x, b = Value(0.5), Value(2.0), Value(-1.0)
  out = (w * x + b).tanh()
  out.backward()

  autograd-mini draw neuron.py:out                  writes out.svg
  autograd-mini draw neuron.py:out -o neuron.png    for a slide; needs Graphviz
"""


def add_to(commands: Commands) -> None:
    """Tell the parser of the command."""
    parser = add_command(
        commands,
        "draw",
        draw_from_file,
        "draw the graph of a Value in a Python file",
        DESCRIPTION,
        EPILOG,
    )
    parser.add_argument("source", metavar="FILE.py:NAME")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=".svg, .html, .dot, .mmd, .png or .pdf (default: NAME.svg)",
    )
    parser.add_argument(
        "--direction", choices=("LR", "TB"), default="LR", help="left to right or top to bottom"
    )
    parser.add_argument(
        "--digits", type=at_least(1), default=4, help="significant digits (default: 4)"
    )
    add_collapse(parser)


def add_collapse(parser: argparse.ArgumentParser) -> None:
    """Tell a parser of --collapse."""
    parser.add_argument(
        "--collapse",
        choices=("auto", "neuron", "layer", "none"),
        default="auto",
        help="one box for each innermost scope, each outermost one, or each value "
        "(default: auto, by size)",
    )


def collapse_of(options: argparse.Namespace) -> Collapse:
    """What --collapse says."""
    how: Collapse = None if options.collapse == "none" else options.collapse
    return how


def draw_from_file(options: argparse.Namespace) -> None:
    """Draw a Value of the user's file."""
    name, value = find_value(options.source)
    drawing = draw(
        value,
        direction=options.direction,
        digits=options.digits,
        collapse=collapse_of(options),
    )
    print(f"Wrote {drawing.save(options.output or f'{name}.svg')}: {drawing!r}")


def is_python(source: str) -> bool:
    """Whether a source is FILE.py:NAME, or was meant to be: the others are sheets."""
    return source.endswith(".py") or ".py:" in source


def find_value(source: str) -> tuple[str, Value]:
    """The name and the Value that FILE.py:NAME says; Values without a label get the file's names.

    Raises: CommandError.
    """
    path, colon, name = source.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise CommandError(
            f"{source!r} does not say which Value; give FILE.py:NAME, as in homework.py:loss"
        )
    names = run(path)
    if name not in names:
        values = [known for known, value in names.items() if isinstance(value, Value)]
        raise CommandError(f"{path} has no {name!r}; its Values are {', '.join(values) or 'none'}")
    if not isinstance(names[name], Value):
        raise CommandError(f"{name} in {path} is a {type(names[name]).__name__}, and no Value")
    for known, value in names.items():
        if isinstance(value, Value) and not value.label and not known.startswith("_"):
            value.label = known
    return name, names[name]


def run(path: str) -> dict[str, Any]:
    """The names that the file at `path` defines, run as `python3 path` would."""
    if not os.path.isfile(path):
        raise CommandError(f"there is no file {path!r}")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        return runpy.run_path(path, run_name="__main__")
    except SyntaxError as error:
        raise CommandError(f"{error.filename}, line {error.lineno}: {error.msg}") from None
    except (Exception, SystemExit) as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == path
        ]
        where = f"{path}, line {lines[-1]}" if lines else path
        raise CommandError(f"{where}: {type(error).__name__}: {error}") from None
