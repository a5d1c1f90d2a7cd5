"""What a project asks for, in whatever file it says so: each format its own module."""
