"""Graphviz's program `dot`: finding it and running it, always with a time limit."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence


class GraphvizError(RuntimeError):
    """Graphviz is missing, failed or took too long."""


class NoSuchEngine(GraphvizError):
    """This Graphviz has not the layout engine that it was asked for."""


def require_dot() -> str:
    """The path of `dot`.

    Raises: GraphvizError if it is not on the PATH.
    """
    program = shutil.which("dot")
    if program is None:
        raise GraphvizError(
            "PNG and PDF need Graphviz's program 'dot', which is not on the PATH; install "
            "Graphviz (apt install graphviz, brew install graphviz) or save as .svg, which "
            "needs no program"
        )
    return program


def run_dot(source: str, arguments: Sequence[str], *, seconds: float) -> bytes:
    """Give `dot` a DOT source and return what it writes; its warnings are left unread.

    Raises: GraphvizError; NoSuchEngine for a `-K` that it does not have.
    """
    program = require_dot()
    # Files instead of pipes: a program that hangs can then be left behind with all it started.
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as taken,
        tempfile.TemporaryFile() as told,
    ):
        given.write(source.encode())
        given.seek(0)
        try:
            done = subprocess.run(
                [program, *arguments],
                stdin=given,
                stdout=taken,
                stderr=told,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as reason:
            raise GraphvizError(
                f"Graphviz's program {program} took more than {seconds:g} seconds; save as .svg, "
                "which needs no program"
            ) from reason
        except OSError as reason:
            raise GraphvizError(
                f"Graphviz's program {program} cannot be run: {reason.strerror}; install Graphviz "
                "again or save as .svg, which needs no program"
            ) from reason
        taken.seek(0)
        output = taken.read()
        told.seek(0)
        first_line = told.readline().decode(errors="replace").strip()
    if done.returncode != 0 or not output:
        kind = NoSuchEngine if "no layout engine" in first_line else GraphvizError
        raise kind(
            f"Graphviz's program {program} failed with exit status {done.returncode}"
            + (f" ({first_line})" if first_line else "")
            + "; install Graphviz again or save as .svg, which needs no program"
        )
    return output
