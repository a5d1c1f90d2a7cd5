"""A project as a whole, ours or not: its IDE files, modules, run configurations, folders, git's view."""
