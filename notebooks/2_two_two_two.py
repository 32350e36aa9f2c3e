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
# # 2. The 2-2-2 network, every number
#
# *60 minutes. You need notebook 1; a pocket calculator helps.*
#
# Two inputs, two hidden units, two outputs, all sigmoid: the network that lectures on
# backpropagation work on paper (numbers by Matt Mazur, 2015). For the inputs 0.05 and 0.10 it
# should answer 0.01 and 0.99. It does not yet.
#
# **The question: which weights should move, in which direction, and how far?**
#
# You can compute every number below with a pocket calculator. Do it for some of them.

# %%
import nn

network = nn.two_two_two()
E = network.forward()
network

# %% [markdown]
# Which weight leads where? $w_1, w_2$ go from $i_1, i_2$ to $h_1$; $w_3, w_4$ to $h_2$;
# $w_5, w_6$ go from $out_{h1}, out_{h2}$ to $o_1$; $w_7, w_8$ to $o_2$. $b_1$ is the bias of both
# hidden units, $b_2$ that of both outputs.
#
# ## Forward
#
# Each unit multiplies its inputs by its weights, adds its bias, and squashes the sum. This is $h_1$
# (no gradient is known yet, hence `grad -`):

# %%
from autograd_mini import draw

draw(network.out_h1)

# %% [markdown]
# The error $E$ is half the squared distance from the targets, summed over both outputs. With the
# half, its derivative is simply a difference.

# %%
for name, value in network.by_name().items():
    if value.op is not None:
        print(f"{name:7}{value:12.9f}")

# %% [markdown]
# **Predict first:** $o_1$ answers 0.75 and should answer 0.01. Should $w_5$ become larger or
# smaller? And can you say anything about $w_1$ at once?
#
# ## Backward

# %% tags=["answer"]
E.backward()
for name, value in network.named_parameters():
    print(f"dE/d{name} {value.grad:12.9f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# $w_5$ should become smaller: $o_1$ is too large, and a larger $w_5$ makes it larger still. Its
# derivative is positive. About $w_1$ nothing can be said at once, because it feeds both outputs,
# and they disagree.
#
# </details>
#
# In the picture, blue gradients are positive (a larger value makes the error larger), orange ones
# negative. A stronger colour is a larger gradient.

# %%
draw(E, direction="TB", clusters=False, digits=3)

# %% [markdown]
# ## Why is $\partial E/\partial w_5$ that number?
#
# One path leads from $w_5$ to $E$. It has three steps, so there are three factors:

# %%
from autograd_mini import explain

explain(E, network.w5)

# %% [markdown]
# The first factor says how wrong the output is, the second how much the sigmoid still reacts there.
# The third is the number that $w_5$ was multiplied by.
#
# **Your turn:** write $\partial E/\partial w_8$. Change `mine` until it holds.

# %%
from autograd_mini import check_formula

mine = "(t2 - out_o2) * out_o2 * (1 - out_o2) * out_h2"

verdict = check_formula((E, network.w8), mine)
print(verdict.verdict, verdict.suggestion, sep=": ")

# %% [markdown]
# ## And $\partial E/\partial w_1$, whose path forks?
#
# $out_{h1}$ feeds both outputs, so there are two paths from $w_1$ to $E$.
#
# **Predict first:** $o_1$ is too large and $o_2$ too small. What does that mean for the signs of
# the two contributions?

# %% tags=["answer"]
explain(E, network.w1)

# %% [markdown]
# <details><summary>Answer</summary>
#
# They have opposite signs. The path through $o_1$ asks for a smaller $w_1$, the path through $o_2$
# for a larger one.
#
# </details>
#
# **Why is it almost 190 times smaller than $\partial E/\partial w_5$?** Look at the factors: the
# input is only 0.05, the hidden sigmoid costs a factor 0.24, and the two paths partly cancel.
#
# ## The same with deltas
#
# The two lines above share most of their factors. Compute the shared factors once for each unit,
# from the outputs back; each weight is then one more product. This is the *delta rule*, and
# `backward()` does the same.

# %%
explain(E, network.w1, style="delta")

# %% [markdown]
# ## The answer: move all weights, at once
#
# Each weight moves against its gradient, by 0.5 (the learning rate) times the gradient.

# %%
rate = 0.5
old = {name: value.data for name, value in network.named_parameters()}
new = {name: value.data - rate * value.grad for name, value in network.named_parameters()}
for name in old:
    print(f"{name} {old[name]:.2f} -> {new[name]:.9f}")

# %% [markdown]
# *At once* means: from the old values. A common slip is to change $w_5$ to $w_8$ first, and then
# to use the new weights on the way back to $w_1$:

# %%
local = network.out_h1.data * (1 - network.out_h1.data) * network.i1.data
slope1, slope2 = network.net_o1.grad, network.net_o2.grad
print(f"with the old w5, w7: {(slope1 * old['w5'] + slope2 * old['w7']) * local:.9f}")
print(f"with the new w5, w7: {(slope1 * new['w5'] + slope2 * new['w7']) * local:.9f}")

# %% [markdown]
# The result is wrong by 17 %, and nothing crashes: such a network learns, but not along the
# gradient.
#
# Now for real. **Predict first:** to first order, a step of $-\eta\,\partial E/\partial w$
# changes $E$ by $-\eta\,(\partial E/\partial w)^2$ for each weight. Will the true change be
# exactly this?

# %% tags=["answer"]
promised = -rate * sum(value.grad**2 for value in network.parameters())

optimizer = nn.SGD(network.parameters(), learning_rate=rate)
optimizer.step()
before, after = E.data, network.forward().data
print(f"E {before:.9f} -> {after:.9f}: {after - before:.9f}, promised {promised:.9f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Nearly. The gradient is the slope at the place where you stand, and the ground curves.
#
# </details>
#
# ## 10,000 rounds
#
# We start again from the beginning.


# %%
def train(**options):
    network = nn.two_two_two(**options)
    optimizer = nn.SGD(network.parameters(), learning_rate=0.5)
    history = nn.fit(network, network.samples, nn.half_squared_error, optimizer, epochs=10_000)
    return network, [*history.losses, network.forward().data]


network, losses = train()
for rounds in (0, 1, 10, 100, 1_000, 10_000):
    print(f"after {rounds:6,} rounds E = {losses[rounds]:.9f}")
print(f"outputs {network.out_o1:.4f} and {network.out_o2:.4f}, wanted 0.0100 and 0.9900")

# %% [markdown]
# ## What the lecture leaves out
#
# The lecture moves eight weights, and keeps the biases at 0.35 and 0.60. It never computes the
# gradients of the biases. **Predict first:** are they small?

# %% tags=["answer"]
start = nn.two_two_two()
E = start.forward()
E.backward()
ranking = sorted(start.parameters(), key=lambda value: -abs(value.grad))
for value in ranking[:4]:
    print(f"dE/d{value.label} {value.grad:12.9f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# The largest gradient of all is not on the slides: $\partial E/\partial b_2 = 0.100$.
#
# </details>
#
# $b_2$ feeds both outputs, so two paths add up; and $b_2$ is multiplied by 1, while a weight is
# multiplied by an output of about 0.6:

# %%
explain(E, start.b2)

# %% [markdown]
# Does it matter? Here are both trainings, on logarithmic axes:

# %%
import matplotlib.pyplot as plt

fixed, losses_fixed = train(train_biases=False)

fig, ax = plt.subplots(figsize=(6, 3.5))
ax.loglog(range(1, 10_002), losses_fixed, color="tab:orange", label="weights only (the lecture)")
ax.loglog(range(1, 10_002), losses, color="tab:blue", label="weights and biases")
ax.set(xlabel="round, counted from 1", ylabel="E")
ax.legend()
plt.show()
print(f"after 10,000 rounds {losses_fixed[-1]:.3g} and {losses[-1]:.3g}")

# %% [markdown]
# Two more numbers make the error eight times smaller. (One sample does not test a network, though:
# ten numbers that fit two targets have learnt them by heart.)
#
# ## Try
#
# 1. `draw(E).save("two_two_two.html")` writes a page. Step through it, and train the network there.
# 2. Other lectures drop the half: `nn.two_two_two(loss=nn.sum_of_squares)`. Which numbers double?
#    What would you do with the learning rate?
# 3. Give all eight weights the same number, `weights=[0.3] * 8`. Which gradients are equal, and
#    do they stay equal?
# 4. `explain(E, network.b1)` has four paths. Draw them on paper before you run it.
#
# [Solutions](solutions/2_two_two_two.md)
