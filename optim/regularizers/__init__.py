"""Penalties, constraints and clipping: what is added to, or cut from, an update."""
