"""``scaffold completion``: each shell's script, and where the shell looks for it."""
