"""Any derivative of a graph as its chain of factors, in formulas and in numbers.

Data flows one way: `formulas` and `simplify` make trees from the rows of the table, `chain`
condenses a graph to its named steps, `styles` and `deltas` put equations together, and the
writers set them in text, LaTeX and MathML.
"""

from autograd_mini.derivation.explain import Derivation, Gradient, explain

__all__ = ["Derivation", "Gradient", "explain"]
