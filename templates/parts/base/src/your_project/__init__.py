"""Your Project."""
