"""Where PyCharm is installed on this machine, by whatever way it got there."""
