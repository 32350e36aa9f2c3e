"""The texts of the playground's menu: small sheets, programs and a slide, and the lectures."""

from __future__ import annotations

from autograd_mini.lectures import lectures
from autograd_mini.playground.answers import Kind

NEURON = """
x1 = 2
x2 = 0
w1 = -3
w2 = 1
b = 6.8813735870195432
n = x1*w1 + x2*w2 + b        -> 0.8814
o = tanh(n)                  -> 0.7071
do/dn = 1 - o**2
do/dw1                       -> 1.0
do/dx1                       -> -1.5
"""

TWO_TWO_TWO = """
i1 = 0.05
i2 = 0.10
w1 = 0.15
w2 = 0.20
w3 = 0.25
w4 = 0.30
w5 = 0.40
w6 = 0.45
w7 = 0.50
w8 = 0.55
b1 = 0.35
b2 = 0.60
t1 = 0.01
t2 = 0.99
net_h1 = w1*i1 + w2*i2 + b1          -> 0.3775
out_h1 = sigmoid(net_h1)             -> 0.593269992
net_h2 = w3*i1 + w4*i2 + b1
out_h2 = sigmoid(net_h2)             -> 0.596884378
net_o1 = w5*out_h1 + w6*out_h2 + b2  -> 1.105905967
out_o1 = sigmoid(net_o1)             -> 0.75136507
net_o2 = w7*out_h1 + w8*out_h2 + b2
out_o2 = sigmoid(net_o2)             -> 0.772928465
E_o1 = 1/2*(t1 - out_o1)**2          -> 0.274811083
E_o2 = 1/2*(t2 - out_o2)**2          -> 0.023560026
E = E_o1 + E_o2                      -> 0.298371109
dE/dw5 = (out_o1 - t1) * out_o1*(1 - out_o1) * out_h1
dE/dw5                               -> 0.081267
dE/dw1 = (dE_o1/dout_h1 + dE_o2/dout_h1) * out_h1*(1 - out_h1) * i2
dE/dw1                               -> 0.000438568
w5 - 0.5*dE/dw5                      -> 0.35891648
"""

SOFTMAX = """
z1 = 2.0
z2 = 1.0
z3 = 0.1
p1, p2, p3 = softmax(z1, z2, z3)
p1                           -> 0.6590
L = -log(p1)                 -> 0.4170
dL/dz1 = p1 - 1
dL/dz1                       -> -0.3410
dL/dz2 = p2
"""

XOR = """
# Then go on in the page: check Network, open Train and press Run. Each circle shows its unit.
import nn
from autograd_mini import draw

points = nn.xor(24, noise=0.15, seed=1)
model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=1)

def loss_now():
    return sum(nn.binary_cross_entropy(model(x), y) for x, y in points) / len(points)

for epoch in range(30):
    loss = loss_now()
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.5 * p.grad
    if epoch % 5 == 0:
        print(f"epoch {epoch:3}  loss {loss.data:.4f}")

draw(loss, learns=model.parameters())
"""

PROGRAM_NEURON = """
from autograd_mini import Value, explain

w, x, b = Value(0.5), Value(2.0), Value(-1.5)
net = w * x + b
out = net.tanh()
loss = (out - 1) ** 2
loss.backward()
print("loss", loss.data, " dloss/dw", w.grad)
"""

DECK = r"""
# A slide

The unit has $w = 0.5$, $x = 2$ and $b = 0.1$.

$$z = w x + b = 0.5 \cdot 2 + 0.1 = 1.1$$

$$\frac{\partial z}{\partial w} = x = 3$$
"""

STARTERS: list[tuple[Kind, str, str]] = [
    ("sheet", "2-2-2 network, with two slips to find", TWO_TWO_TWO),
    ("sheet", "One neuron", NEURON),
    ("sheet", "Softmax and cross-entropy", SOFTMAX),
    ("python", "A neuron in Python", PROGRAM_NEURON),
    ("python", "Training on XOR", XOR),
    ("deck", "A slide with a slip", DECK),
]


def starters() -> list[dict[str, str]]:
    """The texts of the menu: small sheets and programs, and the lectures that are shipped."""
    small = [
        {"kind": kind, "title": title, "text": text.strip("\n") + "\n"}
        for kind, title, text in STARTERS
    ]
    return small + [
        {"kind": "sheet", "title": f"Lecture: {lecture.title}", "text": lecture.text}
        for lecture in lectures()
    ]
