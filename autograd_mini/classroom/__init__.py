"""Exercises for a class: a sheet with personal numbers for every student, and their marks.

`template` reads the sheet of the lecturer, and `personal` chooses the numbers of a student.
`assignment` writes a set of sheets. `mark` judges one sheet that was handed in, `handed_in` the
sheets of a class, and `feedback` writes the marks for students and for the lecturer. `worksheet`
makes a page to print, and `moodle` a question bank.
"""

from autograd_mini.classroom.assignment import Assigned, SetError, assign, read_class
from autograd_mini.classroom.handed_in import Class, mark_set
from autograd_mini.classroom.mark import Mark, Paper

__all__ = [
    "Assigned",
    "Class",
    "Mark",
    "Paper",
    "SetError",
    "assign",
    "mark_set",
    "read_class",
]
