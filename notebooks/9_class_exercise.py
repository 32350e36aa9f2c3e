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
# # 9. A class exercise, from the template to the marks
#
# *45 minutes. You need notebook 3; a teacher or a teaching assistant gets most out of it.*
#
# Thirty students shall do backpropagation on paper. Each gets other numbers, so that copying does
# not help, and thirty sheets of numbers come back.
#
# **The question: how are they marked fairly in a minute?** Fairly means: a slip costs its own
# line, and not all the lines behind it.
#
# Everything here works in a shell too, with `autograd-mini assign` and `autograd-mini mark`.
#
# ## The template
#
# A template is a derivation sheet that is right. `# choose` on a leaf says which numbers the
# students get, `# 2 marks` on a claim what it is worth (1 mark without it).

# %%
template = """
# One neuron, one step

```derivation
w = 0.5   # choose -0.9 to 0.9 by 0.05
x = 2
b = -0.25 # choose -0.5 to 0.5 by 0.05
t = 1
net = w*x + b                     -> 0.750
out = sigmoid(net)                -> 0.679
E = 1/2*(t - out)**2              -> 0.051
dE/dout                           -> -0.321
dout/dnet                         -> 0.218
dE/dw = (out - t) * out*(1 - out) * x   # 2 marks
dE/dw                             -> -0.140
w - 0.5*dE/dw                     -> 0.570
```
"""

# %%
from autograd_mini import check_sheet

report = check_sheet(template)
print(len(list(report)), "claims,", len(report.unexpected), "wrong")

# %% [markdown]
# ## A sheet for each student

# %%
from pathlib import Path
from tempfile import mkdtemp

from autograd_mini.classroom import assign

folder = Path(mkdtemp())
(folder / "neuron.md").write_text(template)
students = ["anna", "ben", "carla", "dan"]
assigned = assign(str(folder / "neuron.md"), students, seed="2026", folder=str(folder / "set"))
print(assigned.summary)
print((folder / "set" / "anna.md").read_text())

# %% [markdown]
# The last word counts: the numbers were chosen so that the usual slips *show*. With $w = 0.5$ and
# $x = 2$, say, a forgotten $x$ and a doubled $w$ could give the same digits.
#
# You have the key of each sheet:

# %%
key = {name: (folder / "set" / "key" / f"{name}.md").read_text() for name in students}
print(key["anna"].partition("t = 1\n")[2].partition("```")[0])

# %% [markdown]
# ## What comes back
#
# Anna's sheet is right. Ben made a slip of the sign in $\partial E/\partial out$, and worked
# rightly from there on. Carla swapped two digits of $net$ when she copied it. Dan left the last
# two lines blank. Let us play the class:

# %%
import re


def printed(name, quantity):
    return re.search(rf"^{re.escape(quantity)}\s.*-> *(\S+)", key[name], re.MULTILINE)[1]


def rewritten(name, changes):
    text = key[name]
    for quantity, number in changes.items():
        text = re.sub(
            rf"^({re.escape(quantity)}\s.*->).*$", rf"\1 {number}", text, flags=re.MULTILINE
        )
    return text


def opposite(number):
    return number[1:] if number.startswith("-") else f"-{number}"


w = float(re.search(r"^w = (\S+)", key["ben"], re.MULTILINE)[1])
slope = float(printed("ben", "dE/dw"))
net = printed("carla", "net =")
handed_in = {
    "anna": key["anna"],
    "ben": rewritten(
        "ben",
        {
            "dE/dout": opposite(printed("ben", "dE/dout")),
            "dE/dw": opposite(printed("ben", "dE/dw")),
            "w -": f"{w + 0.5 * slope:.3f}",
        },
    ).replace("(out - t)", "(t - out)"),
    "carla": rewritten("carla", {"net =": net[:-2] + net[-1] + net[-2]}),
    "dan": rewritten("dan", {"dE/dw": "", "w -": ""}),
}
(folder / "handed-in").mkdir()
for name, sheet in handed_in.items():
    (folder / "handed-in" / f"{name}.md").write_text(sheet)
print(handed_in["ben"].partition("E = ")[2].partition("```")[0])

# %% [markdown]
# **Predict first:** 9 marks can be earned. How many does each of the four get?

# %% tags=["answer"]
from autograd_mini.classroom import mark_set

marked = mark_set(str(folder / "set"), [str(folder / "handed-in")])
for paper in marked.papers:
    print(f"{paper.student:6} {paper.earned} of {paper.most}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Anna gets all 9. Ben loses the marks of the wrong line and of the wrong formula; what follows
# from them is right. Carla loses one mark, because the rest of her sheet does not use the number
# that she miscopied. Dan loses the two lines that he left blank.
#
# </details>
#
# ## Why?
#
# Each line has its verdict, and feedback that can be sent as it is.

# %%
for paper in marked.papers:
    for mark in paper.marks:
        if mark.verdict not in ("rounds", "truncates", "holds", "carried"):
            print(f"{paper.student:6} {mark.blank.claim.text:40} {mark.verdict:8} {mark.remark}")

# %% [markdown]
# *follows* is the verdict that makes the difference: the number is not the right one, but it is
# what the student's own earlier number gives. Ben's new $w$ is wrong on paper and earns its mark.
#
# ## The class
#
# Beside the set, `mark` writes `marks.csv`, `summary.html` with the usual slips of the class, and
# the feedback for each student. `mark_set` returns the same; here are the lines at which the class
# failed:

# %%
from collections import Counter

lost = Counter(
    mark.blank.claim.text for paper in marked.papers for mark in paper.marks if not mark.earned
)
for line, times in lost.most_common():
    print(times, line)

# %% [markdown]
# ## Try
#
# 1. Let Carla use her wrong $net$ in the lines behind it. How many marks does she lose now?
# 2. Ben notices the sign on the last line, and subtracts as if his gradient had been right. What
#    does `mark` say?
# 3. Write a template for the output unit of the 2-2-2 network of notebook 2. For how many students
#    do all usual slips show?
#
# [Solutions](solutions/9_class_exercise.md)
