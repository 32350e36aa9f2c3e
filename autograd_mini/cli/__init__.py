"""The command `autograd-mini`.

`network` is the main job, and each other module a subcommand; `sources` finds the graph or the
sheet that a subcommand works on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; see `autograd_mini.cli.command.main`."""
    try:
        import_nn()
        from autograd_mini.cli import command

        return command.main(arguments)
    except KeyboardInterrupt:  # also while modules are imported
        return 130


def import_nn() -> None:
    """Import the package nn that belongs to autograd_mini, even if the folder has another nn."""
    location = PACKAGES / "nn" / "__init__.py"
    if "nn" in sys.modules or not location.is_file():
        return
    spec = spec_from_file_location(
        "nn", location, submodule_search_locations=[str(location.parent)]
    )
    if spec is not None and spec.loader is not None:
        sys.modules["nn"] = module = module_from_spec(spec)
        spec.loader.exec_module(module)


__all__ = ["main"]
