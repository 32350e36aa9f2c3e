"""The targets: a program as source in a language, and how it runs."""
