"""Facts that were told instead of looked up: what doctor saved, a recorded host, a described failure."""
