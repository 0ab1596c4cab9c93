"""The functions of NumPy without a gradient: constant functions, and refused functions with the reason."""

from collections.abc import Callable

import numpy as np
import numpy.fft
import numpy.lib.recfunctions
import numpy.lib.scimath

from autograd.core.registry import numpy_functions
from autograd.operations import fft  # noqa: F401  (the import registers its functions)

# Their gradient is 0 almost everywhere: they are called on the data and return constants.
CONSTANT: frozenset[Callable] = frozenset({
    np.all, np.allclose, np.any, np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.around,
    np.array2string, np.array_equal, np.array_equiv, np.array_repr, np.array_str, np.can_cast, np.common_type,
    np.count_nonzero, np.diag_indices_from, np.digitize, np.einsum_path, np.empty_like, np.fix, np.flatnonzero,
    np.isclose, np.iscomplex, np.iscomplexobj, np.isin, np.isneginf, np.isposinf,
    np.isreal, np.isrealobj, np.isnat, np.ix_, np.lexsort, np.linalg.matrix_rank, np.may_share_memory, np.min_scalar_type,
    np.nanargmax, np.nanargmin, np.ndim, np.nonzero, np.ones_like, np.ravel_multi_index, np.result_type, np.round, np.save,
    np.savetxt, np.savez, np.savez_compressed, np.searchsorted, np.shape, np.shares_memory, np.size, np.tril_indices_from,
    np.triu_indices_from, np.unravel_index, np.zeros_like, np._core.umath._ones_like,  # type: ignore[attr-defined]
    getattr(np, "in1d", np.isin),  # removed in NumPy 2.4
})  # fmt: skip

_NAMES_BY_REASON: dict[str, str] = {
    "NumPy does not dispatch it; np.array of autograd.numpy takes tensors, and Tensor(…) makes one": """
        array asanyarray asarray ascontiguousarray asfortranarray full full_like""",
    "it creates an array of numbers that are no results of operations; use Tensor(…) or np.zeros_like": """
        arange empty eye frombuffer fromfile fromfunction fromiter fromstring genfromtxt identity loadtxt ones require tri
        zeros""",
    "it works on bits": "packbits unpackbits",
    "it works on dates": "busday_count busday_offset datetime_as_string is_busday",
    "it works on structured arrays": " ".join(f"lib.recfunctions.{name}" for name in numpy.lib.recfunctions.__all__),
}


#: The name of a NumPy function → the reason for refusing it on tensors that need a gradient.
REFUSED: dict[str, str] = {f"np.{name}": reason for reason, names in _NAMES_BY_REASON.items() for name in names.split()}


def public_name(function: Callable) -> str:
    """The public name of a NumPy function, such as np.linalg.inv."""
    module = "numpy" if isinstance(function, np.ufunc) else function.__module__ or "numpy"
    return f"{module.replace('numpy', 'np', 1)}.{function.__name__}"


def refusal_reason(function: Callable) -> str | None:
    """The reason for refusing a function on tensors that need a gradient; None if it is in no list."""
    if function in CONSTANT or function in numpy_functions:
        return None
    if isinstance(function, np.ufunc) and not any(set(types) & set("?bhilqefdgmM") for types in function.types):
        return "it works on text"
    if public_name(function).startswith(("np.char.", "np.strings.")):
        return "it works on text"
    return REFUSED.get(public_name(function))
