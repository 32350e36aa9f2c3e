"""check_printed: verdicts and figures as they are, and for any float and any number of digits."""

import math
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from autograd_mini import DomainError
from autograd_mini.checking import check_printed


@pytest.mark.parametrize(
    ("printed", "value", "verdict", "expected", "exact"),
    [
        # Notations.
        ("0.186815602", 0.18681560180895948, "rounds", "0.186815602", "0.18681560181"),
        (".35", 0.3512, "rounds", ".35", ".3512"),
        (".36", 0.3512, "wrong", ".35", ".3512"),
        (".9", 1.04, "wrong", "1.0", "1.040"),
        ("-0.02274", -0.022740242, "rounds", "-0.02274", "-0.0227402"),
        ("\N{MINUS SIGN}0.02275", -0.02274, "wrong", "\N{MINUS SIGN}0.02274", None),
        ("+0.5", 0.52, "rounds", "+0.5", "+0.520"),
        ("+0.5", -0.52, "wrong", "-0.5", "-0.520"),
        ("12.", 12.4, "rounds", "12.", "12.40"),
        ("12", 12.4, "rounds", "12", "12.40"),
        (" 12 ", 12.4, "rounds", "12", "12.40"),
        ("5.5090e-04", 0.000550904, "rounds", "5.5090e-04", "5.509040e-04"),
        ("5.5090E-4", 0.000550914, "wrong", "5.5091E-4", "5.509140E-4"),
        ("5.5e+3", 5512.0, "rounds", "5.5e+3", "5.512e+3"),
        ("5.5e3", 5562.0, "truncates", "5.6e3", "5.562e3"),
        ("12.5e-3", 0.01253, "rounds", "12.5e-3", "12.530e-3"),
        # Every digit counts, zeros too.
        ("0.40", 0.4, "rounds", "0.40", "0.4000"),
        ("0.40", 0.404, "rounds", "0.40", "0.4040"),
        ("0.400", 0.404, "wrong", "0.404", "0.40400"),
        ("100", 99.6, "rounds", "100", "99.60"),
        ("99", 99.6, "truncates", "100", "99.60"),
        # Near zero: the digits decide, and no tolerance relative to the value.
        ("0", 1e-9, "wrong", "0.000000001", "0.0000000010"),
        ("0.0000", 1e-9, "wrong", "0.000000001", "0.0000000010"),
        ("-0.0", 0.0, "rounds", "-0.0", "0.000"),
        ("-0.00", 0.001, "wrong", "0.001", "0.0010"),
        ("0", 0.69, "wrong", "0.7", "0.69"),
        ("0", 0.25, "wrong", "0.3", "0.25"),
        ("0.0", 0.05, "wrong", "0.05", "0.050"),
        ("1", 0.565, "wrong", "0.6", "0.57"),
        ("0.02", 0.0236, "rounds", "0.02", "0.0236"),
        ("1e-4", 9.6e-5, "rounds", "1e-4", "9.60e-5"),
        ("1.0", 0.96, "rounds", "1.0", "0.960"),
        ("0.10", 0.0998, "rounds", "0.10", "0.0998"),
        ("0.1", 0.3 * 2 - 0.2 * 3 + 0.1, "rounds", "0.1", "0.100"),  # computed 0.0999999999999999
        ("10", 9.97, "rounds", "10", "9.97"),
        ("1", 0.5, "wrong", "0.5", "0.50"),  # the derivative of a maximum at a tie
        ("1e-9", 0.0, "wrong", "0e-9", "0.00e-9"),
        ("1e-9", 1.2e-9, "rounds", "1e-9", "1.20e-9"),
        ("0.00", 0.007, "wrong", "0.007", "0.0070"),
        ("0.00", -0.007, "wrong", "-0.007", "-0.0070"),
        ("0", 0.0, "rounds", "0", "0.00"),
        # A mantissa shows the value's own digits, on either side of a power of ten.
        ("4e-5", 3.51e-5, "rounds", "4e-5", "3.51e-5"),
        ("4e-5", 4.99e-5, "truncates", "5e-5", "4.99e-5"),
        ("4e-5", 4.355321066163729e-06, "wrong", "4e-6", "4.36e-6"),
        ("1e-4", 5.1e-5, "wrong", "5e-5", "5.10e-5"),
        ("1.0e-4", 9.96e-5, "rounds", "1.0e-4", "9.960e-5"),
        ("1.0e-4", 9.94e-5, "wrong", "9.9e-5", "9.940e-5"),
        ("9.9e-5", 1.04e-4, "wrong", "1.0e-4", "1.040e-4"),
        ("9.9e-5", 9.96e-5, "truncates", "1.0e-4", "9.960e-5"),
        ("9.8e-5", 9.96e-5, "wrong", "1.0e-4", "9.960e-5"),
        # A float stands for the decimal that it is shown as, give or take four of its last places.
        ("0.275", 0.27449999999999997, "rounds", "0.275", "0.27450"),
        ("0.274", 0.27449999999999997, "rounds", "0.274", "0.27450"),
        ("0.275", 0.2745, "rounds", "0.275", "0.27450"),
        ("0.274", 0.2745, "rounds", "0.274", "0.27450"),
        ("0.273", 0.2745, "wrong", "0.275", "0.27450"),
        ("0.3", 0.1 + 0.2, "rounds", "0.3", "0.300"),
        ("0.2", 0.3, "wrong", "0.3", "0.300"),
        ("0.2", 0.29999999999999993, "wrong", "0.3", "0.300"),
        ("0.2", 0.2999999999999, "truncates", "0.3", "0.300"),
        ("-1.8", -1.9, "wrong", "-1.9", "-1.900"),
        ("0.27449999999999997", 0.27449999999999997, "rounds", "0.27449999999999997", None),
        # What has no digits.
        ("0.5", math.nan, "wrong", "nan", "nan"),
        ("0.5", math.inf, "wrong", "inf", "inf"),
        ("-0.5", -math.inf, "wrong", "-inf", "-inf"),
        ("1e308", 1.7976931348623157e308, "truncates", "2e308", "1.80e308"),
        ("1e400", 1.0, "wrong", "1e000", "1.00e000"),
    ],
)
def test_the_verdict_and_the_digits_expected(printed, value, verdict, expected, exact):
    found = check_printed(printed, value)
    assert (found.verdict, found.expected) == (verdict, expected)
    assert exact is None or found.exact == exact
    assert (found.printed, repr(found.value)) == (printed.strip(), repr(value))


def test_a_value_of_the_engine_is_judged_by_its_number():
    from autograd_mini import Value

    assert check_printed("0.33", Value(1.0) / 3.0).verdict == "rounds"


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        (None, "wrong"),
        ((0.02355, 0.02356), "wrong"),
        ((0.02356, 0.02357), "carried"),
        ((0.02356, 0.023561), "wrong"),
        ((0.02356, 0.0235616), "carried"),  # which rounds to it
        ((0.0235624, 0.02357), "carried"),
        ((0.0235626, 0.02357), "carried"),  # which is truncated to it
        ((0.0235631, 0.02357), "wrong"),
        ((-math.inf, math.inf), "carried"),
    ],
)
def test_a_number_carried_on_from_rounded_ones_is_inside_their_interval(interval, verdict):
    assert check_printed("0.023562", 0.023560026, interval).verdict == verdict


def test_an_interval_does_not_change_what_rounds_or_truncates():
    assert check_printed("0.023560", 0.023560026, (1.0, 2.0)).verdict == "rounds"
    assert check_printed("0.02356", 0.0235699, (1.0, 2.0)).verdict == "truncates"


def test_the_bounds_of_an_interval_belong_to_it():
    interval = (0.74135, 0.74137)
    assert check_printed("0.74135", 0.5, interval).verdict == "carried"
    assert check_printed("0.74137", 0.5, interval).verdict == "carried"
    assert check_printed("0.74138", 0.5, interval).verdict == "wrong"


def test_a_number_without_its_first_significant_digit_is_too_coarse():
    assert check_printed("0", 0.69).slip == "coarse"
    assert check_printed("-0.00", 0.001).slip == "coarse"
    assert check_printed("0.0", 0.05, (0.01, 0.09)).verdict == "wrong"
    assert check_printed("0.0", 0.05, (-0.01, 0.09)).verdict == "carried"


def test_slips_are_looked_for_in_numbers_that_people_write():
    """Pairs of digits to swap are as many as the square of these, which takes its time."""
    right = "0." + "12" * 14 + "1"
    swapped = right[:2] + "21" + right[4:]
    assert check_printed(swapped, float(right)).suggestion == "two digits are swapped"
    longer = "1" * 100 + swapped
    assert check_printed(longer, float("1" * 100 + right)).suggestion == ""


@pytest.mark.parametrize(
    ("printed", "value", "suggestion"),
    [
        ("0.082167", 0.082167041, ""),
        ("0.081267", 0.082167041, "two digits are swapped"),
        ("0.082761", 0.082167041, "two digits are swapped"),
        ("7.1e-3", 0.0017, "two digits are swapped"),
        ("0.022740", -0.02274024, "the minus sign is missing"),
        ("-0.186", 0.18682, "a minus sign too many"),
        ("0.0438568", 0.000438567727, "100 times too large: {zero}"),
        ("0.00438568", 0.000438567727, "10 times too large: {zero}"),
        ("0.0000438568", 0.000438567727, "10 times too small: {zero}"),
        ("0.04", 0.4, "10 times too small: {zero}"),
        ("4e-5", 4.355321066163729e-06, "10 times too large: {zero}"),
        ("0.597", 0.5096985, "a zero is lost"),
        ("0.5697", 0.50697, "a zero is lost"),
        ("0.50697", 0.5697, "a zero too many"),
        (
            "0.596536",
            0.298268,
            "twice the value: a factor 1/2 is missing, or a factor 2 is too many",
        ),
        (
            "0.149134",
            0.298268,
            "half the value: a factor 2 is missing, or a factor 1/2 is too many",
        ),
        ("0.298269", 0.2982678, "the last digit is off by one"),
        ("0.300", 0.29851, "the last digit is off by one"),
        ("0.023562", 0.023560026, "one digit is wrong: 2 should be 0"),
        ("0.793269992", 0.593269992, "one digit is wrong: 7 should be 5"),
        ("0.35937", 0.35891648, ""),
        ("0.75", 0.0, ""),
        ("0.000", 0.4, ""),
        ("1.5", math.nan, ""),
    ],
)
def test_a_slip_is_named_if_it_explains_the_number(printed, value, suggestion):
    zero = "a lost or added zero, or a shifted decimal point"
    assert check_printed(printed, value).suggestion == suggestion.format(zero=zero)


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (text, f"{text!r} is not a printed number: expected one such as 0.40, -.35 or 5.5090e-04")
        for text in ("", "abc", "nan", "inf", "1e", ".", "--1", "1 2", "0x10", "1_0", "٣")
    ]
    + [
        *(
            (text, f"{text!r} is not a printed number: {advice}")
            for text, advice in [
                ("- 1", "a sign stands right before its number, as in -0.35"),
                ("0.35 V", "write the number alone, as in 0.35"),
                ("about -.35.", "write the number alone, as in -.35"),
                ("$1.3e-4$", "write the number alone, as in 1.3e-4"),
                ("5.9 %", "write a percentage as a number, such as 0.05 for 5 %"),
                ("1.3 x 10^-4", "write a power of ten with e, such as 1.3e-4"),
                ("1.3·10⁻⁴", "write a power of ten with e, such as 1.3e-4"),
                ("0.35 ± 0.01", "expected one such as 0.40, -.35 or 5.5090e-04"),
            ]
        ),
        ("1,234.5", "'1,234.5' has a comma: write the number with a point, such as 1234.5"),
        ("0,5", "'0,5' has a comma: write the number with a point, such as 1234.5"),
        (
            "z" * 1000,
            f"'{'z' * 37}...' is not a printed number: expected one such as 0.40, -.35 or "
            "5.5090e-04",
        ),
        (
            "1" * 1000,
            f"'{'1' * 37}...' is beyond any float: expected at most 400 digits, and a power of "
            "ten of at most 400",
        ),
        (
            "1e-401",
            "'1e-401' is beyond any float: expected at most 400 digits, and a power of ten of at "
            "most 400",
        ),
    ],
)
def test_a_text_that_is_not_a_number_is_refused(raises, printed, message):
    with raises(ValueError, message):
        check_printed(printed, 1.0)


def test_a_float_has_no_printed_zeros(raises):
    message = "a printed number is a string, in which zeros count, such as '0.40'; got 0.4"
    with raises(TypeError, message):
        check_printed(0.4, 0.4)


# -- any float, any number of digits -------------------------------------------------------------


def shown(units, places):
    """An integer number of units of the last place, written with so many decimals."""
    return f"{Decimal(units).scaleb(-places):.{places}f}"


def units_of(value, places, rounding):
    with localcontext() as context:
        context.prec = 800
        scaled = Decimal(repr(value)).scaleb(places)
        return int(scaled.to_integral_value(rounding))


def reaches(value, places):
    """Whether a number with so many decimals reaches the first significant digit of a value."""
    return value == 0.0 or abs(Decimal(repr(value))) >= Decimal(1).scaleb(-places)


plain_numbers = st.tuples(
    st.floats(-1e9, 1e9) | st.floats(-1.0, 1.0) | st.integers(-999, 999).map(lambda n: n / 100),
    st.integers(0, 12),
).filter(lambda pair: math.ulp(pair[0]) * 10 ** pair[1] < 1e-3)


@given(plain_numbers)
@example((0.2745, 3))
@example((-0.0, 4))
def test_the_rounded_number_rounds(number):
    value, places = number
    assume(reaches(value, places))
    printed = shown(units_of(value, places, ROUND_HALF_EVEN), places)
    assert check_printed(printed, value).verdict == "rounds"


@given(plain_numbers)
def test_the_truncated_number_truncates_or_rounds(number):
    value, places = number
    assume(reaches(value, places))
    # Just below a decimal the value may well be that decimal.
    close = value + math.copysign(8 * math.ulp(value), value)
    units = units_of(value, places, ROUND_DOWN)
    assume(units == units_of(close, places, ROUND_DOWN))
    assert check_printed(shown(units, places), value).verdict in ("truncates", "rounds")


@given(plain_numbers, st.integers(-20, 20) | st.integers(-(10**9), 10**9))
def test_any_other_digits_are_wrong(number, off):
    value, places = number
    units = units_of(value, places, ROUND_HALF_EVEN) + off
    right = {
        units_of(near, places, rounding)
        for near in (value, value - 8 * math.ulp(value), value + 8 * math.ulp(value))
        for rounding in (ROUND_HALF_EVEN, ROUND_DOWN)
    }
    assume(units not in right)
    found = check_printed(shown(units, places), value)
    assert found.verdict == "wrong"
    assert check_printed(found.expected, value).verdict == "rounds"
    shown_places = len(found.exact.partition(".")[2])
    assert shown_places == places + 2 if reaches(value, places) else shown_places >= places + 2
    with localcontext() as context:
        context.prec = 800
        off = abs(Decimal(found.exact) - Decimal(repr(value)))
        assert off <= Decimal(5).scaleb(-shown_places - 1)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 11))
def test_scientific_notation_shows_the_digits_of_the_mantissa(value, places):
    assume(value == 0.0 or math.ulp(value) < abs(value) * 1e-14)  # subnormal numbers have fewer
    printed = f"{value:.{places}e}"
    assert check_printed(printed, value).verdict == "rounds"
    assert check_printed(printed.upper(), value).expected == printed.upper()


def test_a_sign_is_the_slip_also_where_the_number_without_it_is_a_tie() -> None:
    """0.2745 may be a little more or less, and so may -0.2745."""
    assert check_printed("0.275", 0.2745).verdict == "rounds"
    assert check_printed("0.274", 0.2745).verdict == "rounds"
    assert check_printed("-0.274", 0.2745).suggestion == "a minus sign too many"
    assert check_printed("-0.275", 0.2745).suggestion == "a minus sign too many"


def test_an_exponent_is_expected_with_the_sign_that_it_needs_in_the_notation_that_is_printed() -> (
    None
):
    assert check_printed("4.36e6", 4.36e-6).expected == "4.36e-6"
    assert check_printed("4.36e+06", 4.36e-6).expected == "4.36e-06"
    assert check_printed("4.36e\N{MINUS SIGN}5", 4.36e-6).expected == "4.36e\N{MINUS SIGN}6"
    assert check_printed("4.36e-6", 4.36e6).expected == "4.36e6"


def test_a_mantissa_below_1_keeps_its_power_of_ten() -> None:
    assert check_printed("0.45e-5", 4.36e-6).expected == "0.44e-5"


def test_a_negative_mantissa_has_as_many_digits_as_a_positive_one() -> None:
    assert check_printed("5.00e-1", 0.50004).exact == "5.0004e-1"
    assert check_printed("-5.00e-1", -0.50004).exact == "-5.0004e-1"


def test_a_long_text_is_cut_in_a_message_and_the_longest_number_is_read() -> None:
    expected = "is not a printed number: expected one such as 0.40, -.35 or 5.5090e-04"
    for text, shown in [("x" * 40, "x" * 40), ("x" * 41, "x" * 37 + "...")]:
        with pytest.raises(ValueError) as caught:
            check_printed(text, 1.0)
        assert str(caught.value) == f"{shown!r} {expected}"
    assert check_printed("1." + "0" * 398, 1.0).verdict == "rounds"
    assert check_printed("1e400", 1.0).verdict == "wrong"
    for text in ("1." + "0" * 399, "1e401"):
        with pytest.raises(ValueError, match="is beyond any float"):
            check_printed(text, 1.0)


def test_the_ends_of_an_interval_belong_to_it() -> None:
    assert check_printed("0.50", 0.7, (0.5, 0.75)).verdict == "carried"
    assert check_printed("0.75", 0.7, (0.5, 0.75)).verdict == "carried"
    assert check_printed("0.49", 0.7, (0.501, 0.75)).verdict == "wrong"
    assert check_printed("0.76", 0.7, (0.5, 0.75)).verdict == "wrong"


def test_a_value_that_no_float_holds_is_refused() -> None:
    with pytest.raises(DomainError):
        check_printed("4.0", 10**400)
    with pytest.raises(TypeError, match="must be a number, got 1j"):
        check_printed("4.0", 1j)  # type: ignore[arg-type]
