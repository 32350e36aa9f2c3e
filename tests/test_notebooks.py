"""Every notebook has the cells of its source, runs, and gives the outputs stored in it.

nbformat, jupytext and nbclient take seconds to import, so the tests import them when they run.
"""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
WRITER = FOLDER.parent / "docs" / "write_notebooks.py"
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


def test_answers_to_predictions_are_folded_away(path: Path) -> None:
    """The outputs between a question and its answer are folded, and so is the answer."""
    cells = read(path).cells
    questions = [number for number, cell in enumerate(cells) if "**Predict first:**" in cell.source]
    assert questions
    for question in questions:
        answer = next(
            number
            for number, cell in enumerate(cells)
            if number > question
            and cell.source.startswith("<details><summary>Answer</summary>\n\n")
        )
        assert "\n\n</details>" in cells[answer].source
        between = [cell for cell in cells[question + 1 : answer] if cell.cell_type == "code"]
        outputs = [output for cell in between for output in cell.outputs]
        assert outputs, cells[question].source
        for output in outputs:
            page = output.get("data", {}).get("text/html", "")
            assert re.fullmatch(r"<details><summary>.*</details>", page, re.DOTALL), output


def test_a_notebook_gives_its_stored_outputs_and_leaves_no_files(path: Path) -> None:
    import matplotlib.font_manager  # noqa: F401  builds the font cache, or a notebook would say so

    files = set(FOLDER.rglob("*"))
    written = runpy.run_path(str(WRITER))["executed"](path.with_suffix(".py"))
    assert texts(written) == texts(read(path)), f"run: python docs/write_notebooks.py {path.stem}"
    assert set(FOLDER.rglob("*")) == files


def test_a_lesson_says_its_time_and_has_solutions_and_notes_for_teachers(path: Path) -> None:
    title, time, *_ = read(path).cells[0].source.split("\n\n")
    assert re.fullmatch(r"# \d\. .+", title)
    assert re.match(r"\*\d+ minutes\. You need ", time)
    solutions = FOLDER / "solutions" / f"{path.stem}.md"
    assert f"[Solutions](solutions/{solutions.name})" in read(path).cells[-1].source
    tasks = re.findall(r"^\d+\. ", read(path).cells[-1].source, re.MULTILINE)
    text = solutions.read_text(encoding="utf-8")
    assert re.findall(r"^## (Task \d+|.+)", text, re.MULTILINE) == [
        *(f"Task {number + 1}" for number in range(len(tasks))),
        "For teachers",
    ]


def test_the_solutions_print_what_they_show(path: Path, tmp_path: Path) -> None:
    # In a separate process, because examples add to the table of operations.
    solutions = FOLDER / "solutions" / f"{path.stem}.md"
    done = subprocess.run(
        [sys.executable, "-m", "doctest", solutions], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout + done.stderr == ""
