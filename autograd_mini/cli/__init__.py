"""The command `autograd-mini`: a lecture's network worked in full, `draw`, `train`, `check`,
`explain` and `lectures`."""

from autograd_mini.cli.command import main

__all__ = ["main"]
