"""What the bot offers. Each task makes prompts and reads replies; it asks nobody."""
