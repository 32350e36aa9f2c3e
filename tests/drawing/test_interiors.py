"""What a page knows of the insides of groups: all of the graph, once, in few templates."""

import json
import re
from contextlib import ExitStack

import pytest
from drawn_graphs import graphs, layers_of
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_mini import Value, draw, scope


def known(drawing):
    """The data of the page."""
    return json.loads(re.search(r"const DATA = (.*);$", drawing.page.script(), re.MULTILINE)[1])


def own_values(data, number):
    """The places of the values of a group, of every call of a stack."""
    calls = data["calls"].get(str(number))
    if calls is None:
        return data["groups"][number][2]
    return sorted({place for values, _ in calls for place in values})


def values_inside(data, number):
    """The places of all values in a group."""
    _, _, _, inside, _ = data["groups"][number]
    values = own_values(data, number)
    return values + [place for each in inside for place in values_inside(data, each)]


@given(graphs(), st.sampled_from(["neuron", "layer"]))
@settings(max_examples=40)
def test_every_value_has_one_place(roots, how):
    drawing = draw(roots, collapse=how)
    data = known(drawing)
    shown = [int(value.number) - 1 for value in drawing.picture.values]
    groups = range(len(data.get("groups", ())))
    inside = [place for number in groups for place in own_values(data, number)]
    assert sorted(shown + inside) == list(range(len(data["tape"])))


def test_each_value_of_a_pattern_is_reached_by_bundles_of_calls_of_one_shape():
    inputs = [Value(0.5) for _ in range(20)]
    weights = [[Value(0.1) for _ in range(20)] for _ in range(30)]
    hidden = [sum(w * x for w, x in zip(row, inputs)).tanh() for row in weights]
    data = known(draw(sum(a * b for a, b in zip(hidden, hidden[1:] + hidden[:1]))))
    opened = [(name, template, len(inside)) for name, template, _, inside, _ in data["groups"]]
    assert opened[1] == ("tanh(sum(x·y))", 0, 10)
    bundles = [(name, inside) for name, template, inside in opened if template == 2]
    assert bundles == [(f"calls ({number}/10)", 3) for number in range(1, 11)]
    assert [template for name, template, _ in opened].count(4) == 30
    assert len(data["templates"]) == 5


@pytest.mark.long
def test_the_page_of_forty_thousand_values_without_scopes_has_less_than_three_megabytes():
    signals = [[Value(0.1 * place) for place in range(40)] for _ in range(4)]
    for _ in range(3):
        rows = [[Value(0.01) for _ in range(40)] for _ in range(40)]
        signals = [
            [sum(w * x for w, x in zip(row, point)).tanh() for row in rows] for point in signals
        ]
    drawing = draw(sum(out * out for point in signals for out in point))
    assert len(drawing.picture.whole.values) > 40_000
    assert len(drawing.page.html()) < 3_000_000


@given(graphs(), st.sampled_from(["neuron", "layer"]))
@settings(max_examples=40)
def test_groups_have_what_the_picture_says(roots, how):
    drawing = draw(roots, collapse=how)
    data = known(drawing)
    for number, group in enumerate(drawing.picture.groups):
        members = sorted(int(member[1:]) - 1 for member in group.members)
        assert sorted(values_inside(data, number)) == members


def test_interiors_of_one_shape_share_a_template():
    data = known(draw(layers_of((2, 3, 1), points=70), collapse="layer"))
    names = [name for name, *_ in data["groups"]]
    assert names[:5] == ["x0", "x1", "layer 0", "layer 1", "results"]
    assert [len(calls) for calls in data["calls"].values()] == [70] * 4
    # Of x0, x1, layer 0, the results, and a call in each layer.
    assert len(data["templates"]) == 6


def test_a_page_without_groups_knows_of_none():
    assert "groups" not in known(draw(layers_of((2, 2, 1)), collapse=None))


@pytest.mark.parametrize(
    ("names", "stub"),
    [(("outer", "inner"), "outer / inner"), ((), "v1"), (("n" * 80,), "n" * 59 + "…")],
)
def test_what_feeds_a_group_is_named_by_its_label_its_scopes_or_its_number(names, stub):
    values = {}
    for label in ("", "fed"):
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(scope(name))
            values[label] = Value(1.0, label=label)
    with scope("group"):
        result = values[""] * values["fed"] + 1.0
    data = known(draw(result * 1.0, collapse="layer"))
    stubs = next(stubs for name, _, _, _, stubs in data["groups"] if name == "group")
    assert [data["stubs"][each] for each in stubs] == [stub, "fed"]
