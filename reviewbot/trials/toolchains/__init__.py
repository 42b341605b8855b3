"""The runners of test frameworks: one module a framework."""
