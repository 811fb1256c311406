"""The whole database as a file, and back."""
