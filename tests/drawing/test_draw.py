"""draw: what it takes, what it gives, and the files it writes."""

import base64
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn_graphs import one_neuron, repeated_product, two_two_two

from autograd_mini import Value
from autograd_mini.drawing import Drawing, draw


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            2.5,
            TypeError,
            "draw takes the result of a computation, for example draw(loss), or a list of Values, "
            "got 2.5",
        ),
        (
            None,
            TypeError,
            "draw takes the result of a computation, for example draw(loss), or a list of Values, "
            "got None",
        ),
        ([], ValueError, "draw takes at least one Value, got an empty list"),
        (
            [Value(1.0), "loss"],
            TypeError,
            "draw takes a list of Values, got 'loss' as item 1",
        ),
    ],
)
def test_only_values_are_drawn(raises, given, error, message):
    with raises(error, message):
        draw(given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "RL"}, 'direction is \'RL\'; give "LR" (left to right) or "TB"'),
        ({"digits": 0}, "digits must be a whole number from 1 to 17, got 0"),
        ({"digits": 4.0}, "digits must be a whole number from 1 to 17, got 4.0"),
        ({"fold": "all"}, 'fold is \'all\'; give "auto", "names" or None'),
        ({"partials": "some"}, "partials is 'some'; give True, False or \"auto\""),
    ],
)
def test_options_are_checked(raises, options, message):
    with raises(ValueError, message):
        draw(Value(1.0), **options)


def test_what_learns_is_leaves_of_the_graph(raises):
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    y = w * x
    assert draw(y, learns=iter([w, w, Value(1.0)])).learns == (w,)
    with raises(
        ValueError, "learns takes leaves of the graph that is drawn, got leaves of another"
    ):
        draw(y, learns=[Value(1.0)])
    with pytest.raises(TypeError, match="learns takes leaves"):
        draw(y, learns=[y])


def test_partials_are_shown_where_they_can_be_read():
    assert "e7_0" in draw(one_neuron()).lettering
    assert "e2_0" not in draw(repeated_product(200)).lettering
    assert "e3_0" in draw(repeated_product(200), partials=True).lettering
    assert "e7_0" not in draw(one_neuron(), partials=False).lettering


def test_the_table():
    assert str(draw(one_neuron(), digits=3)) == (
        "Graph of o = 0.706419: 10 values, 5 operations\n"
        "name  operation     data   grad\n"
        "x1                     2   -1.5\n"
        "w1                    -3      1\n"
        "v1    * of x1, w1     -6  0.501\n"
        "x2                     0  0.501\n"
        "w2                     1      0\n"
        "v2    * of x2, w2      0  0.501\n"
        "v3    + of v1, v2     -6  0.501\n"
        "b                   6.88  0.501\n"
        "v4    + of v3, b    0.88  0.501\n"
        "o     tanh of v4   0.706      1"
    )


def test_a_long_table_shows_its_end():
    lines = str(draw(repeated_product(1_000), collapse=None)).splitlines()
    assert lines[2] == "... 802 values before these ..."
    assert lines[-1].split() == ["v1002", "*", "of", "v1001,", "v2", "0.3677", "-"]
    assert len(lines) == 203


def test_repr_is_one_line():
    assert repr(draw(two_two_two())) == (
        "<Drawing: Graph of E = 0.298371: 25 named values of 41; draw(..., fold=None) draws each>"
    )


def test_a_notebook_gets_an_image_that_it_trusts_and_a_table():
    drawing = draw(one_neuron())
    bundle = drawing._repr_mimebundle_()
    assert sorted(bundle) == ["text/html", "text/plain"]
    assert bundle["text/plain"] == str(drawing)
    start, data = bundle["text/html"].split("data:image/svg+xml;base64,")
    assert start == (
        '<div style="overflow: auto"><img style="max-width: none" '
        'alt="Graph of o = 0.706419: 10 values, 5 operations" src="'
    )
    assert base64.b64decode(data.removesuffix('"></div>')).decode() == drawing.svg()


def test_a_notebook_is_spared_a_graph_that_it_could_not_show():
    bundle = draw(repeated_product(6_000), collapse=None)._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert bundle["text/plain"].startswith(
        "Too large to show here; draw(...).save('graph.svg') writes the picture.\nGraph of "
    )


def test_the_same_graph_gives_the_same_svg(no_programs):
    one, other = draw(two_two_two()), draw(two_two_two())
    assert one.svg() == other.svg()
    assert one.dot == other.dot


def test_the_text_does_not_depend_on_hashes(no_programs):
    program = (
        "from drawn_graphs import two_two_two; from autograd_mini.drawing import draw;"
        "drawing = draw(two_two_two()); print(drawing.svg(), drawing.dot)"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_save_svg(no_programs, tmp_path):
    drawing = draw(one_neuron())
    path = drawing.save(tmp_path / "neuron.svg")
    assert path == tmp_path / "neuron.svg"
    assert path.read_text(encoding="utf-8") == drawing.svg()
    assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_save_dot(no_programs, tmp_path):
    drawing = draw(one_neuron())
    assert drawing.save(str(tmp_path / "NEURON.DOT")).read_text(encoding="utf-8") == drawing.dot


def test_save_a_page_that_loads_nothing(no_programs, tmp_path):
    page = draw(one_neuron()).save(tmp_path / "neuron.html").read_text(encoding="utf-8")
    elements = Elements(page).found
    names = [name for name, _ in elements]
    assert names.count("script") == 1
    assert names.count("svg") == 2  # the picture, and the curve of training
    assert ("meta", {"charset": "utf-8"}) in elements
    (policy,) = [attrs["content"] for _, attrs in elements if "http-equiv" in attrs]
    assert policy.startswith(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
        "script-src 'sha256-"
    )
    assert not [attrs for _, attrs in elements if {"src", "href"} & attrs.keys()]


def test_a_page_of_what_javascript_cannot_compute_shows_and_runs_nothing(tmp_path):
    """In an interpreter of its own, as it adds a row to the table."""
    program = """
from autograd_mini import Value, draw
from autograd_mini.engine import operation, recording
erf = operation.Operation("erf", "erf(x)", "2 * exp(-x * x) / sqrt(3.141592653589793)")
operation.TABLE["erf"] = erf
recording.install(erf)
x = Value(0.5, label="x")
y = erf(x)
y.backward()
draw(y).save("erf.html")
try:
    draw(y, quiz=["values"]).save("quiz.html")
except ValueError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    page = (tmp_path / "erf.html").read_text(encoding="utf-8")
    assert "script" not in [name for name, _ in Elements(page).found]
    assert "<td>erf of x</td><td>0.5205</td><td>1</td>" in page
    why = "JavaScript has no Math.erf; use the target python or c"
    assert ran.stdout == f"there can be no quiz on this graph: {why}\n"
    assert not (tmp_path / "quiz.html").exists()


def test_quiz_options(raises):
    x = Value(1.0)
    for wrong in ("values", [0]):
        with raises(
            ValueError,
            f"quiz is {wrong!r}; give a list of some of 'values', 'partials', 'gradients', or of "
            "quantities such as 'dE/dw5'",
        ):
            draw(x, quiz=wrong)


@pytest.mark.parametrize("name", ["neuron.gif", "neuron", "neuron.svg.gz"])
def test_saving_with_an_unknown_suffix_is_refused(raises, tmp_path, name):
    with raises(
        ValueError,
        f"cannot save '{name}': a drawing is saved as one of .svg, .html, .dot, "
        ".mmd, .mermaid, .png, .pdf; "
        "end the name with one of them",
    ):
        draw(one_neuron()).save(tmp_path / name)


def test_a_folder_that_does_not_exist(raises, tmp_path):
    with raises(
        FileNotFoundError,
        f"cannot write '{tmp_path / 'absent' / 'neuron.svg'}': "
        f"there is no folder '{tmp_path / 'absent'}'; create it first",
    ):
        draw(one_neuron()).save(tmp_path / "absent" / "neuron.svg")


def test_a_folder_of_that_name(raises, tmp_path):
    folder = tmp_path / "neuron.svg"
    folder.mkdir()
    with raises(
        IsADirectoryError, f"cannot write '{folder}': it is a folder; choose another place"
    ):
        draw(one_neuron()).save(folder)


def test_a_pipe_or_device_of_that_name_is_left_alone(raises, tmp_path):
    path = tmp_path / "neuron.svg"
    os.mkfifo(path)
    with raises(OSError, f"cannot write '{path}': it is a device or a pipe; choose another place"):
        draw(one_neuron()).save(path)
    assert path.is_fifo()
    assert list(tmp_path.iterdir()) == [path]


def test_saving_through_a_link_replaces_the_file_it_points_to(tmp_path):
    path, link = tmp_path / "graph.svg", tmp_path / "latest.svg"
    link.symlink_to(path.name)
    assert draw(one_neuron()).save(link) == link
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8").startswith("<svg")


def test_a_failed_save_leaves_nothing_behind(raises, tmp_path):
    path = tmp_path / f"{'n' * 300}.svg"
    with raises(OSError, f"cannot write '{path}': file name too long; choose another place"):
        draw(one_neuron()).save(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="may write everywhere")
def test_a_folder_that_cannot_be_written(raises, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    path = folder / "neuron.svg"
    with raises(PermissionError, f"cannot write '{path}': permission denied; choose another place"):
        draw(one_neuron()).save(path)


def test_saving_again_replaces_the_file(tmp_path):
    path = tmp_path / "graph.dot"
    path.write_text("old")
    draw(one_neuron()).save(path)
    assert path.read_text(encoding="utf-8").startswith("digraph {")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_saved_file_can_be_read_by_whom_other_files_can(tmp_path):
    other = tmp_path / "other"
    other.touch()
    path = draw(one_neuron()).save(tmp_path / "graph.svg")
    assert path.stat().st_mode == other.stat().st_mode


def test_a_drawing_of_one_value(no_programs):
    drawing = draw(Value(2.0))
    assert isinstance(drawing, Drawing)
    assert repr(drawing) == "<Drawing: Graph of v1 = 2: 1 value, 0 operations>"
    ElementTree.fromstring(drawing.svg())


def test_a_page_is_headed_by_the_name_that_its_root_has_in_it(tmp_path: Path) -> None:
    w = Value(0.5, label="w")
    drawing = draw((w * 2.0 - 3.0) ** 2)
    page = drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<h1>Graph of v3: 4 values, 3 operations</h1>" in page
    assert '"names":["w","v1","v2","v3"]' in drawing.page.script()


def test_the_number_of_digits_of_a_picture_may_be_an_integer_of_numpy(tmp_path):
    numpy = pytest.importorskip("numpy")
    x = Value(2.0, label="x")
    y = x / 3
    pages = []
    for digits in (3, numpy.int64(3)):
        draw(y, digits=digits).save(tmp_path / "y.html")
        pages.append((tmp_path / "y.html").read_text())
    assert pages[0] == pages[1]
