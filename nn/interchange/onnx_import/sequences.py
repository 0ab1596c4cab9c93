"""Sequences, which are lists, and optional values, which may be None; ReverseSequence."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integer, as_integers, normalize_axis


def _position(name: str, sequence: list[Any], position: Any, end: int) -> int:
    """A position in a sequence, counted from 0; the last one is end − 1."""
    index = as_integer(position)
    if not -len(sequence) <= index < end:
        raise DataError(f"{name}: got position {index} for a sequence of {len(sequence)} elements")
    return index + len(sequence) if index < 0 else index


@operator("SequenceEmpty", since=11)
def empty_sequence(*, dtype: int = 1) -> Any:
    """SequenceEmpty: a list without elements."""
    return []


@operator("SequenceConstruct", since=11)
def construct_sequence(*elements: Any) -> Any:
    """SequenceConstruct: the inputs as a list."""
    return list(elements)


@operator("SequenceAt", since=11)
def sequence_element(sequence: list[Any], position: Any) -> Any:
    """SequenceAt: the element at a position."""
    return sequence[_position("SequenceAt", sequence, position, len(sequence))]


@operator("SequenceInsert", since=11)
def insert_element(sequence: list[Any], element: Any, position: Any = None) -> Any:
    """SequenceInsert: a list with one more element, at a position or at the end."""
    index = len(sequence) if position is None else _position("SequenceInsert", sequence, position, len(sequence) + 1)
    return [*sequence[:index], element, *sequence[index:]]


@operator("SequenceErase", since=11)
def erase_element(sequence: list[Any], position: Any = None) -> Any:
    """SequenceErase: a list without the element at a position, by default the last one."""
    index = _position("SequenceErase", sequence, np.asarray(-1) if position is None else position, len(sequence))
    return [*sequence[:index], *sequence[index + 1 :]]


@operator("SequenceLength", since=11)
def sequence_length(sequence: list[Any]) -> Any:
    """SequenceLength: the number of elements."""
    return np.asarray(len(sequence), np.int64)


@operator("ConcatFromSequence", since=11)
def concatenate_sequence(sequence: list[Any], *, axis: int, new_axis: int = 0) -> Any:
    """ConcatFromSequence: the elements along an axis, or along a new one."""
    if not sequence:
        raise DataError("ConcatFromSequence: got an empty sequence, expected one element or more")
    return np.stack(sequence, axis=axis) if new_axis else np.concatenate(sequence, axis=axis)


@operator("SplitToSequence", since=11)
def split_to_sequence(x: Any, split: Any = None, *, axis: int = 0, keepdims: int = 1) -> Any:
    """SplitToSequence: slices along an axis; of one element without sizes, and then without the axis if keepdims is 0."""
    axis = normalize_axis(axis, x.ndim)
    size = x.shape[axis]
    if split is None:
        sizes = [1] * size
    elif as_array(split).ndim == 0:
        step = as_integer(split)
        if step < 1:
            raise DataError(f"SplitToSequence: got parts of {step} elements, expected 1 or more")
        sizes = [min(step, size - start) for start in range(0, size, step)]
    else:
        sizes = list(as_integers(split))
        if sum(sizes) != size or min(sizes, default=0) < 0:
            raise ShapeError(f"SplitToSequence: got parts of {sizes} elements for an axis of size {size}")
    ends = np.cumsum(sizes, dtype=np.int64)
    parts = [x[(*[slice(None)] * axis, slice(int(end) - n, int(end)))] for n, end in zip(sizes, ends)]
    return [np.squeeze(part, axis) for part in parts] if split is None and not keepdims else parts


@operator("Optional", since=15)
def optional(value: Any = None, *, type: Any = None) -> Any:
    """Optional: a value, or none."""
    return value


@operator("OptionalHasElement", since=15)
def has_element(value: Any = None) -> Any:
    """OptionalHasElement: whether there is a value."""
    return np.asarray(value is not None)


@operator("OptionalGetElement", since=15)
def optional_element(value: Any) -> Any:
    """OptionalGetElement: the value; raises DataError if there is none."""
    if value is None:
        raise DataError("OptionalGetElement: the optional value is empty")
    return value
