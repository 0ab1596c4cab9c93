"""`np.*` called on tensors: what is differentiable, constant or refused."""
