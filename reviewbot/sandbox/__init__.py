"""Programs that nobody trusts, run where they can neither write, connect nor stay: `containment` says how far."""
