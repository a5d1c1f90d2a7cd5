"""The user's code and project files."""
