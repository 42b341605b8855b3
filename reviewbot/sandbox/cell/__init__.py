"""The process that shuts itself in and becomes somebody else's program. It imports the standard library only."""
