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
# # 4. What does a network do when it learns?
#
# *90 minutes. You need notebook 2, and NumPy and Matplotlib for the pictures.*
#
# A gradient says which direction is down. To learn, take a step down, and ask again.
#
# **The question: what can a network learn in this way, and when does it fail?**
#
# We start with the smallest network, and end with one that encircles a disc.

# %%
import matplotlib.pyplot as plt
import numpy as np

import nn

# %% [markdown]
# ## A line
#
# One neuron without an activation is $y = w x + b$. The data lie near the line $y = 2x + 1$.

# %%
data = nn.line(20, noise=0.3, seed=1)
x = np.array([inputs[0] for inputs, targets in data])
y = np.array([targets[0] for inputs, targets in data])

model = nn.MLP(1, [1], init=nn.zeros())
optimizer = nn.SGD(model.parameters(), learning_rate=0.1)

fig, ax = plt.subplots(figsize=(5, 3.5))
ax.plot(x, y, "o", color="black", markersize=4)
done = 0
for rounds, color in ((0, "gold"), (2, "orange"), (10, "tab:orange"), (100, "tab:red")):
    nn.fit(model, data, nn.mean_squared_error, optimizer, epochs=rounds - done)
    done = rounds
    w, b = (value.data for value in model.parameters())
    ax.plot(x, w * x + b, color=color, label=f"after {rounds}: {w:.3f} x + {b:.3f}")
ax.legend(title="rounds", loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# Least squares is a formula for the best line. Did the descent find the same line?

# %%
print("by descent:  {:.6f} x + {:.6f}".format(*(value.data for value in model.parameters())))
print("by formula:  {:.6f} x + {:.6f}".format(*np.polyfit(x, y, 1)))

# %% [markdown]
# Almost, and more rounds give more digits. Neither line is $2x + 1$: the noise is in the data, and
# no method can remove it.
#
# ## All samples, some, or one
#
# The true gradient is the mean over all samples. The mean over a few samples costs less, but points
# only roughly in the right direction.
#
# **Predict first:** with the same learning rate, what do the three descents look like, seen from
# above?

# %% tags=["answer"]
from random import Random


def way_down(batch_size, updates=40):
    random = Random(3)
    model = nn.MLP(1, [1], init=nn.zeros())
    optimizer = nn.SGD(model.parameters(), learning_rate=0.2)
    places = [[value.data for value in model.parameters()]]
    for _ in range(updates):
        batch = random.sample(data, batch_size)
        nn.fit(model, batch, nn.mean_squared_error, optimizer, epochs=1)
        places.append([value.data for value in model.parameters()])
    return np.array(places)


# %% tags=["answer"]
w, b = np.meshgrid(np.linspace(-0.5, 3.5, 80), np.linspace(-0.5, 2.5, 80))
error = np.mean((w[..., None] * x + b[..., None] - y) ** 2, axis=-1)

fig, axes = plt.subplots(1, 3, figsize=(10, 3), sharey=True)
for ax, batch_size in zip(axes, (20, 4, 1)):
    ax.contour(w, b, error, levels=np.geomspace(0.1, 6, 10), colors="lightgray")
    ax.plot(*way_down(batch_size).T, "-o", markersize=3, linewidth=1)
    ax.set(title=f"{batch_size} of 20 samples", xlabel="w")
axes[0].set_ylabel("b")
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# The descent with all samples goes straight down and stops. With four it wavers, and with one it
# zigzags.
#
# </details>
#
# Each descent has 40 updates. The one on the right has used 40 samples, the one on the left 800.
# One sample at a time comes near the minimum fast, but never settles: there, the gradient of
# *one* sample is not 0.
#
# **Your turn:** halve the learning rate. How does the cloud on the right change?
#
# ## XOR: what one neuron cannot do
#
# **Predict first:** one sigmoid neuron is trained on the four points of XOR. What does it answer?


# %% tags=["answer"]
def train_xor(sizes, seed):
    model = nn.MLP(2, sizes, activation="sigmoid", output="sigmoid", seed=seed)
    optimizer = nn.SGD(model.parameters(), learning_rate=2.0)
    nn.fit(model, nn.xor(), nn.half_squared_error, optimizer, epochs=3_000, compiled=True)
    return [round(float(model(inputs)), 2) for inputs, targets in nn.xor()]


print("wanted           ", [0, 1, 1, 0])
print("one neuron       ", train_xor([1], seed=0))
print("two hidden, one  ", train_xor([2, 1], seed=0))

# %% [markdown]
# <details><summary>Answer</summary>
#
# One neuron draws one straight line, and no line separates the opposite corners of a square from
# the other two. The neuron answers one half for every point.
#
# </details>
#
# Two hidden units are enough, if the start is lucky:

# %%
answers = [train_xor([2, 1], seed) for seed in range(20)]
learnt = [seed for seed in range(20) if np.round(answers[seed]).tolist() == [0, 1, 1, 0]]
print(f"{len(learnt)} of 20 starts learn XOR")
print("start 9 ends with", answers[9])

# %% [markdown]
# (`compiled=True` turns the loss into a program, in C where there is a compiler. The numbers are
# the same, and come sooner; notebook 5 shows how.)
#
# ## A circle
#
# TensorFlow's Playground has these data: a disc, and a ring around it.
#
# **Predict first:** each hidden unit draws one line. How many lines does it take to enclose the
# disc?

# %% tags=["answer"]
from autograd_mini import Value, compile_graph, label, sigmoid

circle = nn.circle(200, seed=1)


def train_circle(hidden, **options):
    model = nn.MLP(2, [hidden, 1], activation="tanh", **options)
    optimizer = nn.Adam(model.parameters(), learning_rate=0.1)
    loss = nn.binary_cross_entropy_from_logits
    nn.fit(model, circle, loss, optimizer, epochs=500, compiled=True)
    return model


# %% [markdown]
# To colour the plane we need the answer at 10,000 points. We record the network once, and compile
# it to a function of arrays.


# %% tags=["answer"]
def show(ax, model):
    x, y = Value(0.0, label="x"), Value(0.0, label="y")
    probability = compile_graph(sigmoid(model([x, y])), [x, y], target="numpy")
    across, up = np.meshgrid(np.linspace(-6, 6, 100), np.linspace(-6, 6, 100))
    answer = probability.value(across, up)
    ax.contourf(across, up, answer, levels=np.linspace(0, 1, 11), cmap="PuOr", alpha=0.7)
    ax.contour(across, up, answer, levels=[0.5], colors="black", linewidths=1)

    points = np.array([inputs for inputs, targets in circle])
    inside = np.array([targets[0] for inputs, targets in circle]) == 1
    ax.plot(*points[inside].T, ".", color="indigo", markersize=3)
    ax.plot(*points[~inside].T, ".", color="saddlebrown", markersize=3)
    wrong = np.sum((probability.value(*points.T) > 0.5) != inside)
    ax.set(title=f"{wrong} of {len(circle)} wrong", aspect="equal")


fig, axes = plt.subplots(1, 4, figsize=(11, 3))
for ax, hidden in zip(axes, (1, 2, 3, 8)):
    show(ax, train_circle(hidden, seed=0))
    ax.set_xlabel(f"{hidden} hidden")
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Three. One unit draws a line, two a strip, three a triangle that encloses the disc. Eight units
# have sides to spare: their boundary has more bends than the disc needs.
#
# </details>
#
# Watch the three lines turn into place. This page has a network that has not learned yet. Check
# **Network**, open **Train** and press **Run**: each circle shows where in the plane its unit is
# positive, in blue, and where it is negative.

# %%
from pathlib import Path
from tempfile import mkdtemp

from autograd_mini import draw

model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
error = sum(nn.binary_cross_entropy_from_logits(model(x), t) for x, t in circle[::4]) / 50
error.label = "error"
page = draw(error, learns=model.parameters()).save(Path(mkdtemp()) / "circle.html")
# import webbrowser; webbrowser.open(page.as_uri())  # opens it, on your own machine
page.name

# %% [markdown]
# ## A start that is too even
#
# Eight hidden units start with all weights equal. **Predict first:** which of the pictures above
# will the result look like?

# %% tags=["answer"]
even = train_circle(8, init=nn.uniform(0.5, 0.5))
fig, ax = plt.subplots(figsize=(3, 3))
show(ax, even)
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Like the first: eight units do the work of one. Units that start equal get equal gradients, and so
# they stay equal for ever.
#
# </details>
#
# Here are the first four hidden units after training:

# %%
for neuron in even.layers[0].neurons[:4]:
    print([f"{weight:.6f}" for weight in neuron.w])

# %% [markdown]
# All weights 0 is even worse. Why? Here is the network of notebook 2:

# %%
from autograd_mini import explain

zero = nn.two_two_two(weights=[0.0] * 8)
E = zero.forward()
explain(E, zero.w1)

# %% [markdown]
# At first the weights behind $w_1$ are 0, and no gradient comes through. Later they move, but $h_1$
# and $h_2$ stay twins:

# %%
optimizer = nn.SGD(zero.parameters(), learning_rate=0.5)
nn.fit(zero, zero.samples, nn.half_squared_error, optimizer, epochs=1_000)
for one, other in (("w1", "w3"), ("w2", "w4"), ("w5", "w6"), ("w7", "w8")):
    print(f"{one} = {getattr(zero, one):9.6f}   {other} = {getattr(zero, other):9.6f}")

# %% [markdown]
# ## A start that is too large
#
# **Predict first:** all weights are 100. The outputs are 1, the targets 0.01 and 0.99. How large is
# the gradient?

# %% tags=["answer"]
large = nn.two_two_two(weights=[100.0] * 8)
E = large.forward()
explain(E, large.w5)

# %% [markdown]
# <details><summary>Answer</summary>
#
# It is not small, it is 0. The output is so near to 1 that the computer's number *is* 1, and
# $out\,(1 - out)$ is 0. $o_1$ is as wrong as it can be, and the network never learns. This is
# *saturation*.
#
# </details>
#
# ## Two losses
#
# The first factor says "off by 0.99", and the second wipes it out. Is there a loss that is not
# silenced so easily? Take a single neuron that is wrong and nearly certain: it answers 0.98, and
# should answer 0.

# %%
w, x, b = Value(2.0), Value(1.0), Value(2.0)
net = w * x + b
out = sigmoid(net)
E = nn.half_squared_error(out, 0.0)
label()
explain(E, w)

# %% [markdown]
# With the squared error, almost no gradient arrives. Now take the log-loss, $-\log(1 - out)$ for
# the target 0.
#
# **Predict first:** which of the three factors changes?

# %% tags=["answer"]
L = nn.binary_cross_entropy(out, 0.0)
label()
explain(L, w)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Only the first, $\partial L/\partial out$: it is $1/(1 - out) = 55.6$ instead of 0.98.
#
# </details>
#
# The factor $1/(1 - out)$ of the loss and the factor $1 - out$ of the sigmoid cancel. The rest is
# $out - t$, times the input: the more wrong the neuron is, the faster it learns.

# %%
from autograd_mini import check_formula

check_formula((L, w), "(out - 0) * x").verdict

# %% [markdown]
# Do the two neurons learn as their gradients promise?


# %%
def learning_curve(loss):
    neuron = nn.MLP(1, [1], output="sigmoid", bias=2.0, init=nn.uniform(2.0, 2.0))
    optimizer = nn.SGD(neuron.parameters(), learning_rate=0.15)
    outputs = [float(neuron([1.0]))]
    for _ in range(300):
        nn.fit(neuron, [([1.0], [0.0])], loss, optimizer, epochs=1)
        outputs.append(float(neuron([1.0])))
    return outputs


fig, ax = plt.subplots(figsize=(6, 3.5))
ax.plot(learning_curve(nn.half_squared_error), color="tab:orange", label="squared error")
ax.plot(learning_curve(nn.binary_cross_entropy), color="tab:blue", label="log-loss")
ax.set(xlabel="round", ylabel="output (wanted: 0)", ylim=(0, 1))
ax.legend()
plt.show()

# %% [markdown]
# The squared error loses more than 100 rounds in a region where it hardly moves.
#
# ## Try
#
# 1. `nn.moons(100, noise=0.1, seed=1)` gives two half moons. How many hidden units do they need?
# 2. Give `nn.circle` a `noise` of 0.3, and train eight units for longer. What do they learn that
#    they should not?
# 3. Fit the line with the learning rate 1.5 instead of 0.1. What does the error do, and how does
#    the training end?
# 4. With `nn.he_normal()` or `nn.xavier_normal()` as `init`, do more than 16 of 20 starts learn
#    XOR? And of 50 starts?
#
# [Solutions](solutions/4_learning.md)
