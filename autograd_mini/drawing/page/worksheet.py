"""A quiz on paper: the picture with numbered blanks, lines to write on, and a key.

It is HTML for a browser to print, without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograd_mini.drawing.escape import xml_text
from autograd_mini.drawing.page.page import Page, html_document
from autograd_mini.drawing.page.questions import Question, Questions, Quiz
from autograd_mini.drawing.picture import ValueBox
from autograd_mini.drawing.svg import svg_text
from autograd_mini.symbols.limits import DECIMALS
from autograd_mini.symbols.mathml import MathMLPrinter
from autograd_mini.symbols.numbers import format_number

LINES = 3  # to write on, below a question

_STYLE = """
@page { size: A4 landscape; margin: 12mm; }
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 273mm; padding: 5mm; font: 11pt Helvetica, Arial, sans-serif;
  color: #000; background: #fff; }
h1 { font-size: 14pt; margin: 0; }
header { display: flex; gap: 2rem; align-items: baseline; margin-bottom: 3mm; }
header span { flex: 1; border-bottom: 1px solid #000; }
svg { display: block; width: 100%; height: auto; max-height: 150mm; }
svg text { fill: #000; }
svg .paper, svg .operation rect { fill: #fff; }
svg .operation rect { stroke: #000; }
svg .frame rect { fill: #f3f4f6; }
ol { display: grid; grid-template-columns: repeat(4, 1fr); gap: 3mm 8mm; margin: 3mm 0 0;
  padding-left: 7mm; }
li { break-inside: avoid; padding-left: 1mm; }
li div { height: 7mm; border-bottom: 1px solid #999; }
math { font-size: 12pt; }
.key { break-before: page; }
@media print { body { padding: 0; } }
"""


def worksheet_html(page: Page, *, key: bool = False) -> str:
    """Write the worksheet of a page's quiz; of a page without one, of its gradients.

    key: whether the answers follow, on a page by themselves.

    Raises: ValueError if there is nothing to ask.
    """
    quiz = page.quiz if page.quiz.kinds else Quiz(("gradients",))
    questions = Questions(page.picture, page.names, page.learns)
    asked = questions.of(quiz)
    if not asked:
        raise ValueError(f"the worksheet has no questions: the picture has no {quiz.kinds[0]}")
    root = page.names(page.names.roots[0])
    title = xml_text(f"{quiz.title} of {root}" if quiz.chosen == () else f"Questions about {root}")
    blanks = "".join(
        f"<li>{_symbol(each, root, page)}{'<div></div>' * LINES}</li>\n" for each in asked
    )
    sheet = (
        f"<header><h1>{title}</h1> Name <span></span> Date <span></span></header>\n"
        f"{_picture(page, questions, quiz.kinds, asked)}<ol>\n{blanks}</ol>\n"
    )
    if key:
        answers = "".join(
            f"<li>{_symbol(each, root, page)} {_number(questions.answer(each))}</li>\n"
            for each in asked
        )
        sheet += (
            f'<section class="key">\n<header><h1>Key</h1></header>\n'
            f"{_picture(page, questions, (), ())}<ol>\n{answers}</ol>\n</section>\n"
        )
    return html_document(title, _STYLE, sheet)


def _picture(
    page: Page, questions: Questions, kinds: Sequence[str], asked: Sequence[Question]
) -> str:
    """The picture without the numbers of `kinds`; a number that is asked for is a question's."""
    numbers = {
        (each.kind, each.edge.edge if each.edge else each.box.id): f"({k})"
        for k, each in enumerate(asked, start=1)
    }
    lettering = dict(page.lettering)
    boxes = []
    for box in page.named.boxes:
        if isinstance(box, ValueBox):
            grad = questions.gradient(box)
            is_blank = "gradients" in kinds and box.id != page.picture.roots[0]
            label, data, _ = lettering[box.id].rows
            if "values" in kinds and box.operands:
                data = numbers.get(("values", box.id), "")
            slope = format_number(grad, page.digits)
            if is_blank:
                slope = numbers.get(("gradients", box.id), "")
            lettering[box.id] = replace(lettering[box.id], rows=(label, data, slope))
            box = replace(box, grad=None if is_blank else grad)
        boxes.append(box)
        for edge in (each.edge for each in box.operands):
            if ("partials", edge) in numbers and edge in lettering:
                lettering[edge] = replace(lettering[edge], rows=(numbers["partials", edge],))
    picture = replace(page.named, boxes=tuple(boxes))
    return svg_text(picture, lettering, page.layout, titles=False)


def _symbol(question: Question, root: str, page: Page) -> str:
    """The quantity of a question and an equals sign, in MathML."""
    write = MathMLPrinter().name
    top, bottom = root, question.box.name
    if question.kind == "values":
        return _math(write(bottom)[0])
    if question.edge is not None:
        source = page.picture.by_id[question.edge.source]
        top, bottom = question.box.name, source.name
    sides = (
        f"<mrow><mo>\N{PARTIAL DIFFERENTIAL}</mo>{write(each)[0]}</mrow>" for each in (top, bottom)
    )
    return _math(f"<mfrac>{''.join(sides)}</mfrac>")


def _math(written: str) -> str:
    return f'<math displaystyle="true">{written}<mo>=</mo></math>'


def _number(number: float) -> str:
    return f"<math>{MathMLPrinter().decimal(format_number(number, DECIMALS))}</math>"
