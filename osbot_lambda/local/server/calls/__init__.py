"""Which AWS calls the functions make."""
