"""The gradients of all parameters as one vector, and its norm."""

from collections.abc import Iterable

import numpy as np

from autograd import Tensor
from autograd.extend import suggest_names
from optim.regularizers.norms import joint_norm


def flat_grad(parameters: Iterable[Tensor]) -> np.ndarray:
    """The gradients of all parameters, one after the other, as a new vector; zeros for a parameter without a gradient.

    parameters: tensors; a vector of their total number of elements is returned.

    PyTorch's parameters_to_vector, of gradients.

    >>> from autograd import Tensor
    >>> from optim import flat_grad
    >>> w, b = Tensor([1.0, 2.0], requires_grad=True), Tensor(3.0, requires_grad=True)
    >>> (w**2).sum().backward()
    >>> flat_grad([w, b]).tolist()
    [2.0, 4.0, 0.0]
    """
    vectors = [np.zeros(p.size, p.dtype) if p.grad is None else p.grad.numpy().ravel() for p in parameters]
    if not vectors:
        raise ValueError("flat_grad() needs at least one parameter")
    return np.concatenate(vectors)


@suggest_names
def grad_norm(parameters: Iterable[Tensor], p: float = 2.0) -> float:
    """The joint norm (Σ|g|ᵖ)^(1/p) of all gradients; parameters without a gradient are skipped.

    parameters: tensors.
    p:          above 0; 2 for √Σg², math.inf for the largest |g|.

    `clip_grad_norm` returns the same number and limits it. PyTorch's get_total_norm, of gradients.

    >>> from autograd import Tensor
    >>> from optim import grad_norm
    >>> w, b = Tensor([1.5, 0.0], requires_grad=True), Tensor(2.0, requires_grad=True)
    >>> ((w**2).sum() + b**2).backward()
    >>> grad_norm([w, b])
    5.0
    """
    if not p > 0:
        raise ValueError(f"p must be above 0, not {p!r}")
    return joint_norm([q.grad.data for q in parameters if q.grad is not None], p)
