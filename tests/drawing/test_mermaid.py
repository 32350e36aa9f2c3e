"""Mermaid texts. That Mermaid reads them so was tried with version 11 of its parser."""

import re
from contextlib import ExitStack

import pytest
from drawn_graphs import one_neuron
from hypothesis import given
from hypothesis import strategies as st

from autograd_mini import Value, draw, label, scope
from autograd_mini.drawing.mermaid import mermaid_label


def test_a_whole_flowchart():
    with scope("neuron"):
        w, x = Value(2.0, label="w_1"), Value(-3.0)
        net = w * x
    out = net + 1.0
    label(out=out)
    out.backward()
    assert draw(out).mermaid == (
        "flowchart LR\n"
        "  %% Graph of out = -5: 4 values, 2 operations\n"
        '  v4("out<br/>data -5<br/>grad 1")\n'
        '  o4(("#43;"))\n'
        '  c4_1["1"]\n'
        '  subgraph s1["neuron"]\n'
        '    v1["w_1<br/>data 2<br/>grad -3"]\n'
        '    v2["data -3<br/>grad 2"]\n'
        '    v3("data -6<br/>grad 1")\n'
        '    o3(("#42;"))\n'
        "  end\n"
        '  v1 -->|"-3"| o3\n'
        '  v2 -->|"2"| o3\n'
        "  o3 --> v3\n"
        '  v3 -->|"1"| o4\n'
        "  c4_1 --> o4\n"
        "  o4 --> v4\n"
        "  classDef negative fill:#f9dcc2,stroke:#e8710a,color:#1f2328\n"
        "  class v1 negative\n"
        "  classDef positive fill:#c7dbf5,stroke:#1f6fd6,color:#1f2328\n"
        "  class v2,v3,v4 positive\n"
        "  classDef plain fill:#ffffff,stroke:#7d8590,color:#1f2328\n"
        "  class o3,o4,c4_1 plain\n"
        "  classDef root stroke-width:3px\n"
        "  class v4 root\n"
    )


def test_frames_lie_in_frames_and_the_direction_is_kept():
    with scope("outer"), scope("inner"):
        x = Value(1.0, label="x")
        y = x * x
    lines = draw(y, direction="TB").mermaid.splitlines()
    assert lines[0] == "flowchart TB"
    assert lines[2:5] == [
        '  subgraph s1["outer"]',
        '    subgraph s2["inner"]',
        '      v1["x<br/>data 1<br/>grad -"]',
    ]
    assert lines[7:9] == ["    end", "  end"]


def test_scopes_nest_as_deep_as_one_likes():
    with ExitStack() as stack:
        for number in range(500):
            stack.enter_context(scope(f"s{number}"))
        x = Value(1.0)
    lines = draw(x * 2.0).mermaid.splitlines()
    assert sum(line.strip() == "end" for line in lines) == 500


@pytest.mark.parametrize("suffix", ["mmd", "mermaid", "MMD"])
def test_mermaid_is_saved_by_its_suffix(tmp_path, suffix):
    drawing = draw(one_neuron())
    assert drawing.save(tmp_path / f"neuron.{suffix}").read_text() == drawing.mermaid


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('say "hi"', "say #34;hi#34;"),
        ("</script>", "#60;#47;script#62;"),
        ("a]b)c}", "a#93;b#41;c#125;"),
        ("two\nlines", "two␊lines"),
        ("two\u2028lines", "two#8232;lines"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}abc", "#8238;abc"),
        ("שלום", "שלום"),
        ("1. item", "1#46; item"),
        ("`_code_`", "#96;#95;code#95;#96;"),
        ("%%{init: {}}%%", "#37;#37;#123;init#58; #123;#125;#125;#37;#37;"),
        ("#quot;", "#35;quot#59;"),
        ("x" * 10_000, "x" * 23 + "…"),
    ],
)
def test_a_label_is_a_text(name, written):
    assert f'  v1["{written}<br/>data 1<br/>grad -"]\n' in draw(Value(1.0, label=name)).mermaid


@given(st.text())
def test_no_label_leaves_its_quotes(name):
    assert not re.search(r"""["<>()\[\]{}|`%\n\\]""", mermaid_label(name))


@given(st.text(max_size=24))
def test_every_line_is_one_of_ours(name):
    with scope(name):
        x = Value(1.0, label=name)
        y = x * 2.0
    for line in draw(y).mermaid.splitlines():
        assert re.fullmatch(
            r"flowchart LR|  %% [^%]*| +\w+(\[\"[^\"]*\"\]|\(\"[^\"]*\"\)|\(\(\"[^\"]*\"\)\))"
            r"|  subgraph s1\[\"[^\"]*\"\]|  end|  \w+ -->(\|\"[^\"]*\"\|)? \w+|  class(Def)? .*",
            line,
        ), line
