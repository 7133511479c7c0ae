"""The SQS engine."""
