"""PyCharm: the files that it reads, and what it starts."""
