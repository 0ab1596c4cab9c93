"""Recurrent layers compared with those of PyTorch, over drawn options: values and derivatives to second order."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import Tensor, gradients

LAYERS = {"RNN": {}, "RNN with relu": {"nonlinearity": "relu"}, "GRU": {}, "LSTM": {}}


@dataclass(frozen=True)
class Options:
    name: str
    layers: int
    bidirectional: bool
    batch_first: bool
    bias: bool
    batch: int | None  # None for one sequence without a batch axis
    steps: int
    inputs: int
    hidden: int
    has_initial_state: bool
    has_lengths: bool
    seed: int

    @property
    def cls(self):
        return self.name.split()[0]

    def arguments(self):
        common = {"bias": self.bias, "batch_first": self.batch_first, "bidirectional": self.bidirectional}
        return (self.inputs, self.hidden, self.layers), common | LAYERS[self.name]

    def arrays(self):
        """The input, the initial states or none, and the lengths or None."""
        rng = np.random.default_rng(self.seed)
        batch = () if self.batch is None else (self.batch,)
        shape = (*batch, self.steps) if self.batch_first else (self.steps, *batch)
        count = (2 if self.cls == "LSTM" else 1) if self.has_initial_state else 0
        states = [rng.normal(size=(self.layers * (1 + self.bidirectional), *batch, self.hidden)) for _ in range(count)]
        lengths = rng.integers(1, self.steps + 1, self.batch) if self.has_lengths and self.batch else None
        return rng.normal(size=(*shape, self.inputs)), states, lengths


options = st.builds(
    Options,
    name=st.sampled_from(list(LAYERS)),
    layers=st.integers(1, 3),
    bidirectional=st.booleans(),
    batch_first=st.booleans(),
    bias=st.booleans(),
    batch=st.none() | st.integers(1, 4),
    steps=st.integers(1, 6),
    inputs=st.integers(1, 4),
    hidden=st.integers(1, 4),
    has_initial_state=st.booleans(),
    has_lengths=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)


def pair(torch, drawn, dtype="float64"):
    """The layer and that of PyTorch with its weights."""
    sizes, keywords = drawn.arguments()
    torch.manual_seed(drawn.seed)
    theirs = getattr(torch.nn, drawn.cls)(*sizes, **keywords, dtype=getattr(torch, dtype))
    ours = getattr(nn, drawn.cls)(*sizes, **keywords).astype(dtype)
    nn.from_pytorch(ours, theirs.state_dict())
    return ours, theirs


def as_hx(states):
    return None if not states else states[0] if len(states) == 1 else tuple(states)


def flat(outputs, last):
    return [outputs, *(last if isinstance(last, tuple) else [last])]


def run_ours(layer, x, states, lengths):
    return flat(*layer(x, as_hx(states), lengths))


def run_theirs(torch, layer, x, states, lengths):
    if lengths is None:
        return flat(*layer(x, as_hx(states)))
    rnn, steps = torch.nn.utils.rnn, x.shape[1 if layer.batch_first else 0]
    packed = rnn.pack_padded_sequence(x, torch.from_numpy(lengths), layer.batch_first, enforce_sorted=False)
    outputs, last = layer(packed, as_hx(states))
    outputs, _ = rnn.pad_packed_sequence(outputs, layer.batch_first, total_length=steps)
    return flat(outputs, last)


def weights_of(outputs, seed):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.5, 1.5, tuple(out.shape)) for out in outputs]


def two_derivatives_of_ours(drawn, layer):
    x, states, lengths = drawn.arrays()
    inputs = [Tensor(value, requires_grad=True) for value in (x, *states)]
    outputs = run_ours(layer, inputs[0], inputs[1:], lengths)
    loss = sum((w * out * out).sum() for w, out in zip(weights_of(outputs, 1), outputs))
    variables = [*inputs, *layer.parameters()]
    first = gradients(loss, variables, create_graph=True)
    second = gradients(first, variables, weights_of(first, 2))
    transposed = [value.T if k >= len(inputs) else value for k, value in enumerate(g.numpy() for g in first)]
    curved = [value.T if k >= len(inputs) else value for k, value in enumerate(g.numpy() for g in second)]
    return [*[out.numpy() for out in outputs], *transposed, *curved]


def two_derivatives_of_theirs(torch, drawn, layer):
    x, states, lengths = drawn.arrays()
    inputs = [torch.tensor(value, requires_grad=True) for value in (x, *states)]
    outputs = run_theirs(torch, layer, inputs[0], inputs[1:], lengths)
    loss = sum((torch.from_numpy(w) * out * out).sum() for w, out in zip(weights_of(outputs, 1), outputs))
    variables = [*inputs, *layer.parameters()]
    first = torch.autograd.grad(loss, variables, create_graph=True)
    # The weights of the second derivative have our layout.
    like_ours = [g if k < len(inputs) else g.T if g.ndim > 1 else g for k, g in enumerate(first)]
    weights = [torch.from_numpy(w) for w in weights_of(like_ours, 2)]
    total = sum((w * g).sum() for w, g in zip(weights, like_ours))
    second = torch.autograd.grad(total, variables, allow_unused=True, materialize_grads=True)
    return [value.detach().numpy() for value in (*outputs, *first, *second)]


@settings(max_examples=40)
@given(drawn=options)
def test_values_and_two_derivatives_agree(torch, drawn):
    ours, theirs = pair(torch, drawn)
    actual, expected = two_derivatives_of_ours(drawn, ours), two_derivatives_of_theirs(torch, drawn, theirs)
    for value, reference in zip(actual, expected, strict=True):
        np.testing.assert_allclose(value, reference, rtol=1e-10, atol=1e-10 * max(1, abs(reference).max(initial=0)))


@settings(max_examples=15)
@given(drawn=options)
def test_single_precision_agrees(torch, drawn):
    ours, theirs = pair(torch, drawn, "float32")
    x, states, lengths = drawn.arrays()
    x, states = x.astype(np.float32), [state.astype(np.float32) for state in states]
    inputs = [Tensor(value, requires_grad=True) for value in (x, *states)]
    torch_inputs = [torch.tensor(value, requires_grad=True) for value in (x, *states)]
    actual = run_ours(ours, inputs[0], inputs[1:], lengths)
    expected = run_theirs(torch, theirs, torch_inputs[0], torch_inputs[1:], lengths)
    sum((out * out).sum() for out in actual).backward()
    sum((out * out).sum() for out in expected).backward()
    grads = [(x.grad, y.grad) for x, y in zip(inputs, torch_inputs)]
    grads += [(p.grad.numpy().T, q.grad) for p, q in zip(ours.parameters(), theirs.parameters())]
    for value, reference in (*zip(actual, expected), *grads):
        value = value.numpy() if isinstance(value, Tensor) else value
        reference = reference.detach().numpy()
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5 * max(1, abs(reference).max(initial=0)))


@pytest.mark.parametrize("name", LAYERS)
def test_cells_agree(torch, name):
    cls, keywords = name.split()[0], LAYERS[name]
    torch.manual_seed(0)
    theirs = getattr(torch.nn, f"{cls}Cell")(3, 2, **keywords, dtype=torch.float64)
    ours = getattr(nn, f"{cls}Cell")(3, 2, **keywords)
    nn.from_pytorch(ours, theirs.state_dict())
    rng = np.random.default_rng(0)
    x, *states = (rng.normal(size=size) for size in [(4, 3), (4, 2), (4, 2)][: 3 if cls == "LSTM" else 2])
    hx = as_hx(states)
    torch_hx = as_hx([torch.from_numpy(state) for state in states])
    for arguments, torch_arguments in (((x, hx), (torch.from_numpy(x), torch_hx)), ((x,), (torch.from_numpy(x),))):
        actual, expected = ours(*arguments), theirs(*torch_arguments)
        for value, reference in zip(*(out if isinstance(out, tuple) else (out,) for out in (actual, expected))):
            np.testing.assert_allclose(value.numpy(), reference.detach().numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cls", ["RNN", "GRU", "LSTM"])
def test_weights_go_to_pytorch_and_back_bit_for_bit(torch, cls):
    ours = getattr(nn, cls)(3, 2, num_layers=2, bidirectional=True)
    theirs = getattr(torch.nn, cls)(3, 2, num_layers=2, bidirectional=True, dtype=torch.float64)
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in nn.to_pytorch(ours).items()})
    assert list(theirs.state_dict()) == list(ours.state_dict())
    back = getattr(nn, cls)(3, 2, num_layers=2, bidirectional=True)
    assert nn.from_pytorch(back, theirs.state_dict()) == ([], [])
    for name, array in ours.state_dict().items():
        np.testing.assert_array_equal(back.state_dict()[name], array)
        np.testing.assert_array_equal(theirs.state_dict()[name].numpy().T, array)
