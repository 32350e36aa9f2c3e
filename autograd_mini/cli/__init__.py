"""The command `autograd-mini`.

`network` is the main job, and each other module a subcommand; `sources` finds the graph or the
sheet that a subcommand works on.
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
