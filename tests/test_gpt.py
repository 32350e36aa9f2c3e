"""A GPT in scalars, as people write it for other engines, trains here to the same losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograd_mini import Value

ROOT = Path(__file__).parent.parent
WORDS = [[26, 0, 13, 26], [26, 3, 26], [26, 13, 13, 26]]


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The packages of the benchmarks: the program, and the engines that run it."""
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import gpt
    from benchmarks.engines import ours_c, slots

    return gpt, slots, ours_c


def test_a_program_for_a_value_with_slots_runs_with_the_class_replaced(engines: Any) -> None:
    gpt, slots, _ = engines
    theirs, ours = gpt.Recorded(slots.Value), gpt.Recorded(Value)
    theirs.run(WORDS)
    ours.run(WORDS)
    assert ours.losses == pytest.approx(theirs.losses, rel=1e-14)


def test_an_embedding_that_is_used_again_for_the_scores_gets_both_gradients(engines: Any) -> None:
    gpt, slots, _ = engines
    gradients = []
    for make in (slots.Value, Value):
        w = {name: [list(map(make, row)) for row in rows] for name, rows in gpt.weights().items()}
        w["scores"] = w["tokens"]
        gpt.loss(w, WORDS[0]).backward()
        gradients.append([entry.grad for row in w["tokens"] for entry in row])
    assert gradients[1] == pytest.approx(gradients[0], rel=1e-12, abs=1e-16)


@pytest.mark.cc
def test_compiled_training_has_the_losses_of_recorded_training(engines: Any) -> None:
    gpt, _, ours_c = engines
    recorded, compiled = gpt.Recorded(Value), ours_c.gpt_training()
    recorded.run(WORDS)
    compiled.run(WORDS)
    assert compiled.losses == pytest.approx(recorded.losses, rel=1e-12)


@pytest.mark.cc
def test_c_by_hand_has_the_losses_of_recorded_training(engines: Any) -> None:
    gpt, _, _ = engines
    from benchmarks.engines import c_by_hand

    recorded, by_hand = gpt.Recorded(Value), c_by_hand.gpt_training()
    recorded.run(WORDS)
    for words in (WORDS[:1], WORDS[1:]):
        by_hand.run(words)
    assert by_hand.losses == pytest.approx(recorded.losses, rel=1e-12)


def test_the_benchmark_names_a_loss_that_is_wrong(engines: Any) -> None:
    gpt, _, _ = engines
    losses = [3.671724178214576, 3.3818001073636204]
    gpt.check(losses)
    with pytest.raises(ArithmeticError, match=r"the loss at step 1 is 3\.38, not 3\.3818"):
        gpt.check([losses[0], 3.38])
