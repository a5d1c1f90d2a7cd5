"""Safe cures of a project's IDE files: bytes in, bytes out; nothing is written here."""
