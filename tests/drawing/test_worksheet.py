"""Quizzes whose questions are chosen, and quizzes on paper."""

import re
import shutil
import subprocess

import pytest
from drawn_graphs import two_two_two

from autograd_mini import Value, draw
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import format_number

PARAMETERS = ["b1", "b2", *(f"w{k}" for k in range(1, 9))]


def text_of(html):
    """The text of HTML, without spaces and styles."""
    return re.sub(r"\s", "", re.sub(r"<style>.*?</style>|<[^>]*>", "", html, flags=re.DOTALL))


def questions(html):
    (listed,) = re.findall("<ol>(.*?)</ol>", html, re.DOTALL)
    return [text_of(item) for item in re.findall("<li>(.*?)</li>", listed, re.DOTALL)]


def test_a_worksheet_asks_for_the_gradients_of_parameters_in_numbered_blanks(tmp_path):
    root = two_two_two()
    path = draw(root).save_worksheet(tmp_path / "sheet.html")
    html = path.read_text(encoding="utf-8")
    assert questions(html) == [f"∂E∂{name}=" for name in PARAMETERS]
    for number, name in enumerate(PARAMETERS, start=1):
        (box,) = re.findall(
            f'<g id="v[0-9]+" class="value[^>]*>(?:(?!</g>).)*>{name}<.*?</g>', html
        )
        assert box.endswith(f">({number})</text></g>")
    for value in Names(root).values:
        assert value.label not in PARAMETERS or format_number(value.grad, 4) not in text_of(html)
    assert "<script" not in html


def test_the_key_is_a_page_of_its_own_and_needs_no_backward_pass(tmp_path):
    w, x = Value(0.5, "w"), Value(3.0, "x")
    y = w * x
    y.label = "y"
    drawing = draw(y, quiz=["dy/dw", "y"])
    sheet, key = (
        drawing.save_worksheet(tmp_path / "s.html", key=True)
        .read_text("utf-8")
        .split('<section class="key">')
    )
    assert questions(sheet) == ["∂y∂w=", "y="]
    assert questions(key) == ["∂y∂w=3", "y=1.5"]
    assert "1.5" not in text_of(sheet)
    assert re.search(r"\.key { break-before: page; }", sheet)


def test_questions_are_chosen_by_name_and_mixed_with_kinds(raises):
    root = two_two_two()
    drawing = draw(root, quiz=["dE/dw5", "dout_o1/dnet_o1", "net_h1"])
    assert drawing.quiz.kinds == ("values", "partials", "gradients")
    assert [each.words for each in drawing.quiz.chosen] == ["dE/dw5", "dout_o1/dnet_o1", "net_h1"]
    mixed = draw(root, quiz=["dE/dout_h1", "gradients"]).quiz.chosen
    assert [each.words for each in mixed] == ["dE/dout_h1", *(f"dE/d{name}" for name in PARAMETERS)]
    with raises(
        ValueError,
        "the quiz asks for 'dE/dw55', which is not in the picture; did you mean 'dE/dw5'?",
    ):
        draw(root, quiz=["dE/dw55"])


def test_what_no_worksheet_can_be_written_of(raises, tmp_path):
    drawing = draw(Value(1.0, "x"))
    with raises(ValueError, "the worksheet has no questions: the picture has no gradients"):
        drawing.save_worksheet(tmp_path / "sheet.html")
    with raises(ValueError, "cannot save 'sheet.pdf': a worksheet is an .html file"):
        drawing.save_worksheet("sheet.pdf")


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_page_and_worksheet_ask_the_same_and_paper_can_be_read(open_page, tmp_path):
    root = two_two_two()
    for asked in (["gradients"], ["values", "partials"], ["dE/dw5", "dE_o1/dout_o1", "out_h1"]):
        drawing = draw(root, quiz=asked)
        sheet = drawing.save_worksheet(tmp_path / "sheet.html").read_text("utf-8")
        page = open_page(drawing)
        labels = page.locator(".questions math").all_text_contents()
        assert [re.sub(r"\s", "", label) for label in labels] == questions(sheet)
    assert page.locator('.value[aria-label*="gradient ?"]').count() == 24
    page.get_by_label("dE/dw5", exact=True).fill("0.082167")
    page.get_by_label("dE/dw5", exact=True).press("Enter")
    assert page.locator(".score").inner_text().startswith("1 of 3 right")
    paper = open_page(draw(root).save_worksheet(tmp_path / "sheet.html"))
    paper.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    words = subprocess.run(
        ["pdftotext", "-bbox", tmp_path / "sheet.pdf", "-"], capture_output=True, text=True
    ).stdout
    for number in range(1, 11):
        assert f">{number}.<" in words
        assert f">({number})<" in words
    heights = re.findall(r'yMin="([\d.]+)" .*?yMax="([\d.]+)">(?:data|grad)<', words)
    assert min(float(bottom) - float(top) for top, bottom in heights) >= 7
