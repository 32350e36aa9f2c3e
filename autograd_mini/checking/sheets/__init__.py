"""Derivation sheets: read a Markdown file and judge every claim in it."""
