"""The engines that are compared, and where they come from.

The module of an engine gives some of the following, and is imported by workers only:

    lecture(rate)                W1 as a `problems.Training`, with the loop inside if it can
    relu_lecture(rate)           W1 with relu
    lecture_by_calls(rate)       W1 with a call from Python for every step
    lecture_by_gradients(rate)   W1 with a call for value and gradients, and the update in Python
    demo(rate, count=100)        W2, of so many points
    leaf(number), relu(value)    for W3, memory and depth: engines with a `backward()` method
    recorded_graph(plan)         W3 recorded once: a function that gives its value and gradients
    gpt_training()               W4 as a `gpt.Training`
    first_lecture(), first_demo()  record W1, or a point of W2, compile it and call it once
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from types import ModuleType


@dataclass(frozen=True)
class Package:
    """name: as imported; distribution: its name on PyPI."""

    name: str
    distribution: str
    install: str = "pip install -e '.[bench]'"

    @property
    def installed(self) -> bool:
        """True if the package is installed; does not import it."""
        return find_spec(self.name) is not None

    @property
    def version(self) -> str:
        """As its distribution says, or, in a clone that is not installed, itself."""
        try:
            version = metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            version = str(import_module(self.name).__version__)
        return f"{self.distribution} {version}"


@dataclass(frozen=True)
class Compiler:
    """The system's C compiler."""

    distribution: str = "cc"
    install: str = "apt-get install gcc"

    @property
    def installed(self) -> bool:
        """True if a compiler is installed."""
        return shutil.which("cc") is not None

    @property
    def version(self) -> str:
        """The first line of what it says."""
        command = ["cc", "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return said.partition("\n")[0]


@dataclass(frozen=True)
class Engine:
    """title: in the table; module: here; needs: what must be installed."""

    title: str
    module: str
    needs: tuple[Package | Compiler, ...] = ()

    @property
    def installed(self) -> bool:
        """True if everything that the engine needs is installed."""
        return all(need.installed for need in self.needs)

    def load(self) -> ModuleType:
        """Its module of this package; imports the engine."""
        return import_module(f"{__name__}.{self.module}")


PACKAGE = Package("autograd_mini", "autograd-mini")
NUMPY = Package("numpy", "numpy", install="pip install numpy")
JAX = Package("jax", "jax", install="pip install jax")
CASADI_PACKAGE = Package("casadi", "casadi")
TORCH_PACKAGE = Package("torch", "torch", install="pip install torch")
CC = Compiler()

OURS = Engine("autograd_mini", "ours", (PACKAGE,))
OURS_PURE = Engine("autograd_mini's engine in Python", "ours_pure", (PACKAGE,))
OURS_PYTHON = Engine("autograd_mini to Python", "ours_python", (PACKAGE,))
OURS_C = Engine("autograd_mini to C", "ours_c", (PACKAGE, CC))
OURS_NUMPY = Engine("autograd_mini to NumPy", "ours_numpy", (PACKAGE, NUMPY))
OURS_JAX = Engine("autograd_mini to NumPy, jitted by JAX", "ours_jax", (PACKAGE, JAX))
OURS_JAX_DEVICES = Engine(
    "autograd_mini to NumPy, jitted by JAX, on two devices", "ours_jax_devices", (PACKAGE, JAX)
)
NUMPY_BY_HAND = Engine("NumPy by hand", "numpy_by_hand", (NUMPY,))
SLOTS = Engine("a Value with slots", "slots")
PYTHON_BY_HAND = Engine("Python by hand", "python_by_hand")
C_BY_HAND = Engine("C by hand", "c_by_hand", (CC,))
MICROGRAD = Engine("micrograd", "micrograd", (Package("micrograd", "micrograd"),))
TORCH = Engine("PyTorch scalars", "torch", (TORCH_PACKAGE,))
TORCH_ARRAYS = Engine("PyTorch, vectorised", "torch_arrays", (TORCH_PACKAGE,))
HIPS_AUTOGRAD = Engine("HIPS autograd", "hips_autograd", (Package("autograd", "autograd"),))
AUTONEURONET = Engine(
    "autoneuronet",
    "autoneuronet",
    (Package("autoneuronet", "autoneuronet", install="pip install autoneuronet"),),
)
MINIGRAD = Engine(
    "minigrad",
    "minigrad",
    (Package("minigrad", "minigrad", install="pip install minigrad"),),
)
XAD = Engine("XAD", "xad", (Package("xad", "xad", install="pip install xad"),))
JAX_ARRAYS = Engine("JAX, jitted step", "jax_arrays", (JAX,))
JAX_LOOP = Engine("JAX, jitted loop", "jax_loop", (JAX,))
CASADI = Engine("CasADi, recorded once", "casadi", (CASADI_PACKAGE,))
CASADI_C = Engine("CasADi's generated C", "casadi_c", (CASADI_PACKAGE, CC))

ENGINES = {engine.module: engine for engine in vars().copy().values() if isinstance(engine, Engine)}
