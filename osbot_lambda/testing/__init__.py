"""For tests of Lambda functions: public API."""
