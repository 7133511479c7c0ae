"""Packages kept in S3, that functions load when they start."""
