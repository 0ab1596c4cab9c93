"""Sums of products over named axes: `np.einsum`."""

from string import ascii_letters, ascii_lowercase, ascii_uppercase

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.inputs import as_tensor_or_array


def _einsum_gradients(g, xs, shapes, subscripts, optimize):
    """For each operand: einsum of g and the other operands, to its own labels.

    A label that only this operand has is brought back by ones; one that it repeats, by an identity matrix.
    """
    terms, output = subscripts.split("->")
    terms = terms.split(",")
    found = []
    for i, term in enumerate(terms):
        others, factors = [output, *terms[:i], *terms[i + 1 :]], [g, *xs[:i], *xs[i + 1 :]]
        known = set("".join(others))
        unused = (letter for letter in ascii_letters if letter not in subscripts)
        target = ""
        for label, size in zip(term, shapes[i]):
            if label in target:
                twin = next(unused)
                others.append(label + twin)
                factors.append(np.eye(size, dtype=g.dtype))
                target += twin
                continue
            target += label
            if label not in known:
                others.append(label)
                factors.append(np.ones(size, dtype=g.dtype))
        found.append(np.einsum(f"{','.join(others)}->{target}", *factors, optimize=optimize))
    return found


@operation(joint_formula=_einsum_gradients)
def _einsum(*xs, subscripts, optimize):
    return np.einsum(subscripts, *xs, optimize=optimize)


def _einsum_arguments(operands):
    """Subscripts and operands of either form: ("ij,jk", x, y) or (x, [0, 1], y, [1, 2], [0, 2])."""
    if isinstance(operands[0], str):
        return operands[0].replace(" ", ""), [as_tensor_or_array(x) for x in operands[1:]]
    letters = ascii_uppercase + ascii_lowercase
    lists = [*operands[1::2], *operands[-1:]] if len(operands) % 2 else operands[1::2]
    terms = ["".join("..." if k is Ellipsis else letters[k] for k in labels) for labels in lists]
    xs = [as_tensor_or_array(x) for x in operands[: len(operands) // 2 * 2 : 2]]
    return ",".join(terms[: len(xs)]) + "".join("->" + term for term in terms[len(xs) :]), xs


def _explicit(subscripts, xs):
    """One string of labels for each operand and one for the result, without ellipsis."""
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    shapes = " and ".join(str(x.shape) for x in xs)
    if len(terms) != len(xs):
        raise ShapeError(f"einsum: {subscripts!r} describes {len(terms)} operands, got {len(xs)} (given shapes {shapes})")
    unused = "".join(letter for letter in ascii_letters if letter not in subscripts)
    hidden = [x.ndim - len(term.replace("...", "")) for term, x in zip(terms, xs)]
    if any(n < 0 or (n > 0 and "..." not in term) for n, term in zip(hidden, terms)):
        raise ShapeError(f"einsum: {subscripts!r} needs one label for each axis (given shapes {shapes})")
    batch = unused[: max(hidden)]
    terms = [term.replace("...", batch[len(batch) - n :]) for term, n in zip(terms, hidden)]
    if not arrow:
        labels = inputs.replace("...", "").replace(",", "")
        output = "..." + "".join(label for label in sorted(set(labels)) if labels.count(label) == 1)
    elif batch and "..." not in output:
        raise ShapeError(f"einsum: {subscripts!r} has '...' on the left, so the result needs it too (given shapes {shapes})")
    return terms, output.replace("...", batch)


@implements(np.einsum)
def einsum(*operands, out=None, optimize=False):
    """Sum of products over named axes: einsum("ij,jk->ik", a, b)ᵢₖ = Σⱼ aᵢⱼ bⱼₖ.

    operands: subscripts and arrays, or arrays each followed by a list of numbers; "..." stands for axes that broadcast,
              a label twice in one operand for its diagonal; without "->" the labels that occur once remain, sorted.
    optimize: as in NumPy, worth it for three and more operands; the gradients use it too.

    Raises ShapeError where labels and shapes do not fit, UnsupportedError for `out`.

    >>> from autograd import Tensor
    >>> from autograd.operations.einsum import einsum
    >>> einsum("ii->i", Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([1., 4.])
    """
    if out is not None:
        raise UnsupportedError("einsum cannot record into `out`; assign the result instead")
    subscripts, xs = _einsum_arguments(operands)
    terms, output = _explicit(subscripts, xs)
    sizes: dict[str, int] = {}
    for term, x in zip(terms, xs):
        for label, size in zip(term, x.shape):
            sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    for i, (term, x) in enumerate(zip(terms, xs)):
        spread = [k for k, label in enumerate(term) if x.shape[k] == 1 != sizes[label] and term.count(label) == 1]
        if spread:
            terms[i] = "".join(label for k, label in enumerate(term) if k not in spread)
            xs[i] = np.squeeze(x, tuple(spread))
    return _einsum(*xs, subscripts=f"{','.join(terms)}->{output}", optimize=optimize)
