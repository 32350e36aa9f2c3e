"""The targets: a program written in a language, and run in it."""
