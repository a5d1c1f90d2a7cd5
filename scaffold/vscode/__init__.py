"""VS Code: the files that it reads in a project."""
