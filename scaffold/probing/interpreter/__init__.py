"""The Python that is looked at."""
