"""`autograd-mini explain`: the derivatives of a graph in the user's file, or of a sheet."""

from __future__ import annotations

import argparse
import re
from html import escape
from pathlib import Path

from autograd_mini.checking.formulas.scene import Scene
from autograd_mini.cli.arguments import (
    CommandError,
    Commands,
    add_command,
    add_count,
    add_output,
    add_source,
    write_output,
)
from autograd_mini.cli.sources import find_source
from autograd_mini.derivation import explain, forward_pass
from autograd_mini.derivation.explain import Explanation
from autograd_mini.engine.value import Value

DESCRIPTION = """\
Explains a derivative: the chain of factors, each as a formula and as a number.
"""

EPILOG = """\
examples:
  autograd-mini explain mazur dE/dw5               a derivative of a lecture, factor by factor
  autograd-mini explain homework.py:loss dloss/dw  a derivative of your own graph
  autograd-mini explain homework.py:loss           the derivatives with respect to all leaves
  autograd-mini explain mazur --forward            the values, step by step
  autograd-mini explain mazur dE/dw5 -o w5.tex     LaTeX for a document
"""

FORMS = {
    "latex": "write LaTeX to paste into a document: an align* of amsmath",
    "beamer": "write LaTeX for beamer: frames that uncover line by line",
    "html": "write HTML with MathML",
}
MOST_NAMES = 40  # in an error
SUFFIXES = {".tex": "latex", ".html": "html"}


def add_explain(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands, "explain", explain_derivative, "explain a derivative", DESCRIPTION, EPILOG
    )
    add_source(parser)
    parser.add_argument(
        "quantity",
        metavar="dY/dX",
        nargs="?",
        help="derivative to explain; a leaf X alone for the derivative of Y with respect to it; Y "
        "alone for the derivatives with respect to all leaves (default: Y is NAME, or the value "
        "that a sheet descends on, or its last result)",
    )
    parser.add_argument(
        "--style",
        choices=("full", "factored", "delta"),
        default="full",
        help="one line for each path, shared derivatives first, or the deltas of units "
        "(default: full)",
    )
    parser.add_argument(
        "--forward",
        action="store_true",
        help="show the forward pass instead: each value as name = formula = numbers = result",
    )
    parser.add_argument(
        "--order",
        type=int,
        choices=(1, 2),
        default=1,
        help="2 for second derivatives (default: 1)",
    )
    add_count(parser, "--digits", 9, "number of decimals")
    forms = parser.add_mutually_exclusive_group()
    for form, meaning in FORMS.items():
        forms.add_argument(f"--{form}", dest="form", action="store_const", const=form, help=meaning)
    suffixes = ".tex for LaTeX, .html for HTML, else text"
    add_output(parser, f"file to write: {suffixes} (default: standard output)")


def explain_derivative(options: argparse.Namespace) -> None:
    """Print a derivative, or all derivatives of a value; of a sheet before any descent."""
    y, x = _ends(options.source, options.quantity)
    if options.forward and x is not None:
        raise CommandError(f"--forward takes the name of a value, got {options.quantity!r}")
    explanation: Explanation = (
        forward_pass(y, digits=options.digits)
        if options.forward
        else explain(y, x, style=options.style, digits=options.digits, order=options.order)
    )
    form = options.form or SUFFIXES.get(Path(options.output or "").suffix, "")
    if form == "latex":
        written = explanation.article
    elif form == "beamer":
        written = explanation.slides
    elif form == "html":
        title = escape(options.quantity or options.source)
        written = f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        written += f"{explanation.html}\n"
    else:
        written = f"{explanation}\n"
    if write_output(options.output, written):
        print(f"Wrote {options.output}")


def _ends(file: str, quantity: str | None) -> tuple[Value, Value | None]:
    """The value to differentiate and the value to differentiate with respect to, None for all.

    Raises: CommandError.
    """
    source = find_source(file)
    values = source.values
    if quantity is None:
        return source.value, None
    # w[0][1] has the label w0_1.
    quantity = re.sub(r"[\[\]]", "", quantity.replace("][", "_").replace(" ", ""))
    if quantity in values:
        value = values[quantity]
        return (source.value, value) if value.op is None else (value, None)
    ends = Scene(values).ends(quantity)
    if ends is None:
        names = [name for name, value in values.items() if value.label]
        shown = ", ".join([*names[:MOST_NAMES], *["..."][: len(names) > MOST_NAMES]])
        raise CommandError(
            f"{quantity!r} is not a derivative in {file}; expected dY/dX, where Y and X are two of "
            f"the names {shown}"
        )
    return values[ends[0]], values[ends[1]]
