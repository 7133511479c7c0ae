"""A shell in a function that runs: what ships into functions, and its client. The server needs the stdlib only."""
