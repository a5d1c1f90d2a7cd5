"""What a project's files say will be installed: requirements, indexes, locks."""
