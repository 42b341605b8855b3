"""Test scaffolds: what is new and public and named by no test gets one; its structure is ours, a model fills holes."""
