import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Tensor, gradcheck, gradients
from nn import functional as F  # noqa: N812
from tests.nn.activations.activation_cases import KINKS, away_from_kinks, both_dtypes, each, make_module

TWINS = [
    ("identity", "Identity", {}),
    ("sigmoid", "Sigmoid", {}),
    ("tanh", "Tanh", {}),
    ("softsign", "Softsign", {}),
    ("relu", "ReLU", {}),
    ("leaky_relu", "LeakyReLU", {}),
    ("leaky_relu", "LeakyReLU", {"negative_slope": 0.3}),
    ("prelu", "PReLU", {}),
    ("prelu", "PReLU", {"num_parameters": 4, "init": 0.125}),
    ("rrelu", "RReLU", {}),
    ("rrelu", "RReLU", {"lower": 0.5, "upper": 0.5}),
    ("elu", "ELU", {}),
    ("elu", "ELU", {"alpha": 0.5}),
    ("silu", "SiLU", {}),
    ("gelu", "GELU", {}),
    ("gelu", "GELU", {"approximate": "tanh"}),
    ("softplus", "Softplus", {}),
    ("softplus", "Softplus", {"beta": 2.0}),
    ("selu", "SELU", {}),
    ("celu", "CELU", {}),
    ("celu", "CELU", {"alpha": 0.25}),
    ("mish", "Mish", {}),
    ("relu6", "ReLU6", {}),
    ("hardtanh", "Hardtanh", {}),
    ("hardtanh", "Hardtanh", {"min_val": -2.0, "max_val": 0.5}),
    ("hardsigmoid", "Hardsigmoid", {}),
    ("hardswish", "Hardswish", {}),
    ("tanhshrink", "Tanhshrink", {}),
    ("softshrink", "Softshrink", {}),
    ("softshrink", "Softshrink", {"lambd": 1.0}),
    ("hardshrink", "Hardshrink", {}),
    ("hardshrink", "Hardshrink", {"lambd": 1.0}),
    ("logsigmoid", "LogSigmoid", {}),
    ("glu", "GLU", {}),
    ("glu", "GLU", {"axis": 0}),
]


def in_torch(torch, torch_name, options, dtype):
    options = {"dim" if key == "axis" else key: value for key, value in options.items()}
    return getattr(torch.nn, torch_name)(**options).to(torch.float32 if dtype == np.float32 else torch.float64)


def differentiated(module, x, weights):
    """Value, gradient of x and gradients of the parameters, here or in PyTorch."""
    out = module(x)
    (out * weights).sum().backward()
    return [out, x.grad, *[parameter.grad for parameter in module.parameters()]]


@both_dtypes
@pytest.mark.parametrize(("name", "torch_name", "options"), TWINS)
def test_values_and_gradients_agree_with_torch(torch, name, torch_name, options, dtype):
    ours, theirs = make_module(name, **options).astype(dtype), in_torch(torch, torch_name, options, dtype)
    if name == "rrelu" and not options:  # in training their slopes are random
        ours, theirs = ours.eval(), theirs.eval()
    # The last rows: all kinks, where both take the same one-sided derivatives.
    x = np.concatenate([np.random.default_rng(0).normal(0, 3, (7, 4)).ravel(), KINKS, [30.0]]).reshape(-1, 4).astype(dtype)
    weights = np.random.default_rng(1).normal(size=ours(x).shape).astype(dtype)
    actual = differentiated(ours, Tensor(x, requires_grad=True), weights)
    expected = differentiated(theirs, torch.tensor(x, requires_grad=True), torch.tensor(weights))
    precision = {"rtol": 1e-5, "atol": 1e-6} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-13}
    if name == "hardsigmoid" and dtype == np.float64:  # PyTorch's slope is 1/6 in single precision even then
        expected[1] = expected[1] * (1 / 6) / torch.tensor(1 / 6, dtype=torch.float32).double()
    for a, b in zip(actual, expected, strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), **precision)


# PyTorch has no second derivative of Hardsigmoid, and that of PReLU at 0 has the slope of the other side.
@pytest.mark.parametrize(("name", "torch_name", "options"), [row for row in TWINS if row[0] not in ("hardsigmoid", "prelu")])
def test_second_derivatives_at_kinks_agree_with_torch(torch, name, torch_name, options):
    ours, theirs = make_module(name, **options).eval(), in_torch(torch, torch_name, options, np.float64).eval()
    kinks = np.array([*KINKS, 0.3]).reshape(-1, 4 if options.get("axis") is None else 1)
    x, twin = Tensor(kinks, requires_grad=True), torch.tensor(kinks, requires_grad=True)
    (first,) = gradients((ours(x) ** 2).sum(), [x], create_graph=True)
    (second,) = gradients(first.sum(), [x])
    (first,) = torch.autograd.grad((theirs(twin) ** 2).sum(), twin, create_graph=True)
    (expected,) = torch.autograd.grad(first.sum(), twin)
    np.testing.assert_allclose(second.numpy(), expected.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(("name", "torch_name", "options"), TWINS)
def test_repr_agrees_with_torch(torch, name, torch_name, options):
    theirs = repr(in_torch(torch, torch_name, options, np.float64))
    expected = theirs.replace("dim=", "axis=").replace(", threshold=20.0", "")  # which exists for numerical reasons only
    assert repr(make_module(name, **options)) == expected


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (nn.BReLU(), "BReLU(axis=1)"),
        (nn.PReLU(3, axis=-1), "PReLU(num_parameters=3, axis=-1)"),
        (nn.APL(2, 3), "APL(hinges=2, units=3)"),
        (nn.APL(2, 3, axis=-1), "APL(hinges=2, units=3, axis=-1)"),
        (nn.SoftExponential(0.5), "SoftExponential(alpha=0.5)"),
        (nn.SoftClipping(2.0), "SoftClipping(alpha=2.0)"),
        (nn.SQNL(), "SQNL()"),
    ],
)
def test_repr_of_activations_without_counterpart_in_torch(module, expected):
    assert repr(module) == expected


@each
@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1))
def test_derivatives_agree_with_differences_to_second_order(name, seed):
    module = make_module(name).eval()
    x = Tensor(away_from_kinks(seed=seed), requires_grad=True)
    assert gradcheck(module, [x], order=2)


PARAMETRIC = {
    "prelu": (F.prelu, [(3,)]),
    "prelu_of_one_slope": (F.prelu, [(1,)]),
    "apl": (F.apl, [(2, 3), (2, 3)]),
    "apl_of_one_unit": (F.apl, [(2, 1), (2, 1)]),
    "soft_exponential": (F.soft_exponential, [()]),
}


@pytest.mark.parametrize(("f", "shapes"), PARAMETRIC.values(), ids=PARAMETRIC)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=5)
def test_derivatives_by_parameters_agree_with_differences_to_second_order(f, shapes, seed):
    rng = np.random.default_rng(seed)
    x = Tensor(rng.integers(-1, 2, (2, 3)) + rng.uniform(0.3, 0.45, (2, 3)), requires_grad=True)
    # Hinges lie away from every x; soft exponentials of these α have values at every x.
    parameters = [Tensor(rng.uniform(-0.2, 0.2, shape), requires_grad=True) for shape in shapes]
    assert gradcheck(f, [x, *parameters], order=2)


def composed_elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(-autograd.relu(-x)) - 1))


FUSED = {
    "leaky_relu": (F.leaky_relu, lambda x: np.where(x > 0, x, 0.01 * x)),
    "elu": (F.elu, composed_elu),
    "elu of another alpha": (lambda x: F.elu(x, 0.3), lambda x: composed_elu(x, 0.3)),
    "silu": (F.silu, lambda x: x * autograd.sigmoid(x)),
    "gelu": (F.gelu, lambda x: x * (1 + autograd.erf(x / np.sqrt(2.0))) / 2),
    "softsign": (F.softsign, lambda x: x / (1 + np.abs(x))),
    "softmax": (F.softmax, lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)),
    "log_softmax": (F.log_softmax, lambda x: x - np.log(np.exp(x).sum(axis=-1, keepdims=True))),
}


@pytest.mark.parametrize(("fused", "composed"), FUSED.values(), ids=FUSED)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_fused_and_composed_agree_to_third_order(fused, composed, seed):
    actual, expected = ([], [])
    values = away_from_kinks(seed=seed)
    weights = np.random.default_rng(seed).uniform(0.5, 1.5, values.shape)
    for f, results in ((fused, actual), (composed, expected)):
        x = Tensor(values, requires_grad=True)
        out = f(x)
        for _ in range(3):
            out = gradients((weights * out * out).sum(), [x], create_graph=True)[0]
            results.append(out.numpy())
    for one, other in zip(actual, expected):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-11)
