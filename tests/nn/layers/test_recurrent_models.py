"""Models with recurrent layers: files, summaries, pictures, compiled steps, training."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, no_grad
from optim import SGD, Adam, fit
from tests.autograd.compiler.training_steps import assert_same_training

LAYERS = [nn.RNN, nn.GRU, nn.LSTM]
each_layer = pytest.mark.parametrize("cls", LAYERS)


class Reader(nn.Module):
    """A classifier of sequences (n, steps, 3), which reads the last state."""

    def __init__(self, cls, **options):
        self.reader = cls(3, 4, batch_first=True, rng=0, **options)
        self.head = nn.Linear(4, 2, rng=1)

    def forward(self, x, lengths=None):
        _, last = self.reader(x, lengths=lengths)
        h = last[0] if isinstance(last, tuple) else last
        return self.head(h[-1])


rng = np.random.default_rng(0)
BATCHES = [(rng.normal(size=(6, 5, 3)), rng.integers(2, size=6)) for _ in range(7)]
LENGTHS = rng.integers(1, 6, size=(7, 6))


def training(cls, with_lengths=False, optimizer=SGD, **options):
    model = Reader(cls, **options)
    optimizer, loss = optimizer(model.parameters(), lr=0.1), nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        x, lengths = x if with_lengths else (x, None)
        error = loss(model(x, lengths), y)
        error.backward()
        optimizer.step()
        return error

    return model, step


@each_layer
@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}, {"bias": False}], ids=str)
def test_compiled_steps_give_the_bits_of_eager_ones(cls, options):
    assert_same_training(lambda: training(cls, optimizer=Adam, **options), BATCHES)


@each_layer
def test_compiled_steps_take_new_lengths_in_every_run(cls):
    batches = [((x, lengths), y) for (x, y), lengths in zip(BATCHES, LENGTHS)]
    assert_same_training(lambda: training(cls, with_lengths=True), batches)


def test_a_compiled_step_refuses_lengths_that_do_not_fit():
    step = autograd.compile(training(nn.GRU, with_lengths=True)[1])
    for (x, y), lengths in zip(BATCHES[:4], LENGTHS):
        step((x, lengths), y)
    with pytest.raises(autograd.DataError, match="GRU 'reader': got the length 6, expected 1 to 5"):
        step((BATCHES[0][0], np.full(6, 6)), BATCHES[0][1])


@each_layer
def test_fit_compiles_a_recurrent_model(cls):
    states = []
    x, y = (np.concatenate(arrays) for arrays in zip(*BATCHES))
    for compile in (False, True):
        model = Reader(cls)
        fit(
            model,
            nn.CrossEntropyLoss(),
            (x, y),
            optimizer=Adam(model.parameters()),
            epochs=3,
            rng=0,
            progress=False,
            compile=compile,
        )
        states.append(model.state_dict())
    for name, value in states[0].items():
        np.testing.assert_array_equal(value, states[1][name])


@each_layer
@pytest.mark.parametrize("suffix", ["safetensors", "npz"])
def test_files(cls, suffix, tmp_path):
    model, twin = Reader(cls), Reader(cls, init="orthogonal")
    nn.save(model, tmp_path / f"model.{suffix}")
    twin.load_state_dict(nn.load(tmp_path / f"model.{suffix}"))
    np.testing.assert_array_equal(twin(BATCHES[0][0]).numpy(), model(BATCHES[0][0]).numpy())


@pytest.mark.parametrize(("cls", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_summary_counts_multiply_adds(cls, gates):
    layer = cls(3, 4, num_layers=2, batch_first=True, bidirectional=True)
    weights = 2 * gates * 4 * (3 + 4) + 2 * gates * 4 * (8 + 4)
    assert nn.summary(layer, (5, 3)).multiply_adds == 5 * weights
    assert nn.summary(layer, (5, 3)).parameters == weights + 4 * 2 * gates * 4
    cell = getattr(nn, f"{cls.__name__}Cell")(3, 4)
    assert nn.summary(cell, 3).multiply_adds == gates * 4 * (3 + 4)


@each_layer
def test_a_picture_of_depth_one_shows_the_layer_as_one_box(cls):
    model = Reader(cls)
    picture = autograd.draw(lambda x: model(x).sum(), Tensor(BATCHES[0][0], requires_grad=True), depth=1)
    assert len([vertex for vertex in picture.vertices if "reader" in str(vertex.module)]) == 1


@each_layer
def test_a_sequence_of_layers_tells_how_to_take_the_outputs(cls):
    model = nn.Sequential(cls(3, 4), nn.Linear(4, 2))
    with pytest.raises(TypeError, match=r"^Linear '1': got a tuple of 2; a recurrent layer returns .* nn.Lambda\(lambda"):
        model(np.ones((5, 2, 3)))
    with no_grad(), pytest.raises(TypeError, match=r"^Linear '1': got a tuple of 2"):
        model(np.ones((5, 2, 3)))
    model = nn.Sequential(cls(3, 4), nn.Lambda(lambda result: result[0]), nn.Linear(4, 2))
    assert model(np.ones((5, 2, 3))).shape == (5, 2, 2)


@each_layer
def test_the_graph_has_one_operation_for_all_steps(cls):
    layer = cls(3, 4)
    outputs, _ = layer(Tensor(np.ones((7, 2, 3)), requires_grad=True))
    operations = [vertex.operation for vertex in autograd.draw(outputs.sum()).vertices]
    assert operations.count(f"{cls.__name__.lower()}_states") == 1
