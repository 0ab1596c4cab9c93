"""The properties in the docstrings of activations, from which the table is read, are true."""

import math
import re

import numpy as np
import pytest

import nn
from autograd import Tensor, gradients, jacobian
from nn import functional as F  # noqa: N812
from nn.activations import ACTIVATIONS
from nn.functional.activations.smooth_rectifiers import SELU_ALPHA, SELU_SCALE

PROBABILITIES = ["softmax", "log_softmax", "softmin"]
#: Every elementwise activation with its default options, and with others.
OPTIONS = [
    *[(name, {}) for name, row in ACTIVATIONS.items() if row.elementwise],
    ("leaky_relu", {"negative_slope": 0.1}),
    ("prelu", {"init": -0.5}),
    ("rrelu", {"lower": 0.1, "upper": 0.2}),
    ("apl", {"hinges": 1}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.3}),
    ("softplus", {"beta": 3.0}),
    ("soft_clipping", {"alpha": 20.0}),
    ("soft_exponential", {"alpha": -0.1}),
    ("soft_exponential", {"alpha": 0.5}),
    ("hardtanh", {"min_val": -2.0, "max_val": 0.5}),
    ("softshrink", {"lambd": 1.0}),
    ("hardshrink", {"lambd": 1.0}),
]
#: All kinks are among them.
POINTS = np.arange(-7, 7.01, 0.25)

# From the notation of the docstrings to Python, with the standard library's functions.
NOTATION = {
    "e⁻ˣ": "exp(-x)", "eˣ": "exp(x)", "|x|": "abs(x)", "√": "sqrt", "²": "**2", "½": "0.5", "∞": "inf", "−": "-", "·": "*",
    "≥": ">=", "≤": "<=", " = ": " == ", " mod ": " % ",
}  # fmt: skip
NAMES = {
    **{name: getattr(math, name) for name in ("exp", "sqrt", "tanh", "sinh", "cosh", "inf")},
    **{"ln": math.log, "abs": abs, "max": max, "min": min, "sign": lambda t: math.copysign(1, t)},
    "σ": lambda t: 1 / (1 + math.exp(-t)),
    "Φ": lambda t: (1 + math.erf(t / math.sqrt(2))) / 2,
    "φ": lambda t: math.exp(-t * t / 2) / math.sqrt(2 * math.pi),
}
OF_ARRAYS = {"exp": np.exp, "ln": np.log, "max": np.maximum, "Σ": np.sum}
GREEK = {"alpha": "α", "beta": "β", "lambd": "λ"}


def evaluated(text, **names):
    for ours, pythons in NOTATION.items():
        text = text.replace(ours, pythons)
    return eval(text, {"__builtins__": {}}, {**NAMES, **names})


def make_module(name, **options):
    """An activation in evaluation mode, and the names in its formula."""
    module = ACTIVATIONS[name].module(**options).eval()
    if name == "apl":  # its start is random
        hinges = options.get("hinges", 5)
        a, b = np.array([[-0.5], [0.25], [0.2], [-0.1], [-0.3]]), np.array([[0.5], [-1.0], [2.0], [0.0], [1.5]])
        module.load_state_dict({"a": a[:hinges], "b": b[:hinges]})
        return module, {**OF_ARRAYS, "a": a[:hinges, 0], "b": b[:hinges, 0]}
    names = {GREEK.get(key, key): value.item() if isinstance(value, Tensor) else value for key, value in vars(module).items()}
    if name == "selu":
        names = {"λ": SELU_SCALE, "α": SELU_ALPHA}
    if name == "rrelu":
        names = {"s": (module.lower + module.upper) / 2}
    return module, names


def curves(name):
    """An activation as scalar functions: itself, or the output of one unit if the input of the other is 0 or 1."""
    module, _ = make_module(name)
    if name in PROBABILITIES:
        return [lambda x: module(np.stack([x, 0 * x], axis=-1))[:, 0]]
    if name == "glu":
        return [lambda a: module(np.stack([a, 0 * a + 1], 1))[:, 0], lambda b: module(np.stack([0 * b + 1, b], 1))[:, 0]]
    if name == "brelu":
        return [lambda x: module(np.stack([x, x], axis=-1))[:, 0], lambda x: module(np.stack([x, x], axis=-1))[:, 1]]
    return [module]


def derivative(f, points, order=1):
    x = Tensor(points, requires_grad=True)
    out = f(x)
    for _ in range(order):
        if not out.requires_grad:  # a constant by now
            return np.zeros_like(points)
        out = gradients(out.sum(), [x], create_graph=True)[0]
    return out.numpy()


def test_every_row_has_all_properties_and_a_function():
    for name, row in ACTIVATIONS.items():
        assert row.name == name
        assert all(row), row
        assert callable(getattr(F, name))


def test_every_activation_is_in_nn():
    assert all(getattr(nn, row.module.__name__) is row.module for row in ACTIVATIONS.values())


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_function_states_the_formula_of_its_module(name):
    function = getattr(F, name)
    if function.__module__.startswith("nn."):
        assert ACTIVATIONS[name].formula in function.__doc__


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_value_is_the_formula(name, options):
    module, names = make_module(name, **options)
    expected = [evaluated(ACTIVATIONS[name].formula, x=x, **names) for x in POINTS.tolist()]
    np.testing.assert_allclose(module(Tensor(POINTS)).numpy(), expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_gradient_is_the_derivative_also_at_kinks(name, options):
    module, names = make_module(name, **options)
    values = module(Tensor(POINTS)).tolist()
    expected = [evaluated(ACTIVATIONS[name].derivative, x=x, f=f, **names) for x, f in zip(POINTS.tolist(), values)]
    np.testing.assert_allclose(derivative(module, POINTS), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", PROBABILITIES)
def test_formula_and_derivative_of_softmax_functions(name):
    module, row = ACTIVATIONS[name].module(), ACTIVATIONS[name]
    x = np.array([0.3, -1.2, 2.0, 0.0])
    f = module(Tensor(x)).numpy()
    np.testing.assert_allclose(f, evaluated(row.formula, x=x, xi=x, **OF_ARRAYS), rtol=1e-14)
    expected = evaluated(row.derivative, fi=f[:, None], fj=f, δij=np.eye(4), exp=np.exp)
    np.testing.assert_allclose(np.asarray(jacobian(module)(x)), expected, rtol=1e-12, atol=1e-15)


def test_formula_and_derivative_of_brelu():
    row = ACTIVATIONS["brelu"]
    for i, f in enumerate(curves("brelu")):
        expected = [evaluated(row.formula, x=x, i=i) for x in POINTS.tolist()]
        np.testing.assert_array_equal(f(Tensor(POINTS)).numpy(), expected)
        slopes = [evaluated(row.derivative, x=x, i=i) for x in POINTS.tolist()]
        np.testing.assert_array_equal(derivative(f, POINTS), slopes)


def test_formula_and_derivatives_of_glu():
    row = ACTIVATIONS["glu"]
    x = Tensor(np.random.default_rng(0).normal(size=(5, 2)), requires_grad=True)
    out = nn.GLU()(x)
    out.sum().backward()
    for (a, b), f, actual in zip(x.tolist(), out.numpy().ravel(), x.grad.numpy()):
        np.testing.assert_allclose(f, evaluated(row.formula, a=a, b=b), rtol=1e-14)
        np.testing.assert_allclose(actual, evaluated(row.derivative, b=b, f=f), rtol=1e-12)


NEAR = np.linspace(-10, 10, 4001)
FAR = np.concatenate([-np.logspace(1, 6, 50), np.logspace(1, 6, 50)])


def stated_range(name):
    """The parts of a range: a set of numbers, or two bounds, each (number, whether it is attained, rounding)."""
    _, names = make_module(name)
    for piece in ACTIVATIONS[name].range.split(" ∪ "):
        if piece[0] == "{":
            yield evaluated(piece, **names)
            continue
        yield [
            (evaluated(end.removeprefix("≈ "), **names), bracket in "[]", 5e-4 if end[0] == "≈" else 1e-12)
            for end, bracket in zip(piece[1:-1].split(", "), (piece[0], piece[-1]))
        ]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_fill_the_range(name):
    near, far = (np.concatenate([f(Tensor(points)).numpy() for f in curves(name)]) for points in (NEAR, FAR))
    values = np.concatenate([near, far])
    inside = np.zeros(values.shape, bool)
    for piece in stated_range(name):
        if isinstance(piece, set):
            assert piece <= set(near)
            inside |= np.isin(values, list(piece))
            continue
        (low, _, rounding), (high, _, _) = piece
        inside |= (values >= low - rounding) & (values <= high + rounding)
        assert np.diff(np.unique(near[(near >= low) & (near <= high)])).max() < 0.05
        for end, attained, rounding in piece:
            if math.isinf(end):
                assert (values * math.copysign(1, end)).max() > 1000
            elif attained:
                assert abs(near - end).min() <= rounding
            else:
                assert abs(near - end).min() > rounding
                assert abs(values - end).min() < 0.01
    assert inside.all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_order_of_continuity(name):
    stated = {"C⁻¹": -1, "C⁰": 0, "C¹": 1, "C∞": math.inf}[ACTIVATIONS[name].continuity]
    kinks, gap = np.arange(-8, 8.01, 0.5), 1e-7

    def jump(order):
        return max(abs(derivative(f, kinks + gap, order) - derivative(f, kinks - gap, order)).max() for f in curves(name))

    assert all(jump(order) < 1e-4 for order in range(4) if order <= stated)
    if stated < math.inf:
        assert jump(stated + 1) > 0.1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_saturation_by_limits(name):
    slopes = [abs(derivative(f, np.array([-1e4, 1e4]))) for f in curves(name)]
    assert all(((slope < 1e-6) | (slope > 1e-3)).all() for slope in slopes)
    none, left, right, both = [False, False], [True, False], [False, True], [True, True]
    ways = {
        "no": [none],
        "left": [left],
        "right": [right],
        "both sides": [both],
        "one side": [left, right],  # units of even and of odd number
        "its gate": [none, both],  # of the halves a and b
    }
    assert [(slope < 1e-6).tolist() for slope in slopes] == ways[ACTIVATIONS[name].saturates]


def test_saturating_functions_of_the_lectures():
    """In the lectures, a function does not saturate if |f| diverges for x → −∞ or x → ∞."""
    limits = {name: max(abs(f(Tensor([-1e6, 1e6])).numpy()).max() for f in curves(name)) for name in ACTIVATIONS}
    saturating = {name for name, limit in limits.items() if limit < 10}
    assert saturating == {name for name, row in ACTIVATIONS.items() if row.saturates == "both sides"}
    assert {"tanh", "sigmoid"} <= saturating
    assert "relu" not in saturating


def test_soft_exponential_away_from_the_identity():
    """Range, saturation and domain for other α, as stated in its docstring."""
    rising, falling = nn.SoftExponential(0.5), nn.SoftExponential(-0.5)
    assert rising([-1e3]).item() == pytest.approx(0.5 - 1 / 0.5)
    assert derivative(rising, np.array([-1e3])) < 1e-6
    edge = 1 / -0.5 + 0.5
    assert falling([edge + 1e-14]).item() < -60
    assert falling([1e6]).item() > 20


def test_elu_of_another_alpha_is_only_continuous():
    elu, sides = nn.ELU(alpha=0.5), np.array([-1e-9, 1e-9])
    assert np.ptp(elu(sides)) < 1e-8
    np.testing.assert_allclose(derivative(elu, sides), [0.5, 1], rtol=1e-8)


def test_selu_keeps_mean_zero_and_variance_one():
    x = np.linspace(-12, 12, 240_001)
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    assert (density * F.selu(x)).sum() == pytest.approx(0, abs=1e-9)
    assert (density * F.selu(x) ** 2).sum() == pytest.approx(1, abs=1e-9)


def test_table_shows_all_activations_and_properties():
    text, page = repr(ACTIVATIONS).splitlines(), ACTIVATIONS._repr_html_()
    assert len(text) == len(ACTIVATIONS) + 1
    for line, row in zip(text[1:], ACTIVATIONS.values()):
        facts = [row.formula, row.derivative, row.range, row.continuity, row.saturates]
        assert re.split("  +", line) == [row.name, *facts]
        assert all(f">{fact.replace('<', '&lt;')}</td>" in page for fact in facts)
    assert page.count('<td style="text-align: left">') == 6 * len(ACTIVATIONS)
    assert page.count("<tr>") == len(ACTIVATIONS) + 1
