"""assign: sheets with personal numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd_mini import check_sheet
from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.classroom.assignment import (
    Assigned,
    SetError,
    assign,
    read_class,
    read_index,
)
from autograd_mini.classroom.handed_in import student_of
from autograd_mini.classroom.personal import Personal
from autograd_mini.cli import main

EXERCISE = Path(__file__).parents[2] / "docs" / "how-to" / "exercise.md"

NEURON = """\
# A neuron

```derivation
x = 0.8
w = 0.40  # choose -0.9 to 0.9 by 0.05
b = 0.1   # choose 0.1 to 0.5 by 0.1, for everybody
t = 0.25
```

```derivation
y = tanh(w*x + b)  -> 0.397
E = (y - t)**2     -> 0.0216
dE/dw = 2*(y - t)*(1 - y**2)*x  # 3 marks
dE/dw              -> 0.198  # 2 marks
```
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "exercise.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sheet_has_blanks_where_the_template_has_claims(tmp_path: Path) -> None:
    assign(write(tmp_path, NEURON), ["s01"], "2026", tmp_path / "set")
    sheet = (tmp_path / "set/s01.md").read_text("utf-8")
    assert (
        re.sub(r"(w|b) = \S+", r"\1 = N", sheet)
        == """\
ID: s01

# A neuron

```derivation
x = 0.8
w = N
b = N  # for everybody
t = 0.25
```

```derivation
y = tanh(w*x + b)  ->
E = (y - t)**2  ->
dE/dw =  # 3 marks
dE/dw  ->  # 2 marks
```
"""
    )
    assert {result.verdict for result in check_sheet(tmp_path / "set/s01.md")} == {"missing"}


def test_the_key_of_every_student_passes_and_shows_as_many_decimals(tmp_path: Path) -> None:
    students = [f"s{number:02}" for number in range(1, 9)]
    assign(write(tmp_path, NEURON), students, "2026", tmp_path / "set")
    for student in students:
        key = tmp_path / "set" / "key" / f"{student}.md"
        assert check_sheet(key)
        printed = re.findall(r"-> (\S+)", key.read_text("utf-8"))
        assert [len(number.partition(".")[2]) for number in printed] == [3, 4, 3]


def test_numbers_depend_on_seed_and_id_alone(tmp_path: Path) -> None:
    template = write(tmp_path, NEURON)
    assign(template, ["anna", "ben"], "1", tmp_path / "two")
    assign(template, ["zoe", "ben", "anna", "carl"], "1", tmp_path / "four")
    assign(template, ["anna", "ben"], "2", tmp_path / "other")
    for name in ("anna.md", "key/ben.md"):
        same = (tmp_path / "two" / name).read_bytes()
        assert (tmp_path / "four" / name).read_bytes() == same
        assert (tmp_path / "other" / name).read_bytes() != same
    # Written down once, so that a release that chooses otherwise is noticed.
    index = json.loads((tmp_path / "two/set.json").read_text("utf-8"))
    assert index["students"] == {
        "anna": {"w": "0.55", "b": "0.5"},
        "ben": {"w": "0.40", "b": "0.4"},
    }


def test_students_can_be_added_to_a_set(tmp_path: Path) -> None:
    template = write(tmp_path, NEURON)
    assign(template, ["anna"], "1", tmp_path / "set")
    before = (tmp_path / "set/anna.md").read_bytes()
    assign(template, ["ben"], "1", tmp_path / "set")
    assert (tmp_path / "set/anna.md").read_bytes() == before
    index = json.loads((tmp_path / "set/set.json").read_text("utf-8"))
    assert list(index["students"]) == ["anna", "ben"]


def test_the_summary_names_the_student_whose_numbers_hide_most_slips() -> None:
    def summary(*claims: str) -> str:
        hidden = tuple((claim, "a minus sign too many") for claim in claims)
        students = {"s01": Personal({}, (), hidden[:1]), "s02": Personal({}, (), hidden)}
        return Assigned(Path("set"), students, 348).summary

    begin = "2 sheets; at most"
    assert summary("y", "z", "y") == f"{begin} 3 of 348 usual slips would not show (y, z of s02)"
    assert summary(*"abcd") == f"{begin} 4 of 348 usual slips would not show (a, b, c, ... of s02)"


def test_the_usual_slips_show_with_the_numbers_of_every_student(tmp_path: Path) -> None:
    assigned = assign(EXERCISE, read_class("6"), "2026", tmp_path / "set")
    assert assigned.summary == "6 sheets; all 348 usual slips would show"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-> 0.397", "-> 0.379", "a template is a sheet that `check` passes; this is wrong"),
        ("-> 0.397", "->", "a template is a sheet that `check` passes; this is missing"),
        ("-> 0.397", "-> 0.397  # choose 1 to 2 by 1", "only a leaf is chosen"),
        ("-0.9 to 0.9 by 0.05", "0.9 to -0.9 by 0.05", "the range 0.9 to -0.9 by 0.05 is empty"),
        ("-0.9 to 0.9 by 0.05", "0 to 1 by 0", "the range 0 to 1 by 0 is empty"),
        ("-0.9 to 0.9 by 0.05", "0 to 1", "expected a range such as `choose -0.9 to 0.9 by 0.05`"),
        ("-0.9 to 0.9 by 0.05", "0 to nan by 1", "expected a range such as"),
        ("-0.9 to 0.9 by 0.05", "0 to 1e9 by 0.1", "choose a larger step"),
        ("-0.9 to 0.9 by 0.05", "0 to 0 by 1", "no good numbers for s01 in 50 attempts"),
    ],
)
def test_a_template_that_makes_no_exercise_is_refused_and_nothing_is_written(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = NEURON.replace(old, new, 1)
    if "0 to 0" in new:  # w = 0 leaves dE/dw, but E has too few digits
        text = text.replace("t = 0.25", "t = 0.0996").replace("-> 0.0216", "-> 0.0884")
        text = text.replace("-> 0.198", "-> 0.401").replace("0.1 to 0.5 by 0.1", "0.1 to 0.1 by 1")
    with pytest.raises(SheetError) as caught:
        assign(write(tmp_path, text), ["s01"], "2026", tmp_path / "set")
    assert message in str(caught.value)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("", "has no IDs; write one in each line"),
        ("Name,ID\nAnn,k01\nBen,\n", "has no ID: Ben"),
        ("id,name\ns1,Ann\ns1,Ben\n", "the ID 's1' is twice"),
        ("Ann\nann\n", "the ID 'ann' is twice"),
        ("../s1\n", "cannot name a file"),
        ("a/b\n", "cannot name a file"),
        ("template\n", "cannot name a file"),
        ("s1.\n", "cannot name a file"),
    ],
)
def test_a_class_list_with_a_bad_id_is_refused(tmp_path: Path, listed: str, message: str) -> None:
    path = tmp_path / "class.csv"
    path.write_text(listed, encoding="utf-8")
    with pytest.raises(SetError, match=re.escape(message)):
        read_class(str(path))


def test_the_ids_are_the_first_column_of_the_class_list(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("\ufeffID;Name\nk01;Müller, Ann\nk02;Ben\n", encoding="utf-8")
    assert read_class(str(path)) == ["k01", "k02"]
    assert read_class("3") == ["s01", "s02", "s03"]


@pytest.mark.parametrize(
    ("listed", "ids"),
    [
        ("First name,Last name,ID number,Email address\nAnn,Lee,k01,a@x.org\n", ["k01"]),
        ('Student,ID,SIS Login ID\n"Lee, Ann",17,k01\n\n', ["17"]),
        ("Name\tGroup\nMu\u0308ller, Jean-Luc (Jr)\t3\n", ["Müller, Jean-Luc (Jr)"]),
        ("Ann O'Neill\nBen Li\n", ["Ann O'Neill", "Ben Li"]),
    ],
)
def test_the_ids_are_in_the_column_that_says_so(
    tmp_path: Path, listed: str, ids: list[str]
) -> None:
    path = tmp_path / "class.csv"
    path.write_text(listed, encoding="utf-8")
    assert read_class(str(path)) == ids


def test_a_student_is_known_by_a_full_name(tmp_path: Path) -> None:
    known: dict[str, dict[str, str]] = {"Müller, Ann": {}}
    sheet = tmp_path / "homework.md"
    sheet.write_text("ID: Mu\u0308ller, Ann\n\n", encoding="utf-8")
    assert student_of(sheet, known) == "Müller, Ann"
    assert student_of(tmp_path / "Müller, Ann" / "4.md", known) == "Müller, Ann"


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    template = write(tmp_path, NEURON)
    assign(template, ["anna"], "1", tmp_path / "set")
    with pytest.raises(SetError, match="holds a set of another template or seed"):
        assign(template, ["anna"], "2", tmp_path / "set")
    (tmp_path / "homework").mkdir()
    (tmp_path / "homework/notes.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(SetError, match="is not empty and holds no set"):
        assign(template, ["anna"], "1", tmp_path / "homework")
    assert [path.name for path in (tmp_path / "homework").iterdir()] == ["notes.txt"]


def test_two_sets_that_are_written_to_one_folder_are_not_mixed(tmp_path: Path) -> None:
    folder = tmp_path / "set"

    def write_another(_: int) -> None:
        if not folder.exists():
            assign(EXERCISE, ["anna"], "another seed", folder)

    with pytest.raises(SetError, match=r"cannot write the set .*set: .*; choose another place"):
        assign(EXERCISE, ["anna", "bob"], "1", folder, write_another)
    assert read_index(folder)["seed"] == "another seed"
    assert not (folder / "bob.md").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["set"], "no temporary folder is left"


def test_a_set_in_the_place_of_a_file_is_refused_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(SetError, match=r"^cannot write the set \S*file.set: [a-z ]+; choose"):
        assign(EXERCISE, ["anna"], "1", tmp_path / "file" / "set")


def test_the_command_writes_sheets_keys_and_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = str(write(tmp_path, NEURON))
    folder = str(tmp_path / "set")
    assert main(["assign", template, "--for", "2", "--seed", "1", "-o", folder, "--pages"]) == 0
    assert capsys.readouterr().out.startswith("2 sheets; ")
    written = {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}
    sheets = {f"{part}{student}.md" for part in ("", "key/") for student in ("s01", "s02")}
    assert written == {*sheets, "page/s01.html", "page/s02.html", "template.md", "set.json"}


def test_the_command_refuses_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = str(write(tmp_path, NEURON))
    options = ["--seed", "1", "-o", str(tmp_path / "set")]
    assert main(["assign", template, "--for", "0", *options]) == 2
    assert capsys.readouterr().err == "autograd-mini: expected 1 to 10,000 students, got 0\n"
    assert main(["assign", template, "--for", "nobody.csv", *options]) == 2
    assert "nobody.csv" in capsys.readouterr().err


def test_worksheets_print_the_graph_without_its_numbers(tmp_path: Path) -> None:
    template, folder = str(write(tmp_path, NEURON)), str(tmp_path / "set")
    assert main(["assign", template, "--for", "1", "--seed", "1", "-o", folder, "--print"]) == 0
    sheet = (tmp_path / "set/print/s01.html").read_text("utf-8")
    key = (tmp_path / "set/print/key/s01.html").read_text("utf-8")
    assert re.findall(r'<td class="number">\((\d)\)', sheet) == ["1", "2", "3", "4"]
    assert "<svg" in sheet
    (answer,) = re.findall(r"dE/dw  -&gt; (\S+)<", key)
    assert answer not in sheet
    assert "dE/dw  -&gt;" in sheet


def test_moodle_gets_a_cloze_question_for_every_student(tmp_path: Path) -> None:
    template = write(tmp_path, NEURON.replace("# A neuron", "# A neuron, 1 < 2 & {curly}"))
    assign(template, ["anna", "ben"], "1", tmp_path / "set", moodle=True)
    quiz = ElementTree.parse(tmp_path / "set/moodle.xml").getroot()
    assert [question.get("type") for question in quiz] == ["category", "cloze", "cloze"]
    assert [question.findtext("name/text") for question in quiz][1:] == ["anna", "ben"]
    text = quiz[1].findtext("questiontext/text") or ""
    assert "1 &lt; 2 &amp; &#123;curly&#125;" in text
    cloze = re.findall(r"\{(\d+):NUMERICAL:=([^:}]*):([^}]*)\}", text)
    assert [(marks, tolerance) for marks, _, tolerance in cloze] == [
        ("1", "0.001"),
        ("1", "0.0001"),
        ("2", "0.001"),
    ]
    key = re.findall(r"-> (\S+)", (tmp_path / "set/key/anna.md").read_text("utf-8"))
    for (_, answer, tolerance), number in zip(cloze, key):
        assert abs(float(answer) - float(number)) < float(tolerance)
    assert "dE/dw = 2*(y - t)*(1 - y**2)*x" in text
