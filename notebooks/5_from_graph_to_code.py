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
# # 5. From graph to code
#
# *75 minutes. You need notebook 2; for the last part, a C compiler makes it more interesting.*
#
# `backward()` gives a number: the slope at one point.
#
# **The question: can we also get the slope as a function, and the backward pass as a program?**
#
# We can get both, since a graph already is a program. First the function.

# %%
from autograd_mini import grad


def f(x):
    return x**4 - 3 * x**2 + x


slope = grad(f)
slope(1.0)

# %% [markdown]
# `slope` is a function like any other, so it has a slope too.
#
# **Predict first:** $f(x) = x^4 - 3x^2 + x$. What is $f''(1)$?

# %% tags=["answer"]
curvature = grad(grad(f))
curvature(1.0)

# %% tags=["answer"]
import matplotlib.pyplot as plt

points = [k / 50 - 2 for k in range(201)]
fig, ax = plt.subplots(figsize=(6, 3.5))
for function, name in ((f, "f"), (slope, "f'"), (curvature, "f''")):
    ax.plot(points, [function(x) for x in points], label=name)
ax.axhline(0, color="gray", linewidth=0.5)
ax.set(xlabel="x", ylim=(-8, 12))
ax.legend()
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# $f''(x) = 12x^2 - 6$, so $f''(1) = 6$.
#
# </details>
#
# How does this work? The engine can also compute the partials of an operation with Values. The
# gradient then has a graph too, which can be drawn and differentiated like the first:

# %%
from autograd_mini import Value, draw, gradients, label

x = Value(2.0)
y = x**3
label()
(dy_dx,) = gradients(y, [x], create_graph=True)
dy_dx.label = "dy/dx"
draw([y, dy_dx])

# %% [markdown]
# ## The use of a second derivative
#
# Gradient descent knows the slope, but not how far to go. Newton's method divides the slope by
# the curvature: it goes to the point at which the slope *would* be 0 if the curvature stayed the
# same.
#
# **Predict first:** both start at 2 and look for the minimum. How many steps does each need for six
# digits?

# %% tags=["answer"]
x, z = 2.0, 2.0
for step in range(8):
    print(
        f"step {step}: descent {x:.6f} slope {slope(x):9.6f}   Newton {z:.6f} slope {slope(z):9.6f}"
    )
    x -= 0.05 * slope(x)
    z -= slope(z) / curvature(z)

# %% [markdown]
# <details><summary>Answer</summary>
#
# Newton's method has six digits after 5 steps; descent takes 22.
#
# </details>
#
# Near the end, each step of
# Newton's method doubles the number of right digits. But it looks for a slope of 0, in a valley
# or on a summit. **Your turn:** from which starts does it end on the summit in the middle?
#
# For several variables, the second derivatives form a matrix, the Hessian. At these two points,
# both slopes of $g$ are 0:

# %%
from autograd_mini import hessian


def g(x, y):
    return x**3 - 3 * x + y**2


for place in ((1.0, 0.0), (-1.0, 0.0)):
    print(place, grad(g, argnums=(0, 1))(*place), hessian(g)(*place))

# %% [markdown]
# At the first point $g$ curves up in both directions: a valley. At the second it curves down in $x$
# and up in $y$: a saddle. The slopes alone cannot tell the two apart.
#
# ## The graph as a program
#
# Here is a neuron as in notebook 1, followed by an error:

# %%
from autograd_mini import sigmoid

w, x, b, t = Value(0.5), Value(2.0), Value(-0.5), Value(1.0)
net = w * x + b
out = sigmoid(net)
E = (t - out) ** 2 / 2
label()
draw(E, direction="TB")

# %% [markdown]
# **Predict first:** write down the backward pass for $w$ and $b$, one line for each step, before
# you look at the next cell.

# %% tags=["answer"]
from autograd_mini import compile_graph

neuron = compile_graph(E, [w, b])
print(neuron.source)

# %% [markdown]
# <details><summary>Answer</summary>
#
# `dE_dout`, `dE_dnet`, `dE_dw`, in this order: from $E$ back to the weight. $\partial E/\partial b$
# is `dE_dnet`.
#
# </details>
#
# The forward pass has each operation once. The backward pass starts at $E$, and each line is one
# link of the chain; $\partial net/\partial b = 1$ needs no line. (The `if` between them tests
# that all numbers are finite: a number times 0 is 0, unless it is infinite or nan.) The rest is
# the program that one writes by hand, and it gives the numbers of `backward()`:

# %%
E.backward()
value, slopes = neuron(0.5, -0.5)
print("the same, to the last bit:", value == E.data, slopes == [w.grad, b.grad])

# %% [markdown]
# The program takes other numbers without a new recording. `descend` has the training loop inside:

# %%
w_end, b_end = neuron.descend([0.5, -0.5], rate=0.5, times=1_000).values
print(f"w = {w_end:.6f}, b = {b_end:.6f}, E = {neuron.value(w_end, b_end):.6f}")

# %% [markdown]
# ## In other languages
#
# The compiler prints the table of operations in each language. This is JavaScript, for a web page:

# %%
print(compile_graph(E, [w, b], target="javascript").source)

# %% [markdown]
# And this is C. The command `autograd-mini compile` prints the program of a derivation sheet
# (notebook 3), which takes no compiler:

# %%
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

sheet = Path(mkdtemp()) / "neuron.md"
sheet.write_text("""```derivation
w = 0.5
b = -0.5
net = w*2 + b
out = sigmoid(net)
E = 1/2*(1 - out)**2
```""")
command = [sys.executable, "-m", "autograd_mini", "compile", str(sheet), "--target", "c"]
print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

# %% [markdown]
# ## If there is an `if`
#
# A recording has taken one branch of your function. **Predict first:** $h$ is recorded at $x = 2$.
# What should the program do at $x = -2$?

# %% tags=["answer"]
from autograd_mini import StaleGraph


def h(x, y):
    return x * y if x > 0 else -y


x, y = Value(2.0, label="x"), Value(3.0, label="y")
program = compile_graph(h(x, y), [x, y])
try:
    program(-2.0, 3.0)
except StaleGraph as reason:
    print(reason)

# %% [markdown]
# <details><summary>Answer</summary>
#
# It should not return $xy$, the number of the wrong branch. It raises an error.
#
# </details>
#
# `compile_function` records
# again where needed:

# %%
from autograd_mini import compile_function

program = compile_function(h)
print(program(2.0, 3.0), program(-2.0, 3.0))

# %% [markdown]
# ## Is it faster?
#
# We take one training step of the 2-2-2 network of notebook 2: forward, backward, and the update of
# ten numbers. *Eager* means that each step records the graph again, with all its names, and throws
# it away. *Compiled* means that the graph is recorded once. First, do both compute the same?

# %%
import nn


def eager(times):
    network = nn.two_two_two()
    optimizer = nn.SGD(network.parameters(), learning_rate=0.5)
    for _ in range(times):
        optimizer.zero_grad()
        network.forward().backward()
        optimizer.step()
    return [value.data for value in network.parameters()]


def compiled(target):
    network = nn.two_two_two()
    start = [value.data for value in network.parameters()]
    step = compile_graph(network.forward(), network.parameters(), target=target)
    return lambda times: step.descend(start, rate=0.5, times=times).values


to_python = compiled("python")
print("the same ten numbers:", to_python(1_000) == eager(1_000))

# %% [markdown]
# They agree to the last bit. Now the times. This computer does other things as well, so a single
# measurement says little. We measure all in turn, seven times. A disturbance makes a run slower,
# never faster, so the fastest of the seven is the best estimate; the rest show the noise.
#
# **Predict first:** how many times faster is the same arithmetic without recording? And in C?

# %% tags=["answer", "timing"]
from time import perf_counter

runs = {"eager": (eager, 2_000), "compiled to Python": (to_python, 50_000)}
try:
    runs["compiled to C"] = (compiled("c"), 1_000_000)
except RuntimeError as reason:
    print(reason)


def microseconds_a_step(run, times):
    start = perf_counter()
    run(times)
    return (perf_counter() - start) / times * 1e6


rounds = [{name: microseconds_a_step(*run) for name, run in runs.items()} for _ in range(7)]

# %% tags=["answer", "timing"]
fastest = {name: min(times[name] for times in rounds) for name in runs}
for name in runs:
    slowest = max(times[name] for times in rounds)
    print(f"{name:18} {fastest[name]:7.3f} us a step (slowest {slowest:.3f})", end=" ")
    print(f"{fastest['eager'] / fastest[name]:5.0f} times as fast as eager")

# %% tags=["answer", "timing"]
fig, ax = plt.subplots(figsize=(6, 2))
for name in runs:
    ax.plot([times[name] for times in rounds], [name] * len(rounds), "o", alpha=0.5)
ax.set(xscale="log", xlabel="microseconds a step, seven rounds", ylim=(-0.5, len(runs) - 0.5))
plt.show()

# %% [markdown]
# <details><summary>Answer</summary>
#
# Here about 30 times in Python, and several hundred times in C.
#
# </details>
#
# These are the numbers of one busy computer at one time; yours differ. Trust the order of
# magnitude, not the digits. [docs/performance.md](../docs/performance.md) has careful
# measurements, including those in which others are faster.
#
# Compiling takes time too. After how many steps has it paid off?

# %% tags=["timing"]
start = perf_counter()
compiled("python")
cost = perf_counter() - start
gain = fastest["eager"] - fastest["compiled to Python"]
print(f"{cost * 1e3:.1f} ms, earned back after {cost * 1e6 / gain:.0f} steps")

# %% [markdown]
# For a single gradient, use `backward()`. For ten thousand rounds, use a program.
#
# ## Try
#
# 1. At which $x$ is `grad(grad(grad(f)))` 0? Predict first.
# 2. Leave out all labels, and print the source again. What has become harder to read?
# 3. `compile_graph(E, [w, b], target="numpy")` takes arrays. Draw $E$ over a grid of $w$ and $b$.
# 4. `autograd-mini compile mazur --target c > step.c` prints the lecture's network with its
#    training loop. Which lines are the forward pass?
#
# [Solutions](solutions/5_from_graph_to_code.md)
