"""What PyCharm would start: command line, working folder, environment."""
