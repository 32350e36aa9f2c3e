"""What the commands share in reading their arguments and telling of errors."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, Protocol


class CommandError(Exception):
    """What the user can mend; told in one line, exit status 2."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


class Commands(Protocol):
    """What argparse gives for the commands of a parser."""

    def add_parser(self, name: str, **options: Any) -> Parser: ...


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    summary: str,
    description: str,
    epilog: str,
) -> Parser:
    """A parser for one command more; `run` does it, and may return an exit status."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def at_least(least: int) -> Any:
    """An argument type: a whole number, `least` or more."""

    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number, {least} or more")
        return int(text)

    return number
