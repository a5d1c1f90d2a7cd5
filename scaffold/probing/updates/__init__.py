"""Updates of a project that did not come to their end: one killed half-way, one that left conflicts."""
