"""The command `autograd-mini`.

Each subcommand has a module of its name: `check` is `cli/check.py`, `import` is
`cli/import_deck.py`. `lectures` also has the job of the command alone. `command` has the parser and
the exit status, `arguments` the options that several subcommands share, `sources` the graph, sheet
or lecture that FILE names, and `reports` the results of `check` for GitHub and as a page.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; see `autograd_mini.cli.command.main`."""
    try:
        with suppress(ValueError):  # in a thread
            if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
                signal.signal(signal.SIGINT, signal.default_int_handler)
        from autograd_mini.cli import command

        return command.main(arguments)
    except KeyboardInterrupt:  # also while modules are imported
        return 130


__all__ = ["main"]
