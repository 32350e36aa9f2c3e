# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Find the slip
#
# *45 minutes. You need notebook 2.*
#
# Lecture notes on the network of notebook 2 print $\partial E/\partial w_5 = 0.081267$.
#
# **The question: is this number right? And if not, what went wrong?**
#
# Slides and homework are full of such numbers. Here a machine checks them.

# %%
import nn
from autograd_mini import check_printed, explain

network = nn.two_two_two()
E = network.forward()
exact = explain(E, network.w5).value

verdict = check_printed("0.081267", exact)
verdict.verdict, verdict.expected, verdict.suggestion

# %% [markdown]
# The notes meant 0.082167, and somebody typed two digits in the wrong order. (We shall meet this
# number again.)
#
# ## How exact must a printed number be?
#
# As exact as its digits. The number is 0.0821670406.
#
# **Predict first:** which of these are right, and what is wrong with the others?

# %% tags=["answer"]
for printed in ("0.0822", "0.0821", "0.08220", "-0.0822", "0.822", "0.0821670"):
    verdict = check_printed(printed, exact)
    print(f"{printed:>10} {verdict.verdict:10} {verdict.suggestion}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# 0.0822, 0.0821 and 0.0821670 are right: slides round or truncate, and both are honest. 0.08220 is
# not: its last zero claims a digit that is not zero. One number has the wrong sign, and one lost
# a zero after the point.
#
# </details>
#
# ## Formulas
#
# A formula is right if it holds for all numbers, not only for the current ones. `check_formula`
# therefore tries other numbers as well.

# %%
from autograd_mini import Value, check_formula, label, sigmoid

w, x = Value(0.5), Value(2.0)
out = sigmoid(w * x)
label()

for formula in ("out * (1 - out) * x", "out * (1 - out) * w", "out * (1 - out) * 2"):
    verdict = check_formula((out, w), formula)
    print(f"{formula:21} {verdict.verdict:6} {verdict.suggestion}")

# %% [markdown]
# The last formula gives the right number, but only as long as $x$ is 2.
#
# ## A whole derivation
#
# A *derivation sheet* is a Markdown file. Its blocks marked `derivation` have one statement on each
# line; the printed number comes after `->`.
#
# **Predict first:** this homework has four slips. Find them before you run the next cell.

# %%
homework = """
# One neuron, one step

```derivation
w = 0.5
x = 2
b = -0.25
t = 1
net = w*x + b                              -> 0.75
out = sigmoid(net)                         -> 0.6792
E = 1/2*(t - out)**2                       -> 0.051
dE/dout = t - out
dE/dout                                    -> -0.321
dout/dnet = out*(1 - out)
dout/dnet                                  -> 0.2719
dE/dw = (out - t) * out*(1 - out) * w
dE/dw                                      -> -0.1398
dE/db                                      -> -0.0699
```

With the learning rate 0.5 the new weight is

```derivation
w - 0.5*dE/dw                              -> 0.430
```
"""

# %% tags=["answer"]
from autograd_mini import check_sheet

report = check_sheet(homework)
for result in report.unexpected:
    print(f"line {result.claim.line.number}: {result.claim.text}  {result.claim.printed or ''}")
    print(f"         {result.verdict}: {result.suggestion}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Two formulas and two numbers are wrong.
#
# </details>
#
# The numbers in lines 13 and 17 are right although the
# formulas above them are wrong: somebody computed one thing and wrote down another. This is why
# numbers *and* formulas are checked.
#
# ## Seven lectures
#
# Seven lectures come with the package as sheets, with every number that they print: five that were
# given at universities or published, and two of our own, on attention and RMSNorm.
# `autograd-mini lectures` lists them, and `autograd-mini check mazur` checks one.
#
# **Predict first:** of some 350 numbers and formulas, how many are wrong?

# %% tags=["answer"]
from autograd_mini.lectures import lectures

reports = {lecture.name: check_sheet(lecture.text) for lecture in lectures()}
verdicts = [result.verdict for report in reports.values() for result in report]
print(f"{len(verdicts)} claims, {verdicts.count('wrong') + verdicts.count('fails')} of them wrong")

# %% tags=["answer"]
import matplotlib.pyplot as plt

COLORS = {
    "holds": "tab:green",
    "rounds": "tab:blue",
    "truncates": "skyblue",
    "carried": "tab:purple",
    "follows": "salmon",
    "wrong": "tab:red",
    "fails": "tab:orange",
}
fig, ax = plt.subplots(figsize=(7, 2.5))
left = [0] * len(reports)
for verdict, color in COLORS.items():
    counts = [sum(result.verdict == verdict for result in report) for report in reports.values()]
    ax.barh(list(reports), counts, left=left, color=color, label=verdict)
    left = [a + b for a, b in zip(left, counts)]
ax.set(xlabel="claims")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Nine are wrong, in four of the seven lectures.
#
# </details>
#
# The sheets mark the lines that are known to be wrong as errata. Here they are:

# %%
for name, report in reports.items():
    print(name)
    for result in report:
        if result.claim.erratum:
            remark = result.claim.line.text.partition("# erratum: ")[2]
            print(f"  {result.claim.text}  {result.claim.printed or ''}")
            print(f"      {result.verdict}: {result.suggestion or remark}")

# %% [markdown]
# Here is our 0.081267 again, and below it 0.35937: the new $w_5$, computed from the wrong digits.
# This number *follows*: the work is right, but it began with a wrong number. Only the slip itself
# is counted as wrong.
#
# A number is *carried* if it is not the exact number rounded, but follows from the rounded numbers
# printed before it. There are two:

# %%
for report in reports.values():
    for result in report:
        if result.verdict == "carried":
            print(f"{result.claim.text}: {result.claim.printed}, exact {result.exact}")

# %% [markdown]
# ## Homework that tests itself
#
# With pytest, each claim of a sheet is a test. A project needs two files: the homework, and a
# `pyproject.toml` that says where the sheets are. We write both to a temporary folder.

# %%
from pathlib import Path
from tempfile import mkdtemp

folder = Path(mkdtemp())
(folder / "homework.md").write_text(homework)
settings = '[tool.pytest.ini_options]\nderivation_sheets = ["*.md"]\n'
(folder / "pyproject.toml").write_text(settings)
print(settings)

# %%
import re
import subprocess
import sys

command = [sys.executable, "-m", "pytest", "-q", "-rN", "--color=no"]
ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
print(re.sub(r" in [\d.]+s", "", ran.stdout))

# %% [markdown]
# **Your turn:** correct the four lines in `homework` above, and run the cells again until all tests
# pass.
#
# ## When the rule itself is wrong
#
# So far the engine was right and the homework wrong. But you can give the engine a new rule.
# *Swish* is $z = x\,\sigma(x)$. Its derivative by the product rule is
# $\sigma(x) + x\,\sigma(x)$ ... or is it?

# %%
from autograd_mini import operation

swish = operation("swish", "x * sigmoid(x)", "sigmoid(x) + x * sigmoid(x)")


def loss(w, b):
    return (1 - swish(w * 2.0 + b)) ** 2


# %% [markdown]
# `gradcheck` does not trust the rules: it wiggles each input, as in notebook 1, and compares.

# %%
from autograd_mini import gradcheck

try:
    gradcheck(loss, [0.5, -0.25])
except AssertionError as mismatch:
    for part in str(mismatch).split("; "):
        print(part)

# %% [markdown]
# It names the derivative, the path to it, and the operation whose partial is wrong. The mistake:
# $\sigma'(x)$ is $\sigma(x)\,(1 - \sigma(x))$, not $\sigma(x)$. With $z = x\,\sigma(x)$ the
# whole derivative is $z + \sigma(x)(1 - z)$:

# %%
swish = operation("swish", "x * sigmoid(x)", "sigmoid(x) + z * (1 - sigmoid(x))")
print(gradcheck(loss, [0.5, -0.25]))

# %% [markdown]
# **Predict first:** is there a point at which the wrong rule gives the right number?

# %% tags=["answer"]
from autograd_mini import grad

points = [k / 20 - 4 for k in range(161)]
wrong = [sigmoid(x) + x * sigmoid(x) for x in points]
right = [grad(swish)(x) for x in points]

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(points, wrong, color="tab:red", label="the wrong rule")
ax.plot(points, right, color="tab:blue", label="the slope of swish")
ax.plot(0, 0.5, "o", color="black")
ax.set(xlabel="x")
ax.legend()
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# At 0, which is a tempting point for a test. A test there would have found nothing.
#
# </details>
#
# ## Try
#
# 1. Turn a page of your own notes into a sheet. How many of its numbers round, how many truncate?
# 2. Plant a slip in a right sheet that `check_sheet` finds but cannot explain.
# 3. Give `swish` its wrong rule again. What does `gradcheck(loss, [0.5, -1.0])` say, and why? And
#    with `order=2`?
# 4. `gradcheck(loss, [0.5, -0.25], derived={"w": "-1.65"})` checks what you derived by hand.
#
# [Solutions](solutions/3_find_the_slip.md)
