"""The sample: orders go from a queue through two Lambda functions to invoices and notifications."""
