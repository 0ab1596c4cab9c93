"""The operators of ai.onnx.ml for tables of features: encoders, scaling and linear models."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, sigmoid
from nn.functional.activations.softmax import softmax
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator, refuse
from nn.interchange.onnx_import.values import as_array

ML = "ai.onnx.ml"
MAPS = "dictionaries are no values here; export the model without them (zipmap=False in skl2onnx)"
for name in ("ZipMap", "CastMap", "DictVectorizer"):
    refuse(name, MAPS, ML)


@operator("Binarizer", since=1, domain=ML)
def binarize(x: Any, *, threshold: float = 0.0) -> Any:
    """Binarizer: 1 where x is above a threshold, else 0."""
    array = as_array(x)
    return (array > threshold).astype(array.dtype)


@operator("Scaler", since=1, domain=ML)
def scale_features(x: Any, *, offset: Sequence[float] = (0.0,), scale: Sequence[float] = (1.0,)) -> Any:
    """Scaler: (x − offset) scale."""
    return (x.astype(np.float32) - np.asarray(offset, np.float32)) * np.asarray(scale, np.float32)


@operator("Normalizer", since=1, domain=ML)
def normalize_rows(x: Any, *, norm: str = "MAX") -> Any:
    """Normalizer: each row divided by its largest element, the sum of its absolute values, or its length."""
    x = x.astype(np.float32)
    norms = {
        "MAX": lambda: np.max(x, axis=-1, keepdims=True),
        "L1": lambda: np.sum(np.abs(x), axis=-1, keepdims=True),
        "L2": lambda: np.linalg.norm(x, axis=-1, keepdims=True),
    }
    if norm not in norms:
        raise ValueError(f"Normalizer: norm must be MAX, L1 or L2, not {norm!r}")
    size = norms[norm]()
    return x / np.where(as_array(size) == 0, np.float32(1), size)


@operator("Imputer", since=1, domain=ML)
def impute(
    x: Any,
    *,
    imputed_value_floats: Sequence[float] | None = None,
    imputed_value_int64s: Sequence[int] | None = None,
    replaced_value_float: float = 0.0,
    replaced_value_int64: int = 0,
) -> Any:
    """Imputer: other numbers in the place of a number that stands for a missing one."""
    is_float = x.dtype.kind == "f"
    new, old = (imputed_value_floats, replaced_value_float) if is_float else (imputed_value_int64s, replaced_value_int64)
    if not new:
        raise DataError(f"Imputer: there are no imputed values for an input of {x.dtype}")
    array = as_array(x)
    is_missing = np.isnan(array) if is_float and np.isnan(old) else array == old
    return np.where(is_missing, np.asarray(new, array.dtype), x)


@operator("FeatureVectorizer", since=1, domain=ML)
def concatenate_features(*inputs: Any, inputdimensions: Sequence[int] | None = None) -> Any:
    """FeatureVectorizer: the columns of all inputs, one after the other."""
    rows = [np.reshape(x, (1, -1)) if x.ndim == 1 else x for x in inputs]
    return np.concatenate([row.astype(np.float32) for row in rows], axis=1)


@operator("OneHotEncoder", since=1, domain=ML)
def encode_one_hot(
    x: Any, *, cats_int64s: Sequence[int] | None = None, cats_strings: Sequence[str] | None = None, zeros: int = 1
) -> Any:
    """OneHotEncoder: 1 at the position of the category of each element."""
    array = as_array(x)
    categories = np.asarray(cats_strings, object) if cats_strings else np.asarray(cats_int64s or (), np.int64)
    array = array if cats_strings else array.astype(np.int64)
    check_size((*array.shape, len(categories)), 4)
    matches = array[..., None] == categories
    if not zeros and not matches.any(axis=-1).all():
        raise DataError("OneHotEncoder: an element is of no category, and zeros = 0 allows none")
    return matches.astype(np.float32)


def _translate(x: Any, keys: Sequence[Any], values: Sequence[Any], default: Any, dtype: Any) -> np.ndarray:
    """The value of each element's key; nan is a key like others."""
    table = dict(zip(keys, values))
    nan = next((value for key, value in table.items() if key != key), default)
    array = as_array(x)
    out = np.empty(array.size, dtype)
    out[:] = [table.get(key, default) if key == key else nan for key in array.ravel().tolist()]
    return out.reshape(array.shape)


@operator("LabelEncoder", since=1, domain=ML)
def encode_labels_first(
    x: Any, *, classes_strings: Sequence[str], default_int64: int = -1, default_string: str = "_Unused"
) -> Any:
    """LabelEncoder of version 1: strings to their positions, or positions to strings."""
    positions = range(len(classes_strings))
    if as_array(x).dtype.kind in "iu":
        return _translate(x, positions, classes_strings, default_string, object)
    return _translate(x, classes_strings, positions, default_int64, np.int64)


@operator("LabelEncoder", since=2, domain=ML)
def encode_labels(
    x: Any,
    *,
    default_float: float = -0.0,
    default_int64: int = -1,
    default_string: str = "_Unused",
    default_tensor: Any = None,
    keys_floats: Any = None,
    keys_int64s: Any = None,
    keys_strings: Any = None,
    keys_tensor: Any = None,
    values_floats: Any = None,
    values_int64s: Any = None,
    values_strings: Any = None,
    values_tensor: Any = None,
) -> Any:
    """LabelEncoder: the value at the position of each element among the keys, or a default."""
    keys = keys_floats or keys_int64s or keys_strings or (() if keys_tensor is None else keys_tensor.tolist())
    choices: tuple[tuple[Any, Any, Any], ...] = (
        (values_floats, default_float, np.float32),
        (values_int64s, default_int64, np.int64),
        (values_strings, default_string, object),
    )
    values, default, dtype = next((choice for choice in choices if choice[0]), (None, None, None))
    if values is None and values_tensor is not None:
        values, dtype = values_tensor.tolist(), values_tensor.dtype
        defaults: dict[str, Any] = {"f": default_float, "O": default_string}
        default = defaults.get(dtype.kind, default_int64) if default_tensor is None else default_tensor.ravel()[0]
    if values is None or len(values) != len(keys):
        raise DataError(f"LabelEncoder: got {len(keys)} keys and {len(values or ())} values, expected as many of each")
    return _translate(x, [_as_key(key, keys_floats) for key in keys], values, default, dtype)


def _as_key(key: Any, floats: Any) -> Any:
    return float(np.float32(key)) if floats else key


@operator("CategoryMapper", since=1, domain=ML)
def map_categories(
    x: Any,
    *,
    cats_int64s: Sequence[int],
    cats_strings: Sequence[str],
    default_int64: int = -1,
    default_string: str = "_Unused",
) -> Any:
    """CategoryMapper: strings to integers, or integers to strings."""
    if as_array(x).dtype.kind in "iu":
        return _translate(x, cats_int64s, cats_strings, default_string, object)
    return _translate(x, cats_strings, cats_int64s, default_int64, np.int64)


def transform_scores(name: str, scores: Any, transform: str) -> Any:
    """The scores of a model after its post_transform."""
    transforms: dict[str, Callable[[Any], Any]] = {
        "NONE": lambda s: s,
        "LOGISTIC": sigmoid,
        "SOFTMAX": lambda s: softmax(s, axis=-1),
    }
    if transform not in transforms:
        raise ValueError(f"{name}: post_transform must be one of {', '.join(transforms)}, not {transform!r}")
    return transforms[transform](scores)


@operator("LinearRegressor", since=1, domain=ML)
def regress_linearly(
    x: Any,
    *,
    coefficients: Sequence[float] = (),
    intercepts: Sequence[float] | None = None,
    post_transform: str = "NONE",
    targets: int = 1,
) -> Any:
    """LinearRegressor: x Wᵀ + b."""
    weight = np.asarray(coefficients, np.float32).reshape(targets, -1)
    out = x.astype(np.float32) @ weight.T
    out = out if not intercepts else out + np.asarray(intercepts, np.float32)
    return transform_scores("LinearRegressor", out, post_transform)


@operator("LinearClassifier", since=1, domain=ML)
def classify_linearly(
    x: Any,
    *,
    classlabels_ints: Sequence[int] | None = None,
    classlabels_strings: Sequence[str] | None = None,
    coefficients: Sequence[float],
    intercepts: Sequence[float] | None = None,
    multi_class: int = 0,
    post_transform: str = "NONE",
) -> Any:
    """LinearClassifier: the label of the largest score, and the scores x Wᵀ + b."""
    labels = np.asarray(classlabels_strings, object) if classlabels_strings else np.asarray(classlabels_ints or (), np.int64)
    weight = np.asarray(coefficients, np.float32).reshape(-1, x.shape[-1])
    if len(weight) != len(labels):
        raise ShapeError(f"LinearClassifier: got {len(weight)} rows of coefficients for {len(labels)} labels")
    scores = x.astype(np.float32) @ weight.T
    scores = scores if not intercepts else scores + np.asarray(intercepts, np.float32)
    return labels[as_array(scores).argmax(axis=-1)], transform_scores("LinearClassifier", scores, post_transform)
