"""Numbers as two lectures print them, against their networks computed with 50 digits."""

import mpmath
import pytest

from autograd_mini.checking import check_printed

MAZUR = {
    "inputs": "0.05 0.1",
    "weights": "0.15 0.2 0.25 0.3 0.4 0.45 0.5 0.55",
    "biases": "0.35 0.6",
    "targets": "0.01 0.99",
    "rate": "0.5",
    "second": "w2",  # the weight from the second input to the first hidden unit
}
BITS = {
    "inputs": "0.1 0.5",
    "weights": "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8",
    "biases": "0.25 0.35",
    "targets": "0.05 0.95",
    "rate": "0.6",
    "second": "w3",
}


def numbers(text):
    return [mpmath.mpf(number) for number in text.split()]


def quantities(network):
    """Everything that the slides of a 2-2-2 sigmoid network print, by its name."""
    (i1, i2), (b1, b2), (t1, t2) = (
        numbers(network[part]) for part in ("inputs", "biases", "targets")
    )
    (rate,) = numbers(network["rate"])
    w = {f"w{k}": weight for k, weight in enumerate(numbers(network["weights"]), start=1)}
    w12, w21 = ("w2", "w3") if network["second"] == "w2" else ("w3", "w2")

    q = {
        "net_h1": w["w1"] * i1 + w[w12] * i2 + b1,
        "net_h2": w[w21] * i1 + w["w4"] * i2 + b1,
    }
    h1, h2 = (1 / (1 + mpmath.exp(-q[net])) for net in ("net_h1", "net_h2"))
    q["net_o1"] = w["w5"] * h1 + w["w6"] * h2 + b2
    q["net_o2"] = w["w7"] * h1 + w["w8"] * h2 + b2
    o1, o2 = (1 / (1 + mpmath.exp(-q[net])) for net in ("net_o1", "net_o2"))
    q |= {"out_h1": h1, "out_h2": h2, "out_o1": o1, "out_o2": o2}
    q |= {f"dout_{unit}": q[f"out_{unit}"] * (1 - q[f"out_{unit}"]) for unit in ("o1", "o2", "h1")}
    q |= {"E1": (t1 - o1) ** 2 / 2, "E2": (t2 - o2) ** 2 / 2}
    q |= {"E": q["E1"] + q["E2"], "dE/dout_o1": o1 - t1, "dE/dout_o2": o2 - t2}

    d1, d2 = (o1 - t1) * o1 * (1 - o1), (o2 - t2) * o2 * (1 - o2)
    into_h1, into_h2 = d1 * w["w5"] + d2 * w["w7"], d1 * w["w6"] + d2 * w["w8"]
    q |= {"dE/dnet_o1": d1, "dE1/dout_h1": d1 * w["w5"], "dE2/dout_h1": d2 * w["w7"]}
    q["dE/dout_h1"] = into_h1
    e1, e2 = into_h1 * h1 * (1 - h1), into_h2 * h2 * (1 - h2)
    slopes = {"w1": e1 * i1, w12: e1 * i2, w21: e2 * i1, "w4": e2 * i2}
    slopes |= {"w5": d1 * h1, "w6": d1 * h2, "w7": d2 * h1, "w8": d2 * h2}
    q |= {f"dE/d{name}": slope for name, slope in slopes.items()}
    q |= {f"new {name}": w[name] - rate * slope for name, slope in slopes.items()}
    q["dE1/dw1"] = d1 * w["w5"] * h1 * (1 - h1) * i1
    q["dE2/dw1"] = d2 * w["w7"] * h1 * (1 - h1) * i1
    return q


# One deck rounds to nine digits.
NINE_DIGITS = """
net_h1 0.3775; out_h1 0.593269992; out_h2 0.596884378; net_o1 1.105905967; out_o1 0.75136507;
out_o2 0.772928465; E1 0.274811083; E2 0.023560026; E 0.298371109; dE/dout_o1 0.74136507;
dout_o1 0.186815602; dE/dw5 0.082167041; new w5 0.35891648; new w6 0.408666186;
new w7 0.511301270; new w8 0.561370121; dE/dnet_o1 0.138498562; dE1/dout_h1 0.055399425;
dE/dout_h1 0.036350306; dout_h1 0.241300709; out_h1 0.59326999; dE/dw1 0.000438568;
new w1 0.149780716; new w2 0.19956143; new w3 0.24975114; new w4 0.29950229; out_o1 0.75; E 0.298
"""

# One rounds to about five, but for three numbers that it truncates.
FIVE_DIGITS = """
net_h1 0.37750; net_h2 0.39250; out_h1 0.59327; out_h2 0.59688; net_o1 1.1059; net_o2 1.2249;
E1 0.27481; E 0.29837; dout_o1 0.1868; dE/dw6 0.082668; dE/dw7 -0.022603; dE/dw8 -0.022740;
new w5 0.35892; new w6 0.40867; new w7 0.51130; new w8 0.56137; dE/dout_h1 0.036350;
dE/dw1 0.000439; dE/dw2 0.000877; dE/dw3 0.000498; dE/dw4 0.000995; new w1 0.149781;
new w2 0.199561; new w3 0.249751; new w4 0.299502
"""
FIVE_DIGITS_TRUNCATED = "out_o1 0.75136; out_o2 0.77292; dE/dout_o1 0.74136"

# One truncates wherever it makes a difference.
TRUNCATED = """
out_h1 0.60108; out_o1 0.73492; net_o2 1.26306; E2 0.01452; E 0.24908; dE/dout_o1 0.68492;
dout_o1 0.19480; new w5 0.45187; dE/dout_o2 -0.17044; dout_o2 0.17184;
dE/dw7 -0.01760; dE/dw8 -0.01802; new w8 0.81081; dE1/dw1 0.00159; dE/dw1 0.00110;
new w1 0.09933; new w2 0.19919; new w3 0.29667; new w4 0.39597
"""
TRUNCATED_ROUNDS = """
net_h1 0.41; net_h2 0.47; out_h2 0.61538; net_o1 1.01977; out_o2 0.77955; E1 0.23456;
dE/dw5 0.08020; dE/dw6 0.08211; new w6 0.55073; new w7 0.71056; dout_h1 0.23978; dE2/dw1 -0.00049
"""


def cases(network, printed, verdict):
    for entry in printed.split(";"):
        name, _, number = entry.strip().rpartition(" ")
        yield pytest.param(network, name, number, verdict, id=f"{name} {number}")


@pytest.mark.parametrize(
    ("network", "name", "printed", "verdict"),
    [
        *cases(MAZUR, NINE_DIGITS, "rounds"),
        *cases(MAZUR, "dE2/dout_h1 -0.019049119", "wrong"),
        *cases(MAZUR, FIVE_DIGITS, "rounds"),
        *cases(MAZUR, FIVE_DIGITS_TRUNCATED, "truncates"),
        *cases(MAZUR, "E2 0.023562; dE/dw5 0.081267; new w5 0.35937", "wrong"),
        *cases(BITS, TRUNCATED, "truncates"),
        *cases(BITS, TRUNCATED_ROUNDS, "rounds"),
    ],
)
def test_the_verdict_on_a_number_of_a_lecture(network, name, printed, verdict):
    with mpmath.workdps(50):
        exact = quantities(network)[name]
        off, unit = abs(mpmath.mpf(printed) - exact), mpmath.mpf(10) ** -len(printed.split(".")[1])
        assert {"rounds": off <= unit / 2, "truncates": unit / 2 < off < unit}.get(verdict, True)
    assert check_printed(printed, float(exact)).verdict == verdict
