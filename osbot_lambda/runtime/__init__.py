"""The Lambda data plane: runs functions in worker processes, as AWS runs them. Knows no AWS API."""
