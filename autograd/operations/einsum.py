"""Einstein summation: `np.einsum`."""

from functools import lru_cache, partial
from math import prod
from string import ascii_letters, ascii_lowercase, ascii_uppercase

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.inputs import as_tensor_or_array


def _einsum_gradients(g, xs, shapes, subscripts, optimize):
    """For each operand the einsum of g and the other operands, with the labels of the operand as output.

    A label of this operand alone needs a factor of ones, and a repeated label an identity matrix.
    """
    terms, output = subscripts.split("->")
    terms = terms.split(",")
    gradients = []
    for i, term in enumerate(terms):
        subscripts_in, factors = [output, *terms[:i], *terms[i + 1 :]], [g, *xs[:i], *xs[i + 1 :]]
        other_labels = set("".join(subscripts_in))
        unused = (letter for letter in ascii_letters if letter not in subscripts)
        result = ""
        for label, size in zip(term, shapes[i]):
            if label in result:
                second_label = next(unused)
                subscripts_in.append(label + second_label)
                factors.append(np.eye(size, dtype=g.dtype))
                result += second_label
                continue
            result += label
            if label not in other_labels:
                subscripts_in.append(label)
                factors.append(np.ones(size, dtype=g.dtype))
        gradients.append(partial(_contract, f"{','.join(subscripts_in)}->{result}", factors, optimize))
    return gradients


@operation(joint_formula=_einsum_gradients)
def _einsum(*xs, subscripts, optimize):
    return _contract(subscripts, xs, optimize)


#: From this many products on, products of matrices are faster than np.einsum, which adds one product after the other.
MATMUL_LIMIT = 2**11


def _contract(subscripts, xs, optimize):
    """np.einsum; two arrays that share summed labels are multiplied as stacks of matrices."""
    plan = _matrix_axes(subscripts) if len(xs) == 2 and optimize is False else None
    if plan is None or xs[0].dtype != xs[1].dtype or xs[0].dtype.itemsize < 4 or any(isinstance(x, Tensor) for x in xs):
        return np.einsum(subscripts, *xs, optimize=optimize)
    left_axes, right_axes, stacks, rows, columns, order = plan
    x, y = np.transpose(xs[0], left_axes), np.transpose(xs[1], right_axes)
    stack_shape, row_shape, column_shape = x.shape[:stacks], x.shape[stacks : stacks + rows], y.shape[y.ndim - columns :]
    m, n, count = prod(row_shape), prod(column_shape), prod(stack_shape)
    terms = prod(x.shape[stacks + rows :])
    if terms < 2 or terms * m * n * count < MATMUL_LIMIT:
        return np.einsum(subscripts, *xs, optimize=optimize)
    product = np.reshape(x, (*stack_shape, m, terms)) @ np.reshape(y, (*stack_shape, terms, n))
    return np.transpose(np.reshape(product, (*stack_shape, *row_shape, *column_shape)), order)


@lru_cache(maxsize=256)
def _matrix_axes(subscripts):
    """How a contraction of two operands is a product of stacks of matrices; None if it is not.

    The result is the order of the axes of each operand, the number of axes that are stacked, that are rows of the first and
    columns of the second, and the order of the axes of the result.
    """
    terms, output = subscripts.split("->")
    first, second = terms.split(",")
    if any(len(set(term)) < len(term) for term in (first, second)):
        return None
    both = [label for label in first if label in second]
    stacked, summed = [label for label in both if label in output], [label for label in both if label not in output]
    rows, columns = [label for label in first if label not in both], [label for label in second if label not in both]
    if not summed or not set(rows + columns) <= set(output):
        return None
    return (
        [first.index(label) for label in stacked + rows + summed],
        [second.index(label) for label in stacked + summed + columns],
        len(stacked), len(rows), len(columns),
        [(stacked + rows + columns).index(label) for label in output],
    )  # fmt: skip


def _parse_operands(operands):
    """The subscripts as one string, and the operands, of either form: ("ij,jk", x, y) or (x, [0, 1], y, [1, 2], [0, 2])."""
    if isinstance(operands[0], str):
        return operands[0].replace(" ", ""), [as_tensor_or_array(x) for x in operands[1:]]
    letters = ascii_uppercase + ascii_lowercase
    lists = [*operands[1::2], *operands[-1:]] if len(operands) % 2 else operands[1::2]
    terms = ["".join("..." if k is Ellipsis else letters[k] for k in labels) for labels in lists]
    xs = [as_tensor_or_array(x) for x in operands[: len(operands) // 2 * 2 : 2]]
    return ",".join(terms[: len(xs)]) + "".join("->" + term for term in terms[len(xs) :]), xs


@lru_cache(maxsize=256)
def _expand_subscripts(subscripts, shapes):
    """The subscripts with a label for each axis, without ellipsis, and the axes of size 1 that each operand loses.

    They are the axes that broadcast: another operand has more elements under their label.
    """
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    given = f"(given shapes {' and '.join(map(str, shapes))})"
    if len(terms) != len(shapes):
        raise ShapeError(f"einsum: {subscripts!r} describes {len(terms)} operands, got {len(shapes)} {given}")
    unused = "".join(letter for letter in ascii_letters if letter not in subscripts)
    ellipsis_ndims = [len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, shapes)]
    if any(n < 0 or (n > 0 and "..." not in term) for n, term in zip(ellipsis_ndims, terms)):
        raise ShapeError(f"einsum: {subscripts!r} needs one label per axis {given}")
    ellipsis_labels = unused[: max(ellipsis_ndims)]
    terms = [term.replace("...", ellipsis_labels[len(ellipsis_labels) - n :]) for term, n in zip(terms, ellipsis_ndims)]
    if not arrow:
        labels = inputs.replace("...", "").replace(",", "")
        output = "..." + "".join(label for label in sorted(set(labels)) if labels.count(label) == 1)
    elif ellipsis_labels and "..." not in output:
        raise ShapeError(f"einsum: {subscripts!r} has '...' on the left, so the result needs it too {given}")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes):
        for label, size in zip(term, shape):
            sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    removed = []
    for i, (term, shape) in enumerate(zip(terms, shapes)):
        own = {label: max(size for other, size in zip(term, shape) if other == label) for label in term}
        axes = [k for k, label in enumerate(term) if own[label] == 1 != sizes[label]]
        if axes:
            terms[i] = "".join(label for k, label in enumerate(term) if k not in axes)
            removed.append((i, tuple(axes)))
    return f"{','.join(terms)}->{output.replace('...', ellipsis_labels)}", removed


@implements(np.einsum)
def einsum(*operands, out=None, optimize=False):
    """Sum of products over labeled axes: einsum("ij,jk->ik", a, b)ᵢₖ = Σⱼ aᵢⱼ bⱼₖ.

    operands: a string of subscripts and then arrays, or arrays each followed by a list of ints. "..." stands for axes that
              broadcast. A label twice in one operand selects its diagonal. Without "->" the result has the labels that
              occur once, in alphabetical order.
    optimize: as in NumPy; it pays for three and more operands. The gradients use the same value.

    Raises ShapeError if labels and shapes do not match, UnsupportedError for `out`.

    >>> from autograd import Tensor
    >>> from autograd.operations.einsum import einsum
    >>> einsum("ii->i", Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([1., 4.])
    """
    if out is not None:
        raise UnsupportedError("einsum on tensors does not take `out`; assign the result instead")
    subscripts, xs = _parse_operands(operands)
    subscripts, removed = _expand_subscripts(subscripts, tuple(x.shape for x in xs))
    for i, axes in removed:
        xs[i] = np.squeeze(xs[i], axes)
    return _einsum(*xs, subscripts=subscripts, optimize=optimize)
