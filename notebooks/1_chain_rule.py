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
# # 1. Why is the derivative that number?
#
# *45 minutes. You need the slope of a curve, and the derivatives of a product and of $e^x$.*
#
# One neuron multiplies two numbers, adds a third, and squashes the sum with the sigmoid.
#
# $$out = \sigma(w \cdot x + b), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# **The question: if $w$ grows a little, how much does $out$ grow? And why by that much?**
#
# The numbers are simple enough to do everything in your head.

# %%
from autograd_mini import Value, label, sigmoid

w, x, b = Value(2.0), Value(3.0), Value(-6.0)
net = w * x + b
out = sigmoid(net)
label()
out

# %% [markdown]
# A `Value` is a number that remembers how it was computed, and `label()` names each one after its
# variable. The computation is therefore a graph, which can be drawn: each box is a value, with its
# formula below its name.

# %%
from autograd_mini import draw

draw(out)

# %% [markdown]
# ## Wiggle it
#
# Increase $w$ by a small $h$, see how much $out$ grows, and divide by $h$.
#
# **Predict first:** which number do these quotients approach?


# %% tags=["answer"]
def out_for(w):
    return sigmoid(w * 3.0 - 6.0)


for h in (0.1, 0.01, 0.001, 0.0001):
    print(f"h = {h:<7} {(out_for(2.0 + h) - out_for(2.0)) / h:.6f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# They approach 0.75.
#
# </details>
#
# Now we know the derivative, but not the reason for it.
#
# ## Cut it into small steps
#
# Each operation alone is easy:
#
# - $net = w \cdot x + b$ grows $x$ times as much as $w$, so $\partial net/\partial w = x$.
# - $out = \sigma(net)$ has the derivative $out\,(1 - out)$. (Differentiate $\sigma$ once on
#   paper.)
#
# $out$ grows 0.25 times as much as $net$, and $net$ grows 3 times as much as $w$. The two factors
# are multiplied: that is the chain rule.

# %%
dnet_dw = 3.0
dout_dnet = 0.5 * (1 - 0.5)
dout_dnet * dnet_dw

# %% [markdown]
# The graph knows all this. `backward()` goes through it from $out$ to the leaves, and stores in
# `grad` of each value the derivative of $out$ with respect to that value.

# %%
out.backward()
w.grad

# %% [markdown]
# `explain` gives the reason: the factors by name, as formulas and as numbers.

# %%
from autograd_mini import explain

explain(out, w)

# %% [markdown]
# **Predict first:** $\partial out/\partial x$ and $\partial out/\partial b$. Which factors stay,
# and which one changes?

# %% tags=["answer"]
explain(out)

# %% [markdown]
# <details><summary>Answer</summary>
#
# $x$ and $b$ reach $out$ through $net$ like $w$, so the factor $\partial out/\partial net = 0.25$
# stays. Only the last factor changes: it is $w = 2$ for $x$, and 1 for $b$. The derivatives are 0.5
# and 0.25.
#
# </details>
#
# Each box of the picture has the data above and the gradient below. The small number on an arrow is
# the derivative of that one step, its *partial*. Go back from $out$ to $w$, and multiply the
# partials on the way.

# %%
draw(out)

# %% [markdown]
# ## Your turn
#
# What is $\partial out/\partial b$ as a formula? Change `mine` until it holds.

# %%
from autograd_mini import check_formula

mine = "out * (1 + out)"

verdict = check_formula((out, b), mine)
print(verdict.verdict, verdict.suggestion, sep=": ")

# %% [markdown]
# ## A value that is used twice
#
# An error measures how wrong a neuron is. Ours should answer 1, and a large weight shall cost
# something too:
#
# $$E = (1 - out)^2 + 0.1\,w^2$$
#
# Now $w$ reaches $E$ along two paths: through $out$, and directly.
#
# **Predict first:** are the two contributions multiplied or added? Which sign has each?

# %% tags=["answer"]
E = (1 - out) ** 2 + 0.1 * w**2
label()
explain(E, w)

# %% [markdown]
# <details><summary>Answer</summary>
#
# They are added. The path through $out$ gives $-0.75$: the error asks for a larger $w$. The direct
# path gives $+0.4$: the penalty asks for a smaller one.
#
# </details>
#
# Multiply along a path, and add over paths. Backpropagation is nothing more.

# %%
for leaf in (w, x, b):
    leaf.grad = 0.0
E.backward()
draw(E, direction="TB")

# %% [markdown]
# (Why set the gradients to 0 first? A second `backward()` *adds* to the gradients of leaves, as in
# PyTorch. Remove the loop and see.)
#
# ## In which order?
#
# This is the smallest graph in which the order matters:

# %%
a = Value(1.0)
d = a + a
e = d + d
label()
draw(e)

# %% [markdown]
# $e = 4a$, so $\partial e/\partial a = 4$. Here is a backward pass that is too eager: a node
# passes on its whole sum *as soon as* something arrives.
#
# **Predict first:** which gradient does $a$ get?


# %% tags=["answer"]
def hand_on_at_once(node, grads):
    for operand, partial in zip(node.operands, node.partials):
        grads[operand.label] += grads[node.label] * partial
        hand_on_at_once(operand, grads)


grads = {"a": 0.0, "d": 0.0, "e": 1.0}
hand_on_at_once(e, grads)
grads

# %% [markdown]
# <details><summary>Answer</summary>
#
# 6, not 4. When the first 1 reached $d$, it passed 1 on to $a$, twice. When the second 1 came, $d$
# had 2, and passed on all of it, again twice: $1 + 1 + 2 + 2$. The first 1 was counted two times.
#
# </details>
#
# The cure: **a node waits until every node that uses it has passed on its share.** This order is
# called *reverse topological order*. Watch it:

# %%
from autograd_mini import backward_steps

for step in backward_steps(e):
    for operand, partial, amount in step.shares:
        product = f"{step.adjoint:g} * {partial:g} = {amount:g}"
        print(f"{step.result.label} hands {product} to {operand.label}")
print(f"a has {a.grad:g}")

# %% [markdown]
# ## Why not simply follow every path?
#
# Double a number 40 times: $r = 2^{40} v$. Two arrows lead from each value to the next, so each
# doubling also doubles the number of paths from $v$ to $r$.

# %%
v = Value(1.0)
r, paths = v, 1
for _ in range(40):
    r = r + r
    paths = paths * 2

steps = list(backward_steps(r))
print(f"{paths:,} paths, {len(steps)} steps backward, dr/dv = {v.grad:,.0f}")

# %% [markdown]
# A million million paths, but 40 steps. Each node adds up the shares that arrive, and passes the
# sum on once. This is the whole trick of backpropagation, and the reason why a network with a
# million weights can be trained at all.
#
# ## Play with it
#
# A drawing can be saved as a page that needs only a browser: step through both passes, drag $w$,
# click a box to see why its derivative is that number. We save it to a temporary folder here;
# `draw(E).save("neuron.html")` puts the page beside this notebook.

# %%
from pathlib import Path
from tempfile import mkdtemp

page = draw(E).save(Path(mkdtemp()) / "neuron.html")
# import webbrowser; webbrowser.open(page.as_uri())  # opens it, on your own machine
page.name

# %% [markdown]
# ## Try
#
# 1. Set $x = 0$. What is $\partial out/\partial w$ now, and why can this neuron not learn $w$
#    from this input?
# 2. Set $b = 10$. Which factor becomes tiny? (This is *saturation*; notebook 4 comes back to it.)
# 3. Replace `sigmoid` by `tanh`. Which factor changes, and to what?
# 4. $\partial E/\partial w$ is $-0.35$ here. Move $w$ by hand until this is nearly 0. Does
#    `explain(E, w, order=2)` say that you found a minimum?
#
# [Solutions](solutions/1_chain_rule.md)
