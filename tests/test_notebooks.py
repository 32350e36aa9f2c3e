"""Every notebook runs, and gives what is stored in it."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def texts(notebook: Any) -> list[str]:
    """What the code cells print and show, pictures apart, which differ between versions of dot."""
    return [
        output["text"] if output.output_type == "stream" else output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
# The client's own dependencies warn about their defaults; a notebook's warnings are in its output.
@pytest.mark.filterwarnings("default")
def test_a_notebook_gives_what_is_stored_in_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    stored = texts(notebook)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": path.parent}}).execute()
    assert texts(notebook) == stored
    assert any("image/svg+xml" in str(cell.get("outputs")) for cell in notebook.cells)
