"""The calls: every function on a vector x of n elements or a square matrix a of about n elements."""

import autograd.numpy as np  # of the engine that runs this process

UNARY = """
    negative abs fabs absolute reciprocal exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh
    arcsinh arctanh rad2deg degrees deg2rad radians square sqrt sinc nan_to_num real conj angle real_if_close
    sum mean var std max min amax amin cumsum sort ravel squeeze flip flipud diag atleast_1d atleast_2d atleast_3d
    diff gradient array
"""
BINARY = """
    add subtract multiply divide true_divide maximum minimum fmax fmin logaddexp logaddexp2 mod remainder power arctan2
    dot inner outer append
"""
OF_MATRIX = """
    transpose fliplr rot90 trace triu tril diagonal
    linalg.det linalg.slogdet linalg.inv linalg.pinv linalg.norm linalg.svd
"""


def named(path):
    function = np
    for name in path.split("."):
        function = getattr(function, name)
    return function


def of_vector(name):
    return lambda x, a: named(name)(x)


def of_vectors(name):
    return lambda x, a: named(name)(x, x[::-1])


def of_matrix(name):
    return lambda x, a: named(name)(a)


def of_symmetric(name):
    return lambda x, a: named(name)(a + np.transpose(a) + 10 * len(a) * np.eye(len(a)))


CALLS = {
    **{name: of_vector(name) for name in UNARY.split()},
    **{name: of_vectors(name) for name in BINARY.split()},
    **{name: of_matrix(name) for name in OF_MATRIX.split()},
    **{f"linalg.{name}": of_symmetric(f"linalg.{name}") for name in ("cholesky", "eigh")},
    "linalg.solve": lambda x, a: np.linalg.solve(a, a[0]),
    "prod": lambda x, a: np.prod(x + 0.5),
    "linalg.norm, axis": lambda x, a: np.linalg.norm(a, axis=1),
    "sum, axis": lambda x, a: np.sum(a, axis=1),
    "mean, axis": lambda x, a: np.mean(a, axis=0),
    "max, axis": lambda x, a: np.max(a, axis=1, keepdims=True),
    "matmul": lambda x, a: np.matmul(a, a),
    "@": lambda x, a: a @ a[0],
    "tensordot": lambda x, a: np.tensordot(a, a, 1),
    "einsum": lambda x, a: np.einsum("ij,jk->ik", a, a),
    "einsum, sum": lambda x, a: np.einsum("ij,ij->i", a, a),
    "kron": lambda x, a: np.kron(a[:2, :2], x),
    "cross": lambda x, a: np.cross(np.reshape(x[: len(x) // 3 * 3], (-1, 3)), np.array([1.0, 2.0, 3.0])),
    "reshape": lambda x, a: np.reshape(x, (2, -1)),
    "roll": lambda x, a: np.roll(x, 3),
    "roll, axis": lambda x, a: np.roll(a, 1, axis=1),
    "split": lambda x, a: np.split(x, 4)[1],
    "array_split": lambda x, a: np.array_split(x, 3)[1],
    "vsplit": lambda x, a: np.vsplit(a, 2)[1],
    "hsplit": lambda x, a: np.hsplit(a, 2)[1],
    "expand_dims": lambda x, a: np.expand_dims(x, 0),
    "clip": lambda x, a: np.clip(x, 0.2, 0.8),
    "swapaxes": lambda x, a: np.swapaxes(a, 0, 1),
    "moveaxis": lambda x, a: np.moveaxis(a, 0, 1),
    "rollaxis": lambda x, a: np.rollaxis(a, 1),
    "where": lambda x, a: np.where(x > 0.5, x, 0.0),
    "repeat": lambda x, a: np.repeat(x, 3),
    "repeat, axis": lambda x, a: np.repeat(a, 2, axis=0),
    "tile": lambda x, a: np.tile(x, 3),
    "pad": lambda x, a: np.pad(x, 2, "constant"),
    "pad, two axes": lambda x, a: np.pad(a, ((1, 1), (2, 2)), "constant"),
    "partition": lambda x, a: np.partition(x, 3),
    "broadcast_to": lambda x, a: np.broadcast_to(x, (3, len(x))),
    "linspace": lambda x, a: np.linspace(x[0], x[1], len(x)),
    "full": lambda x, a: np.full((2, 4), x[0]),
    "astype": lambda x, a: np.astype(x, np.float64),
    "concatenate": lambda x, a: np.concatenate([x, x, x]),
    "concatenate, axis": lambda x, a: np.concatenate([a, a], axis=1),
    "vstack": lambda x, a: np.vstack([x, x]),
    "hstack": lambda x, a: np.hstack([x, x]),
    "column_stack": lambda x, a: np.column_stack([x, x]),
    "stack": lambda x, a: np.stack([x, x, x]),
    "array of numbers": lambda x, a: np.array([x[0], x[1], x[2]]),
    "array of rows": lambda x, a: np.array([[x[0], x[1]], [x[2], x[3]]]),
    "sum of a list": lambda x, a: np.sum(np.array([x, x])),
    "select": lambda x, a: np.select([np.array([True, False])], [x[:2]]),
    "x[i]": lambda x, a: x[3],
    "x[i:j]": lambda x, a: x[2:6],
    "x[:, i]": lambda x, a: a[:, 1],
    "x[indices]": lambda x, a: x[np.array([0, 3, 3, 1])],
    "x[mask]": lambda x, a: x[np.arange(len(x)) % 2 == 0],
    "x ** 2": lambda x, a: x**2,
    "x + 1": lambda x, a: x + 1.0,
    "x * x": lambda x, a: x * x,
    "-x": lambda x, a: -x,
    "x / 2": lambda x, a: x / 2.0,
    "x.T": lambda x, a: a.T,
    "fft": lambda x, a: np.real(np.fft.fft(x)),
    "rfft": lambda x, a: np.abs(np.fft.rfft(x)),
    "ifft": lambda x, a: np.real(np.fft.ifft(x)),
    "fft2": lambda x, a: np.real(np.fft.fft2(a)),
    "fftshift": lambda x, a: np.fft.fftshift(x),
}
SMALL, MEDIUM = 8, 10_000
#: Their work grows faster than the number of elements: the medium array is a matrix of 32 × 32.
REDUCED = {name for name in CALLS if name.startswith("linalg") or name in ("outer", "kron", "diag")}
