"""Products of matrices: MatMul, Gemm, Einsum; Det."""

import math
from typing import Any

import numpy as np

from autograd import DataError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, through_float32


@operator("MatMul", since=1)
@through_float32
def matmul(a: Any, b: Any) -> Any:
    """The matrix product over the last two axes, as np.matmul."""
    if not a.ndim or not b.ndim:
        raise DataError("a scalar is no matrix")
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    check_size((*batch, *a.shape[-2:-1], *b.shape[-1:]), a.dtype.itemsize)
    return a @ b


@operator("Gemm", since=1)
def gemm_broadcast(a: Any, b: Any, c: Any, *, alpha: float = 1.0, beta: float = 1.0, transA: int = 0, transB: int = 0,  # noqa: N803
                   broadcast: int = 0) -> Any:  # fmt: skip
    """Gemm of opsets before 7, where `broadcast` allows c to be smaller."""
    return gemm(a, b, c, alpha=alpha, beta=beta, transA=transA, transB=transB)


@operator("Gemm", since=7)
@through_float32
def gemm(a: Any, b: Any, c: Any = None, *, alpha: float = 1.0, beta: float = 1.0, transA: int = 0, transB: int = 0) -> Any:  # noqa: N803
    """α·A @ B + β·C, with A and B transposed on demand."""
    if a.ndim != 2 or b.ndim != 2:
        raise DataError(f"expected matrices, got shapes {a.shape} and {b.shape}")
    a, b = (np.transpose(a) if transA else a), (np.transpose(b) if transB else b)
    check_size((a.shape[0], b.shape[1]), a.dtype.itemsize)
    product = a @ b if alpha == 1 else (alpha * (a @ b)).astype(a.dtype)
    if c is None:
        return product
    return product + (c if beta == 1 else (beta * c).astype(c.dtype))


@operator("Einsum", since=12)
def einsum(first: Any, *others: Any, equation: str) -> Any:
    """Sums of products over labeled axes."""
    tensors = [first, *others]
    _check_einsum(equation.replace(" ", ""), [x.shape for x in tensors])
    if first.dtype.kind == "V":  # NumPy has no sums of products of these
        return np.einsum(equation, *[as_array(x).astype(np.float32) for x in tensors]).astype(first.dtype)
    return np.einsum(equation, *tensors)


def _check_einsum(equation: str, shapes: list[tuple[int, ...]]) -> None:
    """Raise DataError if the result, or with three inputs or more an intermediate one, exceeds the limit."""
    terms, _, result = equation.partition("->")
    sizes: dict[str, int] = {}
    ellipses = []
    for term, shape in zip(terms.split(","), shapes):
        before, _, after = term.partition("...")
        ellipses.append(math.prod(shape[len(before) : len(shape) - len(after)]))
        sizes |= dict(zip(before, shape)) | dict(zip(after[::-1], shape[::-1]))
    labels = sizes if len(shapes) > 2 or "->" not in equation else set(result) & set(sizes)
    check_size([max(ellipses, default=1), *(max(sizes[label], 1) for label in labels)][:64])


@operator("Det", since=11)
def det(x: Any) -> Any:
    """Determinants of matrices over the last two axes."""
    return np.linalg.det(x)
