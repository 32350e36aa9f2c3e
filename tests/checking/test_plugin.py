"""The pytest plugin, as others use it: in a project of its own, through pytest's command."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]

NEURON = """\
# A neuron

```derivation
w = 0.5
x = 2
out = tanh(w*x)            -> 0.76159
dout/dw                    -> 0.83995
dout/dw = (1 - out**2) * x
out                        -> 0.67  # erratum: digits swapped
```
"""

ITEMS = [
    "docs/neuron.md::6: out = tanh(w*x) -> 0.76159",
    "docs/neuron.md::7: dout/dw -> 0.83995",
    "docs/neuron.md::8: dout/dw = (1 - out**2) * x",
    "docs/neuron.md::9: out -> 0.67",
]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest loads this plugin alone: others take a second to import."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "autograd_mini.checking.sheets.plugin")


def load_all_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest loads the plugins of all installed packages, as it does by itself."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_PLUGINS")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a sheet."""
    pytester.makepyprojecttoml("""
        [tool.pytest]
        strict = true
        filterwarnings = ["error"]
        derivation_sheets = ["docs/*.md", "lectures/**/*.md"]
    """)
    write(pytester, "docs/neuron.md", NEURON)
    return pytester


def write(project: pytest.Pytester, path: str, text: str) -> None:
    file = project.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def collected(project: pytest.Pytester, *arguments: str) -> list[str]:
    result = project.runpytest_inprocess("--collect-only", "-q", *arguments)
    return [line for line in result.outlines if "::" in line]


def test_every_claim_is_a_test(project: pytest.Pytester) -> None:
    assert collected(project) == ITEMS
    project.runpytest_subprocess().assert_outcomes(passed=4)


def test_sheets_are_the_files_that_the_globs_name(project: pytest.Pytester) -> None:
    block = "~~~derivation\n1 + 1 -> 2\n~~~\n"
    for path in (
        "README.md",
        "docs/inner/a.md",
        "lectures/b.md",
        "lectures/x/y/c.md",
        "docs/d.txt",
    ):
        write(project, path, block)
    files = {line.partition("::")[0] for line in collected(project)}
    assert files == {"docs/neuron.md", "lectures/b.md", "lectures/x/y/c.md"}


def test_a_file_that_the_command_names_is_a_sheet_too(pytester: pytest.Pytester) -> None:
    write(pytester, "homework/a.md", NEURON)
    write(pytester, "homework/b.txt", NEURON)
    assert len(collected(pytester, "homework/a.md")) == 4
    assert collected(pytester, "homework") == []
    assert collected(pytester, "homework/b.txt") == []


def test_a_sheet_outside_of_the_project(pytester: pytest.Pytester) -> None:
    write(pytester, "a.md", "~~~derivation\n1 + 1 -> 3\n~~~\n")
    write(pytester, "project/pytest.ini", "[pytest]\n")
    result = pytester.runpytest_inprocess("--rootdir=project", "-c", "project/pytest.ini", "a.md")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{pytester.path}/a.md:2: wrong"])


def test_a_claim_can_be_run_by_itself(project: pytest.Pytester) -> None:
    assert collected(project, "-k", "dout/dw and not tanh") == ITEMS[1:3]
    project.runpytest_inprocess("-k", "0.83995").assert_outcomes(passed=1, deselected=3)
    project.runpytest_inprocess(ITEMS[2]).assert_outcomes(passed=1)


def test_claims_can_be_shared_out_among_processes(project: pytest.Pytester) -> None:
    project.runpytest_subprocess("-p", "xdist.plugin", "-n", "2").assert_outcomes(passed=4)


def test_a_failure_tells_what_is_wrong_and_where(project: pytest.Pytester) -> None:
    wrong = NEURON.replace("0.83995", "0.83959").replace("* x\n", "* w\n").replace("0.67", "0.76")
    write(project, "docs/neuron.md", wrong)
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*_ 7: dout/dw -> 0.83959 _*",
            "docs/neuron.md:7: wrong",
            "    dout/dw                    -> 0.83959",
            "printed   0.83959",
            "exact     0.8399487",
            "two digits are swapped",
            "*_ 8: dout/dw = (1 - out**2) * w _*",
            "docs/neuron.md:8: fails",
            "    dout/dw = (1 - out**2) * w",
            "at this point the left side is 0.839948683, not 0.209987171",
            "*_ 9: out -> 0.76 _*",
            "docs/neuron.md:9: rounds",
            "    out                        -> 0.76  # erratum: digits swapped",
            "printed   0.76",
            "exact     0.7616",
            "marked as an erratum, but right: take the mark away",
            "FAILED docs/neuron.md::7: dout/dw -> 0.83959*",
        ]
    )


def test_a_line_that_cannot_be_read_fails_alone(project: pytest.Pytester) -> None:
    write(project, "docs/neuron.md", NEURON.replace("(1 - out**2)", "(1 - uot**2)"))
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "docs/neuron.md:8:16: uot is not defined; did you mean out[?]",
            "    dout/dw = (1 - uot**2) * x",
            "                   ^",
        ]
    )


def test_a_block_that_is_not_closed_fails_its_sheet_and_no_other(project: pytest.Pytester) -> None:
    write(project, "docs/open.md", "~~~derivation\nx = 0\n")
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["docs/open.md:1:1: this block is never closed; end it with*"])


def test_a_statement_without_a_value_fails_the_claims_that_use_it(project: pytest.Pytester) -> None:
    write(
        project,
        "docs/neuron.md",
        "~~~derivation\nx = 0\nx -> 0.0\ny = log(x)\ny -> 1\nx -> 0.00\n~~~\n",
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["*_ 5: y -> 1 _*", "docs/neuron.md:5:1: y has no value, because of line 4"]
    )


def test_a_claim_that_is_left_blank_is_skipped(project: pytest.Pytester) -> None:
    write(project, "docs/neuron.md", "~~~derivation\nx = 2\nx*x ->\nx -> 2.0\n~~~\n")
    project.runpytest_inprocess().assert_outcomes(passed=1, skipped=1)


def test_without_answers_a_failure_keeps_the_right_number(project: pytest.Pytester) -> None:
    project.makepyprojecttoml("""
        [tool.pytest]
        derivation_sheets = ["docs/*.md"]
        derivation_answers = false
    """)
    write(project, "docs/neuron.md", NEURON.replace("0.83995", "0.83095"))
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["printed   0.83095", "one digit is wrong"])
    result.stdout.no_fnmatch_line("*0.83994*")


def test_the_markdown_cells_of_a_notebook_are_a_sheet(project: pytest.Pytester) -> None:
    cells = [
        {"cell_type": "code", "source": "```derivation\n?\n```"},
        {"cell_type": "markdown", "source": ["```derivation\n", "x = 2\n", "x -> 3\n", "```"]},
    ]
    write(project, "homework.ipynb", json.dumps({"cells": cells}))
    result = project.runpytest_inprocess("homework.ipynb")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["homework.ipynb:2.3: wrong"])


def test_gradcheck_is_a_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_cube(gradcheck):
            assert len(gradcheck(lambda x: x * x * x, [2.0]).comparisons) == 1
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_without_the_plugin_nothing_is_collected(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_all_plugins(monkeypatch)
    pytester.makeini("[pytest]\nderivation_sheets = docs/*.md\n")
    write(pytester, "docs/neuron.md", NEURON)
    write(pytester, "test_other.py", "def test_other():\n    pass\n")
    pytester.runpytest_inprocess().assert_outcomes(passed=5)
    without = pytester.runpytest_inprocess("-p", "no:autograd_mini")
    without.assert_outcomes(passed=1, warnings=1)


def test_projects_without_sheets_do_not_load_what_checks(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_all_plugins(monkeypatch)
    pytester.makepyfile("""
        import sys

        def test_modules():
            loaded = [name for name in sys.modules if name.startswith("autograd_mini.checking")]
            package = "autograd_mini.checking"
            assert loaded == [package, f"{package}.sheets", f"{package}.sheets.plugin"]
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
