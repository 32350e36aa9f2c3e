"""mark: what a class handed in, with errors carried forward."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograd_mini.classroom.assignment import assign, read_class
from autograd_mini.classroom.feedback import histogram
from autograd_mini.classroom.handed_in import Class, mark_set
from autograd_mini.classroom.mark import Paper
from autograd_mini.cli import main
from autograd_mini.lectures import find_lecture

EXERCISE = Path(__file__).parents[2] / "docs" / "how-to" / "exercise.md"


@pytest.fixture(scope="module")
def class_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set for six students, s01 to s06."""
    folder = tmp_path_factory.mktemp("class") / "set"
    assign(EXERCISE, read_class("6"), "2026", folder)
    return folder


def key_of(folder: Path, student: str) -> str:
    return (folder / "key" / f"{student}.md").read_text("utf-8")


def hand_in(folder: Path, text: str, tmp_path: Path, name: str = "s01.md") -> Paper:
    """The only paper of a class in which one student hands in a text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (paper,) = mark_set(folder, [path]).papers
    return paper


def printed(text: str, claim: str) -> str:
    """The number that a sheet prints for a claim."""
    found = re.search(rf"^{re.escape(claim)}.*->\s*(\S+)", text, re.MULTILINE)
    assert found
    return found[1]


def with_number(text: str, claim: str, number: str) -> str:
    return re.sub(
        rf"^({re.escape(claim)}.*->)\s*\S+", rf"\1 {number}", text, count=1, flags=re.MULTILINE
    )


def test_a_notebook_is_marked_and_a_line_is_told_with_its_cell(
    class_set: Path, tmp_path: Path
) -> None:
    text = with_number(key_of(class_set, "s01"), "h1", "0.9876")
    sections = text.split("## ")
    cells = [{"cell_type": "markdown", "source": [section]} for section in sections]
    paper = hand_in(class_set, json.dumps({"cells": cells}), tmp_path, "homework.ipynb")
    wrong = [mark for mark in paper.marks if mark.verdict == "wrong"]
    assert [(mark.blank.text[:2], mark.place) for mark in wrong] == [("h1", "3.6")]
    assert (paper.student, paper.earned, paper.person) == ("s01", 19, "")


def test_a_file_of_another_kind_is_for_a_person_unless_there_is_a_sheet(
    class_set: Path, tmp_path: Path
) -> None:
    for name in ("s01.pdf", "s02.md", "s02/graph.png", "notes.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(key_of(class_set, "s02") if name == "s02.md" else "%PDF-1.7")
    marked = mark_set(class_set, [tmp_path])
    assert [(paper.student, paper.earned) for paper in marked.papers] == [("s01", 0), ("s02", 20)]
    assert marked.papers[0].person.startswith("s01.pdf is not read; a sheet ends in .md, ")
    assert (marked.papers[1].person, marked.unknown) == ("", [])


def test_a_key_earns_all_marks(class_set: Path, tmp_path: Path) -> None:
    paper = hand_in(class_set, key_of(class_set, "s01"), tmp_path)
    assert (paper.student, paper.earned, paper.most, paper.person) == ("s01", 20, 20, "")


def test_a_blank_sheet_earns_nothing_and_needs_nobody(class_set: Path, tmp_path: Path) -> None:
    paper = hand_in(class_set, (class_set / "s01.md").read_text("utf-8"), tmp_path)
    assert (paper.earned, paper.count("missing"), paper.person) == (0, 18, "")


def test_a_wrong_number_loses_its_mark_and_what_follows_earns_its_own(
    class_set: Path, tmp_path: Path
) -> None:
    """The student forgets the bias in n1, and goes on correctly with what comes out."""
    paper = hand_in(class_set, worked(class_set, "s01", n1="a11*x1 + a12*x2"), tmp_path)
    lost = [(mark.blank.text, mark.verdict, mark.slip) for mark in paper.marks if not mark.earned]
    assert lost == [("n1", "wrong", "term-missing")]
    assert paper.count("follows") >= 10
    assert paper.earned == 19
    page = (class_set / "feedback/s01.html").read_text("utf-8")
    assert page.count("<td>follows (from line ") == paper.count("follows")


@pytest.mark.parametrize(
    ("answer", "lost"),
    [
        ("", []),
        (" 0.1, 0.9", [("a1", "wrong"), ("a2", "wrong")]),
        (" {0}", [("a2", "missing")]),
    ],
)
def test_each_name_of_a_line_that_defines_two_has_its_own_mark(
    tmp_path: Path, answer: str, lost: list[tuple[str, str]]
) -> None:
    """The template is the lecture on attention, in which softmax gives a1 and a2."""
    template = tmp_path / "attention.md"
    text = find_lecture("attention").text
    template.write_text(text.replace("q_1 = 1\n", "q_1 = 1  # choose 1 to 3 by 0.5\n"), "utf-8")
    assign(template, ["s01"], "2026", tmp_path / "set")
    key = key_of(tmp_path / "set", "s01")
    line = "a1, a2 = softmax(s1, s2)  ->"
    if answer:
        first = printed(key, "a1, a2").rstrip(",")
        key = re.sub(rf"{re.escape(line)}.*", line + answer.format(first), key)
    paper = hand_in(tmp_path / "set", key, tmp_path)
    assert paper.person == ""
    assert [(mark.blank.text, mark.verdict) for mark in paper.marks if not mark.earned] == lost


def test_own_wiring_is_a_formula_that_fails_and_its_number_earns_nothing(
    class_set: Path, tmp_path: Path
) -> None:
    text = worked(class_set, "s01", n1="a11*x1 + a21*x2 + c1")
    text = text.replace("n1 = a11*x1 + a12*x2 + c1", "n1 = a11*x1 + a21*x2 + c1")
    paper = hand_in(class_set, text, tmp_path)
    lost = [(mark.blank.text, mark.verdict) for mark in paper.marks if not mark.earned]
    assert lost == [("n1", "fails")]


def test_the_sheet_of_a_neighbour_goes_to_a_person(class_set: Path, tmp_path: Path) -> None:
    text = key_of(class_set, "s03").replace("ID: s03", "ID: s02")
    paper = hand_in(class_set, text, tmp_path)
    assert (paper.student, paper.earned) == ("s02", 0)
    assert paper.person == "not the numbers of s02: those of s03"


def test_a_sheet_of_zeros_earns_nothing_and_goes_to_a_person(
    class_set: Path, tmp_path: Path
) -> None:
    text = re.sub(r"->.*", "-> 0.0000", (class_set / "s01.md").read_text("utf-8"))
    paper = hand_in(class_set, text, tmp_path)
    first, *others = [mark.line for mark in paper.marks if mark.verdict == "wrong"]
    assert paper.earned == 0
    assert paper.person.startswith(f"may follow from the 0 in line {first}: line {others[0]}, ")


def test_commas_and_missing_signs_are_unread_and_stop_nothing(
    class_set: Path, tmp_path: Path
) -> None:
    text = key_of(class_set, "s01")
    number = printed(text, "h1")
    text = with_number(text, "h1", number.replace(".", ","))
    text = text.replace("(1 - h1**2)", "(1 - h1 2)")
    paper = hand_in(class_set, text, tmp_path)
    unread = [(mark.blank.text, mark.earned) for mark in paper.marks if mark.verdict == "unread"]
    assert unread == [("h1", None), ("dL/dn1 =", None)]
    assert paper.earned == 20 - 1 - 2
    assert "is unread" in paper.person


def test_one_given_number_misread_explains_the_line_that_uses_it(
    class_set: Path, tmp_path: Path
) -> None:
    numbers = json.loads((class_set / "set.json").read_text("utf-8"))["students"]["s01"]
    given = numbers["v1"]
    text = worked(class_set, "s01", given={"v1": 0.33}).replace(f"v1 = {given}", "v1 = 0.33")
    paper = hand_in(class_set, text, tmp_path)
    assert paper.person == ""
    lost = [(mark.blank.text, mark.verdict, mark.remark) for mark in paper.marks if not mark.earned]
    sentence = f"v1 is {given} on this sheet, not 0.33"
    assert lost[0] == ("m", "wrong", sentence)
    assert all(verdict == "again" for _, verdict, _ in lost[1:])


def test_lines_may_come_in_another_order_with_names_of_the_student(
    class_set: Path, tmp_path: Path
) -> None:
    text = key_of(class_set, "s01")
    head, *lines = [line for line in text.splitlines() if "->" in line or "dL/dm =" in line]
    slope = "one_minus = 1 - h1**2"
    body = "\n".join([slope, *reversed(lines), head])
    body += "\ndL/dn1 = dL/dh1*one_minus"
    paper = hand_in(class_set, f"ID: s01\n\n```derivation\n{body}\n```\n", tmp_path)
    assert (paper.earned, paper.person) == (20, "")


@pytest.mark.parametrize("move", ["given y = 0.5", "descend(L, [v1], rate=0.5, times=1)"])
def test_a_student_cannot_give_the_exercise_other_numbers(
    class_set: Path, tmp_path: Path, move: str
) -> None:
    text = key_of(class_set, "s01").replace("dL/dm = y - t", f"{move}\ndL/dm = y - t")
    moved = hand_in(class_set, with_number(text, "dL/dd", "-0.5000"), tmp_path)
    assert [mark.blank.text for mark in moved.marks if not mark.earned] == ["dL/dd"]
    assert "is unread" in moved.person


def test_a_sheet_without_the_descent_of_the_exercise_goes_to_a_person(tmp_path: Path) -> None:
    template = tmp_path / "template.md"
    lines = ["w = 0.5  # choose 0.2 to 0.9 by 0.1", "E = w**2  -> 0.250"]
    descent = "descend(E, [w], rate=0.1, times=2)"
    template.write_text("\n".join(["```derivation", *lines, descent, "E -> 0.102", "```"]), "utf-8")
    assign(template, ["anna"], "1", tmp_path / "set")
    text = key_of(tmp_path / "set", "anna")
    assert hand_in(tmp_path / "set", text, tmp_path).person == ""
    short = hand_in(tmp_path / "set", text.replace(descent, ""), tmp_path)
    assert short.person == f"the line {descent} of the exercise is left out"


def test_two_answers_to_one_blank_go_to_a_person_if_only_one_is_right(
    class_set: Path, tmp_path: Path
) -> None:
    text = key_of(class_set, "s01")
    answer = re.search(r"^dL/dd +-> .*$", text, flags=re.MULTILINE)
    assert answer is not None
    twice = hand_in(class_set, text.replace(answer[0], f"{answer[0]}\n{answer[0]}"), tmp_path)
    assert (twice.earned, twice.person) == (20, "")
    other = hand_in(class_set, text.replace(answer[0], f"{answer[0]}\ndL/dd -> 0.5"), tmp_path)
    assert re.fullmatch(r"lines \d+ and \d+ answer dL/dd differently", other.person)


@pytest.mark.parametrize(
    "lines", ["dL/dm = dL/dm", "dL/dm = 2*dL/dm - dL/dm", "delta = dL/dm\ndL/dm = delta"]
)
def test_a_formula_that_uses_its_own_left_side_earns_nothing(
    class_set: Path, tmp_path: Path, lines: str
) -> None:
    paper = hand_in(class_set, key_of(class_set, "s01").replace("dL/dm = y - t", lines), tmp_path)
    (lost,) = (mark for mark in paper.marks if not mark.earned)
    assert (lost.blank.text, lost.remark) == ("dL/dm =", "the formula uses dL/dm itself")


def test_a_blank_that_is_left_takes_nothing_from_the_answer_below(
    class_set: Path, tmp_path: Path
) -> None:
    text = key_of(class_set, "s01").replace("dL/dm = y - t", "dL/dm =")
    text = re.sub(r"^(dL/dv1 +->).*", r"\1\n\g<0>", text, flags=re.MULTILINE)
    paper = hand_in(class_set, text, tmp_path)
    assert [mark.blank.text for mark in paper.marks if not mark.earned] == ["dL/dm ="]
    assert (paper.earned, paper.person) == (18, "")


@pytest.mark.parametrize("item", ["- ", "* ", "3) ", "12. "])
def test_the_lines_may_be_items_of_a_list(class_set: Path, tmp_path: Path, item: str) -> None:
    text = re.sub(r"^(?=.*->|dL.*=)", item, key_of(class_set, "s01"), flags=re.MULTILINE)
    paper = hand_in(class_set, text, tmp_path)
    assert (paper.earned, paper.person) == (20, "")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_a_sheet_may_come_from_another_editor(
    class_set: Path, tmp_path: Path, encoding: str
) -> None:
    text = key_of(class_set, "s01").replace("```derivation", "```Derivation").replace("\n", "\r\n")
    path = tmp_path / "homework.txt"
    path.write_bytes(text.replace(" + ", "\N{NO-BREAK SPACE}+ ").encode(encoding))
    (paper,) = mark_set(class_set, [path]).papers
    assert (paper.student, paper.earned, paper.person) == ("s01", 20, "")


def test_a_number_may_stand_behind_an_equals_sign(class_set: Path, tmp_path: Path) -> None:
    text = key_of(class_set, "s01")
    number = printed(text, "h2")
    text = re.sub(r"^h2 = .*$", f"h2 = {number}", text, flags=re.MULTILINE)
    assert hand_in(class_set, text, tmp_path).earned == 20


def test_the_lines_of_a_derivation_may_be_handed_in_without_their_block(
    class_set: Path, tmp_path: Path
) -> None:
    text = re.sub(r"^```.*$", "", key_of(class_set, "s01"), flags=re.MULTILINE)
    assert hand_in(class_set, text, tmp_path).earned == 20
    paper = hand_in(class_set, "ID: s04\n\nI was ill.\n", tmp_path)
    assert paper.person == "there is no line of a derivation"


def test_two_slips_lose_two_marks(class_set: Path, tmp_path: Path) -> None:
    text = worked(class_set, "s01", h2="n2", dL_dn1="dL_dh1*(1 - h1)")
    paper = hand_in(class_set, text, tmp_path)
    lost = [mark.blank.text for mark in paper.marks if not mark.earned]
    assert lost == ["h2", "dL/dn1"]


@pytest.mark.parametrize(
    "student", ["s01", *(pytest.param(each, marks=pytest.mark.long) for each in ("s02", "s03"))]
)
def test_every_slip_loses_exactly_the_marks_of_its_line(
    class_set: Path, tmp_path: Path, student: str
) -> None:
    right = worked(class_set, student)
    for name, wrong in SLIPS:
        text = worked(class_set, student, **{name: wrong})
        assert text != right
        paper = hand_in(class_set, text, tmp_path, f"{student}.md")
        lost = [key for mark, key in zip(paper.marks, KEYS) if mark.earned != mark.blank.marks]
        assert (name, wrong, lost, paper.person) == (name, wrong, [name], "")


def test_the_student_is_named_by_the_first_line_the_file_or_the_folder(
    class_set: Path, tmp_path: Path
) -> None:
    texts = {student: key_of(class_set, student) for student in ("s01", "s02", "s03")}
    (tmp_path / "hand-in-17.md").write_text(texts["s01"], "utf-8")
    without_id = {key: text.partition("\n")[2] for key, text in texts.items()}
    (tmp_path / "s02.md").write_text(without_id["s02"], "utf-8")
    (tmp_path / "s03").mkdir()
    (tmp_path / "s03/homework.md").write_text(without_id["s03"], "utf-8")
    (tmp_path / "stranger.md").write_text("hello", "utf-8")
    marked = mark_set(class_set, [tmp_path])
    assert [(paper.student, paper.earned) for paper in marked.papers] == [
        ("s01", 20),
        ("s02", 20),
        ("s03", 20),
    ]
    assert [Path(path).name for path in marked.unknown] == ["stranger.md"]
    assert marked.absent == ["s04", "s05", "s06"]


def test_marks_csv_has_maxima_and_no_cell_that_a_spreadsheet_computes(tmp_path: Path) -> None:
    assign(EXERCISE, ["=1+1", "+x", "b"], "1", tmp_path / "set")
    (tmp_path / "set/key").joinpath("b.md").unlink()
    mark_set(tmp_path / "set", [tmp_path / "set/key"])
    text = (tmp_path / "set/marks.csv").read_text("utf-8-sig")
    titles, maxima, *students = csv.reader(io.StringIO(text))
    assert titles[:10] == [
        "id", "marks", "of", "right", "follows", "wrong", "again", "missing", "unread", "person",
    ]  # fmt: skip
    assert maxima[:4] == ["(maxima)", "20", "20", "18"]
    assert sum(map(int, maxima[10:])) == 20
    assert [row[0] for row in students] == ["'=1+1", "'+x"]
    assert not any(cell.startswith(("=", "+", "@")) for row in (titles, *students) for cell in row)


def test_feedback_has_a_sentence_for_each_slip(class_set: Path, tmp_path: Path) -> None:
    hand_in(class_set, worked(class_set, "s05", dL_dh1="dL_dm*v2"), tmp_path, "s05.md")
    feedback = (class_set / "feedback/s05.md").read_text("utf-8")
    assert feedback.startswith("# s05: 19 of 20 marks\n\n- Line ")
    assert "dL/dh1 is not right" in feedback
    page = (class_set / "feedback/s05.html").read_text("utf-8")
    assert "<h1>s05: 19 of 20 marks</h1>" in page
    summary = (class_set / "summary.html").read_text("utf-8")
    assert "19 of 20" not in summary
    assert "<h2>Slips</h2>" in summary


def test_more_than_25_marks_share_bars() -> None:
    bars = histogram([3, 5, 7, 40], 60)
    for title in ("0-2 marks: 0", "3-5 marks: 2", "6-8 marks: 1", "39-41 marks: 1", "60 marks: 0"):
        assert f"<title>{title}</title>" in bars


def test_the_command_marks_and_says_who_needs_a_person(
    class_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s01.md").write_text(key_of(class_set, "s01"), "utf-8")
    assert main(["mark", str(class_set), str(tmp_path / "s01.md")]) == 0
    assert capsys.readouterr().out.startswith("s01: 20 of 20 marks\n1 sheet, 0 for a person, 5 ")
    (tmp_path / "s02.md").write_bytes(b"\xff\x00")
    assert main(["mark", "--json", str(class_set), str(tmp_path)]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [(paper["id"], paper["marks"], bool(paper["person"])) for paper in data] == [
        ("s01", 20, False),
        ("s02", 0, True),
    ]
    assert main(["mark", str(tmp_path), str(tmp_path)]) == 2
    assert "holds no set" in capsys.readouterr().err


# -- a student at work ----------------------------------------------------------------------------

# How a student computes each blank that is a number, from the numbers before it.
WORK = {
    "n1": "a11*x1 + a12*x2 + c1",
    "n2": "a21*x1 + a22*x2 + c2",
    "h1": "tanh(n1)",
    "h2": "tanh(n2)",
    "m": "v1*h1 + v2*h2 + d",
    "y": "1/(1 + exp(-m))",
    "L": "-(t*log(y) + (1 - t)*log(1 - y))",
    "dL_dm": "y - t",
    "dL_dv1": "dL_dm*h1",
    "dL_dd": "dL_dm",
    "dL_dh1": "dL_dm*v1",
    "dL_dn1": "dL_dh1*(1 - h1**2)",
    "dL_da11": "dL_dn1*x1",
    "dL_da12": "dL_dn1*x2",
    "new_v1": "v1 - eta*dL_dv1",
    "new_a11": "a11 - eta*dL_da11",
}

# The blanks in the order of the template; formulas are not worked out.
KEYS = [*list(WORK)[:7], "", *list(WORK)[7:11], "", *list(WORK)[11:]]

SLIPS = [
    ("n1", "a11*x1 - a12*x2 + c1"),
    ("n1", "a11*x1 + a12*x2"),
    ("n2", "a21*x1 + a12*x2 + c2"),
    ("h1", "n1"),
    ("h2", "1/(1 + exp(-n2))"),
    ("m", "v1*h1 + v2*h2 - d"),
    ("m", "v1*h1 + v2*h1 + d"),
    ("y", "1/(1 + exp(m))"),
    ("L", "log(y)"),
    ("dL_dm", "t - y"),
    ("dL_dm", "(y - t)*y*(1 - y)"),
    ("dL_dv1", "dL_dm*h2"),
    ("dL_dv1", "dL_dm"),
    ("dL_dh1", "dL_dm*v2"),
    ("dL_dn1", "dL_dh1"),
    ("dL_dn1", "dL_dh1*(1 - h1)"),
    ("dL_dn1", "dL_dh1*h1*(1 - h1)"),
    ("dL_da11", "dL_dn1*x2"),
    ("dL_da12", "-dL_dn1*x2"),
    ("new_v1", "v1 + eta*dL_dv1"),
    ("new_a11", "a11 - dL_da11"),
]

MATH: dict[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
}


def worked(folder: Path, student: str, given: dict[str, float] | None = None, **slips: str) -> str:
    """The sheet of a student who makes these slips and goes on with full precision.

    given: numbers that the student misreads.
    """
    text = key_of(folder, student)
    numbers: dict[str, float] = {
        name: float(number) for name, number in re.findall(r"^(\w+) = (-?[\d.]+)$", text, re.M)
    }
    numbers.update(given or {})
    results = iter(WORK)
    lines = []
    for line in text.splitlines():
        if "->" in line:
            name = next(results)
            numbers[name] = eval(slips.get(name, WORK[name]), dict(MATH), numbers)
            line = f"{line.partition('->')[0]}-> {numbers[name]:.4f}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_a_class_without_sheets_has_an_empty_table(class_set: Path, tmp_path: Path) -> None:
    marked: Class = mark_set(class_set, [tmp_path])
    assert (marked.papers, len(marked.absent)) == ([], 6)
