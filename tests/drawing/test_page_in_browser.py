"""The page, used as a person uses it; what it then shows is what Python computes."""

import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from drawn_graphs import (
    one_neuron,
    repeated_product,
    softmax_cross_entropy,
    two_two_two,
    used_five_times,
    with_branches,
)
from settling import address, pause, settle

import nn
from autograd_mini import Value, draw, explain, label, log, scope
from autograd_mini.checking.slips import SENTENCES
from autograd_mini.cli.sources import find_source
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import format_number

pytestmark = pytest.mark.browser

D, DOT, MINUS = "\N{PARTIAL DIFFERENTIAL}", "\N{DOT OPERATOR}", "\N{MINUS SIGN}"


def mlp():
    """micrograd's demo network on one point."""
    x1, x2 = Value(0.5, label="x1"), Value(-1.5, label="x2")
    out = nn.MLP(2, [16, 16, 1], seed=0)([x1, x2])
    out.label = "out"
    out.backward()
    return out


def large():
    """A picture that is several times as large as a screen."""
    x1, x2 = Value(0.5, label="x1"), Value(-1.5, label="x2")
    out = nn.MLP(2, [4, 4, 1], seed=0)([x1, x2])
    out.label = "out"
    out.backward()
    return out


def one_product():
    w, x = Value(0.5), Value(-2.0)
    y = w * x
    out = y.tanh()
    label(w=w, x=x, y=y, out=out)
    out.backward()
    return out


GRAPHS = [one_neuron, two_two_two, used_five_times, softmax_cross_entropy, with_branches, mlp]


def shown(page):
    """The numbers in the boxes, data and gradient, by the names of the values."""
    rows = page.evaluate(
        """Array.from(document.querySelectorAll(".explorer .value"), (box) => [
          box.getAttribute("aria-label").split(": data ")[0],
          box.querySelector(".data").textContent,
          box.querySelector(".grad.number").textContent,
        ])"""
    )
    return {name: (data, grad) for name, data, grad in rows}


def expected(root):
    """The same by Python."""
    names = Names(root)
    return {
        names(value): (format_number(value.data, 4), format_number(value.grad, 4))
        for value in names.values
    }


# The panel that a button stands in.
PANELS = {
    **dict.fromkeys(["1 round", "100 rounds", "10,000 rounds", "Run"], "Train"),
    **dict.fromkeys(["Start the quiz", "New numbers", "Show the answers"], "Quiz"),
    "Reset": "Leaves",
}


def panel(page, name):
    """Show a panel."""
    page.get_by_role("tab", name=name).click()


def leaf(page, name):
    """The field of a leaf, in its panel."""
    panel(page, "Leaves")
    return page.get_by_label(name, exact=True)


def press(page, name, times=1):
    if name in PANELS:
        panel(page, PANELS[name])
    for _ in range(times):
        page.get_by_role("button", name=name, exact=True).click()


def box(page, name):
    return page.locator(f'.value[aria-label^="{name}: "]')


def drag(page, element, right):
    """Drag an element so many pixels to the right."""
    place = element.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y, steps=5)
    page.mouse.up()


def lines(page, selector):
    """Lines of text, without the spaces that formulas bring."""
    return [re.sub(r"\s", "", line) for line in page.locator(selector).all_text_contents()]


def told(page):
    return lines(page, ".told p")


def answer(page):
    return lines(page, ".answer mtr")


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_page_opens_with_the_numbers_of_the_engine(open_page, graph):
    root = graph()
    assert shown(open_page(draw(root, collapse=None, fold=None))) == expected(root)


def test_the_lecture_view_has_a_box_for_each_named_value(open_page):
    root = two_two_two()
    page = open_page(draw(root))
    labels = {value.label for value in Names(root).values if value.label}
    assert shown(page) == {name: n for name, n in expected(root).items() if name in labels}
    by_name = {value.label: value for value in Names(root).values}
    notes = page.locator(".picture .note").all_text_contents()
    partials = [
        (result, operand)
        for result in draw(root).picture.values
        for operand in (draw(root).picture.by_id[each.source] for each in result.operands)
    ]
    assert notes == [
        format_number(explain(by_name[result.name], by_name[operand.name]).value, 4)
        for result, operand in partials
    ]


def test_steps_of_the_lecture_view_go_by_named_values(open_page):
    page = open_page(draw(two_two_two()), "#step=1")
    assert page.get_by_label("Step", exact=True).get_attribute("max") == "23"
    assert told(page) == [
        f"Forward,step1of11:neth1=w1i1+w2i2+b1=0.15{DOT}0.05+0.2{DOT}0.1+0.35=0.3775"
    ]
    page.get_by_label("Step", exact=True).press("End")
    press(page, "Back", times=8)
    known = f"{D}E{D}neto2={MINUS}0.0380982365iscomplete"
    assert told(page)[0].startswith(f"Backward,step4of11:{known}")
    assert box(page, "w7").get_attribute("aria-label").endswith("gradient -0.0226")
    assert box(page, "w5").get_attribute("aria-label").endswith("gradient -")


def test_every_operation_is_shown_on_request_and_kept_in_the_address(open_page):
    root = two_two_two()
    page = open_page(draw(root))
    switch = page.get_by_label("Every operation")
    switch.check()
    last = ".explorer .value >> nth=40"
    page.wait_for_selector(last, state="attached")  # the picture is unpacked meanwhile
    assert shown(page) == expected(root)
    assert page.get_by_label("Step", exact=True).get_attribute("max") == "55"
    assert address(page) == "#view=operations"
    box(page, "w5").click()
    assert answer(page)[0] == f"{D}E{D}w5={D}E{D}outo1{DOT}{D}outo1{D}neto1{DOT}{D}neto1{D}w5"
    other = open_page(draw(root), address(page))
    other.wait_for_selector(last, state="attached")
    assert shown(other) == expected(root)
    switch.uncheck()
    page.wait_for_selector(last, state="detached")
    assert len(shown(page)) == 25


def test_a_folded_formula_that_holds_no_longer_is_not_shown(open_page):
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    y = (w * x).relu() * x
    z = y + 1
    label(y=y, z=z)
    page = open_page(draw(z))
    page.locator("#p5_1").hover()
    assert lines(page, "p.edge")[0].startswith(f"{D}y{D}x=")
    assert shown(page)["y"] == ("2", "1")
    leaf(page, "x").fill("-3")
    leaf(page, "x").press("Enter")
    assert shown(page)["y"] == ("-0", "1") or shown(page)["y"] == ("0", "1")
    assert shown(page)["x"][1] == "0"


def test_partials_of_the_lecture_view_are_asked(open_page):
    page = open_page(draw(two_two_two(), quiz=("partials",)))
    questions = [
        field.get_attribute("aria-label") for field in page.locator(".questions input").all()
    ]
    assert "dnet_h1/dw1" in questions
    assert "dnet_h1/db1" not in questions
    page.get_by_label("dE_o1/dout_o1", exact=True).fill("0.7414")
    page.get_by_label("dE_o1/dout_o1", exact=True).press("Enter")
    assert page.locator(".questions li span").all_inner_texts().count("right") == 1


def test_steps_forward_and_backward(open_page):
    page = open_page(draw(one_product()))
    step = page.get_by_label("Step", exact=True)
    step.press("Home")
    assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]
    assert shown(page) == {"w": ("0.5", "-"), "x": ("-2", "-"), "y": ("", "-"), "out": ("", "-")}
    press(page, "Forward")
    assert told(page) == [f"Forward,step1of2:y=wx=0.5{DOT}({MINUS}2)={MINUS}1"]
    assert box(page, "y").get_attribute("class").split()[-1] == "now"
    press(page, "Forward")
    assert shown(page)["out"] == ("-0.7616", "-")
    step.press("ArrowRight")
    assert told(page) == [
        f"Backward,step1of2:{D}out{D}out=1iscomplete.Ithandsonadjointtimespartial:",
        f"toy:{D}out{D}out{DOT}{D}out{D}y=1{DOT}(1{MINUS}out2)=1{DOT}0.419974342=0.419974342",
    ]
    assert shown(page)["y"] == ("-1", "0.42")
    assert shown(page)["w"] == ("0.5", "-")
    press(page, "Forward")
    assert shown(page) == expected(one_product())
    assert told(page)[0].startswith("Backward,step2of2:")
    press(page, "Forward")
    assert told(page) == [f"out={MINUS}0.761594156.Everythingisknown,forwardandbackward."]
    press(page, "Back", times=5)
    assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]


def test_a_fork_tells_its_running_sum(open_page):
    x = Value(3.0)
    y = x * x
    label(x=x, y=y)
    page = open_page(draw(y), "#step=2")
    share = f"tox:{D}y{D}y{DOT}{D}y{D}x=1{DOT}x=1{DOT}3=3"
    assert told(page)[1:] == [share, f"{share};addedtoitssumsofar,3+3=6"]


def test_play_runs_to_the_end_and_pauses(open_page):
    page = open_page(draw(one_product()))
    page.get_by_label("Speed").select_option("fast")
    press(page, "Play")
    page.get_by_role("button", name="Pause").wait_for()
    press(page, "Pause")
    assert told(page)[0] != "Everythingisknown,forwardandbackward."
    press(page, "Play")
    page.get_by_role("button", name="Play").wait_for()
    assert told(page) == [f"out={MINUS}0.761594156.Everythingisknown,forwardandbackward."]


def test_a_leaf_is_typed_dragged_and_moved_by_keys(open_page):
    page = open_page(draw(one_product()))
    leaf(page, "w").fill("-1.25")
    leaf(page, "w").press("Enter")

    def recorded(w, x):
        w, x = Value(w), Value(x)
        y = w * x
        out = y.tanh()
        label(w=w, x=x, y=y, out=out)
        out.backward()
        return expected(out)

    assert shown(page) == recorded(-1.25, -2.0)
    leaf(page, "w").fill("much")
    leaf(page, "w").press("Enter")
    assert leaf(page, "w").get_attribute("aria-invalid") == "true"
    assert shown(page) == recorded(-1.25, -2.0)
    box(page, "w").press("PageUp")
    assert shown(page) == recorded(-1.24, -2.0)
    drag(page, box(page, "x"), 50)
    assert shown(page) == recorded(-1.24, -1.0)
    panel(page, "Leaves")
    slider = page.get_by_label("w, slider")
    slider.press("End")
    assert shown(page) == recorded(1.5, -1.0)
    press(page, "Reset")
    assert shown(page) == expected(one_product())


def test_a_number_that_does_not_exist_is_named(open_page):
    p = Value(0.5, label="p")
    loss = log(p)
    loss.label = "loss"
    page = open_page(draw(loss))
    leaf(page, "p").fill("-1")
    leaf(page, "p").press("Enter")
    assert told(page)[0] == "lossdoesnotexistatthesenumbers."
    assert shown(page)["loss"] == ("nan", "1")
    assert "broken" in box(page, "loss").get_attribute("class")


def test_ask_by_clicks_keys_and_lists(open_page):
    root = two_two_two()
    page = open_page(draw(root))
    values = {value.label: value for value in Names(root).values}

    def explained(top, bottom):
        written = explain(values[top], values[bottom]).html
        rows = re.findall(r"<mtr>(.*?)</mtr>", written, re.DOTALL)
        return [re.sub(r"<[^>]*>|\s", "", row) for row in rows]

    box(page, "w5").click()
    assert answer(page) == explained("E", "w5")
    box(page, "out_h1").click(modifiers=["Shift"])
    assert answer(page) == [f"{D}outh1{D}w5=0"]
    box(page, "w1").focus()
    page.keyboard.press("Enter")
    assert answer(page) == explained("E", "w1")
    box(page, "w6").press("Space")
    assert answer(page) == explained("E", "w6")
    box(page, "w1").press("Space")
    page.keyboard.press("Shift+Tab")
    box(page, "out_o1").press("Shift+Enter")
    assert answer(page) == explained("out_o1", "w1")
    panel(page, "Why")
    offered = page.get_by_label("Derivative of").locator("option").all_text_contents()
    assert sorted(offered) == sorted(values.keys() - {""})
    page.get_by_label("Derivative of").select_option("net_o1")
    page.get_by_label("Derivative by").select_option("b1")
    assert answer(page) == explained("net_o1", "b1")
    leaf(page, "w5").fill("-3")
    leaf(page, "w5").press("Enter")
    assert f"({MINUS}3)" in "".join(answer(page))


def test_an_edge_tells_its_partial(open_page):
    page = open_page(draw(one_product()))
    page.locator("#p4_0").hover()
    assert lines(page, "p.edge") == [
        f"{D}out{D}y=1{MINUS}out2=1{MINUS}({MINUS}0.761594156)2=0.419974342"
    ]
    box(page, "y").focus()
    assert lines(page, "p.edge") == [f"{D}y{D}w=x={MINUS}2,{D}y{D}x=w=0.5"]


def test_training_is_that_of_fit(open_page):
    network = nn.two_two_two()
    page = open_page(draw(network.forward()))
    optimizer = nn.SGD(network.parameters(), learning_rate=0.5)
    press(page, "1 round")
    assert lines(page, ".rounds") == ["after1roundE=0.285750887"]
    press(page, "1 round")
    press(page, "100 rounds")
    nn.fit(network, network.samples, nn.half_squared_error, optimizer, epochs=102)
    loss = network.forward()
    loss.backward()
    assert lines(page, ".rounds") == [f"after102roundsE={format_number(loss.data, 9)}"]
    assert shown(page)["w5"][0] == format_number(network.w5.data, 4)
    page.get_by_text("Rounds and losses").click()
    page.locator(".log tbody tr").first.wait_for()
    rows = page.locator(".log tbody tr").all_inner_texts()
    assert rows[:3] == ["0\t0.298371109", "1\t0.285750887", "2\t0.272797264"]
    assert rows[-1].startswith("102\t")
    press(page, "Reset")
    assert lines(page, ".rounds") == ["after0roundsE=0.298371109"]


def test_which_leaves_learn_is_chosen(open_page):
    """As one of the lectures does: the biases stay."""
    page = open_page(draw(nn.two_two_two().forward()))
    panel(page, "Leaves")
    for bias in ("b1", "b2"):
        page.get_by_label(f"{bias} learns").uncheck()
    press(page, "10,000 rounds")
    assert lines(page, ".rounds") == ["after10,000roundsE=3.51018778e-5"]
    assert shown(page)["b1"][0] == "0.35"


def test_a_rate_that_is_too_large_or_no_number(open_page):
    w = Value(3.0, label="w")
    page = open_page(draw(w**4))
    panel(page, "Train")
    page.get_by_label("Rate").fill("1e300")
    press(page, "100 rounds")
    said = page.locator(".rounds").inner_text()
    assert said.endswith("the next round is not finite: the rate is too large")
    page.get_by_label("Rate").fill("fast")
    press(page, "1 round")
    assert page.get_by_label("Rate").get_attribute("aria-invalid") == "true"


def test_leaves_named_like_parameters_learn(open_page):
    w, b, theta, x = (Value(1.0) for _ in range(4))
    label(w=w, b=b, x=x)
    theta.label = "\N{GREEK SMALL LETTER THETA}_1"
    page = open_page(draw(w * x + b * theta))
    panel(page, "Leaves")
    learning = page.get_by_role("checkbox", checked=True)
    named = [mark.get_attribute("aria-label") for mark in learning.all()]
    assert named == ["b learns", "w learns", "\N{GREEK SMALL LETTER THETA}_1 learns"]


def test_all_digits_of_the_leaves_are_in_view(open_page):
    page = open_page(draw(nn.two_two_two().forward()))
    press(page, "100 rounds")
    cut = """fields => fields.filter(field => field.scrollWidth > field.clientWidth).length"""
    assert page.locator(".leaves input[type=text]").evaluate_all(cut) == 0


def test_run_trains_until_it_is_paused(open_page):
    page = open_page(draw(nn.two_two_two().forward()))
    press(page, "Run")
    page.locator(".rounds", has_text=re.compile(r"after \d{3,} rounds")).wait_for()
    press(page, "Pause")
    before = page.locator(".rounds").inner_text()
    settle(page)
    assert page.locator(".rounds").inner_text() == before


def test_a_link_leads_to_the_same_point(open_page, tmp_path):
    page = open_page(draw(two_two_two()))
    leaf(page, "w5").fill("0.9")
    leaf(page, "w5").press("Enter")
    press(page, "100 rounds")
    box(page, "w6").click()
    press(page, "Back", times=3)
    other = open_page(draw(two_two_two()), address(page))
    assert shown(other) == shown(page)
    assert told(other) == told(page)
    assert answer(other) == answer(page)
    assert lines(other, ".rounds") == lines(page, ".rounds")


def test_the_address_follows_hundreds_of_changes(open_page):
    page = open_page(draw(one_product()))
    panel(page, "Leaves")
    slider = page.get_by_label("w, slider")
    slider.evaluate(
        """(slider) => {
          for (let change = 1; change <= 400; change += 1) {
            slider.value = change / 1000;
            slider.dispatchEvent(new Event("input"));
          }
        }"""
    )
    assert address(page) == "#v1=0.4"


@pytest.mark.parametrize("nonsense", [
    "#v1=x&v2=Infinity&v999=1&step=-4&ask=v0,v77&root=v1&rounds=-1&quiz=all&theme=red&x=<b>"
    "&zoom=-1&rate=x&learns=v999,E",
    "#rounds=NaN&zoom=1e9&rate=1e999&learns=,&step=-1",
])  # fmt: skip
def test_an_address_that_says_nonsense_is_not_followed(open_page, nonsense):
    page = open_page(draw(one_product()), nonsense)
    assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]
    assert "zoom" not in address(page)
    panel(page, "Train")
    assert page.get_by_label("Rate", exact=True).input_value() == "0.5"
    press(page, "Reset")
    assert shown(page) == expected(one_product())


def test_a_leaf_without_a_number_in_an_address_keeps_its_number(open_page):
    page = open_page(draw(one_product()), "#v1=&v2=+&step=&ask=x1&zoom=&rounds=")
    assert shown(page) == expected(one_product())
    assert address(page) == ""


def test_several_roots(open_page):
    x, y = Value(3.0), Value(2.0)
    p, s = x * y, x + y
    label(x=x, y=y, p=p, s=s)
    page = open_page(draw([p, s]))
    assert shown(page)["x"] == ("3", "2")
    page.get_by_label("Root").select_option("s")
    assert shown(page) == {"x": ("3", "1"), "y": ("2", "1"), "p": ("6", "-"), "s": ("5", "1")}
    box(page, "x").click()
    assert answer(page) == [f"{D}s{D}x=1"]


def test_a_leaf_alone(open_page):
    page = open_page(draw(Value(3.0, label="x")))
    assert told(page) == ["xisaleaf:thereisnothingtocompute."]
    assert shown(page) == {"x": ("3", "1")}


def test_the_table_follows(open_page):
    page = open_page(draw(one_product()))
    panel(page, "Leaves")
    page.get_by_text("All values").click()
    leaf(page, "w").fill("1")
    leaf(page, "w").press("Enter")
    page.locator(".recorded tbody tr").first.wait_for()
    assert page.locator(".recorded tbody tr").all_inner_texts() == [
        "w\t\t1\t-0.1413",
        "x\t\t-2\t0.07065",
        "y\t* of w, x\t-2\t0.07065",
        "out\ttanh of y\t-0.964\t1",
    ]


def test_zoom_and_pan(open_page):
    page = open_page(draw(large(), collapse=None))
    svg, frame = page.locator(".picture svg"), page.locator(".picture")

    def width():
        return svg.bounding_box()["width"]

    first = width()
    press(page, "Zoom in")
    assert width() == pytest.approx(1.25 * first, rel=1e-3)
    frame.press("Control+-")  # makes the whole page smaller, where there is a window around it
    assert width() == pytest.approx(1.25 * first, rel=1e-3)
    frame.press("-")
    assert width() == pytest.approx(first, rel=1e-3)
    press(page, "Zoom in", times=3)
    place = frame.bounding_box()
    before = frame.evaluate("(frame) => frame.scrollTop")
    page.mouse.move(place["x"] + 5, place["y"] + 200)
    page.mouse.down()
    page.mouse.move(place["x"] + 5, place["y"] + 100)
    page.mouse.up()
    assert frame.evaluate("(frame) => frame.scrollTop") == before + 100
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function(f"document.querySelector('.picture svg').clientWidth > {2 * first}")


def test_fit_shows_all_of_a_large_picture_and_stays_so(open_page):
    page = open_page(draw(large(), collapse=None))
    press(page, "Fit")
    settle(page)
    for height in (600, 500):
        page.set_viewport_size({"width": 1000, "height": height})
        settle(page)
        frame, svg = (page.locator(each).bounding_box() for each in (".picture", ".picture svg"))
        assert svg["width"] <= frame["width"]
        assert svg["height"] <= frame["height"] <= height


def test_a_small_picture_is_enlarged(open_page):
    page = open_page(draw(one_product()), viewport={"width": 1920, "height": 1080})
    svg = page.locator(".picture svg")
    assert svg.bounding_box()["width"] == 2 * svg.evaluate("(svg) => svg.viewBox.baseVal.width")


def smallest_text(page):
    """The height of the smallest font in the picture as it is seen, in CSS pixels."""
    return page.locator(".picture svg").evaluate(
        """(svg) => Math.min(...[...svg.querySelectorAll("text")].map((text) =>
          parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a))"""
    )


@pytest.mark.parametrize(("width", "height", "least"), [(1360, 845, 12), (1920, 1080, 16)])
def test_the_lectures_graph_is_seen_whole_and_can_be_read(open_page, width, height, least):
    screen = {"viewport": {"width": width, "height": height}}
    page = open_page(draw(find_source("mazur").value), **screen)
    svg, frame = (page.locator(each).bounding_box() for each in (".picture svg", ".picture"))
    assert svg["width"] <= frame["width"] <= width
    assert svg["height"] <= frame["height"] <= height
    assert smallest_text(page) >= least
    box(page, "w1").click()
    assert page.locator(".picture").bounding_box() == frame
    assert page.evaluate("document.documentElement.scrollHeight") <= height


def test_a_zoomed_browser_makes_numbers_larger_and_scrolls(open_page):
    screen = {"viewport": {"width": 960, "height": 540}, "device_scale_factor": 2}
    page = open_page(draw(find_source("mazur").value), **screen)
    assert smallest_text(page) >= 10
    frame = page.locator(".picture")
    assert frame.evaluate("(frame) => frame.scrollWidth > frame.clientWidth")


def test_no_number_is_below_ten_pixels_at_first(open_page):
    for graph in (repeated_product(60), mlp()):
        assert smallest_text(open_page(draw(graph))) >= 9.99


def is_in_frame(page, element):
    """Whether all of a box can be seen."""
    box, frame = element.bounding_box(), page.locator(".picture").bounding_box()
    return all(
        frame[at] <= box[at] and box[at] + box[size] <= frame[at] + frame[size]
        for at, size in (("x", "width"), ("y", "height"))
    )


def test_what_is_worked_is_in_the_frame(open_page):
    page = open_page(draw(two_two_two()), "#step=4", viewport={"width": 390, "height": 844})
    settle(page)
    assert is_in_frame(page, page.locator(".value.now"))
    for _ in range(16):
        press(page, "Forward")
        assert is_in_frame(page, page.locator(".value.now"))
    press(page, "Start the quiz")
    before = page.evaluate("scrollY")
    for name in ("w8", "w1"):
        page.get_by_label(f"dE/d{name}", exact=True).evaluate(
            "(field) => field.focus({ preventScroll: true })"
        )
        assert is_in_frame(page, box(page, name))
    assert page.evaluate("scrollY") == before


def test_what_is_worked_stands_out_from_the_root(open_page):
    """Also while everything is grey, and where the picture is small."""
    page = open_page(draw(two_two_two()), "#step=3")

    def border(element):
        rect = element.locator("rect")
        return rect.evaluate("(rect) => getComputedStyle(rect).stroke")

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ink = page.locator("main").evaluate("(main) => getComputedStyle(main).color")
        assert border(page.locator(".value.now")) == ink
        assert border(page.locator(".value.root")) != ink


PARAMETERS = ["b1", "b2", *(f"w{k}" for k in range(1, 9))]
ASKED = ["dout/dy", "dout/dx", "dout/dw"]


class TestQuiz:
    def test_answers_are_judged_by_their_digits(self, open_page):
        page = open_page(draw(one_product(), quiz=ASKED))
        assert shown(page) == {
            "w": ("0.5", "?"),
            "x": ("-2", "?"),
            "y": ("-1", "?"),
            "out": ("-0.7616", "1"),
        }
        assert told(page) == answer(page) == []
        score = page.locator(".score")
        assert score.inner_text() == "0 of 3 right, 0 wrong, 0 hints"
        for typed, said in [
            ("0", SENTENCES["coarse"]),
            ("5", SENTENCES["coarse"]),
            ("-0.42", f"not right: {SENTENCES['sign/too-many']}"),
            ("a", "Give a decimal number, such as 0.0822 or -1.5e-3."),
            ("5.0", "not right"),
            ("0.43", "not right"),
            ("0.41", "right, truncated"),
        ]:
            page.get_by_label("dout/dy", exact=True).fill(typed)
            page.get_by_label("dout/dy", exact=True).press("Enter")
            assert page.locator(".questions li").first.locator("span").inner_text() == said
        assert shown(page)["y"] == ("-1", "0.42")
        assert score.inner_text() == "1 of 3 right, 3 wrong, 0 hints"
        # From 0.41, which was typed, somebody goes on to -2 * 0.41.
        page.get_by_label("dout/dw", exact=True).fill("-0.82")
        page.get_by_label("dout/dw", exact=True).press("Enter")
        assert page.locator(".questions").get_by_text("carried on").count() == 1
        page.get_by_label("dout/dx", exact=True).fill("0.21")
        page.get_by_label("dout/dx", exact=True).press("Enter")
        assert shown(page) == expected(one_product())
        assert score.inner_text() == "3 of 3 right, 3 wrong, 0 hints"
        assert told(page) != []

    def test_hints_come_one_factor_at_a_time(self, open_page):
        page = open_page(draw(one_product(), quiz=ASKED))
        press(page, "Hint for dout/dw", times=4)
        assert lines(page, ".questions div p") == [
            f"{D}out{D}w={D}out{D}y{DOT}{D}y{D}w",
            f"{D}out{D}y=1{MINUS}out2=0.419974342",
            f"{D}y{D}w=x={MINUS}2",
        ]
        assert page.locator(".score").inner_text() == "0 of 3 right, 0 wrong, 3 hints"

    def test_values_and_partials_are_asked_too(self, open_page):
        page = open_page(draw(one_product()))
        for kind, answers in (
            ("values", {"y": "-1.0", "out": "-0.762"}),
            ("partials", {"dy/dw": "-2", "dy/dx": "0.50", "dout/dy": "0.420"}),
        ):
            panel(page, "Quiz")
            page.get_by_label("Blank the").select_option(kind)
            press(page, "Start the quiz")
            fields = page.locator(".questions input").all()
            assert [field.get_attribute("aria-label") for field in fields] == list(answers)
            for name, digits in answers.items():
                page.get_by_label(name, exact=True).last.fill(digits)
                page.get_by_label(name, exact=True).last.press("Enter")
            score = f"{len(answers)} of {len(answers)} right"
            assert page.locator(".score").inner_text().startswith(score)
            press(page, "Reset")

    def test_the_answers_can_be_seen(self, open_page):
        page = open_page(draw(one_product(), quiz=ASKED))
        press(page, "Show the answers")
        assert shown(page) == expected(one_product())
        assert page.locator(".score").inner_text() == "0 of 3 right, 0 wrong, 0 hints"

    def test_a_finished_quiz_prints_with_its_time_and_tries(self, open_page):
        page = open_page(draw(one_product(), quiz=["dout/dw", "dout/dx"]))
        page.clock.install(time=0)
        press(page, "Start the quiz")
        for typed in ("0.9", "0.21"):
            page.clock.fast_forward(65_000)
            page.get_by_label("dout/dx", exact=True).fill(typed)
            page.get_by_label("dout/dx", exact=True).press("Enter")
        assert page.locator(".spent").inner_text() == ""
        press(page, "Show the answers")
        assert page.locator(".spent").inner_text().startswith("Time: 2 min 1")
        assert not page.locator(".who").is_visible()
        page.emulate_media(media="print")
        assert page.locator(".who").is_visible()
        tries = page.locator(".questions label").evaluate_all(
            "labels => labels.map((label) => label.dataset.tries)"
        )
        assert tries == ["shown", "1 wrong, 0 hints"]

    def test_a_question_and_its_box_lead_to_each_other(self, open_page):
        page = open_page(draw(one_product(), quiz=ASKED))
        page.get_by_label("dout/dy", exact=True).focus()
        assert box(page, "y").get_attribute("class").split()[-1] == "now"
        box(page, "w").click()
        assert page.evaluate("document.activeElement.ariaLabel") == "dout/dw"
        assert box(page, "w").get_attribute("class").split()[-1] == "now"

    def test_leaves_stay_and_nothing_else_moves(self, open_page):
        page = open_page(draw(one_product()))
        page.get_by_label("Step", exact=True).press("Home")
        press(page, "Play")
        press(page, "Run")
        press(page, "Start the quiz")
        before = shown(page)
        page.get_by_label("dout/dw", exact=True).fill("0.5")
        drag(page, box(page, "w"), 60)
        box(page, "w").press("PageUp")
        pause(page, 1700)
        assert shown(page) == before
        assert page.get_by_label("dout/dw", exact=True).input_value() == "0.5"
        assert not page.get_by_label("w, slider").is_visible()

    def test_where_there_is_nothing_to_ask(self, open_page):
        page = open_page(draw(Value(3.0, label="x")))
        assert page.locator(".score").inner_text() == ""
        press(page, "Start the quiz")
        assert page.locator(".score").inner_text() == "There is nothing to ask."
        press(page, "Reset")
        assert page.locator(".score").inner_text() == ""

    def test_new_numbers(self, open_page):
        page = open_page(draw(two_two_two()))
        before = shown(page)
        press(page, "100 rounds")
        press(page, "New numbers")
        assert lines(page, ".rounds")[0].startswith("after0rounds")
        assert page.locator(".questions li").count() == 10
        after = shown(page)
        # By chance, one of them may be what it was.
        assert any(after[w][0] != before[w][0] for w in ("w1", "w2", "w3", "w4", "w5", "w6"))
        assert after["w5"][1] == "?"

    def test_a_page_that_a_teacher_made_has_no_answers_in_it(self, open_page, tmp_path):
        drawing = draw(two_two_two(), quiz=("gradients", "values"))
        page = open_page(drawing)
        source = drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
        source += page.locator("head script").text_content()
        assert "const DATA = " in source
        for value in Names(two_two_two()).values:
            numbers = [value.grad] if value.op is None else [value.grad, value.data]
            for answer in (format_number(number, 4) for number in numbers):
                # A short number, as 0.02, may stand there for something else.
                assert len(answer) < 6 or answer not in source
        assert page.title() == "Quiz: find the gradients and the values"
        assert page.locator(".questions li").count() == 10 + 11
        assert page.locator(".score").inner_text() == "0 of 21 right, 0 wrong, 0 hints"


@pytest.mark.parametrize("graph", [two_two_two, one_neuron])
def test_the_page_is_accessible(open_page, graph):
    page = open_page(draw(graph()), "#ask=v1")
    press(page, "1 round")
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        settle(page)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_labels_stay_text(open_page):
    hostile = ["</script><img src=x onerror=alert(1)>", "\"'&lt;<b>", "\u202eltr", "x" * 10_000]
    x, y, z, v = (Value(number, label=text) for number, text in zip((1.0, 2.0, 3.0, 4.0), hostile))
    root = x * y + z * v
    page = open_page(draw(root))
    assert page.locator("img, b").count() == 0
    for name in hostile:
        box_ = page.locator(".value").filter(has_text="").nth(hostile.index(name))
        box_.click()
    panel(page, "Leaves")
    page.get_by_text("All values").click()
    first = page.locator(".recorded tbody td").first.inner_text()
    assert first == hostile[0]
    press(page, "Start the quiz")
    assert page.locator("img, b").count() == 0


def test_printing_shows_the_picture_and_no_controls(open_page):
    page = open_page(draw(one_product()))
    page.emulate_media(media="print")
    assert page.locator(".picture svg").is_visible()
    assert not page.get_by_role("button", name="Forward").is_visible()
    assert not page.get_by_text("All values").is_visible()  # unless they are opened
    page.locator(".recorded").evaluate("(table) => (table.open = true)")
    page.locator(".recorded tbody tr").first.wait_for()


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class TestTouch:
    """Fingers, by the events of the browser's own protocol."""

    def touch(self, page, element, course, hold=0):
        """Put a finger on an element, wait, and move it by these steps."""
        place = element.bounding_box()
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        session = page.context.new_cdp_session(page)

        def send(kind, *points):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        send("touchStart", {"x": x, "y": y})
        pause(page, hold)
        for right, down in course:
            x, y = x + right, y + down
            send("touchMove", {"x": x, "y": y})
            pause(page, 20)
        send("touchEnd")
        settle(page)

    def test_a_leaf_that_is_held_follows_the_finger_to_the_end(self, open_page):
        page = open_page(draw(two_two_two()), **PHONE)
        before = float(shown(page)["b1"][0])
        centred = "(box) => box.scrollIntoView({ block: 'center', inline: 'center' })"
        box(page, "b1").evaluate(centred)
        self.touch(page, box(page, "b1"), [(6, 0)] * 10, hold=500)
        # 200 pixels are the reach of a leaf, which is 1 here.
        assert float(shown(page)["b1"][0]) == pytest.approx(before + 60 / 200)

    def test_a_swipe_changes_no_leaf(self, open_page):
        page = open_page(draw(two_two_two()), **PHONE)
        # On a busy machine a swipe may take as long as a finger that is held: that takes a minute.
        page.evaluate(
            """() => {
              const wait = setTimeout;
              window.setTimeout = (run, time) => wait(run, time > 300 ? 60_000 : time);
            }"""
        )
        before = shown(page)
        for way in ((-12, 0), (0, -12)):
            self.touch(page, box(page, "w2"), [way] * 10)
            assert shown(page) == before

    def test_an_answer_is_in_sight_and_what_is_tapped_is_large(self, open_page):
        page = open_page(draw(two_two_two()), **PHONE)
        box(page, "w1").tap()
        place = page.locator(".answer").bounding_box()
        assert 0 < place["y"] < 844 - 100
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, select, [type=text], [type=range]")]
              .filter((each) => each.getClientRects().length > 0)
              .filter((each) => each.getBoundingClientRect().height < 44)
              .map((each) => each.className || each.textContent)"""
        )
        assert small == []


class TestKeys:
    def test_two_tabs_reach_the_steps_and_the_graph_is_one_stop(self, open_page):
        page = open_page(draw(two_two_two()))
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.steps') !== null")
        page.locator("button.help").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.picture g[tabindex=\"0\"]')")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.picture') === null")

    def test_arrows_step_and_space_plays(self, open_page):
        page = open_page(draw(one_product()))
        page.keyboard.press("Home")
        assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]
        page.keyboard.press("ArrowRight")
        assert told(page)[0].startswith("Forward,step1of2")
        page.keyboard.press("ArrowLeft")
        assert told(page)[0].startswith("Only")
        page.keyboard.press("End")
        assert told(page)[0].endswith("Everythingisknown,forwardandbackward.")
        page.keyboard.press("Space")
        page.get_by_role("button", name="Pause").wait_for()
        page.keyboard.press("Space")

    def test_arrows_go_from_box_to_box(self, open_page):
        page = open_page(draw(two_two_two()))
        box(page, "w1").focus()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("w2:")
        page.keyboard.press("ArrowRight")
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert name.startswith("net_h1:")
        assert page.get_by_label("Step", exact=True).input_value() == "23"

    def test_the_keys_are_listed(self, open_page):
        page = open_page(draw(one_product()))
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog").is_visible()

    def test_full_screen_is_the_picture_and_a_line(self, open_page):
        page = open_page(draw(two_two_two()), "#step=14")
        page.keyboard.press("f")
        assert page.locator(".told p:visible").count() == 2
        assert not page.locator(".bar").is_visible()
        size = page.locator(".told").evaluate("(told) => getComputedStyle(told).fontSize")
        assert size == "24px"
        page.keyboard.press("Escape")
        page.locator(".bar").wait_for()
        assert page.locator(".bar").is_visible()


class TestMotion:
    """The backward pass as it is seen: by a clock that the test sets."""

    def at(self, open_page, step, **screen):
        page = open_page(draw(two_two_two()), reduced_motion="no-preference", **screen)
        file = page.url.split("#")[0]
        page.goto("about:blank")  # the page writes its address a moment after it was opened
        page.clock.install(time=0)
        page.goto(f"{file}#step={step}")
        page.get_by_role("tab", selected=True).wait_for()
        page.clock.run_for(300)
        page.clock.pause_at(10_000)
        return page

    def test_adjoint_times_partial_runs_down_and_a_fork_counts_up(self, open_page):
        page = self.at(open_page, 17)  # next, net_o1 hands on to out_h1, which has a share already
        before = float(shown(page)["out_h1"][1])
        press(page, "Forward")
        assert before == float(shown(page)["out_h1"][1]) == -0.01905
        labels = page.locator(".runner text").all_text_contents()
        assert sorted(labels) == sorted(
            f"0.1385 \u00b7 {partial}" for partial in ("0.5933", "0.5969", "0.4", "0.45", "1")
        )
        page.clock.run_for(700)
        assert "0.05540" in [
            f"{float(x):.5f}" for x in page.locator(".runner text").all_text_contents()
        ]
        page.clock.run_for(250)
        assert before < float(shown(page)["out_h1"][1]) < 0.03635
        page.clock.run_for(300)
        assert page.locator(".runner").count() == 0
        assert shown(page)["out_h1"][1] == "0.03635"

    def test_another_step_ends_the_motion_and_nothing_moves_where_that_is_not_wanted(
        self, open_page
    ):
        page = self.at(open_page, 13)
        press(page, "Forward", times=2)
        assert page.locator(".runner").count() > 0
        press(page, "Back")
        assert page.locator(".runner").count() == 0
        page.emulate_media(reduced_motion="reduce")
        press(page, "Forward")
        assert page.locator(".runner").count() == 0

    def test_steps_go_by_units_and_layers(self, open_page):
        page = open_page(draw(two_two_two()))
        step = page.get_by_label("Step", exact=True)
        stride = page.get_by_label("Stride")

        def stops(size, button, count):
            stride.select_option(size)
            found = []
            for _ in range(count):
                press(page, button)
                found.append(int(step.input_value()))
            return found

        assert stops("1 unit", "Forward", 5) == [0, 2, 4, 6, 7]
        step.press("Home")
        assert stops("1 layer", "Forward", 3) == [4, 6, 7]
        assert stops("1 layer", "Back", 3) == [6, 4, 0]
        step.press("Home")
        assert stops("1 step", "Forward", 2) == [1, 2]
        assert not open_page(draw(one_product())).get_by_label("Stride").is_visible()

    def test_a_unit_that_takes_turns_with_another_is_one_stride(self, open_page):
        x, downs = Value(2.0, label="x"), []
        with scope("position 1"):
            for k in (1, 2):
                with scope("up"):
                    up = x * float(k)
                    up.label = f"u{k}"
                with scope("down"):
                    down = up.tanh()
                    down.label = f"d{k}"
                downs.append(down)
        total = downs[0] + downs[1]
        total.label = "L"
        page = open_page(draw(total))
        page.get_by_label("Stride").select_option("1 unit")
        step = page.get_by_label("Step", exact=True)
        step.press("Home")
        stops = []
        for button in ["Forward"] * 3 + ["Back"] * 3:
            press(page, button)
            stops.append(int(step.input_value()))
        assert stops == [3, 4, 5, 4, 1, 0]


def test_start_and_forward_always_do_something(open_page):
    page = open_page(draw(one_product()))
    press(page, "Forward")
    assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]
    press(page, "Forward")
    assert told(page)[0].startswith("Forward,step1of2")
    press(page, "Start")
    assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]


def test_notes_go_when_they_are_dismissed_or_followed(open_page):
    page = open_page(draw(one_product()))
    assert page.locator(".notes li").count() == 3
    press(page, "Start")
    assert page.locator(".notes li").count() == 2
    box(page, "w").click()
    assert page.locator(".notes li").count() == 1
    panel(page, "Step")  # elsewhere the derivation has their room
    page.get_by_role("button", name="Dismiss").click()
    assert page.locator(".notes li").count() == 0


def test_the_paths_of_the_question_are_marked(open_page):
    page = open_page(draw(two_two_two()))
    box(page, "w5").click()

    def marked():
        return sorted(
            label.split(":")[0]
            for label in page.locator(".value.path").evaluate_all(
                "boxes => boxes.map((box) => box.getAttribute('aria-label'))"
            )
        )

    assert marked() == ["E", "E_o1", "net_o1", "out_o1", "w5"]
    assert sorted(page.locator(".note.path").all_text_contents()) == [
        "0.1868",
        "0.5933",
        "0.7414",
        "1",
    ]
    page.keyboard.press("Escape")
    assert marked() == []


def test_a_factor_that_is_pointed_at_lights_its_edge(open_page):
    page = open_page(draw(two_two_two()))
    box(page, "w5").click()
    page.locator(".answer [data-edge]").nth(2).hover()
    assert page.locator(".note.lit").all_text_contents() == ["0.5933"]
    assert page.locator(".wires .lit").count() == 1
    page.locator(".picture").hover(position={"x": 2, "y": 2})
    assert page.locator(".lit").count() == 0


def test_the_factors_of_a_derivative_are_gone_through_one_by_one(open_page):
    page = open_page(draw(two_two_two(clusters=False)), viewport={"width": 1360, "height": 845})

    def walked():
        (line,) = lines(page, ".walk")
        return line, page.locator(".note.lit").all_text_contents()

    box(page, "w5").click()
    assert walked() == ("Forwardgoesthroughit,factorbyfactor.", [])
    press(page, "Forward")
    assert walked()[1] == ["0.7414", "1"]  # through the error, of which E is the sum
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert walked() == (
        f"Factor3of3:{D}neto1{D}w5=outh1=0.593269992."
        f"Sofar{D}E{D}w5=0.138498562{DOT}0.593269992=0.082167041.",
        ["0.5933"],
    )
    assert lines(page, ".answer .now") == [f"{D}neto1{D}w5", "outh1", "0.593269992"]
    box(page, "w1").click()
    for _ in range(7):
        page.keyboard.press("ArrowRight")  # the keys of the page, though the box was clicked
    first = page.locator(".walk").text_content()
    assert first.startswith("Path 2 of 2, factor 2 of 5: ")
    assert walked()[1] == ["0.1755"]
    written = page.locator(".answer :is(mtr, p)").all()
    ends = [each.bounding_box() for each in written]
    assert len(written) == 9
    assert max(end["y"] + end["height"] for end in ends) < 845
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    added = f"{D}E{D}w1=0.000668396+({MINUS}0.000229828)=0.000438568"
    assert walked() == (f"Thecontributionsadd:{added}.", [])
    page.keyboard.press("ArrowLeft")
    assert walked()[1] == ["0.05"]
    assert page.get_by_label("Step", exact=True).input_value() == "23"
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    assert told(page) == ["Onlytheleavesareknown.Goforward,stepbystep."]


def test_terms_have_the_colours_of_their_paths_and_break_where_they_are_long(open_page):
    page = open_page(draw(two_two_two()), viewport={"width": 1360, "height": 844})
    page.get_by_role("tab", name="Why").click()
    page.get_by_label("Derivative by").select_option("w1")
    for term, edge in (("1", "net_o1"), ("2", "net_o2")):
        (written, *_) = page.locator(f'.answer [data-term="{term}"]').evaluate_all(
            "all => all.map((each) => getComputedStyle(each).color)"
        )
        wires = page.locator(f'.wires [data-term="{term}"]').evaluate_all(
            "all => all.map((each) => getComputedStyle(each).stroke)"
        )
        # out_h1 to net, to out, to the error, to E.
        assert wires == [written] * 4, edge
    page.locator(".answer [data-edge]").first.hover()  # dE/dout_o1 leads through E_o1
    assert page.locator(".wires .lit").count() == 2
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.get_by_label("Derivative by").select_option("w2")
        page.get_by_label("Derivative by").select_option("w1")
        assert page.locator(".answer").evaluate(
            "(answer) => answer.scrollWidth <= answer.clientWidth"
        )


def test_a_derivation_is_copied_as_latex(open_page):
    page = open_page(draw(two_two_two()), permissions=["clipboard-read", "clipboard-write"])
    box(page, "w5").click()
    press(page, "Copy as LaTeX")
    page.get_by_role("button", name="Copied").wait_for()
    first, second, third, last = page.evaluate("navigator.clipboard.readText()").split("\n")[1:5]
    o1, h1 = r"\mathrm{out}_{\mathrm{o1}}", r"\mathrm{out}_{\mathrm{h1}}"
    assert second == rf" &= ({o1}-t_{{1}})\cdot {o1}\,(1-{o1})\cdot {h1} \\"
    assert third == r" &= 0.741365070\cdot 0.186815602\cdot 0.593269992 \\"
    assert first.startswith(r"\frac{\partial E}{\partial w_{5}} &= \frac{\partial E}{\partial ")
    assert last == " &= 0.082167041"


def test_what_learns_the_rate_and_the_zoom_are_in_the_address(open_page):
    drawing = draw(two_two_two())
    page = open_page(drawing)
    panel(page, "Leaves")
    for name in PARAMETERS[2:]:
        page.get_by_label(f"{name} learns").uncheck()
    panel(page, "Train")
    page.get_by_label("Rate", exact=True).fill("0,25")
    press(page, "1 round")
    press(page, "Zoom in", times=2)
    fragment = address(page)
    width = page.locator(".picture svg").bounding_box()["width"]
    other = open_page(drawing, fragment)
    assert lines(other, ".learning") == ["b1,b2learn;chooseunderLeaves."]
    assert other.locator(".learns").count() == 2
    panel(other, "Train")
    assert other.get_by_label("Rate", exact=True).input_value() == "0.25"
    assert other.locator(".picture svg").bounding_box()["width"] == pytest.approx(width, rel=0.01)
    assert address(other) == fragment
    other.keyboard.press("0")
    assert "zoom" not in address(other)


def test_a_theme_is_chosen_and_kept_in_the_address(open_page):
    page = open_page(draw(one_product()), color_scheme="light")

    def colours(page):
        return page.locator(".inside").evaluate(
            """(inside) => [getComputedStyle(inside).backgroundColor,
              getComputedStyle(inside.querySelector(".paper")).fill]"""
        )

    press(page, "Keys and theme")
    of_system = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        of_system[scheme] = colours(page)
        assert len(set(of_system[scheme])) == 1
    assert of_system["light"] != of_system["dark"]
    for theme, scheme in (("light", "dark"), ("dark", "light")):
        page.emulate_media(color_scheme=scheme)
        page.get_by_label("Theme", exact=True).select_option(theme)
        assert colours(page) == of_system[theme]
        assert address(page) == f"#theme={theme}"
    other = open_page(draw(one_product()), address(page), color_scheme="light")
    assert colours(other) == of_system["dark"]


def test_a_comma_is_read_and_what_is_no_number_is_told(open_page):
    page = open_page(draw(one_product()))
    leaf(page, "w").fill("0,25")
    leaf(page, "w").press("Enter")
    assert shown(page)["w"][0] == "0.25"
    leaf(page, "w").fill("a lot")
    leaf(page, "w").press("Enter")
    assert page.locator(".wrong").inner_text() == "w: write a number, such as 0.5 or -1e-3"
    panel(page, "Train")
    page.get_by_label("Rate").fill("-1")
    press(page, "1 round")
    said = "Rate: write a number, such as 0.5 or -1e-3, above 0."
    assert page.locator(".rounds").inner_text() == said
    press(page, "Reset")
    panel(page, "Train")
    assert page.get_by_label("Rate").input_value() == "0.5"
    assert page.locator(".wrong").text_content() == ""


def test_reset_brings_back_what_learns(open_page):
    page = open_page(draw(nn.two_two_two().forward()))
    panel(page, "Leaves")
    page.get_by_label("b1 learns").uncheck()
    press(page, "Reset")
    assert page.get_by_label("b1 learns").is_checked()


@pytest.mark.parametrize("rounds", ["1e309", "1e9", "0x10000000"])
def test_rounds_of_the_address_are_bounded(open_page, rounds):
    page = open_page(draw(nn.two_two_two().forward()), f"#rounds={rounds}")
    panel(page, "Train")
    page.get_by_text("Rounds and losses").click()
    assert lines(page, ".rounds") == ["after0roundsE=0.298371109"]


def test_python_tells_what_learns(open_page):
    u, k, x, t = (Value(number) for number in (0.5, 0.25, 0.5, 1.5))
    y = u * x + k
    loss = (y - t) ** 2
    label(u=u, k=k, x=x, t=t, y=y, loss=loss)
    page = open_page(draw(loss, learns=[u, k]))
    panel(page, "Train")
    assert page.locator(".learning").inner_text() == "k, u learn; choose under Leaves."
    press(page, "100 rounds")
    assert shown(page)["t"][0] == "1.5"
    assert float(shown(page)["loss"][0]) < 1e-6
    for _ in range(3):
        press(page, "New numbers")
        assert (shown(page)["x"][0], shown(page)["t"][0]) == ("0.5", "1.5")


def test_answers_are_not_erased_unasked(open_page):
    page = open_page(draw(one_product(), quiz=ASKED))
    page.get_by_label("dout/dy", exact=True).fill("0.42")
    page.get_by_label("dout/dy", exact=True).press("Enter")
    assert page.evaluate("document.activeElement.ariaLabel") == "dout/dx"
    press(page, "New numbers")
    assert page.locator(".score").inner_text() == "1 of 3 right, 0 wrong, 0 hints"
    page.get_by_role("button", name="Erase the answers?").click()
    assert page.locator(".score").inner_text() == "0 of 3 right, 0 wrong, 0 hints"


def test_answers_are_kept_over_a_reload_and_judged_again(open_page):
    page = open_page(draw(one_product(), quiz=ASKED))
    page.get_by_label("dout/dy", exact=True).fill("0.42")
    page.get_by_label("dout/dy", exact=True).press("Enter")
    page.get_by_label("dout/dx", exact=True).fill("5.0")
    page.get_by_label("dout/dx", exact=True).press("Enter")
    before = page.locator(".score").inner_text()
    assert before == "1 of 3 right, 1 wrong, 0 hints"
    page.reload()
    page.get_by_role("tab", selected=True).wait_for()
    assert page.locator(".score").inner_text() == before
    assert page.get_by_label("dout/dy", exact=True).input_value() == "0.42"
    page.evaluate(
        """() => {
          const kept = JSON.parse(sessionStorage.getItem(sessionStorage.key(0)));
          kept.answers = [["0.9", 1e300, -1], ["0.21", "many", null], 7];
          sessionStorage.setItem(sessionStorage.key(0), JSON.stringify(kept));
        }"""
    )
    page.reload()
    page.get_by_role("tab", selected=True).wait_for()
    assert page.locator(".score").inner_text() == "1 of 3 right, 0 wrong, 0 hints"


def test_the_picture_is_saved_as_it_is_seen(open_page):
    page = open_page(draw(one_product()))
    leaf(page, "w").fill("0.25")
    leaf(page, "w").press("Enter")
    press(page, "Keys and theme")
    saved = {}
    for kind in ("SVG", "PNG"):
        with page.expect_download() as saving:
            press(page, f"Save as {kind}")
        assert saving.value.suggested_filename == f"out.{kind.lower()}"
        saved[kind] = saving.value.path().read_bytes()
    assert saved["PNG"].startswith(b"\x89PNG\r\n\x1a\n")
    texts = [text.text for text in ElementTree.fromstring(saved["SVG"]).iter() if text.text]
    assert "0.25" in texts
    assert b"tabindex" not in saved["SVG"]


def printed(page, tmp_path):
    """The text of the page on paper, and the height of the smallest letters, in points."""
    path = tmp_path / "page.pdf"
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    run = ["pdftotext", "-bbox-layout", path, "-"]
    layout = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    heights = re.findall(r'<word [^>]*yMin="([\d.]+)"[^>]*yMax="([\d.]+)"', layout)
    sizes = re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', layout)
    words = re.findall(r"<word [^>]*>(.*?)</word>", layout)
    return words, min(float(high) - float(low) for low, high in heights), sizes


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
class TestPaper:
    def test_a_page_prints_the_picture_and_the_derivation(self, open_page, tmp_path):
        page = open_page(draw(find_source("mazur").value))
        box(page, "w5").click()
        words, height, [(width, across)] = printed(page, tmp_path)
        assert float(width) > float(across)
        assert {"net_h1", "0.5933", "0.741365070"} <= set(words)
        assert height >= 7
        assert "Start" not in words

    def test_a_quiz_prints_its_questions(self, open_page, tmp_path):
        page = open_page(draw(two_two_two(), quiz=("gradients",)))
        words, height, _ = printed(page, tmp_path)
        asked = page.locator(".questions li").count()
        numbers = {word for word in words if re.fullmatch(r"\d+\.", word)}
        assert numbers == {f"{number}." for number in range(1, asked + 1)}
        assert height >= 7
        assert "Hint" not in words
