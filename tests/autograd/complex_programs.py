"""Random complex programs, as a list of steps that run on tensors of autograd and of PyTorch.

By hand: python -m tests.autograd.complex_programs COUNT
"""

import sys

import numpy as np
import pytest

from autograd import Tensor, gradients

torch = pytest.importorskip("torch")

LEAVES = {"z": ((2, 3), complex), "w": ((3,), complex), "a": ((3, 3), complex), "x": ((2, 3), float), "y": ((3,), float)}
STEPS = 7
LARGEST = 30.0  # programs stay where rounding errors are small


def is_complex(x):
    return x.dtype.kind == "c"


def away_from_zero(x):
    return np.abs(x).min(initial=1) > 0.1


def away_from_cuts(x):
    """Whether no element is near the real axis beyond [−0.9, 0.9], near the imaginary axis beyond, or near 0 or 1."""
    near_axis = (np.abs(x.imag) < 0.1) & (np.abs(x.real) > 0.8) | (np.abs(x.real) < 0.1) & (np.abs(x.imag) > 0.8)
    return bool((is_complex(x) and not near_axis.any()) or (not is_complex(x) and (np.abs(x) < 0.8).all()))


def away_from_negative_axis(x):
    return away_from_zero(x) and bool((x > 0).all() if not is_complex(x) else ((np.abs(x.imag) > 0.1) | (x.real > 0)).all())


def is_regular(x):
    return x.ndim == 2 and x.shape[0] == x.shape[1] and np.linalg.cond(x) < 30 and away_from_zero(np.abs(x).max())


always = lambda x: True
has_axis = lambda x: x.ndim > 0
is_matrix = lambda x: x.ndim == 2


def both(name, condition=always):
    """A function of the same name in both."""
    return (getattr(np, name), getattr(torch, name), condition)


UNARY = {
    **{name: both(name) for name in ("exp", "sin", "cos", "sinh", "cosh", "negative", "square")},
    "tanh": both("tanh", lambda x: np.abs(x.imag).max(initial=0) < 1.2),
    "tan": both("tan", lambda x: np.abs(x.real).max(initial=0) < 1.2),
    "reciprocal": both("reciprocal", away_from_zero),
    **{name: both(name, away_from_cuts) for name in ("arcsin", "arccos", "arctan", "arcsinh", "arctanh")},
    **{name: both(name, away_from_negative_axis) for name in ("sqrt", "log", "log2", "log10")},
    "log1p": (lambda x: np.log1p(x), lambda x: torch.log1p(x), lambda x: away_from_negative_axis(x + 1)),
    "expm1": both("expm1"),
    "power": (lambda x: x**1.5, lambda x: x**1.5, away_from_negative_axis),
    "cube": (lambda x: x**3 / 4, lambda x: x**3 / 4, always),
    "imaginary power": (lambda x: x ** (0.3 + 0.5j), lambda x: x ** (0.3 + 0.5j), away_from_negative_axis),
    "of two": (lambda x: 2.0**x, lambda x: 2.0**x, always),
    "times i": (lambda x: 1j * x, lambda x: 1j * x, always),
    "minus i": (lambda x: (0.5 - 1j) - x, lambda x: (0.5 - 1j) - x, always),
    "abs": both("abs", away_from_zero),
    "sign": (np.sign, torch.sgn, away_from_zero),
    "angle": (np.angle, torch.angle, lambda x: is_complex(x) and away_from_negative_axis(x)),
    "conj": (np.conj, torch.conj, always),
    "real": (np.real, torch.real, is_complex),
    "imag": (np.imag, torch.imag, is_complex),
    "sum": (lambda x: x.sum(axis=0), lambda x: x.sum(0), has_axis),
    "mean": (lambda x: x.mean(axis=-1, keepdims=True), lambda x: x.mean(-1, keepdim=True), has_axis),
    "prod": (lambda x: np.prod(x, axis=-1), lambda x: x.prod(-1), has_axis),
    "var": (lambda x: np.var(x, axis=-1), lambda x: x.var(-1, correction=0), has_axis),
    "std": (lambda x: np.std(x), lambda x: x.std(correction=0), lambda x: x.size > 1 and np.std(x) > 0.1),
    "cumsum": (lambda x: np.cumsum(x, axis=0), lambda x: x.cumsum(0), has_axis),
    "cumprod": (lambda x: np.cumprod(x, axis=-1), lambda x: x.cumprod(-1), has_axis),
    "reverse": (lambda x: np.flip(x), lambda x: x.flip(tuple(range(x.ndim))), always),
    "roll": (lambda x: np.roll(x, 1), lambda x: x.roll(1), always),
    "transpose": (lambda x: x.T, lambda x: x.mT, is_matrix),
    "repeat rows": (lambda x: x[[0, 0, -1]], lambda x: x[[0, 0, -1]], has_axis),
    "last": (lambda x: x[..., -1], lambda x: x[..., -1], has_axis),
    "flatten": (lambda x: x.reshape(-1), lambda x: x.reshape(-1), always),
    "norm": (np.linalg.norm, torch.linalg.norm, lambda x: x.ndim in (1, 2) and away_from_zero(np.linalg.norm(x))),
    "norm of rows": (
        lambda x: np.linalg.norm(x, axis=-1), lambda x: torch.linalg.norm(x, dim=-1),
        lambda x: x.ndim > 0 and away_from_zero(np.linalg.norm(x, axis=-1)),
    ),
    "inv": (np.linalg.inv, torch.linalg.inv, is_regular),
    "det": (np.linalg.det, torch.linalg.det, is_regular),
    "logdet": (lambda x: np.linalg.slogdet(x)[1], lambda x: torch.linalg.slogdet(x)[1], is_regular),
    "phase of det": (
        lambda x: np.linalg.slogdet(x)[0], lambda x: torch.linalg.slogdet(x)[0], lambda x: is_complex(x) and is_regular(x)
    ),
    "pinv": (np.linalg.pinv, torch.linalg.pinv, is_regular),
    "cholesky": (lambda x: np.linalg.cholesky(x @ np.conj(x.T)), lambda x: torch.linalg.cholesky(x @ x.mH), is_regular),
    "qr": (lambda x: np.linalg.qr(x).R, lambda x: torch.linalg.qr(x).R, is_regular),
    "eigvalsh": (lambda x: np.linalg.eigvalsh(x @ np.conj(x.T)), lambda x: torch.linalg.eigvalsh(x @ x.mH), is_regular),
    "svdvals": (np.linalg.svdvals, torch.linalg.svdvals, is_regular),
    "matrix power": (lambda x: np.linalg.matrix_power(x, 2), lambda x: torch.linalg.matrix_power(x, 2), is_regular),
    "trace": (np.trace, torch.trace, is_matrix),
    "tril": (np.tril, torch.tril, is_matrix),
    "diag": (np.diagonal, torch.diagonal, is_matrix),
}  # fmt: skip

FFT = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
NORMS = ("backward", "ortho", "forward")


def promoted(f):
    """A function of PyTorch on factors of one dtype, which NumPy promotes."""

    def call(x, y):
        dtype = torch.promote_types(x.dtype, y.dtype)
        return f(x.to(dtype).contiguous(), y.to(dtype).contiguous())

    return call


BINARY = {
    "add": (np.add, torch.add, always),
    "subtract": (np.subtract, torch.subtract, always),
    "multiply": (np.multiply, torch.multiply, always),
    "divide": (np.divide, torch.divide, lambda x, y: away_from_zero(y)),
    "power": (np.power, torch.pow, lambda x, y: away_from_negative_axis(x) and np.abs(y).max(initial=0) < 3),
    "where": (
        lambda x, y: np.where(np.abs(x.data) > 0.9, x, y), promoted(lambda x, y: torch.where(x.detach().abs() > 0.9, x, y)),
        lambda x, y: away_from_zero(np.abs(x) - 0.9),
    ),
}  # fmt: skip


def fits_matmul(x, y):
    try:
        np.matmul(x, y)
    except ValueError:
        return False
    return True


PRODUCTS = {
    "matmul": (np.matmul, promoted(torch.matmul), fits_matmul),
    "vdot": (np.vdot, promoted(torch.vdot), lambda x, y: x.ndim == y.ndim == 1 and x.shape == y.shape),
    "vecdot": (np.vecdot, promoted(torch.linalg.vecdot), lambda x, y: x.ndim > 0 and x.shape == y.shape),
    "inner": (np.inner, promoted(torch.inner), lambda x, y: x.ndim == y.ndim == 1 and x.shape == y.shape),
    "outer": (np.outer, promoted(torch.outer), lambda x, y: x.ndim == y.ndim == 1),
    "kron": (np.kron, promoted(torch.kron), lambda x, y: 0 < x.ndim == y.ndim and x.size * y.size < 40),
    "einsum": (
        lambda x, y: np.einsum("ij,kj->ik", x, y), promoted(lambda x, y: torch.einsum("ij,kj->ik", x, y)),
        lambda x, y: x.ndim == y.ndim == 2 and x.shape[1] == y.shape[1],
    ),
    "solve": (
        np.linalg.solve, promoted(torch.linalg.solve), lambda x, y: is_regular(x) and y.ndim == 2 and y.shape[0] == x.shape[0]
    ),
}  # fmt: skip


class Program:
    """A random program: its leaves, and the values of its steps in both libraries."""

    def __init__(self, seed, steps=STEPS):
        self.rng = np.random.default_rng(seed)
        self.leaves, self.theirs = {}, {}
        for name, (shape, dtype) in LEAVES.items():
            values = self.rng.uniform(-1, 1, shape)
            if dtype is complex:
                values = values + 1j * self.rng.uniform(-1, 1, shape)
            self.leaves[name] = Tensor(values, requires_grad=True, name=name)
            self.theirs[name] = torch.tensor(values, requires_grad=True)
        self.values = list(zip(self.leaves.values(), self.theirs.values()))
        self.steps = []
        while len(self.steps) < steps:
            getattr(self, str(self.rng.choice(["unary", "binary", "product", "fft"], p=[0.45, 0.25, 0.15, 0.15])))()

    def choose(self):
        """A value, more likely a new one."""
        return self.values[int(len(self.values) * self.rng.beta(2, 1))]

    def add(self, name, ours, theirs):
        data = np.asarray(ours.data)
        if data.size and data.size <= 40 and np.abs(data).max() < LARGEST and np.isfinite(data).all():
            np.testing.assert_allclose(data, theirs.detach().numpy(force=True), rtol=1e-8, atol=1e-8, err_msg=str(self.steps))
            self.values.append((ours, theirs))
            self.steps.append(name)

    def unary(self):
        name = str(self.rng.choice(list(UNARY)))
        (x, t), (ours, theirs, condition) = self.choose(), UNARY[name]
        if condition(np.asarray(x.data)):
            self.add(name, ours(x), theirs(t))

    def apply_to_pair(self, table):
        name = str(self.rng.choice(list(table)))
        (x, t), (y, u), (ours, theirs, condition) = self.choose(), self.choose(), table[name]
        try:
            np.broadcast_shapes(x.shape, y.shape) if table is BINARY else None
        except ValueError:
            return
        if condition is always or condition(np.asarray(x.data), np.asarray(y.data)):
            self.add(name, ours(x, y), theirs(t, u))

    def binary(self):
        self.apply_to_pair(BINARY)

    def product(self):
        self.apply_to_pair(PRODUCTS)

    def fft(self):
        name, norm = str(self.rng.choice(FFT)), str(self.rng.choice(NORMS))
        x, t = self.choose()
        is_of_reals = name in ("rfft", "ihfft", "rfft2", "rfftn")
        if x.ndim < (2 if name.endswith("2") else 1) or (is_of_reals and is_complex(x)):
            return
        if name.endswith(("2", "n")):
            options = {"s": (3, 4)} if x.ndim == 2 and self.rng.random() < 0.5 else {}
            if "irfft" in name and not options and x.shape[-1] == 1:
                return
            axes = {"axes": (-2, -1)} if options and name.endswith("n") else {}
            dims = {"dim": (-2, -1)} if axes else {}
        else:
            axis, n = int(self.rng.integers(-x.ndim, x.ndim)), int(self.rng.integers(1, 6))
            options = {"n": n} if self.rng.random() < 0.5 or x.shape[axis] == 1 else {}
            axes, dims = {"axis": axis}, {"dim": axis}
        ours = getattr(np.fft, name)(x, **options, **axes, norm=norm)
        self.add(f"{name} {norm} {options}", ours, getattr(torch.fft, name)(t, **options, **dims, norm=norm))

    def check(self):
        """Compare first and second derivatives of a real number with PyTorch's, whose convention is the conjugate."""
        out, theirs = self.values[-1]
        weights = self.rng.normal(size=out.shape) + 1j * self.rng.normal(size=out.shape)
        loss, loss_theirs = real_sum(out, weights), real_sum(theirs, torch.tensor(weights))
        loss, loss_theirs = loss + loss * loss, loss_theirs + loss_theirs * loss_theirs  # for second derivatives of linear ones
        first = self.compare(loss, loss_theirs, list(self.leaves.values()), list(self.theirs.values()), True)
        directions = [self.rng.normal(size=g.shape) + 1j * self.rng.normal(size=g.shape) for g, _ in first]
        pairs = [(g, h, v) for (g, h), v in zip(first, directions) if g.requires_grad]
        if pairs:
            second = sum(real_sum(g, v) for g, _, v in pairs)
            second_theirs = sum(real_sum(h.conj(), torch.tensor(v)) for _, h, v in pairs)
            self.compare(second, second_theirs, list(self.leaves.values()), list(self.theirs.values()), False)

    def compare(self, loss, loss_theirs, inputs, inputs_theirs, create_graph):
        is_constant = not loss.requires_grad  # as the sign of real numbers
        ours = [Tensor(0 * x.data) for x in inputs] if is_constant else gradients(loss, inputs, create_graph=create_graph)
        theirs = torch.autograd.grad(loss_theirs, inputs_theirs, create_graph=create_graph, allow_unused=True)
        pairs = []
        for g, h, x in zip(ours, theirs, inputs):
            expected = np.zeros(x.shape) if h is None else h.detach().numpy(force=True).conj()
            assert g.dtype == x.dtype
            scale = np.abs(expected).max(initial=1)
            np.testing.assert_allclose(g.numpy(), expected, rtol=1e-6, atol=1e-8 * scale, err_msg=f"{self.steps} {x.name}")
            if h is not None:
                pairs.append((g, h))
        return pairs


def real_sum(x, weights):
    """Σ Re(w x)."""
    total = (x * weights).sum()
    return total.real


def run(seeds):
    """The failures of programs with these seeds, seed and message, and those whose gradients PyTorch refuses."""
    failures, refused = [], []
    for seed in seeds:
        with np.errstate(all="ignore"):
            program = Program(seed)
            try:
                program.check()
            except AssertionError as error:
                failures.append((seed, str(error)))
            except RuntimeError as error:
                if not type(error).__module__ == "builtins":
                    raise
                refused.append((seed, f"{program.steps} {str(error)[:200]}"))
    return failures, refused


if __name__ == "__main__":
    start, stop = ([0] + [int(argument) for argument in sys.argv[1:]])[-2:]
    failures, refused = run(range(start, stop))
    print(f"{stop - start} random complex programs, both orders: {len(failures)} disagreements with PyTorch", end="; ")
    print(f"{len(refused)} that PyTorch refuses to differentiate")
    for seed, message in [*failures[:10], *refused[:5]]:
        print(seed, message)
