"""Every overridable function of NumPy is differentiable, constant or refused."""

import os
import runpy
from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor
from autograd.numpy import coverage
from autograd.numpy.support import REFUSED

#: A file with the names of NumPy that another library lists as differentiable, one a line.
OTHER_NAMES = os.environ.get("CHAINRULE_NUMPY_NAMES", "")


def test_every_overridable_function_is_in_exactly_one_list():
    differentiable, constant, refused, unlisted = coverage.names_by_support()
    assert unlisted == []
    assert len({*differentiable, *constant, *refused}) == len(differentiable) + len(constant) + len(refused)


def test_at_least_300_names_are_differentiable():
    names = {*coverage.names_by_support()[0], *coverage.array_makers(), *coverage.ufunc_methods()[0]}
    assert len(names) >= 300


def test_no_refusal_is_for_lack_of_an_implementation():
    assert not [name for name, reason in REFUSED.items() if "implemented" in reason or "yet" in reason]


@pytest.mark.skipif(not OTHER_NAMES, reason="CHAINRULE_NUMPY_NAMES is not set")
def test_no_name_of_another_library_is_missing():
    lines = Path(OTHER_NAMES).read_text(encoding="utf-8").splitlines()
    assert coverage.unsupported(line.strip() for line in lines if line.strip() and not line.startswith("#")) == []


@pytest.mark.parametrize("name", coverage.ufunc_methods()[0])
def test_listed_methods_of_ufuncs_record(name):
    _, ufunc, method = name.split(".")
    x, y = Tensor([1.5, 2.5], requires_grad=True), np.array([1, 2])
    arguments = (x, y) if method == "outer" else (x,)
    out = getattr(getattr(np, ufunc), method)(*arguments)
    assert out.requires_grad or ufunc == "heaviside"  # which is differentiable towards its second argument
    np.testing.assert_allclose(out.numpy(), getattr(getattr(np, ufunc), method)(x.numpy(), *arguments[1:]))


@pytest.mark.parametrize("name", coverage.array_methods())
def test_listed_methods_of_arrays_have_the_name_of_numpys(name):
    assert callable(getattr(Tensor, name.removeprefix("np.ndarray.")))


def test_the_command_prints_every_list_with_its_length(capsys, tmp_path, monkeypatch):
    names = tmp_path / "names.txt"
    names.write_text("# of a library\nnumpy.exp\nnumpy.busday_count\nnumpy.add.outer\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["coverage", str(names)])
    runpy.run_path(coverage.__file__, run_name="__main__")
    output = capsys.readouterr().out
    lines = output.splitlines()
    for label, listed in zip(("differentiable", "constant", "refused", "in no list"), coverage.names_by_support()):
        assert f"{len(listed):4d} {label}" in lines
    assert output.rstrip().endswith("numpy.busday_count")
