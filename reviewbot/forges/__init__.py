"""Where a pull request lives and where its review is published."""
