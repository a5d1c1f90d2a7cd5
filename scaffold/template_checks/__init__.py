"""What makes a template fit for use: checked on itself, on what it renders, on a project that runs."""
