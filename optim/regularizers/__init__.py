"""Penalties on weights, constraints on weights, and gradient clipping."""
