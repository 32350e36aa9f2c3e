"""What Graphviz draws, and that no Graphviz, however it fails, spoils a drawing."""

import shutil
import subprocess

import pytest
from drawn_graphs import layers_of, one_neuron, two_two_two, used_five_times

from autograd_mini.drawing import RenderingError, draw, draw_dot

GRAPHS = {
    "one neuron": one_neuron,
    "used five times": used_five_times,
    "two-two-two": two_two_two,
    "layers": lambda: layers_of((2, 3, 1)),
}


def plain(source):
    """The nodes and edges that dot finds in a source without a complaint."""
    done = subprocess.run(
        ["dot", "-Tplain"], input=source, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    nodes = {line[1] for line in lines if line[0] == "node"}
    return nodes, sorted((line[1], line[2]) for line in lines if line[0] == "edge")


def drawn_edges(picture):
    """What the edges of a picture are in DOT."""
    operands = [(o.source, box.entry) for box in picture.boxes for o in box.operands]
    return sorted([*operands, *((op.id, value.id) for value, op in picture.operations())])


@pytest.mark.dot
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_dot_reads_the_source(name, direction):
    drawing = draw(GRAPHS[name](), direction=direction)
    nodes, edges = plain(drawing.dot)
    assert nodes == {name for value in drawing.picture.values for name in value.nodes()}
    assert edges == drawn_edges(drawing.picture)


def test_a_picture_does_not_depend_on_graphviz(fake_dot):
    expected = draw(two_two_two()).svg()
    fake_dot("exit 1")
    assert draw(two_two_two()).svg() == expected


@pytest.mark.dot
@pytest.mark.parametrize("name", GRAPHS)
def test_png_and_pdf_where_graphviz_has_no_neato(fake_dot, tmp_path, name):
    """As in Debian since Graphviz 14, but for a further package."""
    fake_dot(
        f"""case "$*" in *neato*) echo 'There is no layout engine support for "neato"' >&2
        exit 1;; esac; exec {shutil.which("dot")} "$@" """
    )
    drawing = draw(GRAPHS[name]())
    assert drawing.save(tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert drawing.save(tmp_path / "graph.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.dot
@pytest.mark.parametrize("name", GRAPHS)
def test_png_and_pdf(no_cairo, tmp_path, name):
    drawing = draw(GRAPHS[name]())
    assert drawing.save(tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert drawing.save(tmp_path / "graph.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.dot
def test_a_png_of_a_large_graph_has_a_size_that_viewers_open(no_cairo, tmp_path):
    data = draw(layers_of((2, 16, 16, 1)), collapse=None).save(tmp_path / "graph.png").read_bytes()
    width, height = (int.from_bytes(data[place : place + 4], "big") for place in (16, 20))
    assert 25e6 < width * height < 61e6  # the least is dot's own layout, without neato


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 3", "3"),
        (
            "echo 'Could not load libgvplugin_gd.so' >&2; echo more >&2; exit 1",
            "1 (Could not load libgvplugin_gd.so)",
        ),
    ],
    ids=["silent", "says why"],
)
@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_a_dot_that_fails_to_render(fake_dot, raises, tmp_path, script, reason, suffix):
    program = fake_dot(script)
    with raises(
        RenderingError,
        f"Graphviz's program {program} failed with exit status {reason}; install Graphviz again or "
        "save as .svg, which needs no program",
    ):
        draw(one_neuron()).save(tmp_path / f"neuron{suffix}")
    assert not (tmp_path / f"neuron{suffix}").exists()


@pytest.mark.dot
@pytest.mark.parametrize("name", GRAPHS)
def test_draw_dot_is_the_same_source(name):
    graph = draw_dot(GRAPHS[name]())
    assert type(graph).__module__.split(".")[0] == "graphviz"
    assert graph.source == draw(GRAPHS[name]()).dot


@pytest.mark.dot
def test_draw_dot_as_in_micrograd(tmp_path):
    graph = draw_dot(one_neuron(), format="png", rankdir="TB")
    path = graph.render(tmp_path / "neuron")
    assert path == str(tmp_path / "neuron.png")
    assert "rankdir=TB" in graph.source


def test_draw_dot_without_the_package(monkeypatch, raises):
    import sys

    monkeypatch.setitem(sys.modules, "graphviz", None)
    with raises(
        ImportError,
        "draw_dot needs the Python package 'graphviz'; run 'pip install graphviz' or use "
        "draw(root), which needs no package",
    ):
        draw_dot(one_neuron())


def test_importing_drawing_does_not_import_graphviz():
    import sys

    program = "import sys, autograd_mini.drawing; sys.exit('graphviz' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
