"""What is installed for it."""
