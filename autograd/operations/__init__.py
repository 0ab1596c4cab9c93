"""The operations, one table of forward functions and gradient formulas per family."""
