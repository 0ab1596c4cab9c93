"""Functions of functions: gradients, Jacobians, products with them, and recomputation in place of memory."""
