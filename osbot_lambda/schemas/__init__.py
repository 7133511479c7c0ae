"""Nouns that everybody shares; no I/O."""
