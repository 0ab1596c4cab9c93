import copy

import numpy as np
import pytest

import nn
from autograd import Tensor


class Nested(nn.Module):
    def __init__(self):
        self.scale = nn.Parameter(2.0)
        self.first = nn.Linear(2, 3)
        self.rest = nn.Sequential(nn.Tanh(), nn.Sequential(nn.Linear(3, 1)))

    def forward(self, x):
        return self.rest(self.first(x)) * self.scale


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


def values(model):
    return {name: p.data.copy() for name, p in model.named_parameters()}


def assert_unchanged(model, before):
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name])


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


def test_parameter_set_later_is_found():
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


def test_new_module_is_in_training_mode():
    assert nn.Linear(1, 1).training


def test_eval_of_one_model_leaves_others_training():
    nn.Linear(1, 1).eval()
    assert nn.Linear(1, 1).training


def test_zero_grad_forgets_all_gradients():
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


def test_state_dict_round_trip_gives_the_same_outputs():
    source, target = Nested(), Nested()
    target.load_state_dict(source.state_dict())
    x = [[0.3, -0.7]]
    assert source(x).tolist() == target(x).tolist()


def test_state_dict_is_a_copy():
    model = nn.Linear(2, 1)
    state = model.state_dict()
    before = state["weight"].copy()
    model.weight.data += 1
    np.testing.assert_array_equal(state["weight"], before)


def test_loaded_values_are_copies():
    model = nn.Linear(2, 1)
    state = model.state_dict()
    model.load_state_dict(state)
    before = model.weight.data.copy()
    state["weight"] += 1
    np.testing.assert_array_equal(model.weight.data, before)


def test_loading_keeps_the_dtype_of_the_model(single_precision):
    model = nn.Linear(2, 1)
    model.load_state_dict({"weight": np.ones((2, 1)), "bias": [0.5]})
    assert model.weight.dtype == model.bias.dtype == np.float32


def test_loading_keeps_the_parameter_objects():
    model = nn.Linear(2, 1)
    before = list(map(id, model.parameters()))
    model.load_state_dict(nn.Linear(2, 1).state_dict())
    assert list(map(id, model.parameters())) == before


def test_state_error_lists_every_problem():
    model = Nested()
    state = model.state_dict()
    del state["scale"], state["first.bias"]
    state |= {"extra": np.ones(1), "other": np.ones(1), "first.weight": np.ones((3, 2)), "rest.1.0.bias": np.ones(4)}
    with pytest.raises(nn.StateError) as caught:
        model.load_state_dict(state)
    message = str(caught.value)
    assert "Nested" in message
    for problem in ("missing scale", "missing first.bias", "unexpected extra", "unexpected other"):
        assert problem in message
    assert "first.weight has shape (3, 2), the model wants (2, 3)" in message
    assert "rest.1.0.bias has shape (4,), the model wants (1,)" in message


def test_problems_come_in_the_order_of_the_model():
    model = nn.MLP([2, 3, 3, 3, 1])
    names = [name for name, _ in model.named_parameters()]
    with pytest.raises(nn.StateError) as caught:
        model.load_state_dict({name: np.ones((9, 9)) for name in reversed(names)})
    assert sorted(names, key=str(caught.value).index) == names


def test_state_that_does_not_fit_changes_nothing():
    model = Nested()
    before = values(model)
    with pytest.raises(nn.StateError):
        model.load_state_dict({"scale": 7.0, "first.weight": np.ones((2, 3))})
    assert_unchanged(model, before)


@pytest.mark.parametrize("bias", [["text"], [None], [[1.0], [1.0, 2.0]]])
def test_state_that_is_not_numbers_changes_nothing(bias):
    model = nn.Linear(2, 1)
    before = values(model)
    with pytest.raises(nn.StateError, match="bias"):
        model.load_state_dict({"weight": [[1.0], [2.0]], "bias": bias})
    assert_unchanged(model, before)


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


def test_sequential_of_something_else_is_refused():
    with pytest.raises(TypeError, match="layer 1 of a Sequential"):
        nn.Sequential(nn.Linear(2, 2), np.tanh)


def test_activation_is_given_as_a_class():
    with pytest.raises(TypeError, match="class of the activation, ReLU"):
        nn.MLP([2, 3, 1], activation=nn.ReLU())


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
