"""C compiled and called as a person would do it by hand."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

Numbers = ctypes.Array[ctypes.c_double]


def load(source: str) -> ctypes.CDLL:
    """The functions of a C text, by `cc -O2`; the file is gone, the library stays loaded."""
    with TemporaryDirectory() as folder:
        text, library = Path(folder, "source.c"), Path(folder, "library.so")
        text.write_text(source)
        command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(text), "-lm"]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library))


def numbers(values: Sequence[float]) -> Numbers:
    """An array of C's."""
    return (ctypes.c_double * len(values))(*values)


@dataclass(frozen=True, slots=True)
class Loop:
    """Training by a function of C with the loop inside.

    function: of the parameters, which it updates, of `others`, and of the number of steps.
    evaluate: the loss of parameters; it is not needed for training, and C computes none.
    """

    function: Callable[..., object]
    parameters: Numbers
    others: tuple[object, ...]
    evaluate: Callable[[Sequence[float]], float]

    def run(self, times: int) -> None:
        """One call for all steps."""
        self.function(self.parameters, *self.others, ctypes.c_long(times))

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        return self.evaluate(list(self.parameters))
