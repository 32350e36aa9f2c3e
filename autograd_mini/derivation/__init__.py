"""Any derivative of a graph as its chain of factors, in formulas and in numbers."""
