"""Write the notebooks from their sources: the cells, their outputs, and the answers folded away.

    python docs/write_notebooks.py [NAME ...]

NAME is a lesson such as 1_chain_rule; without one, all lessons are written. The source of a lesson
is notebooks/NAME.py. tests/test_notebooks.py fails while a notebook differs from its source or from
the outputs that its cells give.

A question that starts with "Predict first" hides its answer from a reader on the web, who sees the
stored outputs without asking for them. A cell with the tag "answer" has its outputs folded into
<details>; they open with a click, and a reader who runs the cell sees them at once.
"""

from __future__ import annotations

import html
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "notebooks"

# A notebook that takes longer than this many seconds to run is too long for a class.
TIMEOUT = 120


def tags(cell: Any) -> list[str]:
    """The tags of a cell, such as "answer" and "timing"."""
    return list(cell.metadata.get("tags", []))


def text(output: Any) -> str:
    """The text of one output."""
    return str(output["text"] if output.output_type == "stream" else output["data"]["text/plain"])


def as_html(output: Any) -> str:
    """One output as HTML: its own HTML or picture, and its text where it has neither."""
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    if "image/png" in data:
        return f'<img src="data:image/png;base64,{data["image/png"].strip()}" alt="">'
    return f"<pre>{html.escape(text(output))}</pre>"


def folded(outputs: list[Any]) -> list[Any]:
    """One output that shows the given ones after a click; its plain text is theirs."""
    import nbformat.v4

    if not outputs:
        return []
    content = "\n".join(map(as_html, outputs))
    data = {
        "text/html": f"<details><summary>Show the answer</summary>\n{content}\n</details>",
        "text/plain": "".join(map(text, outputs)),
    }
    return [nbformat.v4.new_output("display_data", data)]


def executed(source: Path) -> Any:
    """The notebook of a source, with the outputs of its cells."""
    import jupytext
    from nbclient import NotebookClient

    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    NotebookClient(
        notebook,
        timeout=TIMEOUT,
        record_timing=False,
        resources={"metadata": {"path": str(source.parent)}},
    ).execute()
    for cell in notebook.cells:
        if "answer" in tags(cell):
            cell.outputs = folded(cell.outputs)
    return notebook


def main(names: list[str]) -> None:
    """Write the notebooks of the named lessons, or of all."""
    import nbformat

    for name in names or sorted(path.stem for path in FOLDER.glob("*.py")):
        notebook = executed(FOLDER / f"{name}.py")
        nbformat.write(notebook, FOLDER / f"{name}.ipynb")


if __name__ == "__main__":
    main(sys.argv[1:])
