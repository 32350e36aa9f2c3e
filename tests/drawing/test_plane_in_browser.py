"""The plane of the inputs of a network, in the page; what is shown is what Python computes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from drawn_graphs import two_two_two
from settling import address, settle

import nn
from autograd_mini import Value, draw, label
from autograd_mini.symbols.numbers import format_number

pytestmark = pytest.mark.browser

BLUE, ORANGE = "blue", "orange"
LABELS = (-1.0, 1.0)


def batch(data, loss, output="linear"):
    """The mean loss of a small network on some samples, and the network."""
    model = nn.MLP(2, [4, 1], activation="tanh", output=output, seed=1)
    mean = sum((loss(model(inputs), targets) for inputs, targets in data), Value(0.0)) / len(data)
    mean.label = "E"
    mean.backward()
    return mean, model


def moons(loss=nn.half_squared_error, labels=LABELS, output="linear"):
    data = nn.moons(12, labels=labels, seed=1)
    return data, *batch(data, loss, output)


def train(page, rounds=0):
    page.get_by_role("tab", name="Train").click()
    if not rounds:
        settle(page)  # the plane is drawn when its panel has a size
    else:
        page.get_by_role("button", name=f"{rounds} rounds", exact=True).click()


def place(page, point):
    """The place of two inputs on the canvas, by the ranges that the page tells."""
    width, height = page.locator(".plane canvas").evaluate(
        "({clientWidth: w, clientHeight: h}) => [w, h]"
    )
    words = re.sub("[,;]", "", page.locator(".plane canvas").get_attribute("aria-label")).split()
    left, right, bottom, top = (float(words[k]) for k in (7, 9, 12, 14))
    return {
        "x": (point[0] - left) / (right - left) * width,
        "y": (top - point[1]) / (top - bottom) * height,
    }


def colour(page, point, canvas=".plane canvas"):
    """The colour at two inputs of the plane or of the circle of a unit."""
    at = place(page, point)
    red, _, blue = page.locator(canvas).evaluate(
        """(canvas, {x, y}) => {
          const copy = document.createElement("canvas");
          const brush = copy.getContext("2d", { willReadFrequently: true });
          const plane = document.querySelector(".plane canvas");
          const [across, down] = [x / plane.clientWidth, y / plane.clientHeight];
          brush.drawImage(canvas, -across * canvas.width, -down * canvas.height);
          return [...brush.getImageData(0, 0, 1, 1).data];
        }""",
        at,
    )[:3]
    return BLUE if blue > red else ORANGE


def told(page):
    return page.locator(".plane .numbers").text_content()


def numbers(inputs, output, loss):
    names = ("x1", "x2", "output", "loss")
    written = (format_number(number, 4) for number in (*inputs, output, loss))
    return ", ".join(f"{name} = {number}" for name, number in zip(names, written)) + "."


def assert_axes_have_their_numbers(page):
    """The numbers along both edges, as they are drawn again, stand where their inputs are."""
    page.evaluate(
        """() => {
          window.written = [];
          const { prototype } = CanvasRenderingContext2D;
          const write = prototype.fillText;
          prototype.fillText = function (text, x, y) {
            written.push([Number(text), this.textAlign === "center" ? x : null, y]);
            write.call(this, text, x, y);
          };
        }"""
    )
    page.get_by_label("Sample").fill("5")
    page.get_by_label("Sample").press("Enter")
    across = {number: x for number, x, _ in page.evaluate("written") if x is not None}
    up = {number: y for number, x, y in page.evaluate("written") if x is None}
    assert {-1, 0, 1, 2} <= across.keys()
    assert {0, 1} <= up.keys()
    assert all(abs(place(page, (number, 0))["x"] - x) < 0.5 for number, x in across.items())
    assert all(abs(place(page, (0, number))["y"] - y) < 0.5 for number, y in up.items())


def test_a_click_on_a_sample_tells_its_numbers_and_a_link_keeps_it(open_page):
    data, mean, model = moons()
    drawing = draw(mean)
    page = open_page(drawing)
    train(page)
    assert told(page).startswith("Sample 1 of 12: ")
    inputs, targets = data[8]
    page.locator(".plane canvas").click(position=place(page, inputs))
    output = model(inputs)
    loss = nn.half_squared_error(output, targets)
    said = f"Sample 9 of 12: {numbers(inputs, output.data, loss.data)}"
    assert told(page) == said
    assert page.get_by_label("Sample").input_value() == "9"
    other = open_page(drawing, address(page))
    train(other)
    assert told(other) == said
    assert_axes_have_their_numbers(page)
    page.get_by_label("Sample").fill("99")
    page.get_by_label("Sample").press("Enter")
    assert told(page).startswith("Sample 12 of 12: ")


@pytest.mark.parametrize(
    ("loss", "labels", "output"),
    [
        (nn.half_squared_error, (0.0, 1.0), "sigmoid"),
        (nn.hinge, LABELS, "linear"),
        (nn.binary_cross_entropy_from_logits, (0.0, 1.0), "linear"),
    ],
)
def test_after_training_each_sample_lies_on_its_colour(open_page, loss, labels, output):
    data = nn.xor(4, labels=labels)
    page = open_page(draw(batch(data, loss, output)[0]))
    train(page)
    page.get_by_label("Rate").fill("0.2")
    for _ in range(10):
        train(page, 100)
    for inputs, (target,) in data:
        near = [x + 0.08 for x in inputs]  # beside the point, whose own colour is that of its class
        assert colour(page, inputs) == colour(page, near) == (BLUE if target > 0.5 else ORANGE)
    assert page.locator(".losses").get_attribute("points").count(",") > 100
    assert Axe().run(page).violations_count == 0


def test_the_plane_of_one_sample_moves_its_leaves_and_shows_any_output(open_page):
    page = open_page(draw(two_two_two()))
    train(page)
    assert told(page) == "i1 = 0.05, i2 = 0.1, out_o1 = 0.7514, out_o2 = 0.7729, loss = 0.2984."
    page.locator(".plane canvas").click(position=place(page, (0.8, -0.4)))
    i1, i2 = (
        float(page.locator(f'.value[aria-label^="{name}: "] .data').text_content())
        for name in ("i1", "i2")
    )
    assert abs(i1 - 0.8) < 0.02
    assert abs(i2 + 0.4) < 0.02
    assert "out_o1 as colour" in page.locator(".axes").text_content()
    page.locator("select.output").select_option("out_o2")
    assert "out_o2 as colour" in page.locator(".axes").text_content()


def test_a_page_without_a_network_of_two_inputs_has_no_plane(open_page):
    page = open_page(draw(Value(2.0, label="x").exp()))
    train(page)
    assert page.locator(".plane").is_hidden()
    assert page.get_by_role("tab", name="Attention").is_hidden()


def circles(page):
    return page.locator(".network .unit title").all_text_contents()


def test_the_network_is_shown_with_the_numbers_of_a_sample_and_asks(open_page):
    data, mean, model = moons()
    page = open_page(draw(mean), "#sample=9")
    assert page.get_by_role("tab", selected=True).text_content() == "Train"
    inputs, _ = data[8]
    output = model(inputs)
    shown = circles(page)
    assert len(shown) == 2 + 4 + 1 + 1
    assert shown[:2] == [f"x{k} = {format_number(x, 4)}" for k, x in enumerate(inputs, start=1)]
    assert shown[-2].startswith(f"output = {format_number(output.data, 4)}, grad ")
    assert shown[-1] == f"E = {format_number(mean.data, 4)}, grad 1"
    before = page.locator(".network .positive, .network .negative").count()
    assert before == 4 * 2 + 4
    train(page, 100)
    assert circles(page)[:2] == shown[:2]
    assert circles(page)[-1] != shown[-1]
    other = open_page(draw(mean), address(page) + "&step=0")
    assert circles(other)[:2] == shown[:2]
    assert circles(other)[-1] == "E = "
    train(other, 100)  # shows what it has learned
    assert re.match(r"E = \d.*, grad 1", circles(other)[-1])
    page.locator(".network .unit").last.click()
    assert page.get_by_role("tab", name="Why").get_attribute("aria-selected") == "true"
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Network").uncheck()
    assert page.locator(".picture .group").count() > 0
    assert open_page(draw(mean), address(page)).locator(".picture .group").count() > 0


def test_each_circle_of_the_network_shows_its_unit_in_the_plane(open_page):
    data, mean, model = moons()
    page = open_page(draw(mean))
    first, _ = model.layers
    units = [lambda inputs, k=k: first(inputs)[k].data for k in range(4)]
    circles = [lambda inputs: inputs[0], lambda inputs: inputs[1], *units]
    train(page)
    for k, number in enumerate(circles, start=1):
        shown = f".unit:nth-child({k} of .unit) canvas"
        for inputs, _ in data:
            if abs(number(inputs)) > 0.1:
                assert colour(page, inputs, shown) == (BLUE if number(inputs) > 0 else ORANGE)
    network, text = page.locator(".network"), page.locator(".network .unit .data").first
    page.keyboard.press("f")
    page.keyboard.press("Space")
    page.locator(".losses[points]:not([points=''])").wait_for(state="attached")
    page.keyboard.press("Space")
    plane, picture = (page.locator(each).bounding_box() for each in (".plane canvas", ".picture"))
    assert plane["x"] >= picture["x"] + picture["width"], (
        "full screen has the network and the plane"
    )
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 900, "height": 900})
    settle(page)
    size = text.evaluate(
        "(text) => parseFloat(getComputedStyle(text).fontSize) * text.closest('svg').scale"
    )
    assert text.is_visible()
    assert size >= 10
    page.set_viewport_size({"width": 500, "height": 900})
    text.wait_for(state="hidden")
    assert network.bounding_box()["width"] <= page.locator(".picture").bounding_box()["width"]
    for _ in range(4):
        page.get_by_label("Zoom in").click()
    text.wait_for(state="visible")


def test_a_quiz_hides_the_network(open_page):
    page = open_page(draw(two_two_two(), quiz=("gradients",)), "#network=1")
    assert page.locator(".network").count() == 0
    assert page.get_by_label("Network").is_hidden()


def test_labels_that_differ_between_samples_name_no_axis(open_page):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    data = nn.moons(6, labels=LABELS, seed=1)
    inputs = [[Value(x) for x in sample] for sample, _ in data]
    scores = [model(sample) for sample in inputs]
    loss = sum((1 - y * score).relu() for score, (_, (y,)) in zip(scores, data))
    label()
    loss.backward()
    page = open_page(draw(loss))
    train(page)
    assert re.fullmatch(r"Sample 1 of 6: x1 = \S+, x2 = \S+, output = \S+, loss = \S+", told(page))
