"""`autograd-mini explain`: the derivatives of a graph in the user's file, or of a sheet."""

from __future__ import annotations

import argparse

from autograd_mini.checking.formulas.scene import Scene
from autograd_mini.cli.arguments import (
    CommandError,
    Commands,
    add_command,
    add_digits,
    add_source,
)
from autograd_mini.cli.sources import find_source
from autograd_mini.derivation import explain
from autograd_mini.engine.value import Value

DESCRIPTION = """\
Explains a derivative: the chain of factors, each as a formula and as a number.
"""

EPILOG = """\
examples:
  autograd-mini explain mazur dE/dw5               a derivative of a lecture, factor by factor
  autograd-mini explain homework.py:loss dloss/dw  a derivative of your own graph
  autograd-mini explain homework.py:loss           the derivatives with respect to all leaves
"""


def add_to(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands, "explain", explain_derivative, "explain a derivative", DESCRIPTION, EPILOG
    )
    add_source(parser)
    parser.add_argument(
        "quantity",
        metavar="dY/dX",
        nargs="?",
        help="derivative to explain; Y alone for the derivatives with respect to all leaves "
        "(default: Y is NAME, or the value that a sheet descends on, or its last result)",
    )
    parser.add_argument(
        "--style",
        choices=("full", "factored", "delta"),
        default="full",
        help="one line for each path, shared derivatives first, or the deltas of units "
        "(default: full)",
    )
    add_digits(parser, "decimals", default=9)


def explain_derivative(options: argparse.Namespace) -> None:
    """Print a derivative, or all derivatives of a value; of a sheet before any descent."""
    style, digits = options.style, options.digits
    y, x = _ends(options.source, options.quantity)
    print(
        explain(y, style=style, digits=digits)
        if x is None
        else explain(y, x, style=style, digits=digits)
    )


def _ends(file: str, quantity: str | None) -> tuple[Value, Value | None]:
    """The value to differentiate and the value to differentiate with respect to, None for all.

    Raises: CommandError.
    """
    source = find_source(file)
    values = source.values
    if quantity is None:
        return source.value, None
    if quantity in values:
        return values[quantity], None
    ends = Scene(values).ends(quantity.replace(" ", ""))
    if ends is None:
        raise CommandError(
            f"{quantity!r} is not a derivative in {file}; expected dY/dX, where Y and X are two of "
            f"the names {', '.join(values)}"
        )
    return values[ends[0]], values[ends[1]]
