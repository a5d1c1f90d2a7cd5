"""PyCharm: the files that it reads, what it starts, where it is installed."""
