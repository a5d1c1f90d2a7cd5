"""A template of ours as one of Copier's or of cookiecutter's: pure functions from renderings to files."""
