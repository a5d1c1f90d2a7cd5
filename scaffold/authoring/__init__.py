"""For who writes templates: one opened as a live project, the beginning of a new one, one exported."""
