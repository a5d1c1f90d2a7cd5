"""Templates for scaffold. Whoever imports this has done too much."""

raise ImportError("scaffold must find templates without running a line of theirs")
