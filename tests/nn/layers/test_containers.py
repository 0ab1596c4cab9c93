from collections import OrderedDict

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor


def linear(n=1):
    return [nn.Linear(2, 2) for _ in range(n)]


class Named(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(2, 3))
        self.head = nn.Linear(3, 1)


def test_sequential_applies_layers_in_order():
    class Add(nn.Module):
        def forward(self, x):
            return x + 1

    class Double(nn.Module):
        def forward(self, x):
            return x * 2

    assert nn.Sequential(Add(), Double())(3) == 8


def test_sequential_behaves_as_a_list():
    layers = [nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1)]
    model = nn.Sequential(*layers)
    assert len(model) == 3
    assert list(model) == layers
    assert model[1] is layers[1]
    assert model[-1] is layers[-1]


def test_empty_sequential_is_the_identity():
    x = Tensor([1.0])
    assert nn.Sequential()(x) is x


def test_sequential_rejects_a_non_module():
    with pytest.raises(TypeError, match="layer 1 of a Sequential"):
        nn.Sequential(nn.Linear(2, 2), np.tanh)


def test_slice_of_a_sequential_is_a_sequential_of_the_same_layers():
    model = nn.MLP([2, 3, 3, 1])
    part = model[1:4]
    assert type(part) is nn.Sequential
    assert list(part) == model.layers[1:4]
    assert model[-2:](np.ones((1, 3))).shape == (1, 1)


def test_sequential_append_insert_and_delete():
    first, second, third = linear(3)
    model = nn.Sequential(second)
    assert model.append(third) is model
    model.insert(0, first)
    assert list(model) == [first, second, third]
    del model[1]
    model[0] = nn.Identity()
    assert [name for name, _ in model.named_parameters()] == ["1.weight", "1.bias"]
    with pytest.raises(TypeError, match="layer 2 of a Sequential must be a module"):
        model.append(np.tanh)
    assert len(model) == 2


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (
            [nn.ReLU(), nn.ReLU()],
            r"\[ReLU\(\), ReLU\(\)\]; pass the modules as separate arguments, as in Sequential\(\*layers\)",
        ),
        (nn.ReLU, r"<class .*>; write ReLU\(\)"),
        (np.tanh, "<ufunc 'tanh'>; nn.Lambda makes a module from a function"),
        ("tanh", "'tanh'"),
    ],
)
def test_error_for_a_non_module_has_a_hint(value, hint):
    with pytest.raises(TypeError, match=rf"^layer 0 of a Sequential must be a module, such as nn.Tanh\(\), not {hint}$"):
        nn.Sequential(value)


def test_attributes_of_a_sequential_come_after_its_layers():
    assert list(Named().state_dict()) == ["0.weight", "0.bias", "head.weight", "head.bias"]


def test_module_list_names_modules_by_index():
    layers = nn.ModuleList(linear(2))
    layers.extend([nn.ReLU(), nn.Linear(2, 1)])
    assert list(layers.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias"]


def test_module_list_behaves_as_a_list():
    a, b, c, d = linear(4)
    layers = nn.ModuleList([a]).append(c).extend([d])
    assert layers.insert(1, b) is layers
    assert list(layers) == [a, b, c, d]
    assert (len(layers), layers[0], layers[-1], c in layers) == (4, a, d, True)
    assert isinstance(layers[1:3], nn.ModuleList)
    assert list(layers[1:3]) == [b, c]
    layers[0] = d
    del layers[1:]
    assert list(layers) == [d]
    assert not list(nn.ModuleList())


@pytest.mark.parametrize("change", ["append", "extend", "insert", "set", "make"])
def test_module_list_rejects_non_modules_without_a_change(change):
    layers = nn.ModuleList(linear(2))
    before = list(layers)
    with pytest.raises(TypeError, match=r"layer . of a ModuleList must be a module, such as nn.Tanh\(\), not 'tanh'"):
        {
            "append": lambda: layers.append("tanh"),
            "extend": lambda: layers.extend([nn.ReLU(), "tanh"]),
            "insert": lambda: layers.insert(0, "tanh"),
            "set": lambda: layers.__setitem__(0, "tanh"),
            "make": lambda: nn.ModuleList([nn.ReLU(), "tanh"]),
        }[change]()
    assert list(layers) == before


def test_modules_in_lists_are_registered():
    class Net(nn.Module):
        def __init__(self):
            self.blocks = nn.ModuleList(linear(2))
            self.heads = nn.ModuleDict({"a": nn.Linear(2, 1)})

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return self.heads["a"](x)

    model = Net()
    model(np.ones((1, 2))).backward()
    assert all(p.grad is not None for p in model.parameters())
    assert len(list(model.parameters())) == 6
    model.eval()
    assert not any(module.training for module in (*model.blocks, model.heads["a"]))
    twin = Net()
    twin.load_state_dict(model.state_dict())
    assert twin(np.ones((1, 2))).tolist() == model(np.ones((1, 2))).tolist()
    with pytest.raises(ShapeError, match=r"Linear 'blocks\.0'"):
        model(np.ones((1, 5)))


@pytest.mark.parametrize("container", [nn.ModuleList([nn.ReLU()]), nn.ModuleDict({"a": nn.ReLU()})])
def test_containers_without_forward_cannot_be_called(container):
    with pytest.raises(TypeError, match=f"{type(container).__name__} only holds modules and cannot be called"):
        container([1.0])


def test_module_dict_behaves_as_a_dict():
    a, b, c = linear(3)
    modules = nn.ModuleDict([("a", a), ("b", b)])
    modules["c"] = c
    assert (list(modules), list(modules.keys())) == (["a", "b", "c"], ["a", "b", "c"])
    assert (list(modules.values()), dict(modules.items())) == ([a, b, c], {"a": a, "b": b, "c": c})
    assert (len(modules), modules["b"], "c" in modules, "d" in modules) == (3, b, True, False)
    del modules["b"]
    modules.update(OrderedDict(a=c))
    assert dict(modules.items()) == {"a": c, "c": c}


def test_module_dict_names_modules_by_key():
    assert list(nn.ModuleDict({"x": nn.Linear(1, 1), "é 1": nn.Linear(1, 1, bias=False)}).state_dict()) == [
        "x.weight",
        "x.bias",
        "é 1.weight",
    ]


def test_error_for_an_unknown_key_lists_the_keys():
    for use in (lambda m: m["c"], lambda m: m.__delitem__("c")):
        with pytest.raises(KeyError, match="no module 'c'; the names are a, b"):
            use(nn.ModuleDict({"a": nn.ReLU(), "b": nn.ReLU()}))
    with pytest.raises(KeyError, match="none yet"):
        nn.ModuleDict()["a"]


@pytest.mark.parametrize("name", ["a.b", "", 3, None])
def test_invalid_key_is_rejected(name):
    with pytest.raises(ValueError, match="nonempty string without dots"):
        nn.ModuleDict({name: nn.ReLU()})


def test_module_dict_rejects_a_non_module():
    with pytest.raises(TypeError, match="'a' in a ModuleDict must be a module"):
        nn.ModuleDict({"a": np.tanh})


def test_repr_of_containers():
    model = nn.ModuleDict({"a": nn.ModuleList([nn.Identity(), nn.Flatten(0, 1)])})
    assert repr(model) == (
        "ModuleDict(\n  (a): ModuleList(\n    (0): Identity()\n    (1): Flatten(start_axis=0, end_axis=1)\n  )\n)"
    )
