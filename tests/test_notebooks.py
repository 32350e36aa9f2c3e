"""Every notebook has the cells of its source, runs, and gives the outputs stored in it.

nbformat, jupytext and nbclient take seconds to import, so the tests import them when they run.
"""

from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

# The packages that run notebooks warn about their own defaults. Warnings of a notebook are output.
pytestmark = [
    pytest.mark.filterwarnings("default"),
    pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem),
]


def read(path: Path) -> Any:
    """A stored notebook."""
    import nbformat

    return nbformat.read(path, as_version=4)


def sources(notebook: Any) -> list[tuple[str, str]]:
    """The type and the source of each cell."""
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def texts(notebook: Any) -> list[tuple[str, str]]:
    """The source of each code cell, and its output as text.

    Pictures are left out, since they differ between versions of matplotlib and of fonts.
    """
    return [
        (cell.source, "".join(map(text, cell.outputs)))
        for cell in notebook.cells
        if cell.cell_type == "code" and "timing" not in cell.metadata.get("tags", [])
    ]


def text(output: Any) -> str:
    """The text of one output."""
    return output["text"] if output.output_type == "stream" else output["data"]["text/plain"]


def stored_outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_a_notebook_has_the_cells_of_its_source(path: Path) -> None:
    import jupytext

    assert sources(read(path)) == sources(jupytext.read(path.with_suffix(".py")))


def test_a_notebook_stores_pictures_and_neither_errors_nor_warnings(path: Path) -> None:
    notebook = read(path)
    outputs = stored_outputs(notebook)
    assert [each for each in outputs if each.output_type == "error"] == []
    assert [each for each in outputs if each.get("name") == "stderr"] == []
    assert any({"text/html", "image/png"} & set(each.get("data", {})) for each in outputs)


def test_a_notebook_gives_its_stored_outputs_and_leaves_no_files(path: Path) -> None:
    import matplotlib.font_manager  # noqa: F401  builds the font cache, or a notebook would say so
    from nbclient import NotebookClient

    files = set(FOLDER.rglob("*"))
    notebook = read(path)
    stored = texts(notebook)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": FOLDER}}).execute()
    assert texts(notebook) == stored
    assert set(FOLDER.rglob("*")) == files
