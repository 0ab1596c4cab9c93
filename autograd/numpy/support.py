"""NumPy's functions that are no operations here: known constants, and those refused, each with its reason."""

from collections.abc import Callable

import numpy as np
import numpy.fft
import numpy.lib.recfunctions
import numpy.lib.scimath

# Their results do not change when elements change a little: they are answered on the data, without a gradient.
CONSTANT: frozenset[Callable] = frozenset({
    np.all, np.allclose, np.angle, np.any, np.argmax, np.argmin, np.argpartition, np.argsort, np.argwhere, np.around,
    np.array2string, np.array_equal, np.array_equiv, np.array_repr, np.array_str, np.can_cast, np.common_type,
    np.count_nonzero, np.diag_indices_from, np.digitize, np.einsum_path, np.empty_like, np.fix, np.flatnonzero, np.frexp,
    np.histogram_bin_edges, np.imag, np.isclose, np.iscomplex, np.iscomplexobj, np.isin, np.isneginf, np.isposinf,
    np.isreal, np.isrealobj, np.isnat, np.ix_, np.lexsort, np.linalg.matrix_rank, np.may_share_memory, np.min_scalar_type,
    np.nanargmax, np.nanargmin, np.ndim, np.nonzero, np.ones_like, np.ravel_multi_index, np.result_type, np.round, np.save,
    np.savetxt, np.savez, np.savez_compressed, np.searchsorted, np.shape, np.shares_memory, np.size, np.tril_indices_from,
    np.triu_indices_from, np.unravel_index, np.zeros_like, np._core.umath._ones_like,  # type: ignore[attr-defined]
})  # fmt: skip

_REASONS: dict[str, str] = {
    "it works on complex numbers, which have no gradients here yet": """
        fft.fft fft.fft2 fft.fftn fft.hfft fft.ifft fft.ifft2 fft.ifftn fft.ihfft fft.irfft fft.irfft2 fft.irfftn fft.rfft
        fft.rfft2 fft.rfftn linalg.eig linalg.eigvals roots sort_complex""",
    "it only reorders spectra, whose transforms have no gradients here yet; np.roll does the same": """
        fft.fftshift fft.ifftshift""",
    "it leaves the real numbers where a function is not defined; use the function of the same name in np": """
        lib.scimath.arccos lib.scimath.arcsin lib.scimath.arctanh lib.scimath.log lib.scimath.log10 lib.scimath.log2
        lib.scimath.logn lib.scimath.power lib.scimath.sqrt""",
    "it writes into its argument, which is not recorded; make a new tensor by np.where or np.concatenate": """
        copyto fill_diagonal place put put_along_axis putmask""",
    "it makes an array of its own; use Tensor(…) or np.zeros_like": """
        arange array asanyarray asarray ascontiguousarray asfortranarray empty eye frombuffer fromfile fromfunction fromiter
        fromstring full full_like genfromtxt identity loadtxt ones require tri zeros""",
    "which elements it keeps depends on their values; use np.sort, or index with what np.unique finds in .numpy()": """
        intersect1d setdiff1d setxor1d trim_zeros union1d unique unique_all unique_counts unique_inverse unique_values""",
    "it counts elements in bins: the counts are constant almost everywhere, edges and weights are not; use .numpy()": """
        bincount histogram histogram2d histogramdd""",
    "it calls any function on parts of the array; write the loop and join the parts by np.stack": """
        apply_along_axis apply_over_axes piecewise""",
    "it works on coefficients of polynomials; np.convolve multiplies them, np.polyval evaluates them": """
        poly polyadd polyder polydiv polyfit polyint polymul polysub
        polynomial.polynomial.polygrid2d polynomial.polynomial.polyval2d""",
    "it is not implemented here": "gradient i0 nanpercentile nanquantile",
    "it works on bits": "packbits unpackbits",
    "it works on dates": "busday_count busday_offset datetime_as_string is_busday",
    "it works on structured arrays": " ".join(f"lib.recfunctions.{name}" for name in numpy.lib.recfunctions.__all__),
}


#: The name of a NumPy function → why it is refused on tensors that need a gradient.
REFUSED: dict[str, str] = {f"np.{name}": reason for reason, names in _REASONS.items() for name in names.split()}


def title(function: Callable) -> str:
    """The name people call a NumPy function by, such as np.linalg.inv."""
    module = "numpy" if isinstance(function, np.ufunc) else function.__module__ or "numpy"
    return f"{module.replace('numpy', 'np', 1)}.{function.__name__}"


def refusal(function: Callable) -> str | None:
    """Why a function is refused on tensors that need a gradient; None if it is in no list."""
    if isinstance(function, np.ufunc) and not any(set(types) & set("?bhilqefdgmM") for types in function.types):
        return "it works on text"
    if title(function).startswith(("np.char.", "np.strings.")):
        return "it works on text"
    return REFUSED.get(title(function))
