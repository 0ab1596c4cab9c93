"""Every operation of the engine as an ONNX file, at the drawn inputs of its case."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

import nn
from autograd import Tensor, TraceError, scatter
from autograd.scipy import special
from tests.autograd.operations.cases import CASES

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.nn.interchange.onnx_export.runtime import assert_close, check, run, single

#: Names of operations without counterpart in ONNX, as messages call them, by family.
WITHOUT_COUNTERPART = {
    "gamma and beta functions": "gamma gammaln rgamma digamma polygamma gammainc gammaincc beta betaln betainc betaincc",
    "error functions": "erfc erfcx erfinv erfcinv ndtr log_ndtr ndtri stdtr",
    "Bessel functions": "i0 i0e i1 i1e iv ive j0 j1 jv y0 y1 yn yv k0 k1 kv",
    "equations": "inv pinv solve solve_banded solve_triangular solve_sylvester",
    "decompositions": "slogdet svd qr cholesky eigh eig",
    "functions of matrices": "expm logm sqrtm",
    "Fourier transforms": "fft ifft rfft irfft",
    "order and sets": "argpartition unique intersect1d isin",
    "parts of floats": "frexp nextafter unwrap",
}
NAMES = {name for names in WITHOUT_COUNTERPART.values() for name in names.split()}
#: Cases whose other operations are refused because of an option, or because their elements are selected by a mask.
REFUSED_OPTIONS = {"autograd.convolution_weight", "np.setdiff1d"}
#: Cases of functions that read values or write into arrays, by family.
READ_OR_WRITTEN = {
    "tables": "np.interp np.piecewise",
    "histograms": "np.histogram_bin_edges np.histogram np.histogram2d np.histogramdd",
    "sizes that depend on zeros": "np.polymul np.roots np.trim_zeros",
    "sets": "np.unique_values np.unique np.setxor1d",
    "assignments": "np.copyto np.put np.place np.putmask np.fill_diagonal np.put_along_axis x[index]=y",
}
UNTRACEABLE = {name for names in READ_OR_WRITTEN.values() for name in names.split()}
rng = np.random.default_rng(0)
X, N = rng.normal(size=(4, 3, 5)).astype(np.float32), np.array([2, 0, 1, 1])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.name}" for i, case in enumerate(CASES)])
def test_an_operation_runs_in_onnxruntime(case, tmp_path):
    @settings(max_examples=1, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.data())
    def compare(data):
        function, inputs = case.draw(data)
        arrays = tuple(map(single, inputs))
        path = tmp_path / "model.onnx"
        try:
            nn.export_onnx(function, path, arrays, dynamic_batch=False)
        except nn.ModelFileError as error:
            lines = [line.strip() for line in str(error).splitlines()[1:]]
            refused = {line.split()[0] for line in lines if ": it computes complex numbers; " not in line}
            assert lines, str(error)
            assert refused <= NAMES or case.name in REFUSED_OPTIONS, str(error)
            return
        except TraceError as error:
            assert case.name in UNTRACEABLE, str(error)
            return
        others = tuple(single(case.values(np.random.default_rng(5), x.shape)) for x in arrays)
        for values in (arrays, others):  # a value that was not traced would be a constant of the file
            expected = [np.asarray(y.data if isinstance(y, Tensor) else y) for y in function(*map(Tensor, values))]
            assert_close(run(path, *values), expected)

    compare()


INDEXES = {
    "integer": np.s_[1],
    "negative": np.s_[:, -1],
    "slices": np.s_[:, 1:, ::2],
    "backward": np.s_[:, ::-1, -2::-2],
    "new axes": np.s_[:, None, 1, ..., None],
    "ellipsis": np.s_[..., 2],
    "array": np.s_[:, [2, 0, 0]],
    "matrix": np.s_[:, :, np.array([[0, 4], [1, -1]])],
    "two arrays": np.s_[:, [0, 2], [4, 1]],
    "apart": np.s_[[0, 0, 0], :, [1, 2, 0]],
    "integer and array": np.s_[:, 1, [0, 3]],
    "mask": np.s_[:, [True, False, True]],
}


@pytest.mark.parametrize("name", INDEXES)
def test_indexing(name, tmp_path):
    index = INDEXES[name]
    check(lambda x: x[index], tmp_path / "model.onnx", X, sizes=(4, 7))


#: Functions whose sizes follow the batch.
BATCHED = {
    "flatten": lambda x: x.reshape(len(x), -1),
    "all in one": lambda x: x.reshape(-1),
    "two sizes": lambda x: x.reshape(len(x), 1, 15).reshape(-1, 3),
    "mean of the batch": lambda x: x - x.mean(axis=0) / x.std(axis=0, ddof=1).mean(),
    "zeros": lambda x: np.concatenate([x, np.zeros((len(x), 1, 5), np.float32)], axis=1),
    "ones and a factor": lambda x: x.sum() / (2 * len(x) + 1) + np.ones(len(x), np.float32),
    "positions": lambda x: x * np.arange(len(x), dtype=np.float32)[:, None, None],
    "each example": lambda x: x[np.arange(len(x)), 1],
    "first and last": lambda x: x[: len(x) // 1] + x[-1] + x[0],
    "broadcast": lambda x: np.broadcast_to(x.sum(axis=0), x.shape) + x,
    "outer": lambda x: x[:, None, 0] * x[None, :, 1],
    "gram": lambda x: np.einsum("nij,mij->nm", x, x),
    "flip": lambda x: np.flip(x, 0),
    "reflection": lambda x: np.pad(x, ((0, 0), (1, 1), (2, 0)), "reflect"),
    "stacked twice": lambda x: np.concatenate([x, x, x])[1:],
    "sorted": lambda x: np.sort(x, axis=1) + np.argsort(x, axis=-1),
    "where": lambda x: np.where(x > 0, x, 0) * (x < 1),
    "argmax": lambda x: x.reshape(len(x), -1).argmax(axis=1),
    "sorted examples": lambda x: np.sort(x, axis=0),
    "matrix of the batch": lambda x: np.diag(x[:, 0, 0]) + np.diag(x[1:, 0, 0], 1) + np.diag(x[1:, 0, 0], -1),
    "triangles of the batch": lambda x: np.tril(x[:, 0, 0, None] * x[:, 1, 0]) + np.triu(x[:, 0, 0], 1),
    "trace of the batch": lambda x: np.trace(x, axis1=1, axis2=2) + np.trace(np.outer(x[:, 0, 0], x[:, 1, 0])),
    "copies": lambda x: np.tile(x, (2, 1, 2)) + np.repeat(np.repeat(x, 2, axis=0), 2, axis=-1),
    "copies of the sum": lambda x: np.tile(x.sum(axis=0)[0], (len(x), 1)) + np.repeat(x[:1, 0], len(x), axis=0),
    "borders": lambda x: np.pad(x, ((1, 2), (0, 1), (0, 0)), constant_values=0.5),
    "columns": lambda x: np.column_stack([x[:, 0, 0], x[:, 1]]),
    "differences": lambda x: np.diff(x, axis=0)[:1] + np.diff(x, axis=2).sum() + np.gradient(x, 0.5, axis=0),
    "between": lambda x: np.linspace(x[:, 0], x[:, 1], 3, axis=1) + np.trapezoid(x, axis=0)[0],
    "table": lambda x: Tensor(np.arange(12.0, dtype=np.float32))[(x > 0).astype(int).sum(axis=(1, 2)) % 12],
}


@pytest.mark.parametrize("name", BATCHED)
def test_sizes_that_follow_the_batch(name, tmp_path):
    check(BATCHED[name], tmp_path / "model.onnx", X, sizes=(2, 4, 7))


DTYPES = {
    "integers": (lambda x, n: x[:, 0, 0] * n + n // 2 - n % 3, X, N),
    "quotient of integers": (lambda x, n: n / 2 + reduce(np.maximum, [n, 2 * n]), X, N),
    "largest integers": (lambda x, n: np.fmax(n, 1) + np.fmin(n, [3, 0, 2, 1][0]), X, N),
    "bits": (lambda x, n: (n & 1) | (n ^ 3) | ~n, X, N),
    "logic": (lambda x, n: np.logical_xor(n, n > 1) | np.logical_not(n), X, N),
    "order of booleans": (lambda x, n: (n > 1) > (n > 0), X, N),
    "classes of numbers": (lambda x, n: np.isnan(n) | np.isinf(x[:, 0, 0]) | np.isfinite(n) | np.isinf(n), X, N),
    "signs": (lambda x, n: np.signbit(x) | (np.heaviside(x, 1) > 0), X, N),
    "rounded integers": (lambda x, n: np.round(n) + np.round(x[:, 0, 0], -1).astype(int), X, N),
    "like": (lambda x, n: np.zeros_like(x) + np.ones_like(n)[:, None, None], X, N),
    "counts": (lambda x, n: np.count_nonzero(x > 0, axis=(1, 2)) + np.argmin(x, axis=1).sum(axis=1), X, N),
    "kept axes": (lambda x, n: np.any(x > 0, axis=1, keepdims=True) & np.all(x > -9, axis=2, keepdims=True), X, N),
    "order of integers": (lambda x, n: np.argsort(np.stack([n, 2 - n], 1), axis=1), X, N),
    "position in all": (lambda x, n: x.argmax() * 0 + n, X, N),
    "first choice": (lambda x, n: np.select([x > 1, x > 0], [x, 2 * x]), X, N),
    "by position": (lambda x, n: np.take_along_axis(x, (x > 0).astype(int), 1), X, N),
    "booleans": (lambda x, n: ((n > 0) & ~(n == 2)) | (n != 1), X, N),
    "sum of booleans": (lambda x, n: (x > 0).sum(axis=(1, 2)) + n.mean(), X, N),
    "mixed floats": (lambda x, n: x * np.float64(2) + x.astype(np.float64), X, N),
    "truth": (lambda x, n: np.where(np.isfinite(x).all(axis=(1, 2)) & np.any(x > 0, axis=(1, 2)), n, -1), X, N),
    "rounding": (lambda x, n: np.round(x, 1) + np.floor(x) + np.ceil(x) + np.trunc(x) + np.rint(x) + np.sign(x), X, N),
    "signs of remainders": (lambda x, n: x % -0.7 + x // 0.3 + np.fmod(x, 0.9) + n[:, None, None] % -2, X, N),
}


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes_are_promoted_as_in_numpy(name, tmp_path):
    function, *inputs = DTYPES[name]
    check(function, tmp_path / "model.onnx", *inputs, sizes=(2, 4))


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (np.log1p, [1e-8, -1e-7, 0.5, 1e20, 0.0]),
        (np.expm1, [1e-8, -1e-7, 0.5, -50.0, 20.0, 0.0]),
        (nn.functional.elu, [1e-8, -1e-7, 0.5, -50.0, 20.0, 0.0]),
        (np.square, [1e-8, -3.0]),
        (lambda x: np.hypot(x, 2 * x), [1e30, 1e-30, 0.0]),
        (lambda x: np.logaddexp(x, 0), [500.0, -500.0, 0.0]),
        (lambda x: np.arctan2(x, -x), [1.0, -1.0]),
        (lambda x: np.fmax(x, 0.0), [np.nan, -1.0, 1.0]),
        (nn.functional.softmax, [1000.0, 0.0]),
        (np.sinc, [0.0, 1e-20, 1.5]),
        (np.nan_to_num, [np.nan, np.inf, -np.inf, 1.0]),
        (lambda x: np.nan_to_num(x, nan=1.0, posinf=2.0, neginf=-3.0), [np.nan, np.inf, -np.inf, 1.0]),
        (special.entr, [0.0, -1.0, 0.5]),
        (lambda x: special.xlog1py(x, -1.0), [0.0, 1.0, -1.0]),
        (lambda y: special.xlog1py(0.0, y), [np.nan, -1.0, 1.0]),
        (lambda x: np.diag(x, -1), [np.inf, 1.0]),
        (lambda x: np.linspace(0 * x, x, 3), [3.0, 1e30]),
    ],
    ids=[
        *("log1p", "expm1", "elu", "square", "hypot", "logaddexp", "arctan2", "fmax", "softmax", "sinc", "nan_to_num"),
        *("replacements", "entr", "xlog1py", "xlog1py at 0", "diag", "linspace"),
    ],
)
def test_extreme_values(function, values, tmp_path):
    x = np.array(values, np.float32)
    nn.export_onnx(function, tmp_path / "model.onnx", x, dynamic_batch=False)
    with np.errstate(all="ignore"):
        expected = function(Tensor(x)).numpy()
    np.testing.assert_allclose(run(tmp_path / "model.onnx", x)[0], expected, rtol=1e-5)


REFUSALS = {
    "a mask": lambda x: x[x > 0],
    "new axes beside arrays": lambda x: x[:, None, [0, 1]],
    "rolled batch": lambda x: np.roll(x, 1, axis=0),
    "rolled elements": lambda x: np.roll(x, 1),
    "positions": lambda x: np.where(x > 0)[0].sum(),
    "tens": lambda x: np.round(x.astype(int), -1),
    "scattered examples": lambda x: scatter(x, np.arange(len(x)), (len(x) + 1, 3, 5)),
    "positions in all": lambda x: np.take_along_axis(x, np.argsort(x.reshape(-1)), None),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_options_without_counterpart(name, tmp_path):
    with pytest.raises(nn.ModelFileError, match="export_onnx"):
        nn.export_onnx(REFUSALS[name], tmp_path / "model.onnx", X)
    assert not list(tmp_path.iterdir())


def test_complex_numbers_are_refused_by_name(tmp_path):
    path, rows = tmp_path / "model.onnx", X[0]
    with pytest.raises(nn.ModelFileError, match=r"input 'signal' has dtype complex64.*two inputs"):
        nn.export_onnx(lambda signal: signal.real, path, rows.astype(np.complex64))
    with pytest.raises(nn.ModelFileError, match=r"rfft \(.*it computes complex numbers; use their real and imaginary parts"):
        nn.export_onnx(lambda x: abs(np.fft.rfft(x)), path, rows)
    assert not list(tmp_path.iterdir())
    check(lambda x: np.real(x) + np.imag(x) + np.conj(x), path, rows)


def test_a_value_added_at_constant_indices(tmp_path):
    index = np.array([0, 2, 0])
    check(lambda x: x.sum(axis=0) + scatter(x[0], index, (4, 5))[:3], tmp_path / "model.onnx", X, sizes=(2, 4))


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_interpolation_to_any_size(mode, tmp_path):
    check(lambda x: nn.functional.interpolate(x[:, None], size=(5, 4), mode=mode), tmp_path / "model.onnx", X)


def test_losses_of_one_operation(tmp_path):
    labels = np.array([2, 0, 1, 1])
    scores = X[:, :, 0].copy()
    model = check(nn.CrossEntropyLoss(), tmp_path / "model.onnx", scores, labels)
    assert model.operators == ["SoftmaxCrossEntropyLoss"]
    check(lambda x: nn.functional.batch_norm(x, np.ones(3, "f"), np.zeros(3, "f")), tmp_path / "norm.onnx", X, sizes=(4, 7))


def test_recurrence_with_computed_weights(tmp_path):
    weights = [rng.normal(size=shape).astype(np.float32) for shape in ((3, 8), (2, 8), (8,))]
    tensors = [Tensor(w) for w in weights]

    def function(x, scale):
        factor = scale.mean()
        return nn.functional.lstm(x, None, *[w * factor for w in tensors])[0]

    sequence = rng.normal(size=(6, 4, 3)).astype(np.float32)
    scale = np.ones((1, 4), np.float32)
    check(function, tmp_path / "model.onnx", sequence, scale, axis=1)
