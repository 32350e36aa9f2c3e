"""The command: its parser and its exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import autograd_mini
from autograd_mini import nn
from autograd_mini.cli.arguments import CommandError, Parser, add_count
from autograd_mini.cli.assign import add_assign
from autograd_mini.cli.check import add_check
from autograd_mini.cli.compile import add_compile
from autograd_mini.cli.draw import add_draw
from autograd_mini.cli.explain import add_explain
from autograd_mini.cli.import_deck import add_import
from autograd_mini.cli.lectures import add_lectures, work_the_lecture
from autograd_mini.cli.mark import add_mark
from autograd_mini.cli.page import add_page
from autograd_mini.cli.train import add_train
from autograd_mini.drawing.rendering import RenderingError

DESCRIPTION = """\
Works the 2-2-2 sigmoid network of the backpropagation lectures as on paper: every value, every
gradient, the update of every parameter. Then trains the network, writes its graph as a picture and
checks every number of the lecture. Needs the standard library only.
"""

EPILOG = """\
examples:
  autograd-mini                            the network worked in full
  autograd-mini draw homework.py:loss      a picture of your own graph
  autograd-mini page mazur                 a page that explores the network of a lecture
  autograd-mini check homework.md          check every line of a derivation
  autograd-mini explain mazur dE/dw5       a derivative of a lecture, factor by factor
  autograd-mini compile mazur --target c   the backward pass as a program
  autograd-mini train --hidden 8           learn the circle of TensorFlow Playground
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    0 for success, 1 for a derivation with an error in it, 2 for an error that the user can correct.
    """
    # A closed stream is None; print would write errors to the standard output instead.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  open until the end
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    built = parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what may come next
        with suppress(ImportError):
            import argcomplete

            argcomplete.autocomplete(built)
    options, unknown = built.parse_known_args(arguments)
    if unknown:
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        status: int | None = options.run(options)
        print(end="", flush=True)  # flush here, where a failure can be caught
    except BrokenPipeError:
        let_go_of_output()  # the reader has closed the pipe, as `head` does
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        print(
            f"autograd-mini: {character!a} cannot be written in {error.encoding}; set the "
            "environment variable PYTHONUTF8=1",
            file=sys.stderr,
        )
        return 2
    except (CommandError, RenderingError, nn.TrainingError, OSError, ValueError) as error:
        print(f"autograd-mini: {error}", file=sys.stderr)
        let_go_of_output()
        return 2
    except KeyboardInterrupt:
        return 130
    else:
        return status or 0
    return 0


def let_go_of_output() -> None:
    """Write the rest of the output, or drop it where that fails, before Python does at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ValueError:  # a file of the user has closed it
        pass


def parser() -> Parser:
    """The parser of the command."""
    parser = Parser(
        prog="autograd-mini",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=work_the_lecture, parser=parser)
    parser.add_argument(
        "--version", action="version", version=f"autograd-mini {autograd_mini.__version__}"
    )
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        default=".",
        help="folder for the pictures (default: .)",
    )
    add_count(parser, "--rounds", 10_000, "number of training rounds")
    commands = parser.add_subparsers(title="subcommands", metavar="COMMAND")
    for add in (
        add_draw, add_page, add_train, add_check, add_lectures, add_import, add_assign, add_mark,
        add_explain, add_compile,
    ):  # fmt: skip
        add(commands)
    return parser
