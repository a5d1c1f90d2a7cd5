"""From an empty folder to a trained and fine-tuned deep-learning model in PyCharm."""

__version__ = "0.1.0"
