"""Environment variables, wherever a program gets them from."""
