"""What scaffold writes into a project for PyCharm: run configurations and ``.idea``."""
