"""Proof and diagnosis: gradient checks, purity of formulas, the first nan."""
