"""The test cases of all losses."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from autograd import Tensor

rng = np.random.default_rng(0)
N, CLASSES = 5, 4
X, T = rng.normal(size=(2, N, CLASSES)) * 2
A, POSITIVE, NEGATIVE = rng.normal(size=(3, N, 3))
P, Q = rng.uniform(0.05, 0.95, size=(2, N, CLASSES))
SPREAD = rng.normal(size=(2, CLASSES, 3))
LABELS = np.array([2, 0, 3, 1, 2])
SOME = np.array([2, -100, 3, 1, -100])
SPREAD_LABELS = np.array([[0, 3, 1], [2, 2, 0]])
SIGNS = np.array([1, -1, -1, 1, -1])
COUNTS = np.array([[0.0, 1.0, 2.0, 7.0]] * N)
WEIGHT = np.array([0.5, 2.0, 1.0, 3.0])


def distributions(x, axis=1):
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)


LOG_P, D = np.log(distributions(X)), distributions(T)


@dataclass
class Case:
    """A loss with its arguments: those that receive gradients, constants and options."""

    name: str
    inputs: list
    constants: list = field(default_factory=list)
    options: dict = field(default_factory=dict)

    def call(self, functions, make, **more):
        inputs = [make(x, True) for x in self.inputs]
        constants = [make(x, False) for x in self.constants]
        options = {k: make(v, False) if isinstance(v, np.ndarray) else v for k, v in {**self.options, **more}.items()}
        return getattr(functions, self.name)(*inputs, *constants, **options), inputs


TWINS = {
    "mse": Case("mse_loss", [X, T]),
    "l1": Case("l1_loss", [X, T]),
    "huber": Case("huber_loss", [X, T]),
    "huber delta": Case("huber_loss", [X, T], options={"delta": 0.3}),
    "smooth l1": Case("smooth_l1_loss", [X, T]),
    "smooth l1 beta": Case("smooth_l1_loss", [X, T], options={"beta": 2.5}),
    "smooth l1 beta 0": Case("smooth_l1_loss", [X, T], options={"beta": 0.0}),
    "bce": Case("binary_cross_entropy", [P, Q]),
    "bce weight": Case("binary_cross_entropy", [P], [np.round(Q)], {"weight": WEIGHT}),
    "bce weight of rows": Case("binary_cross_entropy", [P], [Q], {"weight": WEIGHT[:1].reshape(1, 1)}),
    "bce logits": Case("binary_cross_entropy_with_logits", [X, Q]),
    "bce logits weight": Case("binary_cross_entropy_with_logits", [X], [Q], {"weight": WEIGHT}),
    "bce logits pos_weight": Case("binary_cross_entropy_with_logits", [X, Q], options={"pos_weight": WEIGHT}),
    "bce logits both": Case("binary_cross_entropy_with_logits", [X], [Q], {"weight": P, "pos_weight": WEIGHT}),
    "poisson": Case("poisson_nll_loss", [X], [COUNTS]),
    "poisson full": Case("poisson_nll_loss", [X], [COUNTS], {"full": True}),
    "poisson rate": Case("poisson_nll_loss", [P], [COUNTS], {"log_input": False, "eps": 1e-3}),
    "gauss": Case("gaussian_nll_loss", [X, T, P]),
    "gauss full": Case("gaussian_nll_loss", [X, T, P], options={"full": True}),
    "gauss of rows": Case("gaussian_nll_loss", [X, T, P[:, :1]]),
    "gauss of rows without axis": Case("gaussian_nll_loss", [X, T, P[:, 0]]),
    "gauss below eps": Case("gaussian_nll_loss", [X, T, P], options={"eps": 0.5}),
    "kl": Case("kl_div", [LOG_P, D]),
    "kl log_target": Case("kl_div", [LOG_P, np.log(D)], options={"log_target": True}),
    "nll": Case("nll_loss", [LOG_P], [LABELS]),
    "nll weight": Case("nll_loss", [LOG_P], [LABELS], {"weight": WEIGHT}),
    "nll ignored": Case("nll_loss", [LOG_P], [SOME]),
    "nll weight, ignored class": Case("nll_loss", [LOG_P], [LABELS], {"weight": WEIGHT, "ignore_index": 2}),
    "nll of images": Case("nll_loss", [SPREAD], [SPREAD_LABELS], {"weight": WEIGHT}),
    "nll of one": Case("nll_loss", [LOG_P[0]], [LABELS[0]]),
    "ce": Case("cross_entropy", [X], [LABELS]),
    "ce weight": Case("cross_entropy", [X], [LABELS], {"weight": WEIGHT}),
    "ce ignored": Case("cross_entropy", [X], [SOME]),
    "ce ignored class": Case("cross_entropy", [X], [LABELS], {"ignore_index": 2}),
    "ce smooth": Case("cross_entropy", [X], [LABELS], {"label_smoothing": 0.2}),
    "ce all options": Case("cross_entropy", [X], [SOME], {"weight": WEIGHT, "label_smoothing": 0.2}),
    "ce of images": Case("cross_entropy", [SPREAD], [SPREAD_LABELS]),
    "ce of images, smooth": Case("cross_entropy", [SPREAD], [SPREAD_LABELS], {"weight": WEIGHT, "label_smoothing": 0.1}),
    "ce of one": Case("cross_entropy", [X[0]], [LABELS[0]]),
    "ce distributions": Case("cross_entropy", [X, D]),
    "ce distributions, all": Case("cross_entropy", [X, D], options={"weight": WEIGHT, "label_smoothing": 0.2}),
    "ce distributions of images": Case("cross_entropy", [SPREAD, distributions(-SPREAD)], options={"weight": WEIGHT}),
    "ce one distribution": Case("cross_entropy", [X[0], D[0]]),
    "multi margin": Case("multi_margin_loss", [X], [LABELS]),
    "multi margin squared": Case("multi_margin_loss", [X], [LABELS], {"p": 2, "margin": 0.7, "weight": WEIGHT}),
    "multi margin of one": Case("multi_margin_loss", [X[0]], [LABELS[0]]),
    "cosine": Case("cosine_embedding_loss", [A, POSITIVE], [SIGNS]),
    "cosine margin": Case("cosine_embedding_loss", [A, POSITIVE], [SIGNS], {"margin": 0.2}),
    "cosine of one": Case("cosine_embedding_loss", [A[0], POSITIVE[0]], [SIGNS[0]]),
    "triplet": Case("triplet_margin_loss", [A, POSITIVE, NEGATIVE]),
    "triplet swap": Case("triplet_margin_loss", [A, POSITIVE, NEGATIVE], options={"swap": True, "margin": 2.0}),
    "triplet p": Case("triplet_margin_loss", [A, POSITIVE, NEGATIVE], options={"p": 3.0, "margin": 0.5}),
}


OWN = {
    "sum of squares": Case("sum_of_squares_loss", [X, T]),
    "quadratic": Case("quadratic_loss", [X, T]),
    "quadratic of a row": Case("quadratic_loss", [X[0], T[0]]),
    "hinge": Case("hinge_loss", [X], [np.sign(T)]),
}


ALL = TWINS | OWN
each_twin = pytest.mark.parametrize("case", TWINS.values(), ids=TWINS)
each_loss = pytest.mark.parametrize("case", ALL.values(), ids=ALL)
each_reduction = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])


def ours(dtype):
    def make(x, requires_grad):
        x = x.astype(dtype) if x.dtype.kind == "f" else x
        return Tensor(x, requires_grad=requires_grad)

    return make


def theirs(torch, dtype):
    def make(x, requires_grad):
        x = x.astype(dtype) if x.dtype.kind == "f" else x
        return torch.tensor(x, requires_grad=requires_grad)

    return make
