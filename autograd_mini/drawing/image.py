"""Image: a picture that a notebook shows and `save` writes, of a graph, a network or a matrix."""

from __future__ import annotations

import base64
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.rendering import ImageFormat, render
from autograd_mini.engine.value import Value
from autograd_mini.files import write_file


class Image(ABC):
    """A picture. A notebook shows it, and `save` writes it to a file."""

    _kind: ClassVar[str]  # in words, for messages

    @abstractmethod
    def svg(self) -> str:
        """The picture as a whole SVG document, for light and dark surroundings."""

    @property
    @abstractmethod
    def dot(self) -> str:
        """The source for Graphviz."""

    @property
    @abstractmethod
    def size(self) -> tuple[float, float]:
        """The width and the height, in pixels."""

    @property
    @abstractmethod
    def _summary(self) -> str:
        """The picture in one sentence."""

    def png(self) -> bytes:
        """The picture as a PNG image, in twice its size where it is not too large for that.

        Raises: RenderingError without CairoSVG (`pip install cairosvg`) and Graphviz's `dot`.
        """
        return self._rendered("png")

    def pdf(self) -> bytes:
        """The picture as a PDF document of one page.

        Raises: RenderingError without CairoSVG (`pip install cairosvg`) and Graphviz's `dot`.
        """
        return self._rendered("pdf")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file in the format of its suffix, and return its path.

        PNG and PDF need the package CairoSVG or Graphviz's program `dot`; the others need nothing.

        Raises: ValueError for another suffix, RenderingError, OSError.
        """
        writers: dict[str, Callable[[], str | bytes]] = {
            **self._texts(),
            ".png": self.png,
            ".pdf": self.pdf,
        }
        target = Path(path)
        writer = writers.get(target.suffix.lower())
        if writer is None:
            raise ValueError(
                f"cannot save {target.name!r}: {self._kind} is saved as one of "
                f"{', '.join(writers)}; end the name with one of them"
            )
        write_file(target, writer())
        return target

    def _texts(self) -> dict[str, Callable[[], str]]:
        """The functions that write texts, by the suffix of the file."""
        return {".svg": self.svg, ".dot": lambda: self.dot}

    def _dot_to_render(self, placed: bool) -> str:
        """The source for Graphviz to draw an image; placed: with the position of everything."""
        return self.dot

    def _rendered(self, image_format: ImageFormat) -> bytes:
        return render(image_format, self.svg(), self.size, self._dot_to_render)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._summary}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """For a notebook: an `<img>` in its full size, which an untrusted notebook keeps."""
        data = base64.b64encode(self.svg().encode()).decode()
        image = (
            '<div style="overflow: auto"><img style="max-width: none" '
            f'alt="{xml_text(self._summary)}" src="data:image/svg+xml;base64,{data}"></div>'
        )
        return {"text/html": image, "text/plain": str(self)}


def roots_of(root: Any, caller: str) -> list[Value]:
    """The roots that a function, named for its errors, was given.

    Raises: TypeError, ValueError.
    """
    roots = [root] if isinstance(root, Value) else root
    if not isinstance(roots, (list, tuple)):
        raise TypeError(
            f"{caller} takes the result of a computation, for example {caller}(loss), or a list of "
            f"Values, got {root!r:.60}"
        )
    if not roots:
        raise ValueError(f"{caller} takes at least one Value, got an empty list")
    for place, value in enumerate(roots):
        if not isinstance(value, Value):
            raise TypeError(f"{caller} takes a list of Values, got {value!r:.60} as item {place}")
    return list(roots)
