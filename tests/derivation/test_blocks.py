"""Large graphs are explained by their blocks: the norm of the gradient that reaches each."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from autograd_mini import Value, explain, gradients, label, scope, softmax

WORD = [0, 3, 1, 2]
SIZE = 4
Table = list[list[Value]]


def matrix(seed: int) -> Table:
    return [[Value(math.sin(seed + 7 * i + 3 * j) / 2) for j in range(SIZE)] for i in range(SIZE)]


def linear(x: list[Value], rows: Table) -> list[Value]:
    return [sum(a * b for a, b in zip(row, x)) for row in rows]


class Reader:
    """One head of attention that reads a word; each number of it has a Value."""

    def __init__(self) -> None:
        self.embedding, self.query, self.key, self.value = map(matrix, range(4))
        self.terms: list[Value] = []
        self.keys: Table = []
        self.values: Table = []
        self.queries: Table = []
        self.scores: Table = []
        for position, (token, target) in enumerate(pairwise(WORD)):
            with scope(f"position {position}"):
                self.read(self.embedding[token], target)
        label(
            **{
                f"{name}{i}_{j}": value
                for name in ("embedding", "query", "key", "value")
                for i, row in enumerate(getattr(self, name))
                for j, value in enumerate(row)
            }
        )
        self.loss = sum(self.terms) / len(self.terms)
        self.loss.label = "loss"
        self.loss.backward()

    def read(self, x: list[Value], target: int) -> None:
        with scope("query"):
            query = linear(x, self.query)
        with scope("key"):
            self.keys.append(linear(x, self.key))
        with scope("value"):
            self.values.append(linear(x, self.value))
        with scope("head"):
            weights = softmax([sum(a * b for a, b in zip(query, key)) for key in self.keys])
            mixed = [sum(a * v for a, v in zip(weights, each)) for each in zip(*self.values)]
        with scope("next token"):
            scores = linear(mixed, self.embedding)
            self.terms.append(-softmax(scores)[target].log())
        self.queries.append(query)
        self.scores.append(scores)


READER = Reader()


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a table after its last empty line, by the head of the row."""
    table = text.rpartition("\n\n")[2].splitlines()
    cells = (re.split(r"\s{2,}", line.strip()) for line in table[1:])
    return {first: others for first, *others in cells}


def written(*numbers: float) -> list[str]:
    return [f"{number:.4g}" for number in numbers]


def test_a_row_has_the_norms_of_the_derivatives_at_each_position_and_in_all() -> None:
    text = str(explain(READER.loss, READER.query[2][1]))
    scores = [gradients(READER.loss, scores) for scores in READER.scores]
    norms = [math.hypot(*slopes) for slopes in scores]
    largest = max((slope for slopes in scores for slope in slopes), key=abs)
    position = next(place for place, slopes in enumerate(scores) if largest in slopes)
    place = scores[position].index(largest) + 1
    assert rows(text)["next token: scores"] == [
        *written(*norms, math.hypot(*norms)),
        f"{largest:.4g} for {place} of {SIZE}, position {position}",
    ]


def test_the_rows_run_from_the_root_down_and_the_lists_of_leaves_come_last() -> None:
    found = list(rows(str(explain(READER.loss))))
    assert found[0] == "next token"
    assert found.index("next token: scores") < found.index("head") < found.index("key")
    assert set(found[-4:]) == {
        f"{name}, 16 leaves" for name in ("embedding", "query", "key", "value")
    }


def test_the_positions_stand_in_order_and_later_ones_have_no_part_in_the_loss_of_a_token() -> None:
    table = str(explain(READER.terms[1])).rpartition("\n\n")[2]
    assert re.findall(r"position \d", table.splitlines()[0]) == ["position 0", "position 1"]


def test_parts_of_a_derivative_by_position_add_up_to_it() -> None:
    weight = READER.query[2][1]
    explanation = explain(READER.loss, weight)
    *parts, total = map(float, rows(str(explanation))["query2_1"])
    assert len(parts) == 3
    assert sum(parts) == pytest.approx(total, rel=1e-2)
    assert total == pytest.approx(explanation.value, rel=1e-3)


def test_the_scores_of_a_cross_entropy_and_of_attention_have_their_own_formulas() -> None:
    text = str(explain(READER.loss, READER.query[2][1]))
    assert "In next token, with p = softmax(scores), dloss/dscores = 0.3333 (p - t)" in text
    assert "In head, with a = softmax(scores), dloss/dscore_i = a_i (dloss/da_i - the sum" in text


def test_an_explanation_by_blocks_fits_a_screen_and_names_no_value_by_number() -> None:
    for explanation in (explain(READER.loss), explain(READER.loss, READER.query[2][1])):
        text = str(explanation)
        assert len(text.splitlines()) <= 40
        assert not re.search(r"\bd?v\d+", text)
        assert r"\text{next token: scores}" in explanation._repr_latex_()
        assert "<th>next token: scores</th>" in explanation.html


def test_a_list_with_labels_has_a_row_of_its_block() -> None:
    reader = Reader()
    for place, score in enumerate(reader.scores[1]):
        score.label = f"logits{place}"
    found = rows(str(explain(reader.loss)))
    assert "next token: logits" in found


def test_other_styles_are_as_for_small_graphs() -> None:
    text = str(explain(READER.loss, READER.query[2][1], style="factored"))
    assert "more derivatives" in text


def test_a_large_graph_without_scopes_and_names_has_a_row_for_each_list_of_leaves() -> None:
    w, u = ([[Value(0.01 * (i - j)) for j in range(30)] for i in range(30)] for _ in range(2))
    x = [Value(0.1 * i) for i in range(30)]
    label()
    hidden = [a.tanh() for a in linear(x, w)]
    scores = linear(hidden, u)
    loss = -softmax(scores)[3].log()
    loss.label = "loss"
    text = str(explain(loss))
    assert list(rows(text)) == ["scores", "u, 900 leaves", "w, 900 leaves", "x, 30 leaves"]
    assert "`with scope(...)` around the parts of the program gives each a row." in text
