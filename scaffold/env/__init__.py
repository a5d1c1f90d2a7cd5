"""``scaffold env``: the environments of a project, one module a command."""
