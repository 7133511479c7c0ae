"""The Python interpreters of this machine, by version."""
