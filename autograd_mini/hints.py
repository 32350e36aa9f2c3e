"""Names that users of other libraries try, each with the substitute to write.

One table for each place where such a name is looked up. `missing` makes the error with the
substitute.

>>> missing("module 'nn'", "Linear", NN)
AttributeError("module 'nn' has no attribute 'Linear'; use nn.Layer(nin, nout, nonlin=False)")
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

NO_DEVICE = "a Value is one Python float; there is no device or dtype"
ONE_NUMBER = "a Value is one number; use lists of Values"
IN_PLACE = "a Value is not changed in place; write x = x + 1, or x.data += 1 for a leaf"

# Attributes of a Value.
VALUE = {
    "item": "write float(x) or x.data",
    "numpy": "write x.data",
    "tolist": "write x.data",
    "value": "write x.data",
    "evalf": "write x.data",
    "detach": "write Value(x.data), or x.data for a number",
    "clone": "write x + 0.0, or copy.copy(x) for a leaf",
    "requires_grad": "every leaf gets a gradient; use a number for a constant",
    "requires_grad_": "every leaf gets a gradient; use a number for a constant",
    "retain_grad": "every Value keeps its grad",
    "is_leaf": "write x.op is None",
    "grad_fn": "write x.op for the operation, and x.operands",
    "zero_grad": "write x.grad = 0.0",
    "zero_": "write x.grad = 0.0",
    **dict.fromkeys(("to", "cpu", "cuda", "float", "double", "half", "dtype"), NO_DEVICE),
    **dict.fromkeys(("shape", "size", "ndim", "T", "view", "reshape"), ONE_NUMBER),
    **dict.fromkeys(("add_", "sub_", "mul_", "div_", "copy_", "fill_"), IN_PLACE),
    "sum": "write sum(xs) for a list of Values",
    "mean": "write sum(xs) / len(xs) for a list of Values",
    "max": "write max(xs), or maximum(x, y)",
    "min": "write min(xs), or minimum(x, y)",
    "argmax": "write max(range(len(xs)), key=xs.__getitem__)",
    "softmax": "write softmax(xs) for a list of Values",
    "log_softmax": "write x - logsumexp(xs)",
    "dot": "write sum(a * b for a, b in zip(xs, ys))",
    "matmul": "write sum(a * b for a, b in zip(xs, ys))",
    "square": "write x * x or x ** 2",
    "reciprocal": "write 1 / x",
    "clamp": "write minimum(maximum(x, low), high)",
    "diff": "write gradients(y, [x]) for numbers, or explain(y, x) for formulas",
    "subs": "assign x.data and compute again, or write a function and call it",
    "simplify": "explain(y, x) simplifies the formulas that it prints",
    "integrate": "derivatives only; SymPy integrates formulas",
    "free_symbols": "write topological_order(y), and keep those whose op is None",
}

# Types of operands, by name, which are not taken for real numbers.
OPERANDS = {
    "Tensor": "for a tensor of PyTorch write t.item(), or t.tolist() for several numbers",
    "ArrayImpl": "for an array of JAX write float(a), or a.tolist() for several numbers",
    "Decimal": "write float(d)",
    **dict.fromkeys(("list", "tuple"), "write the operation for each element, or use an array"),
}

# Names of autograd_mini.
PACKAGE = {
    "tensor": "use Value(3.0)",
    "Tensor": "use Value(3.0)",
    "Variable": "use Value(3.0)",
    "Parameter": "use Value(3.0)",
    "Symbol": 'use Value(3.0, label="x")',
    "var": 'use Value(3.0, label="x")',
    "no_grad": "compute with floats, which record nothing",
    "inference_mode": "compute with floats, which record nothing",
    "stop_gradient": "use x.data",
    "manual_seed": "give seed=... to the modules and data of nn",
    "jit": "use compile_function(f)",
    "compile": "use compile_function(f)",
    "lambdify": "use compile_graph(y, [x])",
    "vmap": "use a list comprehension, or compile_function(f).batch(rows)",
    "jacfwd": "use jacobian(f)",
    "jacrev": "use jacobian(f)",
    "make_vjp": "use vjp(f, *arguments)",
    "hvp": "use grad(lambda x: jvp(f, [x], [v])[1])",
    "elementwise_grad": "use [grad(f)(x) for x in xs]",
    "custom_vjp": "use operation(name, value, *partials)",
    "Function": "use operation(name, value, *partials)",
    "GradientTape": "every Value records; use gradients(y, xs)",
    "check_grads": "use gradcheck(f, point)",
    "diff": "use gradients(y, [x]) or explain(y, x)",
    "simplify": "explain(y, x) simplifies the formulas that it prints",
    **dict.fromkeys(("Neuron", "Layer", "MLP"), "use the package nn: from autograd_mini import nn"),
    **dict.fromkeys(("optim", "SGD", "Adam"), "use nn.SGD or nn.Adam, from the package nn"),
    **dict.fromkeys(("functional", "F"), "use the functions of autograd_mini and nn"),
    "mse_loss": "use nn.mean_squared_error",
    "cross_entropy": "use nn.softmax_cross_entropy",
    "sum": "use Python's sum",
    "mean": "use sum(xs) / len(xs)",
    "square": "use x * x or x ** 2",
    "ln": "use log",
    "log2": "use log(x) / math.log(2)",
    "log10": "use log(x) / math.log(10)",
    "arcsin": "use asin",
    "arccos": "use acos",
    "arctan": "use atan",
    "arctan2": "use atan2",
    "sgn": "use sign",
    "heaviside": "use step",
    "logistic": "use sigmoid",
    "expit": "use sigmoid",
    "clip": "use minimum(maximum(x, low), high)",
    "clamp": "use minimum(maximum(x, low), high)",
    "where": "use Python's `a if x > 0 else b`",
    "leaky_relu": "use maximum(x, 0.01 * x)",
    "silu": "use x * sigmoid(x)",
    "swish": "use x * sigmoid(x)",
    "gelu": "use x * sigmoid(1.702 * x), or add a row with operation(...)",
    "elu": "use x if x > 0 else exp(x) - 1",
    "erf": "add a row with operation(...)",
}

# Names of nn.
NN = {
    "Linear": "use nn.Layer(nin, nout, nonlin=False)",
    "Dense": "use nn.Layer(nin, nout)",
    "Sequential": "use nn.MLP(nin, sizes), or a subclass of nn.Module",
    **dict.fromkeys(
        ("ModuleList", "ParameterList", "ModuleDict"), "use a list or dict; nn.Module looks into it"
    ),
    "Parameter": "use Value(0.0); nn.Module finds the Values in its attributes",
    "Tanh": 'use activation="tanh" of MLP, Layer or Neuron',
    "ReLU": 'use activation="relu" of MLP, Layer or Neuron',
    "Sigmoid": 'use activation="sigmoid" of MLP, Layer or Neuron',
    "Softplus": 'use activation="softplus" of MLP, Layer or Neuron',
    "Identity": 'use activation="linear" of MLP, Layer or Neuron',
    **dict.fromkeys(
        ("LeakyReLU", "GELU", "SiLU", "ELU"),
        "give a function of one Value as activation, such as lambda x: maximum(x, 0.01 * x)",
    ),
    "Softmax": "use autograd_mini.softmax on the outputs",
    "LogSoftmax": "use nn.softmax_cross_entropy on the outputs",
    "softmax": "use autograd_mini.softmax",
    **dict.fromkeys(("MSELoss", "mse_loss"), "use nn.mean_squared_error"),
    **dict.fromkeys(("CrossEntropyLoss", "cross_entropy"), "use nn.softmax_cross_entropy"),
    **dict.fromkeys(("NLLLoss", "nll_loss"), "use nn.softmax_cross_entropy on the logits"),
    "BCELoss": "use nn.binary_cross_entropy",
    "BCEWithLogitsLoss": "use nn.binary_cross_entropy_from_logits",
    **dict.fromkeys(("L1Loss", "SmoothL1Loss", "HuberLoss"), "write it with abs and sum"),
    **dict.fromkeys(("HingeEmbeddingLoss", "MultiMarginLoss"), "use nn.hinge"),
    **dict.fromkeys(("functional", "F"), "use the functions of autograd_mini and nn"),
    **dict.fromkeys(
        ("RMSprop", "Adagrad", "AdamW"), "use nn.Adam, or a subclass of nn.Optimizer with moves()"
    ),
    "lr_scheduler": "set optimizer.learning_rate between steps",
    "DataLoader": "use nn.fit(..., batch_size=...)",
    **dict.fromkeys(
        ("Conv1d", "Conv2d", "LSTM", "GRU", "RNN", "Embedding", "BatchNorm1d", "LayerNorm"),
        "write a subclass of nn.Module",
    ),
    "Dropout": "write a subclass of nn.Module",
    "Flatten": "give the inputs as one list",
}

# Attributes of a module of nn.
MODULE = {
    "train": "training and evaluation are the same; leave it out",
    "eval": "training and evaluation are the same; leave it out",
    "forward": "define __call__(self, inputs), and write model(inputs)",
    **dict.fromkeys(("to", "cpu", "cuda", "float", "double", "half"), NO_DEVICE),
    "weight": "write neuron.w, and neuron.b for the bias",
    "bias": "write neuron.b",
    **dict.fromkeys(("children", "modules"), "write model.layers, and layer.neurons"),
    "named_modules": "write model.named_parameters()",
    "apply": "write a loop over model.parameters(), or give init=...",
    "requires_grad_": "give an optimizer only the parameters to train, or name others in `fixed`",
    "register_buffer": "use a plain attribute",
    "register_parameter": "use a plain attribute",
    "compile": "write nn.fit(..., compiled=True)",
    "fit": "write nn.fit(model, data, loss, optimizer, epochs)",
    "evaluate": "write nn.evaluate(model, data, loss)",
    "predict": "write model(inputs)",
    "summary": "write print(model) and len(model.parameters())",
    "step": "an optimizer has it: nn.SGD(model.parameters(), 0.1).step()",
}

# Attributes of an optimizer of nn.
OPTIMIZER = {
    "lr": "write optimizer.learning_rate",
    "param_groups": "write optimizer.learning_rate and optimizer.parameters",
    "state_dict": "save the model; the state of an optimizer is not saved",
    "minimize": "call zero_grad(), backward() and step(), or use nn.fit",
}


def hint(table: Mapping[str, str], name: str) -> str:
    """The end of a message about the unknown `name`; "" without a hint.

    >>> hint(VALUE, "item")
    '; write float(x) or x.data'
    """
    return f"; {table[name]}" if name in table else ""


def missing(owner: str, name: str, table: Mapping[str, str]) -> Exception:
    """The error for a name that `owner` does not have, for its `__getattr__` to raise.

    Where `from autograd_mini import name` asks, it is an ImportError: Python would replace an
    AttributeError by an error without the hint.
    """
    imported = name in table and sys._getframe(2).f_code.co_name == "_handle_fromlist"
    error = ImportError if imported else AttributeError
    return error(f"{owner} has no attribute {name!r}{hint(table, name)}")
