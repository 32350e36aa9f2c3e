"""Small sheets that were judged wrongly once; each file says what is right."""

from pathlib import Path

import pytest

from autograd_mini.checking import check_sheet

SHARED = [Path(__file__).parents[above].parent / "shared" for above in (2, 3)]
CASES = next((path for path in SHARED if path.is_dir()), Path("shared")) / "cases"

RIGHT = ("rounds", "truncates", "carried", "holds")

# The verdicts of each file, "right" for any of RIGHT.
VERDICTS = {
    "g01_course_notation": "right right right right right fails follows fails follows",
    "g02_zeros": "wrong wrong wrong wrong",
    "g03_descend_carried": "holds rounds carried carried",
    "g08_number_after_equals": "rounds",
    "g09_fraction": "rounds",
    "g10_second_equals": "rounds",
    "g11_softmax_call": "rounds",
    "g12_sum_call": "rounds",
    "g13_square_call": "rounds",
    "g14_euler": "rounds",
    "g16_name_collision": "rounds rounds",
    "g18_second_derivative": "rounds",
    "g19_suggestion_term": "fails",
    "g20_suggestion_factor": "fails",
}
SLIPS = {
    "g02_zeros": ["coarse"] * 4,
    "g19_suggestion_term": ["term-extra"],
    "g20_suggestion_factor": ["wrong-factor"],
}

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the cases beside the checkout are missing"
)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_case_is_judged_as_its_file_says(name: str) -> None:
    found = [result.verdict for result in check_sheet(CASES / f"{name}.md")]
    expected = VERDICTS[name].split()
    assert [
        "right" if want == "right" and verdict in RIGHT else verdict
        for verdict, want in zip(found, expected, strict=True)
    ] == expected


@pytest.mark.parametrize("name", SLIPS)
def test_the_slip_of_a_case_is_named(name: str) -> None:
    assert [result.slip for result in check_sheet(CASES / f"{name}.md")] == SLIPS[name]
