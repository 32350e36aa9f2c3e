"""Parsers of the subcommands, the types of their arguments, and the error a user can correct."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from autograd_mini.drawing.groups import Collapse
from autograd_mini.files import write_file


class CommandError(Exception):
    """An error that the user can correct: printed on one line, with exit status 2."""


class Parser(argparse.ArgumentParser):
    """A parser that reports an error on one line, in the same words with every Python."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = ", ".join(map(str, action.choices))
            raise argparse.ArgumentError(action, f"expected one of {choices}, got {value!r}")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


class Commands(Protocol):
    """The subparsers that argparse returns."""

    def add_parser(self, name: str, **options: Any) -> Parser: ...


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    summary: str,
    description: str,
    epilog: str,
) -> Parser:
    """Add the parser of a subcommand. `run` carries it out and may return an exit status."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def at_least(least: int) -> Any:
    """The argument type of a whole number of at least `least`."""

    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(
                f"expected a whole number of at least {least}, got {text!r}"
            )
        return int(text)

    return number


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the argument FILE of a subcommand that works on one graph."""
    parser.add_argument(
        "source",
        metavar="FILE",
        help="FILE.py:NAME for a Value in a Python file (without :NAME, the last one from which "
        "nothing else was computed), a derivation sheet, or any part of the name of a shipped "
        "lecture",
    )


def add_of(parser: argparse.ArgumentParser) -> None:
    """Add --of, which names the value of a sheet."""
    parser.add_argument(
        "--of",
        metavar="NAME",
        help="value of a sheet (default: the value that it descends on, or its last result)",
    )


def add_count(
    parser: argparse.ArgumentParser, option: str, default: int, meaning: str, least: int = 1
) -> None:
    """Add an option that takes a whole number of at least `least`."""
    parser.add_argument(
        option,
        type=at_least(least),
        default=default,
        metavar="N",
        help=f"{meaning} (default: {default})",
    )


def add_output(parser: argparse.ArgumentParser, meaning: str, file: str = "FILE") -> None:
    """Add --output, which names the file to write."""
    parser.add_argument("-o", "--output", metavar=file, help=meaning)


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


def write_output(file: str | None, text: str) -> bool:
    """Write a text to a file, or print it where no file is named; whether it is in a file."""
    if file is None:
        print(text, end="")
        return False
    write_file(file, text)
    return True
