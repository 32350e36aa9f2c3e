"""PNG and PDF: drawn by the Python package CairoSVG, else by Graphviz's program `dot`.

CairoSVG draws the SVG text as browsers do. Graphviz draws the same places in its own fonts.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Literal

ImageFormat = Literal["png", "pdf"]

# Of a PNG, in pixels and in dots an inch: what viewers open, and both programs draw in seconds.
SHARPEST = 2.0
POINTS_PER_INCH = 72
MOST_PIXELS = 60e6
LONGEST_SIDE = 32_000

LONGEST_PAGE = 19_200  # of a PDF, in pixels of 3/4 point: viewers read pages of up to 200 inches

SECONDS_TO_RENDER = 300.0

NEEDED = (
    "the Python package CairoSVG (pip install cairosvg) or Graphviz's program 'dot' "
    "(apt install graphviz, brew install graphviz)"
)


class RenderingError(RuntimeError):
    """A PNG or PDF cannot be made: what draws it is missing, failed or took too long."""


class NoSuchEngine(RenderingError):
    """This Graphviz has not the layout engine that it was asked for."""


def render(
    image_format: ImageFormat,
    svg: str,
    size: tuple[float, float],
    dot: Callable[[bool], str],
) -> bytes:
    """Draw an SVG document of this size, in pixels.

    dot: the DOT source of the same, for `dot(True)` with the position of everything.

    Raises: RenderingError.
    """
    width, height = size
    scale = min(
        SHARPEST, math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / max(width, height)
    )
    cairo, reason = _find_cairo()
    if cairo is not None:
        if image_format == "png":
            return bytes(cairo.svg2png(svg.encode(), scale=scale))
        return bytes(cairo.svg2pdf(svg.encode(), scale=min(1.0, LONGEST_PAGE / max(width, height))))
    program = shutil.which("dot")
    if program is None:
        raise RenderingError(
            f"PNG and PDF need {NEEDED}; {reason}, and 'dot' is not on the PATH; install one of "
            "them, or save as .svg, which needs neither"
        )
    arguments = [f"-T{image_format}", f"-Gdpi={scale * POINTS_PER_INCH:.3f}"]
    try:
        return run_dot(program, dot(True), ["-Kneato", "-n2", *arguments])
    except NoSuchEngine:
        # Debian ships neato in a separate package since Graphviz 14; dot is in every one. Its
        # own layout is made no larger than ours.
        most = f"-Gsize={width / POINTS_PER_INCH},{height / POINTS_PER_INCH}"
        return run_dot(program, dot(False), [*arguments, most])


def _find_cairo() -> tuple[ModuleType | None, str]:
    """The package CairoSVG, or None and the reason."""
    try:
        import cairosvg  # type: ignore[import-untyped]  # it ships no types
    except ImportError:
        return None, "CairoSVG is not installed"
    except OSError:
        return None, (
            "CairoSVG does not find the library cairo (apt install libcairo2, brew install cairo)"
        )
    return cairosvg, ""


def run_dot(program: str, source: str, arguments: Sequence[str]) -> bytes:
    """Give `dot` a DOT source and return what it writes; its warnings are left unread.

    Raises: RenderingError; NoSuchEngine for a `-K` that it does not have.
    """
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
                timeout=SECONDS_TO_RENDER,
                check=False,
            )
        except subprocess.TimeoutExpired as reason:
            raise RenderingError(
                f"Graphviz's program {program} took more than {SECONDS_TO_RENDER:g} seconds; save "
                "as .svg, which needs no program"
            ) from reason
        except OSError as reason:
            raise RenderingError(
                f"Graphviz's program {program} cannot be run: {reason.strerror}; install Graphviz "
                "again or save as .svg, which needs no program"
            ) from reason
        taken.seek(0)
        output = taken.read()
        told.seek(0)
        first_line = told.readline().decode(errors="replace").strip()
    if done.returncode != 0 or not output:
        kind = NoSuchEngine if "no layout engine" in first_line else RenderingError
        raise kind(
            f"Graphviz's program {program} failed with exit status {done.returncode}"
            + (f" ({first_line})" if first_line else "")
            + "; install Graphviz again or save as .svg, which needs no program"
        )
    return output
