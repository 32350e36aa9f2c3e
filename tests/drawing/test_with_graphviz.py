"""What Graphviz draws, and that no Graphviz, however it fails, spoils a drawing."""

import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from drawn_graphs import layers_of, one_neuron, repeated_product, two_two_two, used_five_times

from autograd_mini import Value
from autograd_mini.drawing import GraphvizError, draw, draw_dot, graphviz_layout
from autograd_mini.drawing.layout.layered import layered_layout

GRAPHS = {
    "one neuron": one_neuron,
    "used five times": used_five_times,
    "two-two-two": two_two_two,
    "layers": lambda: layers_of((2, 3, 1)),
}


def ours(drawing):
    """The layout that needs no program."""
    return layered_layout(drawing.picture, drawing.lettering, drawing.direction)


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
    operands = [(o.source, op.id) for _, op in picture.operations() for o in op.operands]
    return sorted([*operands, *((op.id, value.id) for value, op in picture.operations())])


@pytest.mark.dot
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_dot_reads_the_source(name, direction):
    drawing = draw(GRAPHS[name](), direction=direction)
    nodes, edges = plain(drawing.dot)
    assert nodes == {name for value in drawing.picture.values for name in value.nodes()}
    assert edges == drawn_edges(drawing.picture)


@pytest.mark.dot
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GRAPHS)
def test_small_graphs_are_laid_out_by_dot(name, direction):
    drawing = draw(GRAPHS[name](), direction=direction)
    layout, own = drawing.layout, ours(drawing)
    assert layout != own
    assert layout.places.keys() == own.places.keys()
    assert {wire.id for wire in layout.wires} == {wire.id for wire in own.wires if wire.arrow}
    assert [frame.scope for frame in layout.frames] == [frame.scope for frame in own.frames]
    ElementTree.fromstring(drawing.svg())


@pytest.mark.dot
def test_frames_by_dot_hold_their_members():
    drawing = draw(two_two_two())
    for frame in drawing.layout.frames:
        for value in drawing.picture.values:
            for name in value.nodes():
                place = drawing.layout.places[name]
                inside = (
                    frame.place.left < place.x < frame.place.right
                    and frame.place.top < place.y < frame.place.bottom
                )
                assert inside == (value.scope[: len(frame.scope)] == frame.scope)


@pytest.mark.dot
def test_large_graphs_are_laid_out_by_us():
    drawing = draw(repeated_product(500), collapse=None)
    assert drawing.picture.size == 1_002
    assert drawing.layout == ours(drawing)


def wide_sum():
    """Twenty leaves, added up one by one."""
    return sum((Value(float(number)) for number in range(20)), start=Value(0.0))


@pytest.mark.dot
@pytest.mark.parametrize("graph", [wide_sum, lambda: repeated_product(12)])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_what_dot_would_draw_askew_is_laid_out_by_us(graph, direction):
    drawing = draw(graph(), direction=direction)
    assert drawing.layout == ours(drawing)


def test_without_dot_everything_is_laid_out_by_us(no_programs):
    drawing = draw(two_two_two())
    assert drawing.layout == ours(drawing)


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "exit 0",
        "echo nonsense",
        "echo '[]'",
        "echo '{}'",
        """echo '{"objects": [], "edges": []}'""",
        """echo '{"objects": [{"_gvid": 0, "name": "v1", "pos": "1,1"}], "edges": []}'""",
        "kill -9 $$",
    ],
)
def test_a_dot_that_fails_is_done_without(fake_dot, script):
    fake_dot(script)
    drawing = draw(two_two_two())
    assert drawing.layout == ours(drawing)


def test_a_dot_that_cannot_be_run_is_done_without(fake_dot):
    fake_dot("").write_text("#!/no/such/program\n")
    drawing = draw(two_two_two())
    assert drawing.layout == ours(drawing)


def test_a_dot_that_hangs_is_done_without(fake_dot, monkeypatch):
    fake_dot("while :; do :; done")
    monkeypatch.setattr(graphviz_layout, "SECONDS", 0.2)
    drawing = draw(two_two_two())
    assert drawing.layout == ours(drawing)


@pytest.mark.dot
def test_a_dot_that_warns_is_believed(fake_dot):
    expected = draw(two_two_two()).layout
    fake_dot(f'echo Warning: fonts >&2\nexec {shutil.which("dot")} "$@"')
    assert draw(two_two_two()).layout == expected


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
def test_png_and_pdf(tmp_path, name):
    drawing = draw(GRAPHS[name]())
    assert drawing.save(tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert drawing.save(tmp_path / "graph.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.dot
def test_a_png_of_a_large_graph_has_a_size_that_viewers_open(tmp_path):
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
        GraphvizError,
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
