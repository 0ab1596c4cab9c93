"""Random architectures are saved and loaded: equal outputs, shared modules shared, a second file of equal bytes."""

import os
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import ShapeError, Tensor

WIDTH = 4
EXAMPLES = int(os.environ.get("ARCHITECTURES", "25"))
ACTIVATIONS = [name for name in nn.ACTIVATIONS if name != "glu"]
INITS = st.sampled_from([None, "he_normal", "orthogonal", nn.init.xavier_uniform, partial(nn.init.normal, std=0.1)])


@nn.register
class Weighted(nn.Module):
    """α · a(x) + β · b(x), where a and b may be the same module."""

    def __init__(self, a, b, alpha=0.5, *, beta):
        self.a, self.b, self.alpha = a, b, alpha
        self.beta = nn.Parameter(beta)
        self.calls = nn.Buffer(0)

    def forward(self, x):
        return self.alpha * self.a(x) + self.beta * self.b(x)


@nn.register
class AddChannel(nn.Module):
    def forward(self, x):
        return np.expand_dims(x, 1)


def convolution_stack(channels, init):
    convolution = nn.Conv1d(1, channels, 3, padding=1, init=init)
    return nn.Sequential(AddChannel(), convolution, nn.GlobalMaxPool1d(), nn.Linear(channels, WIDTH))


sizes, rates = st.integers(1, 5), st.sampled_from([0.0, 0.25, 0.5])
LEAVES = st.one_of(
    st.builds(lambda name: nn.activations.get_activation(name)(), st.sampled_from(ACTIVATIONS)),
    st.builds(lambda bias, init: nn.Linear(WIDTH, WIDTH, bias, init=init), st.booleans(), INITS),
    st.builds(lambda p, inverted: nn.Dropout(p, inverted), rates, st.booleans()),
    st.builds(lambda affine, momentum: nn.BatchNorm1d(WIDTH, momentum=momentum, affine=affine), st.booleans(), rates),
    st.builds(lambda affine: nn.LayerNorm(WIDTH, elementwise_affine=affine), st.booleans()),
    st.builds(lambda groups: nn.GroupNorm(groups, WIDTH), st.sampled_from([1, 2, 4])),
    st.builds(lambda hidden, *options: nn.MLP([WIDTH, *hidden, WIDTH], *options), st.lists(sizes, max_size=2),
              st.sampled_from(["relu", "tanh", nn.SELU, partial(nn.ELU, 0.5)]), st.booleans(), rates, INITS),
    st.builds(convolution_stack, sizes, INITS),
    st.builds(lambda function: nn.Lambda(function), st.sampled_from([np.tanh, np.negative, nn.functional.relu])),
)  # fmt: skip
MODELS = st.recursive(
    LEAVES,
    lambda children: st.one_of(
        st.lists(children, max_size=4).map(lambda layers: nn.Sequential(*layers)),
        st.builds(lambda layer, n: nn.Sequential(*[layer] * n), children, st.integers(1, 3)),
        st.builds(nn.Residual, children),
        st.builds(nn.Residual, children, children),
        st.builds(lambda a, b, beta: Weighted(a, b, beta=beta), children, children, st.floats(-2, 2)),
        st.builds(lambda a: Weighted(a, a, 0.1 + 0.2, beta=[1.0, -1.0, 0.0, 2.0]), children),
    ),
    max_leaves=8,
)


def change(model, data):
    """Changes after the construction: modes, frozen parameters, dtypes, options, replaced and shared layers."""
    modules = list(model.modules())
    for module in data.draw(st.lists(st.sampled_from(modules), max_size=3)):
        module.training = False
        if isinstance(module, nn.Dropout):
            module.p = 0.125
        if isinstance(module, nn.Sequential) and len(module):
            module[data.draw(st.integers(0, len(module) - 1))] = data.draw(LEAVES)
    linear = [module for module in model.modules() if type(module) is nn.Linear and module.weight.shape == (WIDTH, WIDTH)]
    if len(linear) > 1 and data.draw(st.booleans()):
        linear[-1].weight = linear[0].weight
    for parameter in list(model.parameters())[: data.draw(st.integers(0, 2))]:
        parameter.requires_grad = False
    if data.draw(st.booleans()):
        model.astype("float32")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


def sharing(model):
    """For every path the first path of the same module or tensor."""
    first = {}
    paths = []

    def visit(path, thing):
        paths.append((path, first.setdefault(id(thing), path)))
        if isinstance(thing, nn.Module):
            tensors = {name: value for name, value in vars(thing).items() if isinstance(value, nn.Parameter | nn.Buffer)}
            for name, value in (*tensors.items(), *thing.named_children()):
                visit(f"{path}.{name}", value)

    visit("", model)
    return paths


def output(model, x):
    """The bytes of the result, or None for a model whose replaced layer does not fit its neighbors."""
    try:
        result = model.eval()(x)
    except ShapeError:
        return None
    return (result.numpy() if isinstance(result, Tensor) else result).tobytes()


@settings(max_examples=EXAMPLES)
@given(model=MODELS, data=st.data())
def test_random_architecture_is_loaded_as_it_was_saved(folder, model, data):
    change(model, data)
    path, again = folder / "model.safetensors", folder / "again.safetensors"
    nn.save_model(model, path)
    twin = nn.load_model(path)
    assert repr(twin) == repr(model)
    assert sharing(twin) == sharing(model)
    assert [m.training for m in twin.modules()] == [m.training for m in model.modules()]
    assert [(n, p.requires_grad, p.dtype) for n, p in twin.named_parameters()] == [
        (n, p.requires_grad, p.dtype) for n, p in model.named_parameters()
    ]
    x = np.random.default_rng(0).normal(size=(3, WIDTH))
    assert output(twin, x) == output(model, x)
    nn.save_model(nn.load_model(path), again)
    assert again.read_bytes() == path.read_bytes()
