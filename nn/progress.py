"""One line on the terminal that says how far training is."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

INTERVAL = 0.1  # seconds between two drawings: often enough to look alive, and cheap


class ProgressLine:
    """Rewrites one line of standard error; writes nothing if that is not a terminal.

    shown: True or False instead of asking whether standard error is a terminal.
    """

    def __init__(self, epochs: int, shown: bool | None) -> None:
        self._epochs = epochs
        self._stream = sys.stderr
        # A program without a console has no standard error.
        self._shown = self._stream is not None and (
            self._stream.isatty() if shown is None else shown
        )
        self._started = self._drawn = time.monotonic()
        self._text = ""

    def update(self, epoch: int, loss: float) -> None:
        """Say that `epoch` is complete; drawn at most ten times a second, and at the end."""
        if not self._shown:
            return
        now = time.monotonic()
        if now - self._drawn >= INTERVAL or epoch == self._epochs:
            self._drawn = now
            self._draw(epoch, loss, now - self._started)

    def close(self) -> None:
        """Leave the line as it stands and go to the next."""
        if self._text:
            self._stream.write("\n")
            self._stream.flush()

    def _draw(self, epoch: int, loss: float, seconds: float) -> None:
        left = seconds * (self._epochs - epoch) / epoch
        text = f"epoch {epoch:,} of {self._epochs:,}  loss {loss:.6g}  "
        text += f"{left:.0f} s left" if epoch < self._epochs else f"{seconds:.1f} s"
        text = text[: _width(self._stream) - 1]
        # Spaces rather than an escape sequence, which not every terminal knows.
        self._stream.write("\r" + text.ljust(len(self._text)))
        self._stream.flush()
        self._text = text


def _width(stream: TextIO) -> int:
    try:
        # A terminal that does not know its width reports 0.
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
