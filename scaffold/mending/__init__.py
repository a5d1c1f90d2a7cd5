"""``scaffold doctor --fix``: what can be cured safely, planned, shown, done, and taken back."""
