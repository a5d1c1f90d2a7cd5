"""What the processor can do, and whether it is really there."""
