"""For who writes templates: one opened as a live project, and the beginning of a new one."""
