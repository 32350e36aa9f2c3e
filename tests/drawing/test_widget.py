"""The page as a widget: what Python and the reader share, in a real JupyterLab too."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
import traitlets
from drawn_graphs import one_neuron

from autograd_mini import Value, draw
from autograd_mini.drawing.page.widget import NotebookFrame


def test_leaves_are_numbers_by_names():
    widget = draw(one_neuron()).widget()
    assert widget.leaves == {"x1": 2.0, "w1": -3.0, "x2": 0.0, "w2": 1.0, "b": 6.88}
    heard = []
    widget.observe(lambda change: heard.append(change["new"]["w1"]), names="leaves")
    widget.leaves = {"w1": 1}
    assert widget.leaves == {"x1": 2.0, "w1": 1.0, "x2": 0.0, "w2": 1.0, "b": 6.88}
    assert heard == [1.0]


def test_the_widget_refuses_unknown_leaves_and_other_than_numbers(raises):
    widget = draw(Value(1.0, label="x") * 2).widget()
    with raises(traitlets.TraitError, "there is no leaf 'w'; the leaves are x"):
        widget.leaves = {"w": 1.0}
    for wrong in (float("nan"), "1", None, 10**400, [1.0]):
        with raises(traitlets.TraitError, f"x is set to {wrong!r:.60}; give a finite number"):
            widget.leaves = {"x": wrong}
    assert widget.leaves == {"x": 1.0}


def test_numbers_of_numpy_are_set():
    numpy = pytest.importorskip("numpy")
    widget = draw(Value(1.0, label="x") * 2).widget()
    for number in (numpy.float32(0.5), numpy.int64(3), numpy.array(2.5)):
        widget.leaves = {"x": number}
        assert widget.leaves == {"x": float(number)}
        assert type(widget.leaves["x"]) is float


def test_two_widgets_are_apart():
    one, other = draw(one_neuron()).widget(), draw(one_neuron()).widget()
    one.leaves = {"b": 1.0}
    assert other.leaves["b"] == 6.88


def test_where_there_are_no_widgets_the_picture_is_shown():
    """As in a notebook that is not trusted, which takes the HTML and leaves the images in it."""
    drawing = draw(one_neuron())
    bundle, _ = drawing.widget()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == drawing._repr_mimebundle_()["text/html"]
    assert bundle["text/plain"] == str(drawing)


def test_without_anywidget_the_page_is_in_a_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    frame = draw(one_neuron()).widget()
    assert isinstance(frame, NotebookFrame)
    html = frame._repr_html_()
    assert html.startswith('<iframe sandbox="allow-scripts" ')
    assert re.findall("<[a-z/]+", html) == ["<iframe", "</iframe"]
    assert repr(frame) == (
        "<NotebookFrame: the page in a notebook; pip install anywidget to share its leaves>"
    )


@pytest.mark.browser
def test_the_frame_works(open_page, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html>{draw(one_neuron()).widget()._repr_html_()}", "utf-8")
    frame = open_page(path).frame_locator("iframe")
    frame.get_by_role("tab", selected=True).wait_for()
    frame.get_by_role("button", name="Back", exact=True).click()
    assert frame.locator(".told").inner_text().startswith("Backward, step 5 of 5")


CELLS = [
    """from autograd_mini import Value, draw, label
w, x, n = Value(0.5), Value(2.0), Value(float("nan"))
y = w * x
label(w=w, x=x, n=n, y=y)
widget = draw([y, n]).widget()
widget.leaves = {"x": -8}
widget""",
    "print('w is', widget.leaves['w'], 'beside', widget.leaves['n'])",
    "widget.leaves = {'w': 0.75}",
]


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab with one notebook, by its address."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = {
        "cells": [{**cell, "source": source} for source in CELLS],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (tmp_path / "widget.ipynb").write_text(json.dumps(notebook))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "RUNTIME")}
    options = [
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={tmp_path}",
        "--IdentityProvider.token=",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env={**os.environ, **places, "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api/status").close()
            break
        except OSError:
            time.sleep(0.2)
    yield f"{address}/lab/tree/widget.ipynb"
    server.terminate()
    server.wait()


@pytest.mark.browser
def test_in_jupyterlab(browser, lab):
    page = browser.new_context().new_page()
    page.set_default_timeout(60_000)
    page.goto(lab)
    page.get_by_text("| Idle").wait_for()  # before, the kernel takes no cells
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.get_by_text("w is 0.5 beside nan").wait_for()
    assert page.get_by_text("not JSON compliant").count() == 0, "nan is sent as it is"
    # Python has set x before the page was shown, and w after that; then the reader sets w.
    widget = page.locator(".explorer")
    widget.locator('[aria-label="x: data -8, gradient 0.75"]').wait_for()
    size = page.locator(".jp-Cell").first.evaluate(
        """(cell) => {
          cell.insertAdjacentHTML("beforeend", "<b class=title>of another</b>");
          return getComputedStyle(cell.lastChild).fontSize === getComputedStyle(cell).fontSize;
        }"""
    )
    assert size, "the picture's style holds outside of it"
    widget.get_by_role("tab", name="Leaves").click()
    widget.get_by_label("w", exact=True).fill("0.25")
    widget.get_by_label("w", exact=True).press("Enter")
    widget.locator('[aria-label="y: data -2, gradient 1"]').wait_for()
    page.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.get_by_text("w is 0.25 beside nan").wait_for()
    page.context.close()
