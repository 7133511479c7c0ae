"""Folders in, zip out: the same files, the same bytes."""
