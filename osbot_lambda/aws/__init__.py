"""The SDK: the one door to boto3."""
