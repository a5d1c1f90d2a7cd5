"""What PyCharm's own settings say of a project: its interpreters, and that it is trusted."""
