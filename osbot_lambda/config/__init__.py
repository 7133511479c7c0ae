"""The project's configuration."""
