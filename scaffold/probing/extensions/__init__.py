"""Packages with compiled code of their own for a GPU, and what building them needs."""
