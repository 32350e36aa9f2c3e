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
# One neuron: two numbers are multiplied, a third is added, the sigmoid squashes the sum.
#
# $$out = \sigma(w \cdot x + b), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# **The question: if $w$ grows a little, how much does $out$ grow? And why by just so much?**
#
# The numbers are chosen so that you can do everything in your head.

# %%
from autograd_mini import Value, label, sigmoid

w, x, b = Value(2.0), Value(3.0), Value(-6.0)
net = w * x + b
out = sigmoid(net)
label(w=w, x=x, b=b, net=net, out=out)
out

# %% [markdown]
# A `Value` is a number that remembers where it came from. So the computation is a graph, and can
# be drawn: boxes are values, circles are operations.

# %%
from autograd_mini import draw

draw(out)

# %% [markdown]
# ## Wiggle it
#
# Make $w$ larger by a small $h$, look how much $out$ gains, and divide by $h$.
#
# **Predict first:** towards which number do these quotients go?


# %%
def out_for(w):
    return sigmoid(w * 3.0 - 6.0)


for h in (0.1, 0.01, 0.001, 0.0001):
    print(f"h = {h:<7} {(out_for(2.0 + h) - out_for(2.0)) / h:.6f}")

# %% [markdown]
# Towards 0.75. Now we know *what* the derivative is, but not *why*.
#
# ## Cut it into small steps
#
# Each operation alone is easy:
#
# - $net = w \cdot x + b$ gains $x$ times what $w$ gains, so $\partial net/\partial w = x$.
# - $out = \sigma(net)$ has the derivative $out\,(1 - out)$. (Differentiate $\sigma$ once on
#   paper.)
#
# $out$ gains 0.25 times what $net$ gains, and that is 3 times what $w$ gains. Gains of gains
# multiply: that is the chain rule.

# %%
dnet_dw = 3.0
dout_dnet = 0.5 * (1 - 0.5)
dout_dnet * dnet_dw

# %% [markdown]
# The graph knows all this. `backward()` goes through it from $out$ to the leaves, and leaves in
# each value the derivative of $out$ by it, `grad`.

# %%
out.backward()
w.grad

# %% [markdown]
# And `explain` says why: the factors by name, as formulas, as numbers.

# %%
from autograd_mini import explain

explain(out, w)

# %% [markdown]
# **Predict first:** $\partial out/\partial x$ and $\partial out/\partial b$. Which factors stay,
# which one changes?

# %%
explain(out)

# %% [markdown]
# In the picture: data above, gradient below in each box. The small number on an arrow is that
# step's own derivative, its *partial*. Go from $out$ back to $w$ and multiply what you pass.

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
# A neuron is trained by an error. Ours should answer 1, and large weights are to cost something
# too:
#
# $$E = (1 - out)^2 + 0.1\,w^2$$
#
# Now $w$ reaches $E$ along two paths: through $out$, and directly.
#
# **Predict first:** are the two contributions multiplied or added? Which sign has each?

# %%
E = (1 - out) ** 2 + 0.1 * w**2
label(E=E)
explain(E, w)

# %% [markdown]
# Along a path, multiply. Over paths, add. There is nothing else to backpropagation. Here the two
# paths pull in opposite directions: the error wants a larger $w$, the penalty a smaller one.

# %%
for leaf in (w, x, b):
    leaf.grad = 0.0
E.backward()
draw(E, direction="TB")

# %% [markdown]
# (Why set the gradients to 0 first? Leaves *add up* their gradients over several `backward()`, as
# in PyTorch. Leave the loop out and see what comes.)
#
# ## In which order?
#
# The smallest graph in which it matters:

# %%
a = Value(1.0)
d = a + a
e = d + d
label(a=a, d=d, e=e)
draw(e)

# %% [markdown]
# $e = 4a$, so $\partial e/\partial a = 4$. Here is a backward pass that is too eager: a node
# hands on what it has got *as soon as* something arrives.
#
# **Predict first:** what does it say for $a$?


# %%
def hand_on_at_once(node, grads):
    for operand, partial in zip(node.operands, node.partials):
        grads[operand.label] += grads[node.label] * partial
        hand_on_at_once(operand, grads)


grads = {"a": 0.0, "d": 0.0, "e": 1.0}
hand_on_at_once(e, grads)
grads

# %% [markdown]
# 6, not 4. When the first 1 came to $d$, it handed on 1 to $a$, twice. When the second came, it
# had 2, and handed on all of it, again twice: $1 + 1 + 2 + 2$. The first 1 was counted two times.
#
# The cure: **a node waits until everything that uses it has handed on its share.** That is what
# *reverse topological order* means. Watch it:

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
# Double a number 40 times: $r = 2^{40} v$. Two arrows lead from each value to the next, so the
# number of paths from $v$ to $r$ doubles each time as well.

# %%
v = Value(1.0)
r, paths = v, 1
for _ in range(40):
    r = r + r
    paths = paths * 2

steps = list(backward_steps(r))
print(f"{paths:,} paths, {len(steps)} steps backward, dr/dv = {v.grad:,.0f}")

# %% [markdown]
# A million million paths, 40 steps. Each node adds up what arrives and hands it on once: that is
# the whole trick of backpropagation, and why a network of a million weights can be trained at
# all.
#
# ## Play with it
#
# A drawing can be saved as a page that needs nothing but a browser: step through both passes,
# drag $w$, click a box to be told why its derivative is that number. We save to a temporary
# folder here; with `draw(E).save("neuron.html")` the page lands beside this notebook, one click
# away.

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
# 4. $\partial E/\partial w$ is $-0.35$ here. Move $w$ by hand until it is nearly 0. Does
#    `explain(E, w, order=2)` say that this is a minimum?
