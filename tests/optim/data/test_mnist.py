import gzip
import os
import struct

import numpy as np
import pytest

import nn
from autograd import no_grad
from optim import SGD, MiniBatch
from optim.data import DataFileError, DataLoader, Shift, digits, mnist, split

RNG = np.random.default_rng(0)
PARTS = {
    "x_train": RNG.integers(0, 256, (7, 28, 28), np.uint8),
    "y_train": np.arange(7, dtype=np.uint8),
    "x_test": RNG.integers(0, 256, (3, 28, 28), np.uint8),
    "y_test": np.array([9, 0, 1], np.uint8),
}
NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("CHAINRULE_MNIST", raising=False)


def write(folder, rename=lambda name: name, **parts):
    folder.mkdir(parents=True, exist_ok=True)
    for part, array in (PARTS | parts).items():
        name = rename(NAMES[part])
        content = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()
        (folder / name).write_bytes(gzip.compress(content, 1) if name.endswith(".gz") else content)


def check(images):
    assert images.name == "MNIST"
    for kind, (x, y) in zip(("train", "test"), images):
        np.testing.assert_allclose(x, PARTS[f"x_{kind}"] / 255, rtol=1e-15)
        assert (x.dtype, y.dtype) == (np.float64, np.int64)
        np.testing.assert_array_equal(y, PARTS[f"y_{kind}"])


@pytest.mark.parametrize("inside", [".", "raw", "MNIST/raw"])
@pytest.mark.parametrize(
    "rename",
    [lambda name: name, lambda name: name + ".gz", lambda name: name.replace("-idx", ".idx")],
    ids=["plain", "gz", "dot"],
)
def test_folder_of_idx_files(tmp_path, inside, rename):
    write(tmp_path / inside, rename)
    check(mnist(tmp_path))


def test_npz_file_or_the_folder_it_lies_in(tmp_path):
    np.savez(tmp_path / "mnist.npz", **PARTS)
    check(mnist(tmp_path / "mnist.npz"))
    check(mnist(str(tmp_path)))


def test_a_path_takes_precedence_over_the_environment_variable(tmp_path, monkeypatch):
    write(tmp_path / "one")
    monkeypatch.setenv("CHAINRULE_MNIST", str(tmp_path / "one"))
    check(mnist())
    with pytest.raises(DataFileError, match="two"):
        mnist(tmp_path / "two")


def test_images_have_the_default_dtype(tmp_path, single_precision):
    write(tmp_path)
    assert mnist(tmp_path).train[0].dtype == np.float32
    assert mnist(warn=False).train[0].dtype == np.float32


@pytest.mark.parametrize("value", [None, ""])
def test_digits_take_its_place_with_a_warning(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("CHAINRULE_MNIST", value)
    with pytest.warns(UserWarning, match=r"set CHAINRULE_MNIST to a folder.*8 × 8 digits") as warned:
        images = mnist()
    assert warned[0].filename == __file__
    (x, y), (u, v) = images
    assert images.name == "digits"
    assert (x.shape[1:], u.shape[1:]) == ((8, 8), (8, 8))
    assert len(y) + len(v) == 1797
    assert abs(len(v) / 1797 - 0.2) < 0.01
    every = {row.tobytes() for row in digits()[0]}
    assert {row.tobytes() for row in np.concatenate([x, u])} == every
    assert "digits" in repr(images)


def test_digits_in_its_place_are_always_the_same_parts():
    np.testing.assert_array_equal(mnist(warn=False).test[1], mnist(warn=False).test[1])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"y_train": PARTS["y_train"][:6]}, "train data: 7 images but 6 labels"),
        ({"x_test": PARTS["x_test"][:, 0]}, r"test data: images \(n, height, width\) of bytes expected, got uint8 \(3, 28\)"),
        ({"y_test": np.eye(3, dtype=np.uint8)}, r"test data: labels \(n,\) of integers expected, got uint8 \(3, 3\)"),
        ({"x_train": PARTS["x_train"][:0], "y_train": PARTS["y_train"][:0]}, "train data: images"),
        ({"x_test": PARTS["x_test"][:, :20]}, r"same size, got \(28, 28\) in the training data and \(20, 28\) in"),
    ],
)
@pytest.mark.parametrize("form", ["idx", "npz"])
def test_parts_that_do_not_fit_are_refused(tmp_path, form, parts, message):
    path = tmp_path
    if form == "idx":
        write(tmp_path, **parts)
    else:
        path = tmp_path / "some.npz"
        np.savez(path, **PARTS | parts)
    with pytest.raises(DataFileError, match=message):
        mnist(path)


def test_missing_part_is_named(tmp_path):
    write(tmp_path)
    (tmp_path / NAMES["y_test"]).unlink()
    with pytest.raises(DataFileError, match=r"the file t10k-labels-idx1-ubyte .* is missing"):
        mnist(tmp_path)


def test_damaged_part_is_named(tmp_path):
    write(tmp_path, lambda name: name + ".gz")
    file = tmp_path / (NAMES["x_test"] + ".gz")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(DataFileError, match=r"t10k-images-idx3-ubyte\.gz: the compressed file is truncated or damaged"):
        mnist(tmp_path)


def test_folders_and_files_without_mnist_are_refused(tmp_path):
    with pytest.raises(DataFileError, match="no files train-images-idx3-ubyte"):
        mnist(tmp_path)
    with pytest.raises(DataFileError, match=r"some\.npz: there is no such file"):
        mnist(tmp_path / "some.npz")
    (tmp_path / "some.npz").write_text("no archive")
    with pytest.raises(DataFileError, match=r"some\.npz: not an npz file"):
        mnist(tmp_path / "some.npz")
    np.savez(tmp_path / "other.npz", x=np.ones(3))
    with pytest.raises(DataFileError, match=r"other\.npz: the arrays x_train, .* expected, got x"):
        mnist(tmp_path / "other.npz")


@pytest.fixture(scope="module")
def real():
    path = os.environ.get("CHAINRULE_MNIST")
    if not path:
        pytest.skip("CHAINRULE_MNIST names no copy of MNIST")
    return mnist(path)


def test_mnist_itself(real):
    (x, y), (u, v) = real
    assert (x.shape, u.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(v).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert (x.min(), x.max()) == (0.0, 1.0)


def test_shifts_improve_the_held_out_score_of_few_mnist_images(real):
    (images, labels), (held, truth) = real
    few, _ = split(labels, [0.01, 0.99], rng=0)
    held, truth = held[:2000].reshape(2000, -1), truth[:2000]

    def score(transform):
        model, loss = nn.MLP([784, 64, 10], rng=0), nn.CrossEntropyLoss()
        optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9)
        loader = DataLoader((images[few].reshape(-1, 784), labels[few]), MiniBatch(50), transform=transform, rng=0)
        for _ in range(30):
            for x, y in loader:
                optimizer.zero_grad()
                loss(model(x), y).backward()
                optimizer.step()
        with no_grad():
            return (model(held).numpy().argmax(axis=1) == truth).mean()

    assert score(Shift(2, shape=(28, 28))) > score(None) + 0.02
