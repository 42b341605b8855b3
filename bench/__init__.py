"""Measurements: `python -m bench`. Figures are medians and ratios within one run, never a timed test."""
