"""What can be tested, by the name of its grammar: one module a language."""
