"""The engines that are compared, and where they come from.

The module of an engine gives some of the following, and is imported by workers only:

    lecture(rate), demo(rate)    a training step of W1, of W2 (`problems.MakeStep`)
    leaf(number), relu(value)    for W3, memory and depth: engines with a `backward()` method
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from types import ModuleType


@dataclass(frozen=True)
class Engine:
    """title: in the table; module: here; package: as imported; distribution: its name on PyPI."""

    title: str
    module: str
    package: str
    distribution: str
    install: str = "pip install -e '.[bench]'"

    @property
    def installed(self) -> bool:
        """Whether its package is there; nothing is imported."""
        return find_spec(self.package) is not None

    @property
    def version(self) -> str:
        """As its distribution says, or, in a clone that is not installed, its package."""
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return str(import_module(self.package).__version__)

    def load(self) -> ModuleType:
        """Its module of this package; imports the engine."""
        return import_module(f"{__name__}.{self.module}")


OURS = Engine("autograd_mini", "ours", "autograd_mini", "autograd-mini")
MICROGRAD = Engine("micrograd", "micrograd", "micrograd", "micrograd")
TORCH = Engine("PyTorch scalars", "torch", "torch", "torch", install="pip install torch")
HIPS_AUTOGRAD = Engine("HIPS autograd", "hips_autograd", "autograd", "autograd")
CASADI = Engine("CasADi, recorded once", "casadi", "casadi", "casadi")

ENGINES = {engine.module: engine for engine in (OURS, MICROGRAD, TORCH, HIPS_AUTOGRAD, CASADI)}
