"""Matrices of Values as coloured cells."""

import re
from xml.etree import ElementTree

import pytest

from autograd_mini import Value, draw_matrix, softmax


def attention():
    """The weights of three tokens, each of which looks at itself and at those before."""
    scores = [[Value(0.5 * i - j) for j in range(i + 1)] for i in range(3)]
    weights = [softmax(row) for row in scores]
    sum(row[0] * row[-1] + row[-2 % len(row)] for row in weights).backward()
    return weights


def texts(drawing, kind):
    svg = ElementTree.fromstring(drawing.svg())
    return [text.text for text in svg.iterfind(".//{*}text") if text.get("class") == kind]


def test_a_cell_has_the_number_of_a_value_and_below_it_the_gradient():
    weights = attention()
    drawing = draw_matrix(weights, rows="cat", columns="cat", digits=3)
    values = [value for row in weights for value in row]
    assert texts(drawing, "number") == [f"{value.data:.3g}" for value in values]
    assert texts(drawing, "grad") == [f"{value.grad:.3g}" for value in values]
    assert texts(drawing, "name") == ["c", "a", "t"]


def test_a_shorter_row_leaves_its_last_cells_blank():
    assert str(draw_matrix(attention(), rows="cat")).splitlines()[1].split() == ["c", "1"]


def test_several_matrices_stand_side_by_side_with_one_scale_of_colours():
    drawing = draw_matrix({"head 1": [[1.0, -0.6]], "head 2": [[0.2, 2.0]]})
    assert texts(drawing, "title") == ["head 1", "head 2"]
    tints = re.findall(r'fill="(#\w+)" fill-opacity="([\d.]+)"', drawing.svg())
    colours, shares = zip(*tints)
    assert len({colours[0], colours[2], colours[3]}) == 1 != colours[1]
    assert [round(float(share) / float(shares[3]), 1) for share in shares] == [0.5, 0.3, 0.1, 1]


def test_plain_numbers_have_no_gradient_and_nan_has_its_own_colour():
    drawing = draw_matrix([[1, float("nan")]])
    assert texts(drawing, "grad") == []
    assert texts(drawing, "number") == ["1", "nan"]


def test_a_wide_matrix_has_its_numbers_in_tooltips():
    drawing = draw_matrix([[i - j for j in range(60)] for i in range(40)])
    assert texts(drawing, "number") == []
    assert "<title>3, 50: data -47</title>" in drawing.svg()


def test_names_are_text_whatever_they_contain():
    drawing = draw_matrix({"<b>": [[1.0]]}, rows=["&"], columns=["\x00"])
    assert "&lt;b&gt;" in drawing.svg()
    ElementTree.fromstring(drawing.svg())
    assert "<td>&amp;</td>" in drawing.dot


@pytest.mark.dot
def test_graphviz_reads_the_tables(tmp_path):
    import subprocess

    subprocess.run(
        ["dot", "-Tsvg", "-o", tmp_path / "m.svg"],
        input=draw_matrix({"a & b": attention()}, rows="<&>").dot.encode(),
        check=True,
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([],), "draw_matrix takes a matrix with at least one number, got an empty one"),
        (([1.0],), "draw_matrix takes a list of rows, each a list of numbers, got [1.0]"),
        ((["ab"],), "draw_matrix takes a list of rows, each a list of numbers, got ['ab']"),
        (([[None]],), "draw_matrix takes Values or numbers, got None"),
    ],
)
def test_what_is_no_matrix_is_refused(arguments, error):
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(error)}$"):
        draw_matrix(*arguments)


def test_too_few_names_and_another_suffix_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^rows has 1 names for 2 rows; give one for each$"):
        draw_matrix([[1.0], [2.0]], rows=["a"])
    with pytest.raises(ValueError, match=r"^cannot save 'm\.gif': a matrix is saved as one of"):
        draw_matrix([[1.0]]).save(tmp_path / "m.gif")
