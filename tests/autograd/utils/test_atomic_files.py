import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd.utils.atomic_files import append_text, atomic_write, save_arrays, write_text


@pytest.fixture
def private():
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "a.txt"
    with atomic_write(path) as temporary:
        Path(temporary).write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_old_file_is_replaced(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a much longer old text")
    with atomic_write(str(path)) as temporary:
        Path(temporary).write_text("new")
        assert path.read_text() == "a much longer old text"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_error_leaves_the_old_file_and_no_temporary(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with atomic_write(path) as temporary:
            Path(temporary).write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_error_without_an_old_file_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), atomic_write(tmp_path / "a.txt"):
        raise RuntimeError
    assert os.listdir(tmp_path) == []


def test_temporary_has_the_suffix_of_the_file(tmp_path):
    with atomic_write(tmp_path / "a.svg") as temporary:
        assert temporary.endswith(".svg")


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"), atomic_write(tmp_path / "nowhere" / "a.txt"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of POSIX")
def test_file_permissions_follow_the_umask(tmp_path, private):
    path = tmp_path / "a.txt"
    with atomic_write(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of POSIX")
def test_existing_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.txt").symlink_to("folder/b.txt")
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").is_symlink()
    assert (tmp_path / "folder" / "b.txt").read_text() == "new"


def test_error_names_the_file_and_not_the_temporary(tmp_path):
    (tmp_path / "a.txt").mkdir()
    for path in (tmp_path / "a.txt", tmp_path / "nowhere" / "a.txt"):
        with pytest.raises(OSError, match=r"'[^']*[\\/]a\.txt'$"):
            write_text(path, "new")
    assert os.listdir(tmp_path) == ["a.txt"]


def test_name_of_any_length_can_be_written(tmp_path):
    write_text(tmp_path / f"{'a' * 251}.txt", "new")
    assert len(os.listdir(tmp_path)[0]) == 255


def test_appended_text_follows_the_earlier_text(tmp_path):
    path = tmp_path / "a.txt"
    append_text(path, "1\n")
    append_text(path, "é\n")
    assert path.read_bytes() == "1\né\n".encode()


@pytest.mark.parametrize("name", ["w.npz", "weights"])
def test_saved_arrays_are_bit_identical(tmp_path, name):
    path = tmp_path / name
    arrays = {"0.weight": np.eye(2, dtype=np.float32), "0.bias": np.array([1e-300, -0.0]), "scale": np.array(2.0)}
    save_arrays(path, arrays)
    with np.load(path) as stored:
        assert set(stored.files) == set(arrays)
        for name, array in arrays.items():
            assert stored[name].dtype == array.dtype
            assert stored[name].tobytes() == array.tobytes()


def test_same_arrays_make_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        save_arrays(tmp_path / name, {"w": np.arange(3.0)})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", ["file", "allow_pickle", "args"])
def test_any_name_can_be_saved(tmp_path, name):
    save_arrays(tmp_path / "w.npz", {name: np.ones(2)})
    with np.load(tmp_path / "w.npz") as stored:
        assert stored.files == [name]
        assert stored[name].tolist() == [1.0, 1.0]


def test_objects_are_not_pickled(tmp_path):
    save_arrays(tmp_path / "w.npz", {"w": np.ones(1)})
    before = (tmp_path / "w.npz").read_bytes()
    with pytest.raises(ValueError, match="Object arrays"):
        save_arrays(tmp_path / "w.npz", {"w": np.array([None])})
    assert (tmp_path / "w.npz").read_bytes() == before
    assert os.listdir(tmp_path) == ["w.npz"]
