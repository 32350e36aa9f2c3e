"""PNG and PDF by CairoSVG, and what is said where nothing can draw them."""

import re
import sys

import pytest
from drawn_graphs import one_neuron, repeated_product, two_two_two

from autograd_mini.drawing import RenderingError, draw

NEEDED = (
    "PNG and PDF need the Python package CairoSVG (pip install cairosvg) or Graphviz's program "
    "'dot' (apt install graphviz, brew install graphviz); {}, and 'dot' is not on the PATH; "
    "install one of them, or save as .svg, which needs neither"
)


def ink(image, place):
    """The darkest of the pixels in a place, from 0 to 1."""
    scale = 2
    left, right = int(scale * place.left), int(scale * place.right)
    top, bottom = int(scale * place.top), int(scale * place.bottom)
    return image[top:bottom, left:right, :3].mean(axis=2).min()


def test_a_png_shows_each_number_on_an_arrow_and_each_box(cairo, no_programs, tmp_path):
    pyplot_image = pytest.importorskip("matplotlib.image")
    drawing = draw(two_two_two())
    image = pyplot_image.imread(drawing.save(tmp_path / "graph.png"))
    layout = drawing.layout
    assert image.shape[:2] == (2 * round(layout.height), 2 * round(layout.width))
    assert {name for name, place in layout.places.items() if ink(image, place) > 0.6} == set()
    assert image[0, 0, :3].tolist() == [1, 1, 1]  # paper, as in light surroundings


def test_a_pdf_of_a_long_chain_is_no_longer_than_viewers_read(cairo, no_programs):
    drawing = draw(repeated_product(250), collapse=None, partials=False)
    assert drawing.layout.width > 20_000
    (box,) = re.findall(rb"/MediaBox \[ 0 0 (\S+) \S+ \]", drawing.pdf())
    assert float(box) == pytest.approx(14_400, abs=1)


def test_a_pdf_has_one_page_of_the_size_of_the_picture(cairo, no_programs, tmp_path):
    drawing = draw(one_neuron())
    data = drawing.save(tmp_path / "neuron.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    width, height = round(drawing.layout.width), round(drawing.layout.height)
    assert f"/MediaBox [ 0 0 {0.75 * width:g} {0.75 * height:g} ]".encode() in data


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_png_and_pdf_need_a_package_or_a_program(no_cairo, no_programs, raises, tmp_path, suffix):
    with raises(RenderingError, NEEDED.format("CairoSVG is not installed")):
        draw(one_neuron()).save(tmp_path / f"neuron.{suffix}")
    assert not list(tmp_path.glob("neuron*"))


def test_a_cairosvg_without_its_library_is_told(no_programs, monkeypatch, raises, tmp_path):
    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name == "cairosvg":
                raise OSError("no library called 'cairo-2' was found")

    monkeypatch.delitem(sys.modules, "cairosvg", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    reason = "CairoSVG does not find the library cairo (apt install libcairo2, brew install cairo)"
    with raises(RenderingError, NEEDED.format(reason)):
        draw(one_neuron()).png()
