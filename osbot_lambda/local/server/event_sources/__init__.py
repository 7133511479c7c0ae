"""Event source mappings: what polls a queue and invokes a function with what it finds."""
