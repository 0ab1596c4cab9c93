"""Control flow: If, Loop, Scan and SequenceMap. A `Subgraph` counts its calls, so that a loop without end is refused."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError, ShapeError
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integer, normalize_axis


def _as_condition(value: Any) -> bool:
    array = as_array(value)
    if array.size != 1:
        raise ShapeError(f"expected a single condition, got shape {array.shape}")
    return bool(array.reshape(())[()])


@operator("If", since=1)
def choose_branch(condition: Any, *, then_branch: Any, else_branch: Any) -> Any:
    """If: the outputs of one of two graphs."""
    return (then_branch if _as_condition(condition) else else_branch)()


@operator("Loop", since=1)
def loop(trip_count: Any = None, condition: Any = None, *carried: Any, body: Any) -> Any:
    """Loop: a graph of (iteration, condition, carried values), run again while both its condition and the count allow it."""
    count = None if trip_count is None else as_integer(trip_count)
    goes_on = condition is None or _as_condition(condition)
    rows: list[list[Any]] = [[] for _ in range(body.output_count - 1 - len(carried))]
    iteration = 0
    while goes_on and (count is None or iteration < count):
        new_condition, *results = body(np.asarray(iteration, np.int64), np.asarray(goes_on), *carried)
        goes_on = _as_condition(new_condition)
        carried = tuple(results[: len(carried)])
        for row, value in zip(rows, results[len(carried) :]):
            row.append(value)
        iteration += 1
    return *carried, *(_stack(row, 0) for row in rows)


def _stack(row: list[Any], axis: int) -> Any:
    """The values of all iterations along a new axis; their shape and type are unknown if there was none."""
    return np.stack(row, axis=axis) if row else np.zeros((0,), np.float32)


def _directions(name: str, values: Any, count: int) -> list[bool]:
    """Whether each scan goes from the last element to the first."""
    flags = [0] * count if values is None else list(values)
    if len(flags) != count or any(flag not in (0, 1) for flag in flags):
        raise DataError(f"Scan: got {name} {flags}, expected {count} of 0 or 1")
    return [bool(flag) for flag in flags]


@operator("Scan", since=9)
def scan(
    *inputs: Any,
    body: Any,
    num_scan_inputs: int,
    scan_input_axes: Any = None,
    scan_input_directions: Any = None,
    scan_output_axes: Any = None,
    scan_output_directions: Any = None,
) -> Any:
    """Scan: a graph of states and the elements of sequences, run for each element; results become sequences again."""
    if not 1 <= num_scan_inputs <= len(inputs):
        raise ShapeError(f"Scan: got num_scan_inputs {num_scan_inputs}, expected 1 to {len(inputs)}")
    states, sequences = inputs[: len(inputs) - num_scan_inputs], inputs[len(inputs) - num_scan_inputs :]
    axes = [0] * num_scan_inputs if scan_input_axes is None else list(scan_input_axes)
    axes = [normalize_axis(axis, x.ndim) for axis, x in zip(axes, sequences, strict=True)]
    lengths = {x.shape[axis] for x, axis in zip(sequences, axes)}
    if len(lengths) != 1:
        raise ShapeError(f"Scan: got sequences of lengths {sorted(lengths)}, expected one length")
    from_end = _directions("scan_input_directions", scan_input_directions, num_scan_inputs)
    outputs = body.output_count - len(states)
    results_from_end = _directions("scan_output_directions", scan_output_directions, outputs)
    output_axes = [0] * outputs if scan_output_axes is None else list(scan_output_axes)
    rows: list[list[Any]] = [[] for _ in range(outputs)]
    length = lengths.pop()
    for t in range(length):
        elements = [
            x[(*[slice(None)] * axis, length - 1 - t if is_reversed else t)]
            for x, axis, is_reversed in zip(sequences, axes, from_end)
        ]
        results = body(*states, *elements)
        states = results[: len(states)]
        for row, value in zip(rows, results[len(states) :], strict=True):
            row.append(value)
    scanned = [_stack(row[::-1] if back else row, axis) for row, back, axis in zip(rows, results_from_end, output_axes)]
    return *states, *scanned


@operator("Scan", since=8)
def scan_batch(lengths: Any = None, *inputs: Any, body: Any, num_scan_inputs: int, directions: Any = None) -> Any:
    """Scan of version 8: every input has a batch axis first, and every example is scanned on its own."""
    first = len(inputs) - num_scan_inputs
    batch, steps = inputs[first].shape[:2]
    counts = [steps] * batch if lengths is None else [int(n) for n in as_array(lengths)]
    if len(counts) != batch or not all(0 < n <= steps for n in counts):
        raise ShapeError(f"Scan: got sequence_lens {counts}, expected {batch} numbers from 1 to {steps}")
    examples = []
    for k, count in enumerate(counts):
        values = [x[k] if i < first else x[k, :count] for i, x in enumerate(inputs)]
        results = scan(*values, body=body, num_scan_inputs=num_scan_inputs, scan_input_directions=directions)
        scanned = [np.pad(y, [(0, steps - count), *[(0, 0)] * (y.ndim - 1)]) for y in results[first:]]
        examples.append([*results[:first], *scanned])
    return tuple(np.stack(values) for values in zip(*examples))


@operator("SequenceMap", since=17)
def map_sequence(sequence: list[Any], *others: Any, body: Any) -> Any:
    """SequenceMap: a graph of the elements of sequences, and of tensors, for each element; its results become sequences."""
    for other in others:
        if isinstance(other, list) and len(other) != len(sequence):
            raise ShapeError(f"SequenceMap: got sequences of {len(sequence)} and {len(other)} elements, expected one length")
    results: Sequence[Sequence[Any]] = [
        body(element, *(other[i] if isinstance(other, list) else other for other in others))
        for i, element in enumerate(sequence)
    ]
    return tuple([row[k] for row in results] for k in range(body.output_count))
