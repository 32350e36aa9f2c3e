"""Groups of a page, opened and closed as a person does; what is shown is what Python computes."""

import math
import re
from itertools import combinations

import pytest
from axe_playwright_python.sync_playwright import Axe
from drawn_graphs import layers_of, two_two_two
from playwright.sync_api import expect
from settling import address

import nn
from autograd_mini import Value, draw, label, scope
from autograd_mini.drawing.picture import take_picture
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import format_number

pytestmark = pytest.mark.browser


def leaf(page, name):
    """The field of a leaf, in its panel."""
    page.get_by_role("tab", name="Leaves").click()
    return page.get_by_label(name, exact=True)


def network(points=2):
    """Two layers on some points: neurons of several calls each."""
    return layers_of((2, 3, 1), points=points)


def texts(page, group):
    """What a group's box says: its name and its numbers."""
    box = page.locator(f"#{group}")
    parts = (".label", ".number.values", ".number.data", ".number.grad")
    return [box.locator(part).text_content() for part in parts]


def shown(page):
    """The numbers of every value that has a box, by id."""
    rows = page.locator(".picture .value").evaluate_all(
        "boxes => boxes.map(box => [box.id, ...['.data', '.number.grad']"
        ".map(part => box.querySelector(part).textContent)])"
    )
    return {name: tuple(numbers) for name, *numbers in rows}


def recorded(root):
    """The same of the graph."""
    return {
        value.id: (format_number(value.data, 4), format_number(value.grad, 4))
        for value in take_picture(Names(root)).values
    }


def rectangles(page):
    """Where all boxes, circles and constants are that can be seen."""
    return page.evaluate(
        """() => {
          const boxes = ".value, .group, .stub, .operation, .constant";
          return [...document.querySelectorAll(`.picture :is(${boxes}) > rect`)]
            .filter(each => each.getClientRects().length)
            .map(each => {
              const { left, top, right, bottom } = each.getBoundingClientRect();
              return [each.parentNode.id, left, top, right, bottom];
            });
        }"""
    )


def frames(page):
    """Where the frames of opened groups are."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".sheet")].map(each => {
          const { left, top, right, bottom } = each.getBoundingClientRect();
          return [left, top, right, bottom];
        })"""
    )


def assert_nothing_overlaps(page):
    """No box or circle lies on another, and each is inside of a frame or outside of it."""
    places = rectangles(page)
    for (one, *a), (other, *b) in combinations(places, 2):
        apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
        assert apart, f"{one} and {other}"
    for frame in frames(page):
        for name, *place in places:
            inside = (
                frame[0] <= place[0]
                and frame[1] <= place[1]
                and place[2] <= frame[2]
                and place[3] <= frame[3]
            )
            apart = (
                place[2] <= frame[0] + 1
                or frame[2] <= place[0] + 1
                or place[3] <= frame[1] + 1
                or frame[3] <= place[1] + 1
            )
            assert inside or apart, name


def assert_wires_arrive(page):
    """Every wire with an arrow ends at the left of what it leads to."""
    ends = page.evaluate(
        r"""() => [...document.querySelectorAll(".picture .wires > [id]:not(.bare)")].map(wire => {
          const end = wire.getPointAtLength(wire.getTotalLength());
          const { x, y } = end.matrixTransform(wire.getScreenCTM());
          const [, kind, number] = /^(eg|e|r)(\d+)/.exec(wire.id);
          const id = { eg: "g", e: "o", r: "v" }[kind] + number;
          const target = document.getElementById(`opened-${id}`) ?? document.getElementById(id);
          const { left, top, bottom } = target.querySelector("rect").getBoundingClientRect();
          return [wire.id, x - left, y - top, bottom - y];
        })"""
    )
    for name, from_left, below_top, above_bottom in ends:
        assert -1 < from_left < 8, name
        assert below_top > -1, name
        assert above_bottom > -1, name


def test_a_group_opens_on_click_and_closes(open_page):
    page = open_page(draw(network(), collapse="layer"))
    before = page.locator(".picture svg").get_attribute("viewBox")
    page.locator("#g1").click()
    assert page.locator("#g1").is_hidden()
    assert (
        page.locator(".opened .title").text_content()
        == "\N{BLACK DOWN-POINTING SMALL TRIANGLE} layer 0"
    )
    assert page.locator(".opened .group .label").all_text_contents() == [
        "neuron 0",
        "neuron 1",
        "neuron 2",
    ]
    page.locator(".opened .header").click()
    assert page.locator("#g1").is_visible()
    assert page.locator(".opened").count() == 0
    assert page.locator(".picture svg").get_attribute("viewBox") == before


def test_a_group_opens_and_closes_by_key(open_page):
    page = open_page(draw(network(), collapse="layer"))
    for key in ("Enter", " "):
        assert page.locator("#g1").get_attribute("aria-expanded") == "false"
        page.locator("#g1").press(key)
        header = page.locator(".opened .header")
        assert header.get_attribute("aria-expanded") == "true"
        assert header.evaluate("header => header === document.activeElement")
        header.press(key)
        assert page.locator("#g1").evaluate("box => box === document.activeElement")


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("how", ["layer", "neuron"])
def test_whatever_is_open_nothing_overlaps_and_numbers_are_those_of_the_engine(
    open_page, direction, how
):
    root = network()
    page = open_page(draw(root, collapse=how, direction=direction))
    while page.locator(".group:visible").count():
        page.locator(".group:visible").first.dispatch_event("click")
        assert_nothing_overlaps(page)
        if direction == "LR":
            assert_wires_arrive(page)
    assert shown(page) == recorded(root)


def test_groups_close_in_any_order(open_page):
    page = open_page(draw(network(), collapse="layer"))
    before = page.locator(".picture svg").inner_html()
    for group in ("g1", "g2"):
        page.locator(f"#{group}").dispatch_event("click")
    page.locator(".opened .group").first.dispatch_event("click")
    assert_nothing_overlaps(page)
    page.locator(".picture svg > .opened > .header").first.dispatch_event("click")
    assert_nothing_overlaps(page)
    page.locator(".picture svg > .opened > .header").first.dispatch_event("click")
    wires = re.compile(r' d="([^"]*)"')
    assert wires.findall(page.locator(".picture svg").inner_html()) == wires.findall(before)


def test_a_group_says_its_range_and_the_norm_of_its_gradient(open_page):
    root = network()
    page = open_page(draw(root, collapse="layer"))
    for group in draw(root, collapse="layer").picture.groups:
        assert texts(page, group.id) == [
            group.name,
            str(len(group.members)),
            f"{format_number(group.low, 4)} to {format_number(group.high, 4)}",
            format_number(group.grad_norm, 4),
        ]


def test_the_numbers_of_groups_follow_the_leaves(open_page):
    def record(x):
        x = Value(x, label="x")
        with scope("squares"):
            y = x * x
            z = y * 2.0
        root = z + x
        root.backward()
        return root

    page = open_page(draw(record(3.0), collapse="layer"))
    assert texts(page, "g1") == ["squares", "2", "9 to 18", format_number(math.hypot(1, 2), 4)]
    assert "group positive" in page.locator("#g1").get_attribute("class")
    field = leaf(page, "x")
    field.fill("-0.5")
    field.press("Enter")
    assert texts(page, "g1") == ["squares", "2", "0.25 to 0.5", "2.236"]
    page.get_by_label("Step", exact=True).press("Home")
    assert texts(page, "g1") == ["squares", "2", "", "-"]
    page.get_by_role("button", name="Forward", exact=True).click()
    assert texts(page, "g1") == ["squares", "2", "0.25", "-"]
    assert "now" in page.locator("#g1").get_attribute("class")


def test_boxes_inside_can_be_asked_about_and_dragged(open_page):
    root = network()
    page = open_page(draw(root, collapse="neuron"))
    page.locator("#g1").click()
    leaf = page.locator(".opened .value.leaf", has=page.get_by_text("w0", exact=True))
    leaf.click()
    assert "w0" in page.locator(".answer").text_content()
    before = leaf.locator(".data").text_content()
    leaf.press("PageUp")
    assert leaf.locator(".data").text_content() != before
    page.locator(".opened .wires .reach").first.dispatch_event("pointerenter")
    assert page.locator(".edge").text_content() != ""


def test_a_neuron_whose_calls_differ_opens_to_its_calls(open_page):
    w = Value(0.5, label="w")
    total = Value(0.0)
    for k in range(80):
        with scope("neuron"):
            out = w * (0.1 * k) + 1.0
            out = out.tanh() + 1.0 if k % 2 else out.exp() * 1.0
        total = total + out
    page = open_page(draw(total, collapse="neuron"))
    page.locator(".group", has=page.get_by_text("neuron", exact=True)).dispatch_event("click")
    names = page.locator(".opened .group .label").all_text_contents()
    assert names == [f"call ({number}/80)" for number in range(1, 81)]
    page.locator(".opened .group").nth(7).dispatch_event("click")
    inside = page.locator(".opened .opened")
    assert inside.locator(".stub .label").all_text_contents() == ["w"]
    assert inside.locator(".operation").all_text_contents() == ["*", "+", "tanh", "+"]


def test_what_feeds_a_neuron_is_told_apart_in_the_boxes(open_page):
    model = nn.MLP(2, [16, 16, 1], seed=0)
    page = open_page(draw(model([Value(0.5), Value(-1.5)]), collapse="layer"))
    page.locator(".group", has_text="layer 3").click()
    stubs = page.locator("#opened-g3 .stub")
    assert sorted(stubs.locator(".label").all_text_contents()) == sorted(
        f"layer 2 / neuron {number}" for number in range(1, 17)
    )
    for stub in stubs.all():
        text, rect = (stub.locator(each).bounding_box() for each in (".label", "rect"))
        assert rect["x"] <= text["x"]
        assert text["x"] + text["width"] <= rect["x"] + rect["width"]


def test_the_group_that_is_worked_is_in_the_frame(open_page):
    page = open_page(draw(network(), collapse="neuron"), viewport={"width": 390, "height": 500})
    page.get_by_label("Step", exact=True).press("Home")
    for _ in range(20):
        page.get_by_role("button", name="Forward").click()
        box = page.locator(".picture :is(.group, .value).now").bounding_box()
        frame = page.locator(".picture").bounding_box()
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]


def test_what_has_nothing_finer_inside_says_so(open_page):
    product = Value(1.0, label="start")
    with scope("chain"):
        for _ in range(400):
            product = product * 1.001
    page = open_page(draw(product * 1.0))
    page.locator("#g1").click()
    assert page.locator(".opened text").all_text_contents() == [
        "\N{BLACK DOWN-POINTING SMALL TRIANGLE} chain",
        "400 values, too many to draw, and no scope inside tells them apart",
    ]
    assert_nothing_overlaps(page)


def test_in_a_quiz_groups_keep_what_is_asked_to_themselves(open_page):
    page = open_page(draw(two_two_two(), collapse="neuron", quiz=("values", "gradients")))
    name, count, data, grad = texts(page, "g1")
    assert (name, count) == ("h1", "5")
    assert (data, grad) == ("?", "?")


def test_hostile_names_are_text_in_templates(open_page):
    name = '</script><img src=x onerror=alert(1)>"&'
    with scope(name), scope(name):
        x = Value(1.0, label=name)
        y = x * x
        z = y + x
    page = open_page(draw(z * 2.0, collapse="layer"))
    page.locator("#g1").click()
    assert page.locator(".opened img").count() == 0
    assert page.locator(".opened .value .label").first.text_content() == name[:23] + "…"


def test_scopes_of_one_value_each_open_to_their_values(open_page):
    with scope("all"):
        with scope("first"):
            x = Value(2.0, label="x")
        with scope("second"):
            y = x * 0.5
        with scope("third"):
            z = y.tanh()
    root = z + 1.0
    root.backward()
    page = open_page(draw(root, collapse="layer"))
    page.locator("#g1").click()
    assert shown(page) == recorded(root)
    assert_nothing_overlaps(page)


def test_everyone_can_use_opened_groups(open_page):
    page = open_page(draw(network(), collapse="layer"))
    page.locator("#g1").click()
    page.locator(".opened .group").first.click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in found] == []


def test_zoom_stays_where_it_is_as_groups_open(open_page):
    page = open_page(draw(network(), collapse="layer"))
    size = page.locator("#g2").bounding_box()
    page.locator("#g1").click()
    wider = page.locator("#g2").bounding_box()
    assert (wider["width"], wider["height"]) == pytest.approx(
        (size["width"], size["height"]), rel=1e-3
    )
    page.get_by_role("button", name="Fit", exact=True).click()
    frame, picture = page.locator(".picture"), page.locator(".picture svg")
    assert picture.bounding_box()["width"] <= frame.bounding_box()["width"]


def test_fifty_thousand_values_in_a_page_of_some_megabytes(open_page, tmp_path):
    model = nn.MLP(2, [16, 16, 1], seed=1)
    total = sum((model([0.1 * k, -0.2]) ** 2 for k in range(75)), start=Value(0.0))
    total.backward()
    path = draw(total).save(tmp_path / "large.html")
    assert path.stat().st_size < 4_000_000
    page = open_page(path, "#network=0")
    page.locator("#g17").dispatch_event("click")
    assert page.locator(".opened .operation").last.text_content() == "relu"
    page.get_by_role("tab", name="Leaves").click()
    page.get_by_text("All values").click()
    expect(page.locator(".recorded tbody tr")).to_have_count(1_000)


def test_a_link_opens_what_was_open(open_page):
    drawing = draw(network(), collapse="layer")
    page = open_page(drawing)
    page.locator("#g1").click()
    page.locator(".opened .group").first.click()
    fragment = address(page)
    other = open_page(drawing, fragment)
    assert shown(other) == shown(page)
    assert rectangles(other) == rectangles(page)
    assert address(other) == fragment


def test_an_address_that_opens_nonsense_opens_nothing(open_page):
    page = open_page(draw(network(), collapse="layer"), "#open=g999,x,g1_2,")
    assert page.locator(".opened").count() == 0


def test_the_quiz_asks_for_what_can_be_seen(open_page):
    page = open_page(draw(network(points=1), collapse="neuron"))
    page.get_by_role("tab", name="Quiz").click()
    page.get_by_role("button", name="Start the quiz").click()
    asked = page.locator(".questions input").evaluate_all(
        "fields => fields.map(field => field.getAttribute('aria-label'))"
    )
    assert sorted(asked) == ["dv23/dx0", "dv23/dx1"]


def test_a_neuron_of_a_batch_opens_to_one_call_and_the_sample_is_chosen(open_page):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
    samples = [(0.1 * k, -0.2 * k) for k in range(70)]
    root = sum((model(sample) ** 2 for sample in samples), Value(0.0))
    root.backward()
    page = open_page(draw(root, collapse="neuron"), "#sample=3&network=0")
    before = page.locator(".picture svg").bounding_box()
    page.locator("#g1").dispatch_event("click")
    opened = page.locator("#opened-g1")
    titles = opened.locator(".title").all_text_contents()
    group = draw(root, collapse="neuron").picture.groups[0]
    ends, slope = (format_number(x, 4) for x in (group.low, group.high)), group.grad_norm
    assert titles == [
        "\N{BLACK DOWN-POINTING SMALL TRIANGLE} neuron 1: sample 3 of 70",
        f"all 70: data {' to '.join(ends)}, |grad| {format_number(slope, 4)}",
    ]
    assert opened.locator(".constant").all_text_contents() == ["0.2", "-0.4"]
    assert page.locator(".picture svg").bounding_box()["height"] < 2 * before["height"]
    assert_nothing_overlaps(page)
    weight = opened.locator(".value", has_text="w1").locator(".number.grad")
    assert weight.text_content() == format_number(model.layers[0].neurons[0].w[0].grad, 4)
    opened.locator(".value").last.click()
    assert opened.locator(".value.path").count() > 0

    page.get_by_label("Sample").fill("70")
    page.get_by_label("Sample").press("Enter")
    assert opened.locator(".title").first.text_content().endswith("sample 70 of 70")
    assert opened.locator(".constant").all_text_contents() == ["6.9", "-13.8"]
    places = [f"v{value.id[1:]}" for value in take_picture(Names(root)).values]
    numbers = recorded(root)
    assert all(numbers[name] == pair for name, pair in shown(page).items())
    assert set(shown(page)) <= set(places)
    opened.locator(".value").last.click()
    assert opened.locator(".value.path").count() > 0
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Forward", exact=True).click()
    assert opened.locator(".title").first.text_content().endswith("sample 1 of 70")
    assert opened.locator(".value.now").count() == 1
    page.locator("#opened-g1 > .header").click()
    assert page.locator("#g1").is_visible()


def causal_attention():
    """One head over three positions, each of which looks at itself and those before it."""
    q, k, keys, looks, mixed = Value(0.7), Value(-0.4), [], [], []
    xs = [Value(0.5), Value(-1.0), Value(2.0)]
    for position, x in enumerate(xs):
        with scope(f"position {position}"), scope("head 1"):
            keys.append(k * x)
            powers = [(q * x * key).exp() for key in keys]
            looks.append([power / sum(powers) for power in powers])
            mixed.append(sum(weight * each for weight, each in zip(looks[-1], xs)))
    E = sum(mixed[1:], mixed[0]) ** 2
    label(
        E=E, **{f"looks{i}_{j}": each for i, row in enumerate(looks) for j, each in enumerate(row)}
    )
    E.backward()
    return E, looks


def test_the_weights_of_attention_are_a_matrix_that_asks(open_page):
    E, looks = causal_attention()
    page = open_page(draw(E, collapse="neuron"))
    page.get_by_role("tab", name="Step").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", selected=True).text_content() == "Attention"
    table = page.locator(".weights table")
    assert table.locator("caption").all_text_contents() == ["head 1"]
    assert table.locator("th").all_text_contents() == [
        *("looks at", "0", "1", "2"),
        *(f"position {k}" for k in range(3)),
    ]
    weights = [weight for row in looks[1:] for weight in row]
    cells = table.locator("td")
    assert cells.all_text_contents() == [
        "1.00",
        *(f"{each.data:.2f}{format_number(each.grad, 2)}" for each in weights),
    ]
    assert Axe().run(page).violations_count == 0
    looks_at = page.get_by_role("button", name="position 2 looks at 1: 0.62, gradient ")
    looks_at.press("Enter")
    assert page.get_by_label("Derivative by").locator(":checked").text_content() == "looks2_1"
    value = f"{looks[2][1].grad:.9f}".replace("-", "\N{MINUS SIGN}")
    assert page.locator(".answer mtr").last.text_content() == f"={value}"
    page.get_by_role("button", name="Start").click()
    page.get_by_role("tab", name="Attention").click()
    assert cells.all_text_contents() == ["1.00", *["-"] * 5]
