"""`autograd-mini explain`: the derivatives of a graph in the user's file, or of a sheet."""

from __future__ import annotations

import argparse

from autograd_mini.checking.formulas.scene import Scene
from autograd_mini.checking.sheets.sheet import parse_text
from autograd_mini.cli.arguments import CommandError, Commands, add_command, at_least
from autograd_mini.cli.compiling import find_in_sheet
from autograd_mini.cli.picture import find_value, is_python
from autograd_mini.cli.sheets import defined, read
from autograd_mini.derivation import explain
from autograd_mini.engine.value import Value
from autograd_mini.symbols.names import Names

DESCRIPTION = """\
Shows a derivative: the chain of factors, each as a formula and as a number. FILE is FILE.py:NAME
for a Value of yours, or a derivation sheet, or a lecture that comes with the package, given by any
part of its name.
"""

EPILOG = """\
examples:
  autograd-mini explain mazur dE/dw5               a derivative of a lecture, factor by factor
  autograd-mini explain homework.py:loss dloss/dw  one of your own
  autograd-mini explain homework.py:loss           all of them, by each leaf
"""


def add_to(commands: Commands) -> None:
    """Tell the parser of the command."""
    parser = add_command(
        commands, "explain", explain_derivative, "explain a derivative", DESCRIPTION, EPILOG
    )
    parser.add_argument("source", metavar="FILE")
    parser.add_argument(
        "quantity",
        metavar="dY/dX",
        nargs="?",
        help="or Y, for its derivatives by each leaf (default: those of NAME; of a sheet those of "
        "what it descends by, or of its last value)",
    )
    parser.add_argument(
        "--style",
        choices=("full", "factored", "delta"),
        default="full",
        help="a line a path, what paths share first, or the deltas of units (default: full)",
    )
    parser.add_argument("--digits", type=at_least(1), default=9, help="decimals (default: 9)")


def explain_derivative(options: argparse.Namespace) -> None:
    """Explain a derivative, or all of a value; of a sheet before any descent."""
    style, digits = options.style, options.digits
    y, x = _ends(options.source, options.quantity)
    print(
        explain(y, style=style, digits=digits)
        if x is None
        else explain(y, x, style=style, digits=digits)
    )


def _ends(source: str, quantity: str | None) -> tuple[Value, Value | None]:
    """What to differentiate, and by what: None for each leaf.

    Raises: CommandError.
    """
    if is_python(source):
        name, value = find_value(source)
        names = Names(value)
        scene = Scene({name: value, **{names(each): each for each in names.values}})
        quantity = quantity or name
    elif quantity is None:
        value, _, _ = find_in_sheet(source, None)
        return value, None
    else:
        scene = defined(parse_text(*read(source))).scene
    values = scene.values
    if quantity in values:
        return values[quantity], None
    ends = scene.ends(quantity.replace(" ", ""))
    if ends is None:
        raise CommandError(
            f"{quantity!r} is no derivative in {source}: expected dY/dX, where Y and X are two of "
            f"its names: {', '.join(values) or 'none'}"
        )
    return values[ends[0]], values[ends[1]]
