"""Recurrent layers: lengths, states, options, errors."""

import warnings

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError, Tensor
from tests.nn.sample_models import values

LAYERS = [nn.RNN, nn.GRU, nn.LSTM]
CELLS = [nn.RNNCell, nn.GRUCell, nn.LSTMCell]
each_layer = pytest.mark.parametrize("cls", LAYERS)
each_cell = pytest.mark.parametrize("cls", CELLS)


def sequence(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def as_tuple(x):
    return x if isinstance(x, tuple) else (x,)


def grads(model):
    return {name: p.grad.numpy() for name, p in model.named_parameters()}


@each_layer
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_padded_sequences_give_what_each_gives_alone(cls, bidirectional, num_layers):
    layer = cls(3, 2, num_layers, bidirectional=bidirectional, rng=0)
    lengths, x = [2, 5, 1, 4], sequence(5, 4, 3)
    outputs, last = layer(x, lengths=lengths)
    weights = sequence(*outputs.shape, seed=1)
    ((weights * outputs).sum() + sum((state**2).sum() for state in as_tuple(last))).backward()
    together, model_grads = outputs.numpy(), grads(layer)
    layer.zero_grad()
    for k, length in enumerate(lengths):
        alone, last_alone = layer(x[:length, k])
        ((weights[:length, k] * alone).sum() + sum((state**2).sum() for state in as_tuple(last_alone))).backward()
        np.testing.assert_allclose(together[:length, k], alone.numpy(), rtol=1e-12, atol=1e-14)
        assert (together[length:, k] == 0).all()
        for state, expected in zip(as_tuple(last), as_tuple(last_alone)):
            np.testing.assert_allclose(state.numpy()[:, k], expected.numpy(), rtol=1e-12, atol=1e-14)
    for name, grad in grads(layer).items():
        np.testing.assert_allclose(model_grads[name], grad, rtol=1e-10, atol=1e-12)


@each_layer
def test_padding_has_no_influence_and_no_gradient(cls):
    layer = cls(3, 2, bidirectional=True, rng=0)
    x = Tensor(sequence(4, 2, 3), requires_grad=True)
    changed = x.numpy().copy()
    changed[2:, 0] = np.nan
    outputs, _ = layer(x, lengths=[2, 4])
    np.testing.assert_array_equal(layer(changed, lengths=[2, 4])[0].numpy()[:, 0], outputs.numpy()[:, 0])
    outputs.sum().backward()
    expected = grads(layer)
    layer.zero_grad()
    layer(changed, lengths=[2, 4])[0].sum().backward()
    for name, grad in grads(layer).items():
        np.testing.assert_allclose(grad, expected[name], rtol=1e-12, atol=1e-14)
    assert (x.grad.numpy()[2:, 0] == 0).all()
    assert (x.grad.numpy()[:2, 0] != 0).all()


@each_layer
def test_the_last_states_are_those_of_both_ends(cls):
    layer = cls(3, 2, bidirectional=True)
    outputs, last = layer(sequence(5, 4, 3))
    h = as_tuple(last)[0].numpy()
    np.testing.assert_array_equal(h[0], outputs.numpy()[-1, :, :2])
    np.testing.assert_array_equal(h[1], outputs.numpy()[0, :, 2:])


@each_layer
def test_a_sequence_in_pieces_gives_what_it_gives_at_once(cls):
    layer, x = cls(3, 2, num_layers=2), sequence(6, 4, 3)
    expected, expected_last = layer(x)
    first, state = layer(x[:4])
    second, last = layer(x[4:], state)
    np.testing.assert_allclose(np.concatenate([first.numpy(), second.numpy()]), expected.numpy(), rtol=1e-12, atol=1e-14)
    for state, other in zip(as_tuple(last), as_tuple(expected_last)):
        np.testing.assert_allclose(state.numpy(), other.numpy(), rtol=1e-12, atol=1e-14)


@each_layer
def test_detached_states_stop_the_gradient(cls):
    layer, x = cls(3, 2), Tensor(sequence(6, 1, 3), requires_grad=True)
    _, state = layer(x[:4])
    outputs, _ = layer(x[4:], tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach())
    outputs.sum().backward()
    assert (x.grad.numpy()[:4] == 0).all()
    assert (x.grad.numpy()[4:] != 0).any()


@each_layer
def test_batch_first_swaps_the_first_two_axes(cls):
    layer, twin = cls(3, 2, bidirectional=True, rng=0), cls(3, 2, bidirectional=True, batch_first=True, rng=0)
    x = sequence(5, 4, 3)
    outputs, last = layer(x)
    swapped, last_of_twin = twin(np.swapaxes(x, 0, 1))
    np.testing.assert_array_equal(np.swapaxes(swapped.numpy(), 0, 1), outputs.numpy())
    np.testing.assert_array_equal(as_tuple(last)[0].numpy(), as_tuple(last_of_twin)[0].numpy())


@each_layer
@pytest.mark.parametrize("batch_first", [False, True])
def test_one_sequence_needs_no_batch_axis(cls, batch_first):
    layer, x = cls(3, 2, 2, batch_first=batch_first), sequence(5, 3)
    outputs, last = layer(x)
    assert outputs.shape == (5, 2)
    assert [state.shape for state in as_tuple(last)] == [(2, 2)] * len(as_tuple(last))
    batched, _ = layer(x[None] if batch_first else x[:, None])
    np.testing.assert_array_equal(outputs.numpy(), batched.numpy().reshape(5, 2))


@pytest.mark.parametrize(("cls", "cell_cls"), zip(LAYERS, CELLS))
def test_a_layer_is_its_cell_step_by_step(cls, cell_cls):
    layer, cell = cls(3, 2), cell_cls(3, 2)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    x, state = sequence(4, 5, 3), None
    outputs, last = layer(x)
    for t in range(4):
        state = cell(x[t], state)
        np.testing.assert_allclose(as_tuple(state)[0].numpy(), outputs.numpy()[t], rtol=1e-12, atol=1e-14)
    for a, b in zip(as_tuple(state), as_tuple(last)):
        np.testing.assert_allclose(a.numpy(), b.numpy()[0], rtol=1e-12, atol=1e-14)


@each_layer
def test_empty_batches_and_single_steps(cls):
    layer = cls(3, 2)
    outputs, last = layer(np.ones((4, 0, 3)))
    assert outputs.shape == (4, 0, 2)
    assert as_tuple(last)[0].shape == (1, 0, 2)
    outputs, last = layer(np.ones((1, 5, 3)))
    np.testing.assert_array_equal(outputs.numpy(), as_tuple(last)[0].numpy())


@each_layer
def test_single_precision(cls):
    layer = cls(3, 2, bidirectional=True).astype("float32")
    x = Tensor(sequence(4, 2, 3).astype(np.float32), requires_grad=True)
    outputs, last = layer(x, lengths=[4, 2])
    outputs.sum().backward()
    dtypes = {outputs.dtype, x.grad.dtype, *(s.dtype for s in as_tuple(last)), *(g.dtype for g in grads(layer).values())}
    assert dtypes == {np.dtype(np.float32)}


@each_layer
def test_initial_weights(cls):
    layer = cls(3, 4, rng=0)
    assert all(0 < abs(value).max() <= 0.5 for value in values(layer).values())
    np.testing.assert_array_equal(layer.weight_ih_l0.data, cls(3, 4, rng=0).weight_ih_l0.data)
    assert list(values(cls(3, 4, bias=False))) == ["weight_ih_l0", "weight_hh_l0"]
    orthogonal = cls(4, 4, init="orthogonal", rng=0)
    for k in range(cls.gates):
        gate = orthogonal.weight_hh_l0.data[:, 4 * k : 4 * k + 4]
        np.testing.assert_allclose(gate @ gate.T, np.eye(4), atol=1e-12)
    assert (orthogonal.bias_ih_l0.data == 0).all()


@pytest.mark.parametrize("layer", [nn.LSTM(3, 2, forget_bias=1.5, bidirectional=True), nn.LSTMCell(3, 2, forget_bias=1.5)])
def test_forget_bias_is_the_sum_of_both_biases_of_that_gate(layer):
    state = layer.state_dict()
    for name in state:
        if name.startswith("bias_ih"):
            total = state[name] + state[name.replace("_ih", "_hh")]
            np.testing.assert_array_equal(total[2:4], 1.5)
            assert (total[:2] != 1.5).all()


def test_forget_bias_needs_biases():
    with pytest.raises(ValueError, match=r"LSTM: forget_bias=1.0 needs bias=True"):
        nn.LSTM(3, 2, bias=False, forget_bias=1.0)
    with pytest.raises(TypeError, match="LSTM: forget_bias must be a number or None, not True"):
        nn.LSTM(3, 2, forget_bias=True)


@each_layer
def test_dropout_acts_between_layers_in_training_only(cls):
    layer, x = cls(3, 4, num_layers=2, dropout=0.5, rng=0), sequence(5, 2, 3)
    first, second = layer(x)[0].numpy(), layer(x)[0].numpy()
    assert (first != second).any()
    layer.eval()
    plain = cls(3, 4, num_layers=2)
    plain.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(layer(x)[0].numpy(), plain(x)[0].numpy())


@each_layer
def test_dropout_of_one_layer_is_warned_of(cls):
    with pytest.warns(UserWarning, match=f"{cls.__name__}: dropout=0.5 acts between layers, and num_layers is 1"):
        cls(3, 2, dropout=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cls(3, 2, num_layers=2, dropout=0.5)


def model_with(layer):
    return nn.Sequential(nn.Sequential(layer))


@each_layer
@pytest.mark.parametrize("shape", [(4, 2, 5), (4, 5), (3,), (2, 4, 2, 3), (0, 2, 3)])
def test_wrong_inputs_name_the_layer(cls, shape):
    with pytest.raises(ShapeError, match=rf"^{cls.__name__} '0.0': got an input of shape .* expected \(steps, n, 3\)"):
        model_with(cls(3, 2))(np.ones(shape))


def test_wrong_inputs_name_the_order_of_the_axes():
    with pytest.raises(ShapeError, match=r"expected \(n, steps, 3\), with 1 step or more and batch_first=True"):
        nn.GRU(3, 2, batch_first=True)(np.ones((2, 0, 3)))


@each_layer
@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([5, 1], DataError, "got the length 5, expected 1 to 4"),
        ([0, 1], DataError, "got the length 0"),
        ([1, 2, 3], ShapeError, r"got lengths of shape \(3,\), expected one for each of the 2 sequences"),
        ([1.5, 2.0], DataError, "got lengths of float64, expected integers"),
    ],
)
def test_wrong_lengths_name_the_layer(cls, lengths, error, message):
    model = nn.ModuleDict({"reader": cls(3, 2)})
    with pytest.raises(error, match=f"^{cls.__name__} 'reader': {message}"):
        model["reader"](np.ones((4, 2, 3)), lengths=lengths)


@each_layer
def test_one_sequence_takes_no_lengths(cls):
    with pytest.raises(ShapeError, match="one length for each sequence"):
        cls(3, 2)(np.ones((4, 3)), lengths=[4])


@each_layer
def test_wrong_initial_states_name_the_layer(cls):
    layer = cls(3, 2, num_layers=2)
    shape = (1, 5, 2)
    hx = (np.ones(shape), np.ones(shape)) if cls is nn.LSTM else np.ones(shape)
    with pytest.raises(
        ShapeError, match=rf"^{cls.__name__}: got an initial state h of shape \(1, 5, 2\), expected \(2, 5, 2\)"
    ):
        layer(np.ones((4, 5, 3)), hx)


def test_the_states_of_an_lstm_are_a_pair():
    for layer in (nn.LSTM(3, 2), nn.LSTMCell(3, 2)):
        with pytest.raises(TypeError, match="hx must be a tuple of h and c"):
            layer(np.ones((1, 3)), np.ones((1, 2)))


@each_cell
def test_cells_name_themselves(cls):
    cell = cls(3, 2)
    with pytest.raises(ShapeError, match=rf"^{cls.__name__}: got an input of shape \(4, 5\), expected \(n, 3\) or \(3,\)"):
        cell(np.ones((4, 5)))
    hx = (np.ones((3, 2)), np.ones((4, 2))) if cls is nn.LSTMCell else np.ones((3, 2))
    with pytest.raises(ShapeError, match=rf"^{cls.__name__}: got a state h of shape \(3, 2\), expected \(4, 2\)"):
        cell(np.ones((4, 3)), hx)


@each_layer
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"input_size": 0}, ValueError, "input_size must be 1 or more"),
        ({"hidden_size": 2.0}, TypeError, "hidden_size must be an integer"),
        ({"num_layers": 0}, ValueError, "num_layers must be 1 or more"),
        ({"dropout": 1.5}, ValueError, "dropout must be a probability"),
        ({"batch_first": 1}, TypeError, "batch_first must be True or False, not 1"),
        ({"bidirectional": "yes"}, TypeError, "bidirectional must be True or False, not 'yes'"),
        ({"bias": 0}, TypeError, "bias must be True or False, not 0"),
    ],
)
def test_wrong_options_are_refused(cls, options, error, message):
    with pytest.raises(error, match=f"{cls.__name__}: {message}"):
        cls(**({"input_size": 3, "hidden_size": 2} | options))


@pytest.mark.parametrize("cls", [nn.RNN, nn.RNNCell])
def test_nonlinearity(cls):
    layer = cls(3, 2, nonlinearity="relu")
    outputs = layer(sequence(4, 5, 3)[0])
    assert (as_tuple(outputs)[0].numpy() >= 0).all()
    with pytest.raises(ValueError, match=f"{cls.__name__}: nonlinearity must be 'tanh' or 'relu', not 'elu'"):
        cls(3, 2, nonlinearity="elu")


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.GRU(3, 2), "GRU(3, 2)"),
        (
            nn.LSTM(3, 2, 2, batch_first=True, bidirectional=True),
            "LSTM(3, 2, num_layers=2, batch_first=True, bidirectional=True)",
        ),
        (nn.RNN(3, 2, nonlinearity="relu", bias=False), "RNN(3, 2, bias=False, nonlinearity='relu')"),
        (nn.RNNCell(3, 2, nonlinearity="relu"), "RNNCell(3, 2, nonlinearity='relu')"),
        (nn.LSTMCell(3, 2, bias=False), "LSTMCell(3, 2, bias=False)"),
    ],
)
def test_representation(layer, text):
    assert repr(layer) == text
