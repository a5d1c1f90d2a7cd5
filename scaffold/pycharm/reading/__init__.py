"""What stands in a project's files, ours or not: modules, interpreters, run configurations."""
