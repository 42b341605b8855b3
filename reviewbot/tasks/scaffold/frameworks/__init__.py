"""How suites are written down: one module a test framework."""
