"""The common frame of the recurrent operations.

A recurrent operation computes all steps of a layer in place. Its adjoint, which carries a gradient back through the steps,
works in place as well, so it is an operation itself. The adjoint's own gradient is derived from the definition, which is the
cell applied step by step: no formula is written for higher orders.

States have a row for each step and one for the initial state, in the order of time: before the first step for the forward
direction, after the last for the reverse direction.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, enable_grad, gradients
from autograd.extend import kernels, refuse_complex

#: Elements of the steps whose slopes are computed together: few calls for small steps, arrays that stay in the cache for large.
BLOCK_ELEMENTS = 2**16


def unroll(step: Callable[..., tuple], inputs: Any, initial: Sequence[Any], mask: Any, reverse: bool) -> list[Any]:
    """Hidden states (steps + 1, n, hidden) and the last value of any other state: a step, applied again and again.

    step:   function of one row of `inputs` and the states, which returns the next states.
    inputs: (steps, n, …).
    mask:   (steps, n, 1), False where the states keep their values; or None.
    """
    states, hidden = tuple(initial), [initial[0]]
    for t in reversed(range(len(inputs))) if reverse else range(len(inputs)):
        new_states = step(inputs[t], *states)
        if mask is not None:
            new_states = tuple(np.where(mask[t], new, old) for new, old in zip(new_states, states))
        states = new_states
        hidden.append(states[0])
    return [np.stack(hidden[::-1] if reverse else hidden), *states[1:]]


def derive_gradients(definition: Callable[..., Any], g: Any, inputs: Sequence[Any]) -> list[Any]:
    """The gradients of a function with respect to all its inputs: tensors that are recorded if g is a tensor, else arrays."""
    is_recorded = isinstance(g, Tensor)
    with enable_grad():
        # The derivative stops at the copy of a tensor, and goes on from there to the tensor when it is differentiated again.
        copies = [x.copy() if isinstance(x, Tensor) and x.requires_grad else Tensor(x, requires_grad=True) for x in inputs]
        grads = gradients(definition(*copies), copies, g, create_graph=is_recorded)
    return grads if is_recorded else [grad.data for grad in grads]


def pack_gradients(gates: Any, *states: Any) -> Any:
    """Gradients of gates (steps, n, width), and in one more row those of the initial states (n, hidden), then zeros."""
    unused = np.zeros((gates.shape[1], gates.shape[2] - sum(state.shape[1] for state in states)), gates.dtype)
    return np.concatenate([gates, np.concatenate([*states, unused], axis=1)[None]])


@lru_cache(maxsize=32)
def gate_constants(hidden: int, is_sigmoid: tuple[bool, ...], dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    """The scale and the offset of each unit of all gates: ½ and ½ for sigmoid, 1 and 0 for tanh.

    sigmoid(z) = ½ + ½ tanh(z / 2), so one call of tanh computes all gates.
    """
    scale, offset = (np.repeat(np.where(is_sigmoid, 0.5, other), hidden).astype(dtype) for other in (1, 0))
    for array in (scale, offset):
        array.flags.writeable = False
    return scale, offset


def split_gates(gates: Any, count: int) -> list[Any]:
    """The gates that lie one after the other along the last axis."""
    hidden = gates.shape[-1] // count
    return [gates[..., k * hidden : (k + 1) * hidden] for k in range(count)]


def scaled(weight: Any, scale: Any, like: Any) -> Any:
    """weight · scale, in an array of the type of `like`: while a compiled step is traced, weights may be plain arrays."""
    return np.multiply(weight, scale, out=np.empty_like(like, dtype=weight.dtype, shape=weight.shape))


def project(x: Any, weight: Any, bias: Any) -> Any:
    """x W + b of all steps in one product."""
    out = kernels.matmul(np.reshape(x, (-1, x.shape[-1])), weight)
    out += bias
    return np.reshape(out, (*x.shape[:-1], weight.shape[1]))


def input_gradient(g: Any, weight: Any) -> Any:
    """g Wᵀ of all steps in one product."""
    out = kernels.matmul(np.reshape(g, (-1, g.shape[-1])), weight.T)
    return np.reshape(out, (*g.shape[:-1], weight.shape[0]))


def weight_gradient(x: Any, g: Any) -> Any:
    """Σ xᵀ g over all steps in one product."""
    return kernels.matmul(np.reshape(x, (-1, x.shape[-1])).T, np.reshape(g, (-1, g.shape[-1])))


def bias_gradient(g: Any) -> Any:
    """Σ g over all steps and examples."""
    return kernels.column_sums(np.reshape(g, (-1, g.shape[-1])))


def previous_states(states: Any, reverse: bool) -> Any:
    """The states before each step (steps, n, hidden)."""
    return states[1:] if reverse else states[:-1]


def in_computing_order(reverse: bool, *arrays: Any) -> Sequence[Any]:
    """Views of arrays whose rows are in the order in which the steps are computed; None stays None."""
    return [array if array is None else array[::-1] for array in arrays] if reverse else arrays


def backward_blocks(steps: int, elements: int) -> list[slice]:
    """The blocks of steps, from the last to the first; elements: those of the gates of one step."""
    size = max(1, BLOCK_ELEMENTS // max(1, elements))
    return [slice(max(0, stop - size), stop) for stop in range(steps, 0, -size)]


def as_sequences(name: str, x: Any, weight_ih: Any, weight_hh: Any, gates: int) -> Any:
    """The input of a recurrent function; raises an error unless it is real and (steps, n, in) for weights of these shapes."""
    if not isinstance(x, Tensor | np.ndarray):
        x = Tensor(x)
    refuse_complex(x, name)
    hidden = weight_hh.shape[0]
    if weight_hh.shape != (hidden, gates * hidden) or weight_ih.shape[1:] != weight_hh.shape[1:]:
        raise ShapeError(
            f"{name}: got weights of shapes {weight_ih.shape} and {weight_hh.shape}, expected (in, {gates} · hidden) and "
            f"(hidden, {gates} · hidden)"
        )
    if x.ndim != 3 or x.shape[2] != weight_ih.shape[0] or not x.shape[0]:
        raise ShapeError(
            f"{name}: got an input of shape {x.shape}, expected (steps, n, {weight_ih.shape[0]}) with 1 step or more"
        )
    return x


def as_states(name: str, states: Sequence[Any], x: Any, weight_hh: Any) -> list[Any]:
    """The initial states, zeros for None; raises ShapeError unless each is (n, hidden)."""
    shape = (x.shape[-2], weight_hh.shape[0])
    states = [np.zeros(shape, weight_hh.dtype) if state is None else state for state in states]
    states = [state if isinstance(state, Tensor | np.ndarray) else Tensor(state) for state in states]
    for state in states:
        if state.shape != shape:
            raise ShapeError(f"{name}: got an initial state of shape {state.shape}, expected {shape}")
    return states


def as_bias(name: str, bias: Any, weight_hh: Any) -> Any:
    """The bias of all gates, zeros for None; raises ShapeError for another shape."""
    shape = weight_hh.shape[1:]
    if bias is None:
        return np.zeros(shape, weight_hh.dtype)
    if np.shape(bias) != shape:
        raise ShapeError(f"{name}: got a bias of shape {np.shape(bias)}, expected {shape}")
    return bias


def sum_of_biases(name: str, bias_ih: Any, bias_hh: Any, weight_hh: Any) -> Any:
    """The sum of two biases, where each may be None."""
    return as_bias(name, bias_ih, weight_hh) + as_bias(name, bias_hh, weight_hh)


def sequence_mask(name: str, lengths: Any, steps: int, n: int) -> Any:
    """Whether each step of each example is before its end: (steps, n, 1); None for lengths of None.

    Raises ShapeError unless there are n lengths, DataError unless they are integers from 1 to `steps`.
    """
    if lengths is None:
        return None
    lengths = lengths.data if isinstance(lengths, Tensor) else lengths
    lengths = lengths if hasattr(lengths, "__array_function__") else np.asarray(lengths)
    if lengths.shape != (n,):
        raise ShapeError(f"{name}: got lengths of shape {lengths.shape}, expected one for each of the {n} sequences")
    if n and lengths.dtype.kind not in "iu":
        raise DataError(f"{name}: got lengths of {lengths.dtype}, expected integers")
    is_wrong = (lengths < 1) | (lengths > steps)
    if is_wrong.any():
        raise DataError(f"{name}: got the length {lengths[is_wrong][0]}, expected 1 to {steps}, the steps of the input")
    return (np.arange(steps)[:, None] < lengths)[:, :, None]


def without_padding(x: Any, mask: Any) -> Any:
    """The input with zeros after the end of each sequence, so that padding of nan or inf reaches no gradient."""
    return x if mask is None else np.where(mask, x, 0)


def outputs_and_last(states: Any, steps: int, mask: Any, reverse: bool) -> tuple[Any, Any]:
    """The outputs of all steps, 0 after the end of a sequence, and the last state."""
    outputs = states[:steps] if reverse else states[1 : steps + 1]
    last = states[0] if reverse else states[steps]
    return outputs if mask is None else np.where(mask, outputs, 0), last
