"""Where a template comes from: an installed package, a folder, a zip, git."""
