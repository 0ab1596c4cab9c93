"""Compiled steps: a step recorded once and replayed as NumPy calls."""
