"""autograd_mini, its graphs recorded once and compiled to Python."""

from __future__ import annotations

from functools import partial

from . import compiled_style

TARGET = "python"

lecture = partial(compiled_style.lecture, TARGET)
lecture_by_calls = partial(compiled_style.lecture_by_calls, TARGET)
lecture_by_gradients = partial(compiled_style.lecture_by_gradients, TARGET)
demo = partial(compiled_style.demo, TARGET)
first_lecture = partial(compiled_style.first_lecture, TARGET)
first_demo = partial(compiled_style.first_demo, TARGET)
recorded_graph = partial(compiled_style.recorded_graph, TARGET)
