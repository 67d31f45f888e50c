"""The way out: one file a format."""
