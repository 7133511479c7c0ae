"""Which cloud is meant, and the clients for it."""
