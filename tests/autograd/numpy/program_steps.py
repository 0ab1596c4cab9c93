"""The steps of random programs: functions of autograd.numpy with drawn options.

A step has a number of arguments and a function that, from a generator and example arrays, makes the function of arrays or
tensors. It raises Unfit for arrays that it does not take.
"""

import autograd.numpy as np

STEPS = {}


class Unfit(Exception):  # noqa: N818  (it is no error)
    """The arguments of a step do not suit it."""


def require(condition):
    if not condition:
        raise Unfit


def step(count=1):
    def register(make):
        STEPS[make.__name__.strip("_")] = (count, make)
        return make

    return register


def axis_of(rng, x):
    require(x.ndim > 0)
    return int(rng.integers(-x.ndim, x.ndim))


def squash(x):
    """Values between 0.5 and 1.5."""
    return 1 + 0.5 * np.tanh(x)


@step()
def smooth(rng, x):
    f = [np.sin, np.tanh, np.arctan, np.cos, np.i0, np.sinc, np.expm1, np.cbrt, np.square][int(rng.integers(9))]
    require(f is not np.cbrt or np.abs(x).min(initial=1) > 0.2)
    require(np.abs(x).max(initial=0) < 3)
    return f


@step(2)
def combine(rng, x, y):
    try:
        np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        raise Unfit from None
    f = [np.add, np.subtract, np.multiply, np.hypot, np.logaddexp, np.arctan2][int(rng.integers(6))]
    require(f is not np.arctan2 or (x.min(initial=1) > 0.1))
    require(f is not np.hypot or np.abs(x).min(initial=1) > 0.1)
    return f


@step()
def gradient(rng, x):
    axis, order = axis_of(rng, x), int(rng.integers(1, 3))
    require(x.shape[axis] > order)
    spacing = 0.5 if rng.random() < 0.5 else np.cumsum(rng.uniform(0.5, 1, x.shape[axis]))
    return lambda x: np.gradient(x, spacing, axis=axis, edge_order=order)


@step()
def gradient_of_axes(rng, x):
    require(x.ndim == 2 and min(x.shape) > 1)
    return lambda x: np.stack(np.gradient(x))


@step()
def quantile(rng, x):
    axis, q, keepdims = axis_of(rng, x), rng.uniform(0.05, 0.95), bool(rng.integers(2))
    name = str(rng.choice(["quantile", "nanquantile", "percentile", "nanpercentile"]))
    factor = 100 if "percentile" in name else 1
    return lambda x: getattr(np, name)(x, q * factor, axis=axis, keepdims=keepdims)


@step()
def quantiles_with_nan(rng, x):
    require(x.ndim == 1 and x.size > 2)
    q = np.sort(rng.uniform(0.1, 0.9, 2))
    return lambda x: np.nanquantile(np.where(np.arange(x.size) == 1, np.nan, x), q)


@step()
def nan_reduction(rng, x):
    require(x.ndim > 0 and x.shape[-1] > 2)
    f = getattr(np, str(rng.choice(["nansum", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian", "nanprod"])))
    return lambda x: f(np.where(np.arange(x.shape[-1]) == 0, np.nan, x), axis=-1)


@step()
def piecewise(rng, x):
    bounds = np.sort(rng.uniform(-0.8, 0.8, 2))
    require(x.ndim > 0)
    return lambda x: np.piecewise(x, [x < bounds[0], x > bounds[1]], [np.sin, lambda v: v**2, 0.5])


@step()
def characteristic_polynomial(rng, x):
    require((x.ndim == 2 and x.shape[0] == x.shape[1] and x.shape[0] > 1) or x.ndim == 1)
    return np.poly


@step(2)
def polynomials(rng, x, y):
    require(x.ndim == y.ndim == 1 and x.size > 1 < y.size)
    f = getattr(np, str(rng.choice(["polyadd", "polysub", "polymul", "polyval", "convolve"])))
    return f


@step(2)
def polynomial_division(rng, x, y):
    require(x.ndim == y.ndim == 1 and x.size >= y.size > 1 and np.abs(y[0]) > 0.3)
    index = int(rng.integers(2))
    return lambda x, y: np.polydiv(x, y)[index]


@step()
def polynomial_calculus(rng, x):
    require(x.ndim == 1 and x.size > 2)
    m = int(rng.integers(1, 3))
    return (lambda x: np.polyder(x, m)) if rng.random() < 0.5 else (lambda x: np.polyint(x, m))


@step()
def polynomial_fit(rng, x):
    require(x.ndim == 1 and x.size > 2)
    t, w = np.arange(x.size) + rng.uniform(0, 0.5, x.size), rng.uniform(0.5, 1, x.size)
    options = {"w": w} if rng.random() < 0.5 else {}
    if rng.random() < 0.5:
        return lambda x: np.polyfit(t, x, 2, **options)
    return lambda x: np.polyfit(t + 0.1 * np.tanh(x), x, 1, **options)


@step()
def roots(rng, x):
    require(x.ndim == 1 and 2 < x.size < 6 and np.abs(x[0]) > 0.3)
    distances = np.abs(np.subtract.outer(np.roots(x), np.roots(x))) + np.eye(x.size - 1)
    require(distances.min() > 0.05)  # multiple roots have no derivative
    return lambda x: np.real(np.sum(np.exp(0.3 * np.roots(x))))


@step(2)
def spaced(rng, x, y):
    require(x.ndim <= 1 and (x.shape == y.shape or y.ndim == 0))
    name, n, endpoint = str(rng.choice(["linspace", "logspace", "geomspace"])), int(rng.integers(2, 5)), bool(rng.integers(2))
    options = {"axis": -1} if x.ndim and rng.random() < 0.5 else {}
    if name == "geomspace":
        return lambda x, y: np.geomspace(squash(x), 1 + squash(y), n, endpoint=endpoint, **options)
    return lambda x, y: getattr(np, name)(0.3 * x, y * 0.5, n, endpoint=endpoint, **options)


@step(2)
def least_squares(rng, x, y):
    require(x.ndim == 2 and y.ndim in (1, 2) and x.shape[0] == y.shape[0] >= x.shape[1] and np.linalg.cond(x) < 20)
    return lambda x, y: np.linalg.lstsq(x, y)[0]


@step()
def matrix_function(rng, x):
    require(x.ndim == 2 and x.shape[0] == x.shape[1] and x.shape[0] > 1 and np.linalg.cond(x) < 20)
    require(np.diff(-np.linalg.svd(x)[1]).min() > 0.05)  # nor have equal singular values
    n = x.shape[0]
    spread = np.diag(np.arange(n) * 2.0)
    functions = {
        "inv": np.linalg.inv, "det": np.linalg.det, "cond": np.linalg.cond, "pinv": np.linalg.pinv,
        "logdet": lambda x: np.linalg.slogdet(x)[1],
        "eigvals": lambda x: np.real(np.sum(np.sin(np.linalg.eigvals(x + spread)))),
        "eig": lambda x: np.real(np.sum(np.abs(np.linalg.eig(x + spread)[1]) ** 2 * np.arange(n)[:, None])),
        "eigh": lambda x: np.abs(np.linalg.eigh(x + np.transpose(x) + spread)[1]),
        "svd": lambda x: np.linalg.svd(x + spread)[1],
        "qr": lambda x: np.abs(np.linalg.qr(x)[1]),
        "cholesky": lambda x: np.linalg.cholesky(x @ np.transpose(x) + np.eye(n)),
        "power": lambda x: np.linalg.matrix_power(x, 3),
        "trace": lambda x: np.trace(x, 1),
        "nuclear": lambda x: np.linalg.norm(x, "nuc"),
        "solve": lambda x: np.linalg.solve(x, np.arange(n) / n),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step(2)
def histogram(rng, x, y):
    require(x.size == y.size and x.ndim > 0)
    positions = x.copy()  # values of the samples are constant: the histogram is differentiated by its weights
    if rng.random() < 0.5:
        return lambda x, y: np.histogram(positions.ravel(), 3, (-1.5, 1.5), weights=np.ravel(y))[0]
    bins = np.arange(x.size) % 4
    return lambda x, y: np.bincount(bins, np.ravel(y), 5)


@step()
def density(rng, x):
    require(x.ndim == 1 and x.size > 2)
    positions = rng.uniform(0, 1, x.size)
    return lambda x: np.histogram(positions, 4, (0, 1), density=True, weights=squash(x))[0]


@step()
def windows(rng, x):
    axis = axis_of(rng, x)
    require(x.shape[axis] > 1)
    n = int(rng.integers(1, x.shape[axis] + 1))
    return lambda x: np.lib.stride_tricks.sliding_window_view(x, n, axis=axis)


@step()
def along_axis(rng, x):
    axis = axis_of(rng, x)
    f = [lambda v: np.sum(np.sin(v)), np.cumsum, lambda v: v[::-1] * v][int(rng.integers(3))]
    return lambda x: np.apply_along_axis(f, axis, x)


@step()
def over_axes(rng, x):
    require(x.ndim == 2)
    return lambda x: np.apply_over_axes(np.mean, x, [0, -1])


@step(2)
def write(rng, x, y):
    require(x.ndim == 1 and x.size > 2 and y.ndim <= 1 and y.size > 0)
    name, mask = str(rng.choice(["copyto", "put", "place", "putmask", "assign", "augment"])), np.arange(x.size) % 2 == 0

    def f(x, y):
        out = np.array(x)
        if name == "copyto":
            np.copyto(out, np.ravel(y)[0], where=mask)
        elif name == "put":
            np.put(out, [0, 2], np.ravel(y)[:1])
        elif name in ("place", "putmask"):
            getattr(np, name)(out, mask, np.ravel(y))
        elif name == "assign":
            out[mask] = np.ravel(y)[-1] * x[0]
        else:
            out[1:] = out[1:] + out[:-1] * np.ravel(y)[0]
        return out * x

    return f


@step(2)
def write_matrix(rng, x, y):
    require(x.ndim == 2 and min(x.shape) > 1 and y.ndim <= 1 and y.size > 0)
    diagonal, indices = rng.random() < 0.5, rng.integers(0, x.shape[1], (x.shape[0], 1))

    def f(x, y):
        out = np.array(x)
        if diagonal:
            np.fill_diagonal(out, np.ravel(y)[0])
        else:
            np.put_along_axis(out, indices, np.ravel(y)[0], axis=1)
        return out + x**2

    return f


@step()
def spectrum(rng, x):
    axis = axis_of(rng, x)
    n = int(rng.integers(1, 7))
    norm = str(rng.choice(["backward", "ortho", "forward"]))
    functions = {
        "fft": lambda x: np.real(np.fft.fft(x, n, axis, norm)),
        "ifft": lambda x: np.imag(np.fft.ifft(x, n, axis, norm)),
        "rfft": lambda x: np.abs(np.fft.rfft(x, n, axis, norm) + 3) ** 2,
        "irfft": lambda x: np.fft.irfft(np.fft.rfft(x, n, axis, norm) * (1 + 2j), n + 1, axis, norm),
        "hfft": lambda x: np.fft.hfft(x * (1 - 1j), n + 1, axis, norm),
        "ihfft": lambda x: np.real(np.fft.ihfft(x, n, axis, norm)),
        "fftn": lambda x: np.real(np.fft.ifftn(np.fft.fftn(x, norm=norm) * (2 - 1j))),
        "fftshift": lambda x: np.fft.ifftshift(np.sin(np.fft.fftshift(x, axis)), axis),
    }
    return functions[str(rng.choice(list(functions)))]


@step()
def values_of_set(rng, x):
    require(x.size > 1 and np.diff(np.sort(x, axis=None)).min() > 1e-2)  # of equal elements a change makes two
    other = rng.uniform(-1, 1, 3)
    functions = {
        "unique": np.unique, "union": lambda x: np.union1d(x, other), "difference": lambda x: np.setdiff1d(x, other),
        "exclusive": lambda x: np.setxor1d(x, other), "intersection": lambda x: np.intersect1d(x, np.copy(x)),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step()
def order(rng, x):
    axis = axis_of(rng, x)
    k = int(rng.integers(x.shape[axis]))
    functions = {
        "sort": lambda x: np.sort(x, axis), "partition": lambda x: np.sort(np.partition(x, k, axis), axis),
        "median": lambda x: np.median(x, axis), "max": lambda x: np.max(x, axis), "ptp": lambda x: np.ptp(x, axis),
        "argsort": lambda x: np.take_along_axis(x, np.argsort(x, axis), axis),
        "unwrap": lambda x: np.unwrap(4 * x, axis=axis),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step()
def scan(rng, x):
    axis = axis_of(rng, x)
    functions = {
        "cumsum": lambda x: np.cumsum(x, axis), "cumprod": lambda x: np.cumprod(x, axis),
        "cumulative": lambda x: np.cumulative_sum(x, axis=axis, include_initial=True),
        "nancumsum": lambda x: np.nancumsum(x, axis), "diff": lambda x: np.diff(x, axis=axis, prepend=0.5),
        "trapezoid": lambda x: np.trapezoid(x, dx=0.3, axis=axis), "ediff1d": lambda x: np.ediff1d(x, to_end=[0.5]),
        "add.reduce": lambda x: np.add.reduce(x, axis), "add.accumulate": lambda x: np.add.accumulate(x, axis),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step()
def move(rng, x):
    axis = axis_of(rng, x)
    shift, n = int(rng.integers(-4, 5)), x.shape[axis]
    functions = {
        "roll": lambda x: np.roll(x, shift, axis), "roll flat": lambda x: np.roll(x, shift),
        "roll all": lambda x: np.roll(x, (shift, 1), (axis, 0)), "flip": lambda x: np.flip(x, axis),
        "resize": lambda x: np.resize(x, (3, 2)), "trim": lambda x: np.trim_zeros(np.r_[0.0, np.ravel(x), 0.0]),
        "delete": lambda x: np.delete(x, 0, axis) if n > 1 else x, "insert": lambda x: np.insert(x, 1, 0.5, axis),
        "append": lambda x: np.append(x, x**2, axis), "repeat": lambda x: np.repeat(x, 2, axis),
        "repeat each": lambda x: np.repeat(x, np.arange(n) % 3, axis), "tile": lambda x: np.tile(x, (2, 1)),
        "take": lambda x: np.take(x, [0, -1, 0], axis), "pad edge": lambda x: np.pad(x, 1, "edge"),
        "pad": lambda x: np.pad(x, 1, "reflect") if min(x.shape) > 1 else x,
        "pad wrap": lambda x: np.pad(x, 1, "wrap"), "compress": lambda x: np.compress(np.arange(n) % 2 == 0, x, axis),
        "split": lambda x: np.array_split(x, 2, axis)[0], "vander": lambda x: np.vander(np.ravel(x)[:3], 3),
        "rot90": lambda x: np.rot90(np.atleast_2d(x)), "meshgrid": lambda x: np.meshgrid(np.ravel(x)[:3], np.ravel(x)[-2:])[0],
        "block": lambda x: np.block([[np.atleast_2d(x), np.atleast_2d(x) ** 2]]), "diag": lambda x: np.diag(np.ravel(x)[:4], 1),
        "triu": lambda x: np.triu(np.atleast_2d(x), 1), "stack": lambda x: np.column_stack([np.ravel(x), np.ravel(x) ** 2]),
        "squeeze": lambda x: np.squeeze(np.expand_dims(x, (0, -1)), 0), "moveaxis": lambda x: np.moveaxis(x, axis, 0),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step()
def pick(rng, x):
    require(x.ndim > 0 and x.size > 1)
    count = 150 if rng.random() < 0.3 else 5
    index = tuple(rng.integers(-n if rng.random() < 0.3 else 0, n, count) for n in x.shape)
    reduced = count > 60

    def f(x):
        out = x[index]
        return np.sum(np.reshape(out**2, (10, -1)), axis=0) / 10 if reduced else out

    return f


@step()
def choose(rng, x):
    require(x.ndim > 0)
    mask = rng.random(x.shape) < 0.5
    functions = {
        "select": lambda x: np.select([x > 0.5, x < -0.5], [x**2, np.sin(x)], 0.1),
        "choose": lambda x: np.choose(mask.astype(int), [x, x**2]), "where": lambda x: np.where(mask, x, 0.5),
        "clip": lambda x: np.clip(x, -0.5, 0.5), "extract": lambda x: np.extract(mask, x),
        "nan_to_num": lambda x: np.nan_to_num(np.where(mask, np.nan, x), nan=0.25),
        "interp": lambda x: np.interp(np.ravel(x), [-2.0, -0.3, 0.4, 2.0], [0.0, 1.0, -1.0, 2.0]),
        "scimath": lambda x: np.abs(np.lib.scimath.sqrt(x - 3)) + np.real(np.lib.scimath.log(x - 3)),
        "fmax": lambda x: np.fmax(x, 0.1), "heaviside": lambda x: np.heaviside(x, 0.5) * x,
        "copysign": lambda x: np.copysign(x, -1), "mod": lambda x: np.mod(x, 0.7), "modf": lambda x: np.modf(2 * x)[0],
        "ldexp": lambda x: np.ldexp(x, 1), "fabs": np.fabs,
        "float_power": lambda x: np.float_power(squash(x), 1.5),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step()
def interpolation(rng, x):
    require(x.ndim == 1 and x.size > 2)
    at, positions = np.sort(rng.uniform(-0.5, x.size, 4)), np.arange(x.size) * 1.0
    return lambda x: np.interp(at, positions, x)


@step()
def statistic(rng, x):
    require(x.ndim == 2 and min(x.shape) > 1)
    weights = rng.uniform(0.5, 1, x.shape[1])
    functions = {
        "cov": lambda x: np.cov(x), "cov weighted": lambda x: np.cov(x, aweights=weights), "corrcoef": np.corrcoef,
        "average": lambda x: np.average(x, 1, weights), "var": lambda x: np.var(x, axis=0, ddof=1),
        "cov counted": lambda x: np.cov(x, fweights=np.arange(1, x.shape[1] + 1), ddof=0), "std": lambda x: np.std(x, axis=1),
        "norm": lambda x: np.linalg.norm(x, axis=1), "norm 3": lambda x: np.linalg.norm(x, 3, axis=0),
    }  # fmt: skip
    return functions[str(rng.choice(list(functions)))]


@step(2)
def product(rng, x, y):
    names = {
        "outer": lambda: x.ndim <= 1 >= y.ndim, "kron": lambda: x.ndim == y.ndim and x.size * y.size <= 60,
        "dot": lambda: _fits(np.dot, x, y), "matmul": lambda: _fits(np.matmul, x, y), "inner": lambda: _fits(np.inner, x, y),
        "vecdot": lambda: x.ndim > 0 < y.ndim and _fits(np.vecdot, x, y), "correlate": lambda: x.ndim == y.ndim == 1,
        "cross": lambda: x.shape == y.shape and x.ndim > 0 and x.shape[-1] == 3,
    }  # fmt: skip
    name = str(rng.choice(list(names)))
    require(names[name]())
    return getattr(np, name)


def _fits(f, x, y):
    try:
        f(x, y)
    except ValueError:
        return False
    return True


@step(2)
def einstein(rng, x, y):
    require(x.ndim == y.ndim == 2)
    terms = [
        ("ij,jk->ik", x.shape[1] == y.shape[0]), ("ij,kj->ik", x.shape[1] == y.shape[1]), ("ij,kl->i", True),
        ("ji,jk->ki", x.shape[0] == y.shape[0]), ("ij,kj->kij", x.shape[1] == y.shape[1]),
        ("ij,ij->j", x.shape == y.shape), ("ij,ij", x.shape == y.shape),
    ]  # fmt: skip
    subscripts, fits = terms[int(rng.integers(len(terms)))]
    require(fits)
    return lambda x, y: np.einsum(subscripts, x, y) / 3


@step(2)
def large_contraction(rng, x, y):
    require(x.ndim == 2 and y.ndim == 1 and y.size < 8)
    left, right = rng.normal(size=(3, 20, x.shape[0])), rng.normal(size=(3, y.size, 20))
    tensors = lambda x, y: (np.einsum("bij,jk->bik", left, x), np.einsum("bjk,j->bkj", right, y))
    return lambda x, y: np.einsum("bik,bij->bjk", *(t / 20 for t in tensors(x, y)))[..., 0]
