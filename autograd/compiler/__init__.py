"""Compiled steps: recorded in the first runs, then replayed as NumPy calls."""
