"""One parameter in two places of a model."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import ShapeError, Tensor, gradients


class TiedLayers(nn.Module):
    """Two Linear layers with the same weight and their own biases."""

    def __init__(self):
        self.first, self.second = nn.Linear(3, 3, rng=0), nn.Linear(3, 3, rng=1)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(np.tanh(self.first(x)))


def embedding_and_head():
    embedding = nn.Embedding(5, 3, rng=0)
    return nn.Sequential(embedding, nn.Tanh(), nn.TiedLinear(embedding, bias=True))


MODELS = {
    "layers": (TiedLayers, np.ones((2, 3)), 9 + 3 + 3, 3),
    "embedding": (embedding_and_head, np.array([[0, 3]]), 15 + 5, 2),
}
each_model = pytest.mark.parametrize(("make", "x", "size", "count"), MODELS.values(), ids=MODELS)


def shared_weight(model):
    return model.first.weight if isinstance(model, TiedLayers) else model[0].weight


@each_model
def test_counted_listed_and_saved_once(make, x, size, count, tmp_path):
    model = make()
    names = [name for name, _ in model.named_parameters()]
    assert len(names) == len(set(names)) == count
    assert sum(p.size for p in model.parameters()) == size
    assert nn.summary(model, x.shape[1:], dtype=x.dtype).parameters == size
    assert set(model.state_dict()) == set(names)
    nn.save(model, tmp_path / "weights.safetensors")
    assert set(nn.load(tmp_path / "weights.safetensors")) == set(names)


@each_model
def test_loaded_into_both_places(make, x, size, count, tmp_path):
    model, other = make(), make()
    for parameter in model.parameters():
        parameter.data = parameter.data + 1
    nn.save(model, tmp_path / "weights.npz")
    other.load_state_dict(nn.load(tmp_path / "weights.npz"))
    np.testing.assert_array_equal(other(x).numpy(), model(x).numpy())
    assert len(list(other.parameters())) == len(list(model.parameters()))


@each_model
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_still_tied_in_copies_and_other_dtypes(make, x, size, count, copied):
    model = copied(make())
    before = model(x).numpy()
    np.testing.assert_array_equal(before, make()(x).numpy())
    assert sum(p.size for p in model.parameters()) == size
    np.testing.assert_allclose(model.astype("float32")(x).numpy(), before, rtol=1e-5, atol=1e-6)
    assert len({id(p) for p in model.parameters()}) == count


@each_model
def test_gradients_of_both_uses_are_added(make, x, size, count):
    model = make()
    (model(x) ** 2).sum().backward()
    untied = copy.deepcopy(model)
    if isinstance(model, TiedLayers):
        untied.second.weight = nn.Parameter(model.first.weight.data.copy())
        pair = [untied.first.weight, untied.second.weight]
    else:
        untied[2].weight = nn.Parameter(model[0].weight.data.copy())
        pair = [untied[0].weight, untied[2].weight]
    first, second = gradients((untied(x) ** 2).sum(), pair)
    np.testing.assert_allclose(shared_weight(model).grad.numpy(), (first + second).numpy(), rtol=1e-12)


@each_model
def test_an_optimizer_updates_it_once(make, x, size, count):
    model = make()
    before = shared_weight(model).numpy().copy()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    (model(x) ** 2).sum().backward()
    grad = shared_weight(model).grad.numpy().copy()
    optimizer.step()
    np.testing.assert_allclose(shared_weight(model).numpy(), before - 0.1 * grad, rtol=1e-12)
    model.zero_grad()
    (model(x) ** 2).sum().backward()
    assert shared_weight(model).grad is not None


@each_model
def test_compiled_steps_equal_eager_ones_bit_for_bit(make, x, size, count):
    results = []
    for transform in (lambda step: step, autograd.compile):
        model = make()
        optimizer = optim.Adam(model.parameters(), lr=0.01)

        def step(x, model=model, optimizer=optimizer):
            optimizer.zero_grad()
            error = (model(x) ** 2).mean()
            error.backward()
            optimizer.step()
            return error

        step = transform(step)
        losses = [step(x).item() for _ in range(6)]
        assert not getattr(step, "fallback_reason", "")
        results.append([losses, *(p.tolist() for p in model.parameters())])
    assert results[0] == results[1]


def test_pytorch_state_has_both_names_and_loads_either(torch):
    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("0", torch.nn.Embedding(5, 3))
            self.add_module("2", torch.nn.Linear(3, 5))
            self.get_submodule("2").weight = self.get_submodule("0").weight

    theirs, ours = Theirs().double(), embedding_and_head()
    assert nn.from_pytorch(ours, theirs.state_dict()) == ([], [])
    state = {name: torch.from_numpy(array) for name, array in nn.to_pytorch(ours).items()}
    assert set(state) == set(theirs.state_dict())
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(state[name], tensor)
    theirs.load_state_dict(state)
    x = torch.tensor([[0, 3]])
    expected = theirs.get_submodule("2")(torch.tanh(theirs.get_submodule("0")(x))).detach().numpy()
    np.testing.assert_allclose(ours(x.numpy()).numpy(), expected, rtol=1e-12)


def test_padding_row_of_an_embedding_stays_0_in_training():
    layer = nn.Embedding(4, 2, padding_idx=1, rng=0)
    optimizer = optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (layer([[0, 1], [1, 2]]) ** 2).sum().backward()
        assert not layer.weight.grad.numpy()[1].any()
        optimizer.step()
    assert layer.weight.numpy()[1].tolist() == [0.0, 0.0]


def test_wrong_arguments_are_reported():
    with pytest.raises(TypeError, match=r"embedding must be a module such as Embedding\(27, 3\), not 3"):
        nn.TiedLinear(3)
    with pytest.raises(ShapeError, match=r"^TiedLinear '2': got an input of shape \(1, 4\), expected \(…, 3\)"):
        embedding_and_head()[2](Tensor(np.zeros((1, 4))))
