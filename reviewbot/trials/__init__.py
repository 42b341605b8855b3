"""Scaffolds tried out: collected, run three times, run against changed targets, each in a sandbox."""
