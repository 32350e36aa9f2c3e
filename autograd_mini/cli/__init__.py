"""The command `autograd-mini`.

`network` is the main job, and each other module a subcommand; `sources` finds the graph or the
sheet that a subcommand works on.
"""

from autograd_mini.cli.command import main

__all__ = ["main"]
