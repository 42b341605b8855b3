"""reviewbot reviews pull requests with a model that is cleared to read them."""

__version__ = "0.1.0"
