"""Commit messages: one for the change as a whole, and a better one for each poor commit."""
