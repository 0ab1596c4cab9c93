import copy

import numpy as np
import pytest

import nn
from autograd import DataError, Tensor
from tests.nn.sample_models import Counting, Nested, assert_unchanged, values


class Tied(nn.Module):
    def __init__(self):
        self.inner = nn.Linear(2, 2)
        self.again = self.inner
        self.weight = self.inner.weight


class WithHead(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(2, 3))
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(super().forward(x))


def test_parameters_are_named_by_their_path():
    names = [name for name, _ in Nested().named_parameters()]
    assert names == ["scale", "first.weight", "first.bias", "rest.1.0.weight", "rest.1.0.bias"]


def test_parameters_come_in_the_order_of_their_names():
    model = Nested()
    assert [id(p) for p in model.parameters()] == [id(p) for _, p in model.named_parameters()]


def test_shared_parameter_is_found_once():
    model = Tied()
    assert len(list(model.parameters())) == 2
    assert {id(p) for p in model.parameters()} == {id(model.inner.weight), id(model.inner.bias)}


def test_plain_tensor_is_not_a_parameter():
    model = nn.Module()
    model.constant = Tensor([1.0])
    model.watched = Tensor([1.0], requires_grad=True)
    assert not list(model.parameters())


def test_parameter_set_after_init_is_registered():
    model = nn.Linear(2, 2)
    model.slope = nn.Parameter([1.0])
    assert [name for name, _ in model.named_parameters()] == ["weight", "bias", "slope"]


def test_parameters_are_found_in_a_sequential_that_has_attributes_too():
    model = WithHead()
    assert {id(p) for p in model.parameters()} >= {id(model.head.weight), id(model.head.bias)}


def test_parameter_requires_gradients():
    assert nn.Parameter([1.0]).requires_grad


def test_named_modules_holds_all_levels():
    assert [name for name, _ in Nested().named_modules()] == ["", "first", "rest", "rest.0", "rest.1", "rest.1.0"]


@pytest.mark.parametrize("mode", [True, False])
def test_train_and_eval_reach_all_modules(mode):
    model = Nested()
    model.train(not mode)
    assert (model.train() if mode else model.eval()) is model
    assert [module.training for _, module in model.named_modules()] == [mode] * 6


def test_children_are_one_level_and_modules_all():
    model = Nested()
    assert list(model.children()) == [model.first, model.rest]
    assert list(model.modules()) == [module for _, module in model.named_modules()]


def test_shared_module_is_found_once():
    model = Tied()
    assert [name for name, _ in model.named_modules()] == ["", "inner"]
    assert [name for name, _ in model.named_children()] == ["inner", "again"]


def test_cyclic_reference_is_visited_once():
    model = Nested()
    model.first.holder = model
    assert [name for name, _ in model.named_modules()] == ["", "first", "rest", "rest.0", "rest.1", "rest.1.0"]
    assert len(model.state_dict()) == 5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([nn.ReLU(), nn.Linear(1, 1)], "the list Module.parts holds a ReLU, .* self.parts = nn.ModuleList"),
        ((nn.ReLU(),), "the tuple Module.parts .* nn.ModuleList"),
        ([["name", nn.Linear(1, 1)]], "the list Module.parts holds a Linear"),
        ({"a": nn.ReLU()}, "the dict Module.parts holds a ReLU, .* nn.ModuleDict"),
        ({"a": [nn.ReLU()]}, "the dict Module.parts holds a ReLU"),
        ([nn.Parameter(1.0)], "holds a Parameter, .* an attribute for each"),
        ({"mean": nn.Buffer(1.0)}, "holds a Buffer"),
    ],
)
@pytest.mark.parametrize("ask", [lambda m: list(m.parameters()), lambda m: m.state_dict(), lambda m: m.eval()])
def test_plain_containers_of_modules_are_rejected(value, words, ask):
    model = nn.Sequential(nn.Module())
    model[0].parts = value
    with pytest.raises(TypeError, match=words):
        ask(model)


def test_list_that_grows_after_assignment_is_rejected():
    model = nn.Module()
    model.parts = []
    assert not list(model.parameters())
    model.parts.append(nn.ReLU())
    with pytest.raises(TypeError, match="ModuleList"):
        list(model.parameters())


def test_list_of_registered_modules_is_accepted():
    model = Nested()
    model.stages = [model.first, model.rest, [model.scale]]
    model.names = ["a", 1, None, {"b": Tensor(1.0)}]
    assert len(list(model.parameters())) == 5


def test_recursive_list_is_searched_to_a_limited_depth():
    model = nn.Module()
    model.parts = [1]
    model.parts.append(model.parts)
    assert not list(model.parameters())


def test_plain_list_does_not_hide_other_errors():
    class Holder(nn.Module):
        def __init__(self):
            self.parts = [nn.Linear(2, 3)]
            self.known = nn.Linear(3, 3)

        def forward(self, x):
            return self.known(self.parts[0](x))

    with pytest.raises(ValueError, match=r"Linear: got an input of shape \(1, 3\)"):
        Holder()([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize("value", [np.zeros((2, 2)), [[0.0, 0.0]] * 2, 3.0, "text"])
def test_parameter_cannot_be_replaced_by_an_array(value):
    layer = nn.Linear(2, 2)
    weight = layer.weight
    with pytest.raises(
        TypeError, match=r"^Linear.weight is a Parameter and cannot be replaced by .*; write .weight.data = … .* nn.Parameter"
    ):
        layer.weight = value
    assert layer.weight is weight


def test_parameter_can_be_replaced_by_a_tensor_or_none():
    layer = nn.Linear(2, 2)
    for value in (nn.Parameter(np.zeros((2, 2))), Tensor(np.zeros((2, 2))), None):
        layer.weight = value
        assert layer.weight is value


def test_apply_calls_every_module_once_and_returns_the_model():
    model, seen = Nested(), []
    assert model.apply(seen.append) is model
    assert seen == list(model.modules())


def test_frozen_model_receives_no_gradients():
    model = Nested()
    assert model.requires_grad_(False) is model
    assert not any(p.requires_grad for p in model.parameters())
    assert not model([[1.0, 2.0]]).requires_grad
    model.first.requires_grad_()
    model([[1.0, 2.0]]).backward()
    assert [name for name, p in model.named_parameters() if p.grad is not None] == ["first.weight", "first.bias"]


def test_astype_converts_floats_and_their_gradients():
    model = Counting()
    model(np.ones(2)).backward()
    before = [id(tensor) for tensor in (*model.parameters(), *model.buffers())]
    assert model.astype("float32") is model
    assert (model.weight.dtype, model.mean.dtype, model.count.dtype) == (np.float32, np.float32, np.int64)
    assert model.weight.grad.dtype == np.float32
    assert [id(tensor) for tensor in (*model.parameters(), *model.buffers())] == before
    out = model(np.ones(2, np.float32))
    out.backward()
    assert (out.dtype, model.weight.grad.dtype) == (np.float32, np.float32)
    assert model.weight.grad.tolist() == [2.0, 2.0]


def test_astype_of_a_single_number():
    model = Nested().astype(np.float32)
    assert type(model.scale.data) is np.float32
    assert model(np.ones((1, 2), np.float32)).dtype == np.float32


@pytest.mark.parametrize("dtype", ["int64", "bool", "complex128"])
def test_astype_rejects_other_types_without_a_change(dtype):
    model = Counting()
    with pytest.raises(DataError, match=f"dtype must be a float type such as 'float32', not '{dtype}'"):
        model.astype(dtype)
    assert model.weight.dtype == np.float64


def test_new_module_is_in_training_mode():
    assert nn.Linear(1, 1).training


def test_eval_of_one_model_leaves_others_training():
    nn.Linear(1, 1).eval()
    assert nn.Linear(1, 1).training


def test_zero_grad_removes_all_gradients():
    model = Nested()
    model([[1.0, 2.0]]).backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_gradient_of_shared_parameter_is_the_sum_over_its_uses():
    layer = nn.Linear(2, 2, bias=False, rng=0)
    model = nn.Sequential(layer, layer)
    x = np.array([[1.0, -2.0]])
    model(x).sum().backward()
    w, ones = layer.weight.data, np.ones((1, 2))
    np.testing.assert_allclose(layer.weight.grad.data, x.T @ (ones @ w.T) + (x @ w).T @ ones)


def test_deep_copy_is_independent():
    model = Nested()
    before = values(model)
    twin = copy.deepcopy(model)
    twin.scale.data = 5.0
    twin.first.weight.data += 1
    assert_unchanged(model, before)
    assert all(isinstance(p, nn.Parameter) and p.requires_grad for p in twin.parameters())


def test_repr_shows_the_nesting():
    assert repr(Nested()) == (
        "Nested(\n"
        "  (first): Linear(2, 3)\n"
        "  (rest): Sequential(\n"
        "    (0): Tanh()\n"
        "    (1): Sequential(\n"
        "      (0): Linear(3, 1)\n"
        "    )\n"
        "  )\n"
        ")"
    )


def test_repr_says_that_there_is_no_bias():
    assert repr(nn.Linear(2, 3, bias=False)) == "Linear(2, 3, bias=False)"


def test_module_without_forward_names_itself():
    class Unfinished(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="Unfinished"):
        Unfinished()(1.0)


def test_call_goes_to_the_forward_that_python_would_find():
    class Base(nn.Module):
        def forward(self, x):
            return x

    class Loud:
        def forward(self, x):
            return super().forward(x) + 100

    class Mixed(Loud, Base):
        pass

    class Wrapping(Base):
        def __call__(self, x):
            return self.forward(x) + 1000

    class Wrapped(Wrapping):
        def forward(self, x):
            return x * 2

    assert (Base()(1), Mixed()(1), Wrapping()(1), Wrapped()(1)) == (1, 101, 1001, 1002)


def test_forward_of_one_module_cannot_be_replaced_silently():
    with pytest.raises(AttributeError, match="subclass"):
        nn.Linear(1, 1).forward = lambda x: x
