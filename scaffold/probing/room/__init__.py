"""Limits, disks, paths and file systems."""
