"""S3 buckets and files."""
