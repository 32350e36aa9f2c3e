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
# # 6. From one neuron to a GPT
#
# *75 minutes. You need notebooks 4 and 5, and softmax.*
#
# A GPT reads a text, letter by letter or word by word, and gives each possible next one a
# probability. It is made of neurons, softmax, and one more idea, *attention*. The GPT below has
# about 700 parameters, a billion times fewer than the large ones, and the same parts. Each of its
# numbers is a scalar with its derivative.
#
# **The question: how does a model find out which of the earlier letters matters?**
#
# The language has 72 words, among them *anna*, *otto* and *noon*. Each is two letters, and the same
# two letters backwards. Six words are hidden from the model.

# %%
import random

letters = "adeklnost."
words = [a + b + b + a for a in letters[:-1] for b in letters[:-1] if a != b]
chance = random.Random(1)
chance.shuffle(words)
hidden, known = words[:6], words[6:]
print("hidden:", *hidden)
print("known: ", *known[:12], "...")

# %% [markdown]
# A dot stands before and after each word. A *token* is the number of a letter. The model predicts
# each token from those before it: the first letter from the dot, the second from the dot and the
# first letter, and at last the dot at the end.


# %%
def tokens_of(word):
    return [letters.index(letter) for letter in f".{word}."]


tokens_of("anna")

# %% [markdown]
# The loss is the mean of $-\log p$, where $p$ is the probability that the model gave to the right
# letter: its mean *surprise*.
#
# **Predict first:** a model that knows nothing gives each of the ten tokens the probability 0.1.
# What is its loss? And what is the loss of a model that knows the language, and still cannot know
# the first two letters of a word?

# %% tags=["answer"]
from math import log as ln

floor = (ln(9) + ln(8)) / 5
print(f"knows nothing: {ln(10):.3f}, knows the language: {floor:.3f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# $\log 10$. Of five predictions, the first has nine equal possibilities, the second eight, and the
# other three are certain: $(\log 9 + \log 8)/5$.
#
# </details>
#
# ## One neuron for each letter
#
# A neuron is a sum of weights times inputs. Give each letter a list of 8 numbers, its *embedding*,
# and let ten neurons score the ten possible next letters. This model knows the present letter, and
# nothing before it.
#
# A matrix is a list of rows, one for each neuron. `pick(rows, token)` is `rows[token]`, where the
# token may be an argument of a compiled function, as in notebook 5.

# %%
from autograd_mini import Value, compile_function, log, pick, softmax

channels = 8


def matrix(rows, columns):
    return [[chance.gauss(0, 0.3) for _ in range(columns)] for _ in range(rows)]


def linear(x, matrix):
    return [sum(a * b for a, b in zip(row, x)) for row in matrix]


def neurons(w, tokens):
    """For each token, the probabilities of the next one."""
    return [softmax(linear(pick(w["tokens"], token), w["scores"])) for token in tokens]


def surprise(model):
    """The loss of a model, as a function of its weights and of the tokens of a word."""

    def loss(w, tokens):
        found = model(w, tokens[:-1])
        terms = [-log(pick(p, target)) for p, target in zip(found, tokens[1:])]
        return sum(terms) / len(terms)

    return compile_function(loss, argnums=0, target="auto")


start = {"tokens": matrix(10, channels), "scores": matrix(10, channels)}
steps = 2000
lessons = [(tokens_of(chance.choice(known)),) for _ in range(steps)]


def rate(step):
    return 0.03 * (1 - step / steps)


alone = surprise(neurons).descend(start, rate, lessons, method="adam")
print(f"{sum(alone.losses[-100:]) / 100:.2f}")

# %% [markdown]
# It has learned something, and is far from 0.855. It knows that *n* often follows *n*. It cannot
# know whether this *n* is the first of two.
#
# **Predict first:** the model has read *.ann*. Which of these four tokens must it look at to know
# the next one?

# %% tags=["answer"]
print(" ".join(tokens := list(".ann")))
print(" ".join("^" if place == 1 else " " for place in range(4)))

# %% [markdown]
# <details><summary>Answer</summary>
#
# The *a*, at position 1. The two *n* and the dot say nothing about it. But how can a sum of weights
# times inputs choose one of its inputs?
#
# </details>
#
# ## Attention
#
# Each token makes three short lists of numbers from its own: a *query*, what it looks for; a *key*,
# what it has to offer to those that look; and a *value*, what it hands over. The query is
# multiplied with the key of each token up to its own. Softmax turns these scores into weights, with
# the sum 1. The result is the sum of the values, each times its weight.
#
# All three lists are made by neurons, so that everything can be learned, and the weights depend on
# the tokens: the model *chooses*. `autograd-mini page attention` shows one such head, small enough
# for paper, with all its derivatives.


# %%
def attention(query, keys, values):
    """The weights of the tokens, and the sum of their values."""
    scores = [sum(a * b for a, b in zip(query, key)) / len(query) ** 0.5 for key in keys]
    weights = softmax(scores)
    return weights, [sum(a * b for a, b in zip(weights, column)) for column in zip(*values)]


attention([1.0, 2.0], [[2.0, -1.0], [0.5, 0.25]], [[1.0, -1.0], [0.0, 2.0]])

# %% [markdown]
# ## The GPT
#
# The embedding of a position is added to the embedding of a token, or the model could not tell *an*
# from *na*. Two *heads* look for different things. Their findings are added to the input, and two
# layers of neurons (with relu) work on the sum; their result is added too.
# `normalised` keeps the numbers near 1 in size; see `autograd-mini page rmsnorm`.

#
# `with scope(...)` names the parts, for pictures.

# %%
from autograd_mini import relu, scope

heads = 2
size = channels // heads


def normalised(x):
    with scope("norm"):
        scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
        return [a * scale for a in x]


def added(x, y):
    return [a + b for a, b in zip(x, y)]


def gpt(w, tokens, looks=None):
    """As `neurons`. looks: receives the weights of each head at each position."""
    keys, values, found = [], [], []
    for position, token in enumerate(tokens):
        with scope(f"position {position}"):
            with scope("embedding"):
                x = added(pick(w["tokens"], token), w["positions"][position])
            found.append(block(w, normalised(x), keys, values, looks))
    return found


def block(w, x, keys, values, looks):
    with scope("query"):
        query = linear(x, w["query"])
    with scope("key"):
        keys.append(linear(x, w["key"]))
    with scope("value"):
        values.append(linear(x, w["value"]))
    mixed = []
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        with scope(f"head {head + 1}"):
            weights, result = attention(
                query[part], [key[part] for key in keys], [value[part] for value in values]
            )
        mixed += result
        if looks is not None:
            looks[head].append(weights)
    with scope("output"):
        x = added(x, linear(mixed, w["output"]))
    with scope("MLP"):
        hidden = [relu(a) for a in linear(normalised(x), w["up"])]
        x = added(x, linear(hidden, w["down"]))
    with scope("next token"):
        return softmax(linear(x, w["scores"]))


square = channels, channels
start = {
    "tokens": matrix(10, channels),
    "positions": matrix(5, channels),
    **{name: matrix(*square) for name in ("query", "key", "value", "output")},
    "up": matrix(2 * channels, channels),
    "down": matrix(channels, 2 * channels),
    "scores": matrix(10, channels),
}
print(sum(len(rows) * len(rows[0]) for rows in start.values()), "parameters")

# %% [markdown]
# ## Before training
#
# A row is a position that looks, a column is one that is looked at. Nobody looks at later tokens,
# since a model that could see the next letter would have nothing to learn.

# %%
from autograd_mini import draw_matrix


def show_looks(w, word):
    looks = [[] for _ in range(heads)]
    gpt(w, tokens_of(word)[:-1], looks)
    titled = {f"head {head}": rows for head, rows in enumerate(looks, start=1)}
    return draw_matrix(titled, rows=f".{word}", columns=f".{word}")


show_looks(start, "anna")

# %% [markdown]
# The looks are vague and mean nothing: the weights are random.
#
# ## The graph of one word
#
# Each number below has a Value.

# %%
from autograd_mini import draw, label

weights = {
    name: [[Value(number) for number in row] for row in rows] for name, rows in start.items()
}
label()
word = tokens_of("noon")
found = gpt(weights, word[:-1])
L = sum(-log(p[target]) for p, target in zip(found, word[1:])) / 5
L.label = "L"
L.backward()

# %% [markdown]
# `draw` puts the values of a scope into one box: a column for each position, a row for each block,
# and the weights at the left. The number at the bottom of a box is the norm of the gradient that
# reaches its values. Saved as `.html`, the boxes open.
#
# **Predict first:** which blocks have arrows from one column to another?

# %% tags=["answer"]
draw(L)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The heads alone: they read the keys and values of earlier positions. Everything else is done for
# each token by itself.
#
# </details>
#
# How does one weight change the loss? The paths are too many to write down. By blocks they make a
# table: the norm of the derivatives with respect to the results of each block, from the loss down
# to the weight. The last row has the parts that add up to the derivative, one for each position.

# %%
from autograd_mini import explain

explain(L, weights["query"][3][2])

# %% [markdown]
# The derivative of the loss with respect to a score is $(p - t)/5$, as in every softmax: here for
# the last prediction, where $t = 1$ for the dot.

# %%
from autograd_mini import gradients

target = word[-1]
# Softmax divides exp(score - largest) by a total: the score is two operands below.
scores = [power.operands[0] for power in (p.operands[0] for p in found[-1])]
slopes = gradients(L, scores)
for letter, p, slope in zip(letters, found[-1], slopes):
    truth = 1.0 if letter == letters[target] else 0.0
    print(f"{letter}  (p - t)/5 = {(p.data - truth) / 5:8.5f}   dL/dscore = {slope:8.5f}")

# %% [markdown]
# ## Training
#
# One word is one step, two thousand times. Recording the graph each time would take minutes.
# Compiled, it is recorded once, for words of any letters.
#
# **Predict first:** will the loss on known words come near the floor of 0.855? Will it go below it?

# %% tags=["answer"]
import matplotlib.pyplot as plt

model = surprise(gpt)
trained = model.descend(start, rate, lessons, method="adam")


def means(losses, width=25):
    return [sum(losses[k : k + width]) / width for k in range(0, len(losses), width)]


fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(range(0, steps, 25), means(alone.losses), label="neurons alone")
ax.plot(range(0, steps, 25), means(trained.losses), label="GPT")
ax.axhline(floor, color="gray", linestyle=":", label="knows the language")
ax.set(xlabel="step", ylabel="loss, mean of 25")
ax.legend()
plt.show()
print(f"last hundred words: {sum(trained.losses[-100:]) / 100:.2f}")

# %% [markdown]
# <details><summary>Answer</summary>
#
# It comes near. In one batch of words it may be below by luck; in the mean over many words only a
# model that has learned the list by heart could be, since six words are missing from it.
#
# </details>
#
# ## After training
#
# **Predict first:** *anna* is one of the hidden words. Where will position 3, the second *n*, look
# when the model reads it for the first time?

# %% tags=["answer"]
show_looks(trained.values, "anna")

# %% [markdown]
# <details><summary>Answer</summary>
#
# Head 2 looks back at position 1, and head 1 at the present letter. Nobody told the model that the
# last letter is the first one: the gradient of the loss did, one scalar at a time. The look depends
# on positions more than on letters, so it works for words that were never seen.
#
# </details>
#
# The hidden words, read up to the third letter:

# %%
for word in hidden:
    p = gpt(trained.values, tokens_of(word)[:-1])[3]
    best = max(range(10), key=lambda token: p[token])
    print(f"{word[:3]} -> {letters[best]}  {'right' if word[3] == letters[best] else 'wrong'}")

# %% [markdown]
# New words of the model: each next letter is drawn with its probability.

# %%
chance.seed(2)


def written():
    word = ""
    while not word.endswith(".") and len(word) < 5:
        tokens = tokens_of(word)[:-1]
        probabilities = [float(p) for p in gpt(trained.values, tokens)[-1]]
        word += chance.choices(letters, probabilities)[0]
    return word.removesuffix(".")


drawn = [written() for _ in range(100)]
print(*drawn[:8])
right = [word for word in drawn if word in words]
print(len(right), "of 100 are words, and", len([w for w in right if w in hidden]), "were hidden")

# %% [markdown]
# ## From here to a large model
#
# More letters (or pieces of words), more channels, more heads, and the block from attention to MLP
# repeated dozens of times: nothing else changes. Large models compute with matrices, on machines
# made for them; the derivatives are those that you have seen.
#
# [The how-to](../docs/how-to/gpt.md) trains a GPT on names, as programs of 200 lines do.
#
# ## Try
#
# 1. Leave out the embedding of positions. What is the loss now, and where does position 3 look?
# 2. Use one head, then four. How many are needed for this language?
# 3. Freeze the looks: give every token the same weight in `attention`. What can still be learned?
# 4. Add words of three letters, as *ono*, to the list. How many programs does `model.programs` have
#    after training, and where does the last letter look?
#
# [Solutions](solutions/6_gpt.md)
