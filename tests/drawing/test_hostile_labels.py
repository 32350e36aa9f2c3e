"""Labels are data: whatever is in them comes out as text, everywhere."""

import subprocess
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_mini import Value, scope
from autograd_mini.drawing import draw, draw_dot
from autograd_mini.drawing.escape import shorten
from autograd_mini.drawing.layout import layered_layout
from autograd_mini.drawing.lettering import LONGEST_LABEL, letter
from autograd_mini.drawing.picture import DrawnOperation, Picture, PictureEdge, ValueBox
from autograd_mini.drawing.svg import svg_text
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.text import printable

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = {
    "quotes": """say "hi" and 'bye'""",
    "script": "<script>alert(1)</script>",
    "end of style": "</style></svg><img src=x>",
    "escapes of dot": r"\N \G \L \T \E",
    "line escapes of dot": r"a\nb\lc\rd",
    "backslash": "\\",
    "two backslashes": "\\\\",
    "backslash at the end": "w\\",
    "backslash and quote": '\\"',
    "record fields": "a|b|<port> c",
    "braces": "{a} {{b}}",
    "html label of dot": "<b>bold</b>",
    "entities": "&amp; &lt; &#38; &",
    "percent and dollar": "%s ${x} $1",
    "comment": "/* */ // # --> <!--",
    "cdata": "]]> <![CDATA[",
    "spaces": "  two  spaces  ",
    "only a space": " ",
    "greek": "\u03c3\u0302 \u2202E/\u2202w",
    "chinese": "\u635f\u5931",
    "emoji": "\N{GRINNING FACE}",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "node": "node",
    "keyword": "digraph",
}
CONTROLS = {
    "newline": ("a\nb", "a\u240ab"),
    "carriage return and tab": ("a\r\tb", "a\u240d\u2409b"),
    "nul": ("a\0b", "a\u2400b"),
    "escape sequence": ("\x1b[31mred", "\u241b[31mred"),
    "delete": ("\x7f", "\u2421"),
    "c1": ("a\x9bb", "a\ufffdb"),
    "lone surrogate": ("a\ud800b", "a\ufffdb"),
    "no character": ("a\uffffb\ufffe", "a\ufffdb\ufffd"),
}
CASES = [pytest.param(text, text, id=name) for name, text in HOSTILE.items()]
CASES += [pytest.param(text, shown, id=name) for name, (text, shown) in CONTROLS.items()]


def labelled(text):
    """A graph whose leaf, result and scope have this name."""
    x = Value(2.0, label=text)
    with scope(text):
        y = x * 3
    y.label = text
    y.backward()
    return y


def called(root):
    """What the leaf and the result are called, which have one label."""
    names = Names(root)
    return [printable(names(value)) for value in names.values]


def texts(svg, kind):
    """The texts of one class in an SVG."""
    root = ElementTree.fromstring(svg)
    return [e.text or "" for e in root.iter(SVG + "text") if kind in e.get("class").split()]


def titles(svg):
    """The tooltips of an SVG."""
    return [e.text or "" for e in ElementTree.fromstring(svg).iter(SVG + "title")]


def shown_by_dot(source):
    """Every line of text in dot's own SVG, where nothing must be complained of."""
    done = subprocess.run(
        ["dot", "-Tsvg"], input=source.encode(), capture_output=True, timeout=30, check=True
    )
    assert done.stderr == b""
    svg = ElementTree.fromstring(done.stdout)
    return [without_no_break_spaces(e.text or "") for e in svg.iter(SVG + "text")]


def without_no_break_spaces(text):
    """dot writes a space beside another as a no-break space."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


class Page(HTMLParser):
    """The elements and the heading of a page."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.heading, self._inside = set(), "", False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self._inside = tag == "h1"

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.heading += data


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_svg(no_programs, text, shown):
    root = labelled(text)
    svg = draw(root).svg()
    fitting = shorten(shown, LONGEST_LABEL)
    assert texts(svg, "label") == [fitting, fitting, "*"]
    leaf, result = called(root)
    assert leaf.startswith(shown)
    assert f"{leaf}: data 2, grad 3" in titles(svg)
    assert f"{result}: data 6, grad 1" in titles(svg)
    assert shown in titles(svg)
    svg.encode()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_png(cairo, no_programs, text):
    assert draw(labelled(text)).png().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_page(no_programs, tmp_path, text, shown):
    root = labelled(text)
    path = draw(root).save(tmp_path / "page.html")
    plain = Page(draw(labelled("plain")).save(tmp_path / "plain.html").read_text())
    page = Page(path.read_text(encoding="utf-8"))
    assert page.elements == plain.elements
    assert page.heading.startswith(f"Graph of {shorten(called(root)[1], LONGEST_LABEL)}: ")


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_table(no_programs, text, shown):
    root = labelled(text)
    first = str(draw(root)).splitlines()[2]
    assert first.startswith(shorten(called(root)[0], LONGEST_LABEL))


@pytest.mark.dot
@pytest.mark.parametrize(("text", "shown"), CASES)
def test_dot(text, shown):
    written = shown_by_dot(draw(labelled(text)).dot)
    fitting = shorten(shown, LONGEST_LABEL)
    boxes = [fitting, "data 2", "grad 3", fitting, "data 6", "grad 1"]
    assert sorted(written) == sorted([*boxes, fitting, "*", "3", "3"])


@pytest.mark.dot
@pytest.mark.parametrize(("text", "shown"), CASES)
def test_svg_laid_out_by_dot(text, shown):
    fitting = shorten(shown, LONGEST_LABEL)
    assert texts(draw(labelled(text)).svg(), "label") == [fitting, fitting, "*"]


@pytest.mark.dot
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_draw_dot(text):
    source = draw_dot(labelled(text)).source
    assert shown_by_dot(source) == shown_by_dot(draw(labelled(text)).dot)


LONG = ["w" * 10_000, "\N{GRINNING FACE}" * 10_000, '"' * 10_000, "\\" * 10_000, "\n" * 10_000]


@pytest.mark.parametrize("text", LONG, ids=["w", "emoji", "quotes", "backslashes", "newlines"])
def test_ten_thousand_characters(no_programs, text):
    root = labelled(text)
    svg = draw(root).svg()
    assert (
        texts(svg, "label")[0] == printable(text)[: LONGEST_LABEL - 1] + "\N{HORIZONTAL ELLIPSIS}"
    )
    assert f"{called(root)[0]}: data 2, grad 3" in titles(svg)


@pytest.mark.dot
@pytest.mark.parametrize("text", LONG, ids=["w", "emoji", "quotes", "backslashes", "newlines"])
def test_ten_thousand_characters_in_dot(text):
    written = shown_by_dot(draw(labelled(text)).dot)
    assert printable(text)[: LONGEST_LABEL - 1] + "\N{HORIZONTAL ELLIPSIS}" in written


def test_a_symbol_is_data_too():
    text = '<script>"|{}\\N\n'
    operation = DrawnOperation("o2", text, (PictureEdge("e2_0", "v1", 1.0, None),))
    values = (
        ValueBox("v1", "x", "x", 1.0, None, (), None),
        ValueBox("v2", "v1", "", 1.0, None, (), operation),
    )
    picture = Picture(values, ("v2",))
    lettering = letter(picture, digits=4, partials=True)
    svg = svg_text(picture, lettering, layered_layout(picture, lettering, "LR"))
    assert texts(svg, "label") == ["x", printable(text)]


# Also what pytest's own encoding would refuse: lone surrogates.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


@given(ANY_TEXT)
def test_any_label_gives_well_formed_svg(text):
    drawing = draw(labelled(text))
    svg = svg_text(
        drawing.picture,
        drawing.lettering,
        layered_layout(drawing.picture, drawing.lettering, "LR"),
    )
    shown = [shorten(printable(text), LONGEST_LABEL)] * 2 if text else []
    assert texts(svg, "label") == [*shown, "*"]


@pytest.mark.dot
@given(st.lists(ANY_TEXT.filter(bool), min_size=5, max_size=20))
@settings(max_examples=25)
def test_any_label_comes_out_of_dot(names):
    written = shown_by_dot(draw([Value(1.0, label=name) for name in names]).dot)
    labels = [shorten(printable(name), LONGEST_LABEL) for name in names]
    numbers = ["data 1", "grad -"] * len(names)
    assert sorted(written) == sorted([*map(without_no_break_spaces, labels), *numbers])
