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
# # 8. Write your own backward step
#
# *45 minutes. You need notebook 1, and Python functions inside functions.*
#
# So far the engine knew every derivative. micrograd, the small engine that made this way of
# teaching popular, lets you see how: each result carries a function `_backward`, which hands its
# gradient on to its operands. `autograd_mini` reads the same code.
#
# **The question: what exactly must a node do in the backward pass, and how do you know that yours
# does it right?**

# %%
from math import tanh

from autograd_mini.micrograd.engine import Value

a, b = Value(2.0), Value(-3.0)
e = a * b + 10
e

# %% [markdown]
# ## By hand, node by node
#
# The derivative of $e$ with respect to itself is 1. Then each node is asked to hand on its share.
# `_prev` are the operands of a node.

# %%
e.grad = 1.0
e._backward()
for node in e._prev:
    print(node.data, node.grad)

# %% [markdown]
# **Predict first:** the product $ab$ has got its gradient, 1. What will $a$ and $b$ get from it?

# %% tags=["answer"]
for node in e._prev:
    node._backward()
a.grad, b.grad

# %% [markdown]
# <details><summary>Answer</summary>
#
# $\partial(ab)/\partial a = b = -3$, and $\partial(ab)/\partial b = a = 2$, each times 1.
#
# </details>
#
# ## Your first operation
#
# A product of your own: compute the value, say which Values it came from, and write down how it
# hands on its gradient. `out` is the result, so `out.grad` is known when `_backward` is called.


# %%
def times(x, y):
    out = Value(x.data * y.data, (x, y), "times")

    def _backward():
        x.grad = y.data * out.grad
        y.grad = x.data * out.grad

    out._backward = _backward
    return out


a, b = Value(2.0), Value(-3.0)
times(a, b).backward()
a.grad, b.grad

# %% [markdown]
# It works. Or does it?
#
# **Predict first:** $a \cdot a$ at $a = 3$ has the slope $2a = 6$. What does our `times` give?

# %% tags=["answer"]
a = Value(3.0)
times(a, a).backward()
a.grad

# %% [markdown]
# <details><summary>Answer</summary>
#
# 3. Both shares are 3, but the second assignment replaces the first one. The shares must be
#    *added*: `x.grad += ...`. This is the most famous slip of all engines of this kind.
#
# </details>
#
# **Your turn:** correct `times` above, and run both cells again.
#
# ## tanh
#
# **Predict first:** which factor does $out = \tanh(x)$ hand on, written with $out$ alone?


# %% tags=["answer"]
def my_tanh(x):
    out = Value(tanh(x.data), (x,), "my_tanh")

    def _backward():
        x.grad += (1 - out.data**2) * out.grad

    out._backward = _backward
    return out


x = Value(0.5)
my_tanh(x * 2).backward()
x.grad

# %% [markdown]
# <details><summary>Answer</summary>
#
# $1 - out^2$. The value is already there, so the backward step costs a product and a difference.
#
# </details>
#
# The library has a tanh too. Do both give the same gradient?

# %%
from autograd_mini import tanh as library_tanh

x = Value(0.5)
library_tanh(x * 2).backward()
x.grad

# %% [markdown]
# ## How do you know that it is right?
#
# If there is nothing to compare with, wiggle the input, as in notebook 1. `gradcheck` does so, with
# the step that gives the most digits. Here is a *leaky relu* that lets a tenth of a negative number
# through:


# %%
def leaky_relu(x):
    out = Value(x.data if x.data > 0 else 0.1 * x.data, (x,), "leaky_relu")

    def _backward():
        x.grad += (1.0 if x.data > 0 else 0.0) * out.grad

    out._backward = _backward
    return out


# %% [markdown]
# **Predict first:** the step above has a slip. At which of the points $x = 2$ and $x = -2$ does
# `gradcheck` find it?

# %% tags=["answer"]
from autograd_mini import gradcheck

for at in (2.0, -2.0):
    try:
        print(gradcheck(lambda x: leaky_relu(x) * 3, at))
    except AssertionError as mismatch:
        for part in str(mismatch).split("; "):
            print(part)

# %% [markdown]
# <details><summary>Answer</summary>
#
# At $-2$ only: for positive numbers the step is right. A test at one point proves little; test
# every branch.
#
# </details>
#
# ## A row instead of a function
#
# A `_backward` is a piece of Python that nobody can look into. The engine itself keeps its rules as
# *formulas*, one row for each operation: the value, and the partials.

# %%
from autograd_mini.engine.operation import TABLE

for name in ("mul", "tanh", "relu"):
    row = TABLE[name]
    print(f"{name:5} z = {row.value:20} dz/dx = {row.partials[0]}")

# %% [markdown]
# From a row the engine writes the method, the derivative of the derivative, the LaTeX, and the
# line of a C program. `operation` adds a row of yours. Compare what `explain` can say about
# `my_tanh` and about a row:

# %%
from autograd_mini import explain, label, operation

tanh_row = operation("tanh_row", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "1 - z**2")

x = Value(0.5)
by_hand = my_tanh(x)
by_row = tanh_row(x)
label()
print(explain(by_hand, x), explain(by_row, x), sep="\n\n")

# %% [markdown]
# **Predict first:** which of the two can be differentiated twice?

# %% tags=["answer"]
from autograd_mini import grad

for function in (tanh_row, my_tanh):
    try:
        print(grad(grad(function))(0.5))
    except TypeError as reason:
        print(reason)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The row. Its partial is a formula, which is computed with Values like any other and so has a graph
# itself. The `_backward` by hand computed with plain numbers, and left no trace.
#
# </details>
#
# ## Try
#
# 1. Write `my_exp` with a `_backward`, and check it. Which factor does it hand on?
# 2. Write `my_sigmoid` from `exp`, first as one node with a `_backward`, then as a chain of library
#    operations. How many nodes does each have, and do the gradients agree to the last digit?
# 3. Write *softplus*, $\log(1 + e^x)$, as a row. Which function of this notebook's engine is its
#    partial?
# 4. Add up gradients by hand for $e = (a + b)(b + 1)$, in an order that is wrong on purpose: first
#    `_backward` of the leaves' side, then of $e$. What goes wrong?
#
# [Solutions](solutions/8_backward_by_hand.md)
