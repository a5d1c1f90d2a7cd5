"""Shared libraries: those that packages bring, and those that the loader finds first."""
