"""What the commands of ``scaffold ide`` do: one module a command."""
