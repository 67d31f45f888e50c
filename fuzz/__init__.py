"""Fuzzing of all readers: see README.md."""
