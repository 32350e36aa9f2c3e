"""The command `autograd-mini`: a lecture's network worked in full, `draw`, `train`, `check`,
`explain`, `compile` and `lectures`."""

from autograd_mini.cli.command import main

__all__ = ["main"]
