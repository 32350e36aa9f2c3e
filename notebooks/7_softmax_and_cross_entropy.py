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
# # 7. Softmax and cross-entropy
#
# *60 minutes. You need notebook 1, and the derivative of a quotient and of the logarithm.*
#
# A network that tells cats from dogs from birds has three outputs, its *scores*. They are any
# numbers: 2, 1 and $-1$, say. Softmax turns scores into probabilities, and cross-entropy measures
# how surprised such a network is by the truth.
#
# $$p_k = \frac{e^{s_k}}{e^{s_1} + e^{s_2} + e^{s_3}}, \qquad L = -\log p_{\text{truth}}$$
#
# **The question: which way should each score move, and how far?** The formulas look bad. The answer
# is one subtraction.

# %%
from math import exp

scores = [2.0, 1.0, -1.0]
powers = [exp(score) for score in scores]
probabilities = [power / sum(powers) for power in powers]
[round(p, 6) for p in probabilities]

# %% [markdown]
# All are positive, and their sum is 1. The largest score gets the most.
#
# **Predict first:** add 10 to every score. What becomes of the probabilities?

# %% tags=["answer"]
higher = [exp(score + 10) for score in scores]
[round(power / sum(higher), 6) for power in higher]

# %% [markdown]
# <details><summary>Answer</summary>
#
# They stay. $e^{s + 10} = e^{10} e^s$, and the factor $e^{10}$ cancels in the quotient: only the
# differences of scores count.
#
# </details>
#
# ## Scores of a thousand
#
# This has a use. A computer's $e^{1000}$ is not a number:

# %%
from autograd_mini import DomainError, Value, softmax
from autograd_mini import exp as power_of_e

try:
    power_of_e(Value(1000.0))
except DomainError as reason:
    print(reason)

# %% [markdown]
# **Predict first:** the scores are 1000 and 999. How can their probabilities be computed?

# %% tags=["answer"]
largest = max(1000.0, 999.0)
powers = [exp(score - largest) for score in (1000.0, 999.0)]
print([round(power / sum(powers), 6) for power in powers])
print([round(p.data, 6) for p in softmax([Value(1000.0), Value(999.0)])])

# %% [markdown]
# <details><summary>Answer</summary>
#
# Subtract the largest score from all. The probabilities stay, and the largest power is $e^0 = 1$.
# `softmax` does the same.
#
# </details>
#
# ## The derivative of a probability
#
# **Predict first:** $s_1$ grows a little. Which of $p_1$, $p_2$, $p_3$ grow, and which shrink?
# What is the sum of the three derivatives?

# %% tags=["answer"]
from autograd_mini import jacobian

table = jacobian(softmax)(scores)
for row in table:
    print(" ".join(f"{entry:9.6f}" for entry in row))
print(f"sum of the first column: {abs(sum(row[0] for row in table)):.6f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# $p_1$ grows, and the others shrink. The probabilities always add up to 1, so the derivatives of
# each column add up to 0.
#
# </details>
#
# On the diagonal stands $p_k (1 - p_k)$, which looks like the sigmoid's derivative; beside it
# $-p_j p_k$. (Differentiate the quotient on paper.) Is softmax of two scores a sigmoid?

# %%
from autograd_mini import sigmoid

one, two = Value(2.0), Value(1.0)
print(softmax([one, two])[0].data, sigmoid(one - two).data)

# %% [markdown]
# It is: $\frac{e^{s_1}}{e^{s_1} + e^{s_2}} = \frac{1}{1 + e^{-(s_1 - s_2)}}$.
#
# ## The loss
#
# The picture was a dog: the truth is class 2. The targets are $t = (0, 1, 0)$, and the loss is
# $L = -(t_1 \log p_1 + t_2 \log p_2 + t_3 \log p_3)$, of which only $-\log p_2$ is left.

# %%
from autograd_mini import draw, label, log

s1, s2, s3 = (Value(score) for score in scores)
t1, t2, t3 = Value(0.0), Value(1.0), Value(0.0)
p1, p2, p3 = softmax([s1, s2, s3])
L = -(t1 * log(p1) + t2 * log(p2) + t3 * log(p3))
label()
draw(L)

# %% [markdown]
# **Predict first:** which scores should grow? Is the derivative of $L$ with respect to $s_3$ large
# or small?

# %% tags=["answer"]
L.backward()
for score, probability in ((s1, p1), (s2, p2), (s3, p3)):
    print(f"dL/d{score.label} = {score.grad:9.6f}   {probability.label} = {probability.data:.6f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Only $s_2$, the score of the truth: its derivative is negative. $s_3$ should shrink, but it hardly
# matters: the network did not believe in birds anyway.
#
# </details>
#
# Compare the two columns. Each derivative is the probability, except for the truth, where it is the
# probability minus 1. Where does this come from?

# %%
from autograd_mini import explain

explain(L, s2)

# %% [markdown]
# The $p_2$ of softmax cancels the $1/p_2$ of the logarithm, as in the log-loss of notebook 4.
#
# **Your turn:** write the derivative with respect to $s_1$ for *any* targets. Change `mine` until
# it holds.

# %%
from autograd_mini import check_formula

mine = "p1"

verdict = check_formula((L, s1), mine)
print(verdict.verdict, verdict.suggestion, sep=": ")

# %% [markdown]
# <details><summary>Answer</summary>
#
# `p1*(t1 + t2 + t3) - t1`. If the targets are probabilities too, their sum is 1, and
# $\partial L/\partial s_k = p_k - t_k$ is left: *predicted minus true*.
#
# </details>
#
# ## Surely wrong
#
# **Predict first:** the network is wrong and sure of it: the scores are $(10, -10, 0)$, and the
# truth is class 2. Compare the derivatives with respect to $s_2$ of the cross-entropy, and of half
# the squared error $\frac12 \sum (p_k - t_k)^2$.

# %% tags=["answer"]
import nn

for loss in (nn.softmax_cross_entropy, lambda s, t: nn.half_squared_error(softmax(s), t)):
    wrong = [Value(10.0), Value(-10.0), Value(0.0)]
    loss(wrong, [0.0, 1.0, 0.0]).backward()
    print(f"{wrong[1].grad:.2g}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# $-1$ against almost nothing. The squared error saturates: its gradient has the factor $p_2 (1 -
# p_2)$ that the logarithm cancels. A classifier that is trained with it cannot learn from its
# worst mistakes.
#
# </details>
#
# ## Three kinds of points
#
# Three clouds of points, two inputs, three scores. `nn.softmax_cross_entropy` takes the scores and
# the number of the class.

# %%
from random import Random

import matplotlib.pyplot as plt
import numpy as np

random = Random(1)
centers = [(0.0, 2.0), (-2.0, -1.0), (2.0, -1.0)]
points = [
    ([random.gauss(x, 0.8), random.gauss(y, 0.8)], kind)
    for kind, (x, y) in enumerate(centers)
    for _ in range(30)
]
model = nn.MLP(2, [3], seed=1)
optimizer = nn.Adam(model.parameters(), learning_rate=0.1)
history = nn.fit(model, points, nn.softmax_cross_entropy, optimizer, epochs=60)
print(f"loss {history.losses[0]:.3f} -> {history.losses[-1]:.3f}")

# %% [markdown]
# **Predict first:** one layer, no hidden units. Which shape do the borders between the three
# regions have?

# %% tags=["answer"]
across, up = np.meshgrid(np.linspace(-4.5, 4.5, 120), np.linspace(-3.5, 4.5, 120))
weights = np.array([[w.data for w in neuron.w] for neuron in model.layers[0].neurons])
biases = np.array([neuron.b.data for neuron in model.layers[0].neurons])
kinds = np.argmax(np.stack([across, up], axis=-1) @ weights.T + biases, axis=-1)

fig, ax = plt.subplots(figsize=(4.5, 4))
ax.contourf(across, up, kinds, levels=[-0.5, 0.5, 1.5, 2.5], cmap="Pastel1")
for kind, color in enumerate(("tab:red", "tab:blue", "tab:green")):
    ax.plot(*np.array([point for point, k in points if k == kind]).T, ".", color=color)
ax.set_aspect("equal")
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Straight lines that meet in a point. On a border two scores are equal, and each score is a linear
# function of the point.
#
# </details>
#
# ## Try
#
# 1. Which scores give $p = (\frac12, \frac13, \frac16)$? Is there more than one answer?
# 2. All three scores are equal. What is $L$, and what are its derivatives, before you compute them?
# 3. Label smoothing replaces $t = (0, 1, 0)$ by $(0.05, 0.9, 0.05)$. At which probabilities is the
#    gradient 0 now?
# 4. `explain(L, s2, order=2)` gives the second derivative. Compare it with $p_2 (1 - p_2)$. Can $L$
#    have a valley other than the deepest one, as a function of the scores?
#
# [Solutions](solutions/7_softmax_and_cross_entropy.md)
