"""`np.*` called on tensors: differentiable, constant and refused functions."""
