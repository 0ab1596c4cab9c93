"""Validation of the inputs and options of activations."""

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError, Tensor
from nn import functional as F  # noqa: N812
from nn.activations import ACTIVATIONS, get_activation
from tests.nn.activations.activation_cases import away_from_kinks, each, make_module


@each
def test_function_and_module_agree(name):
    x = away_from_kinks()
    module = make_module(name).eval()
    options = [module.weight] if name == "prelu" else [module.a, module.b] if name == "apl" else []
    np.testing.assert_array_equal(module(Tensor(x)).numpy(), getattr(F, name)(Tensor(x), *options).numpy())


@each
def test_lists_arrays_and_tensors_agree(name):
    module = make_module(name).eval()
    x = [[-1.5, 0.25], [2.0, -0.75]]
    expected = module(Tensor(x)).numpy()
    np.testing.assert_array_equal(np.asarray(getattr(module(x), "data", module(x))), expected)
    np.testing.assert_array_equal(np.asarray(getattr(module(np.array(x)), "data", module(np.array(x)))), expected)


@each
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_])
def test_integers_are_accepted(name, dtype):
    module = make_module(name).eval()
    x = np.array([[1, 0, 3, 0]]).astype(dtype)
    actual, expected = module(Tensor(x)), module(Tensor(x.astype(float)))
    # NumPy's tanh gives half precision for integers of eight bits.
    np.testing.assert_allclose(actual.numpy(), expected.numpy(), rtol=1e-3 if name == "tanh" else 1e-14)
    assert actual.dtype.kind == "f" or name in ("identity", "relu")


@pytest.mark.parametrize("name", [name for name, row in ACTIVATIONS.items() if row.elementwise])
def test_a_single_number_gives_a_scalar(name):
    module = make_module(name).eval()
    for number in (Tensor(-0.7, requires_grad=True), Tensor(0.7, requires_grad=True)):
        out = module(number)
        assert isinstance(out.data, np.float64)
        assert out.item() == module(Tensor([number.item()])).tolist()[0]
        if out.requires_grad:
            out.backward()
            assert isinstance(number.grad.data, np.float64)


@each
def test_empty_input_gives_empty_output(name):
    x = Tensor(np.zeros((0, 4)), requires_grad=True)
    out = make_module(name)(x)
    assert out.shape == ((0, 2) if name == "glu" else (0, 4))


@each
def test_input_is_not_modified(name):
    values = away_from_kinks()
    x = Tensor(values, requires_grad=True)
    make_module(name)(x).sum().backward()
    np.testing.assert_array_equal(x.numpy(), away_from_kinks())
    np.testing.assert_array_equal(values, away_from_kinks())


WRONG_OPTIONS = [
    ("softplus", {"beta": 0.0}, r"softplus: beta .* above 0, not 0.0"),
    ("celu", {"alpha": -1.0}, r"celu: alpha .* above 0, not -1.0"),
    ("soft_clipping", {"alpha": 0.0}, r"soft_clipping: alpha .* above 0, not 0.0"),
    ("hardtanh", {"min_val": 1.0, "max_val": 1.0}, r"hardtanh: min_val .* below max_val, not 1.0 and 1.0"),
    ("softshrink", {"lambd": -0.5}, r"softshrink: lambd .* -0.5"),
    ("hardshrink", {"lambd": float("nan")}, r"hardshrink: lambd .* nan"),
    ("rrelu", {"lower": 0.5, "upper": 0.1}, r"rrelu: lower must not exceed upper, got 0.5 and 0.1"),
    ("gelu", {"approximate": "erf"}, r"gelu: approximate must be 'none' or 'tanh', not 'erf'"),
]


@pytest.mark.parametrize(("name", "options", "message"), WRONG_OPTIONS)
def test_invalid_options_are_rejected_by_module_and_function(name, options, message):
    with pytest.raises(ValueError, match=message):
        ACTIVATIONS[name].module(**options)
    with pytest.raises(ValueError, match=message):
        getattr(F, name)([1.0], **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.PReLU(0), "PReLU: num_parameters must be 1 or more, not 0"),
        (lambda: nn.PReLU(0.25), "PReLU: num_parameters must be an integer, not 0.25"),
        (lambda: nn.APL(0), "APL: hinges must be 1 or more, not 0"),
        (lambda: nn.APL(2, 0), "APL: units must be 1 or more, not 0"),
    ],
)
def test_invalid_numbers_of_units_are_rejected(make, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        make()


WRONG_INPUTS = [
    (nn.GLU(), (2, 3), r"\(2, 3\), expected an even size along axis -1"),
    (nn.GLU(axis=2), (2, 4), r"\(2, 4\), which has no axis 2"),
    (nn.GLU(), (), r"\(\), which has no axis -1"),
    (nn.BReLU(), (3,), r"\(3,\), which has no axis 1"),
    (nn.PReLU(3), (2, 4), r"\(2, 4\), expected 3 units along axis 1"),
    (nn.PReLU(3), (3,), r"\(3,\), which has no axis 1"),
    (nn.APL(2, 3), (2, 4), r"\(2, 4\), expected 3 units along axis 1"),
    (nn.Softmax(axis=2), (2, 4), r"axis 2 .*\(2, 4\)"),
    (nn.LogSoftmax(axis=-3), (2, 4), r"axis -3 .*\(2, 4\)"),
    (nn.Softmin(axis=1), (4,), r"axis 1 .*\(4,\)"),
]


@pytest.mark.parametrize(("module", "shape", "message"), WRONG_INPUTS)
def test_shape_errors_state_the_path_in_the_model(module, shape, message):
    with pytest.raises(ShapeError, match=rf"^{type(module).__name__} '1': .*{message}"):
        nn.Sequential(nn.Identity(), module)(Tensor(np.ones(shape)))


@pytest.mark.parametrize("alpha", [-0.5, np.array([0.0, -0.5])])
def test_soft_exponential_outside_its_domain_is_rejected(alpha):
    with pytest.raises(DataError, match=r"soft_exponential: got -3; with α = -0.5, x must be larger than .* = -1.5"):
        F.soft_exponential(Tensor([2.0, -3.0]), alpha)
    with pytest.raises(DataError, match=r"^SoftExponential '0': got -3; with α = -0.5"):
        nn.Sequential(nn.SoftExponential(-0.5))([2.0, -3.0])


def test_hinges_of_another_shape_are_rejected():
    with pytest.raises(ShapeError, match=r"apl: .*\(2,\) and \(2, 1\)"):
        F.apl(np.ones((2, 3)), [0.1, 0.2], [[0.1], [0.2]])


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "identity"])
def test_text_is_rejected(name):
    with pytest.raises(DataError, match="expected numbers"):
        make_module(name)(["a", "b"])


def test_get_activation_by_the_name_of_the_function():
    assert all(get_activation(name) is row.module for name, row in ACTIVATIONS.items())


def test_swish_is_silu():
    assert get_activation("swish") is nn.Swish is nn.SiLU
    assert F.swish is F.silu


def test_error_for_an_unknown_activation_suggests_a_name():
    with pytest.raises(ValueError, match=r"no activation 'leakyrelu' \(did you mean 'leaky_relu'\?\).*sigmoid, tanh"):
        get_activation("leakyrelu")
    with pytest.raises(ValueError, match=r"no activation 'xyz'; there are identity"):
        get_activation("xyz")
