"""What came of starting the target's interpreter."""
