"""Every overridable function of NumPy is differentiable, constant or refused."""

import runpy

from autograd.numpy import coverage


def test_every_overridable_function_is_in_exactly_one_list():
    differentiable, constant, refused, unlisted = coverage.names_by_support()
    assert unlisted == []
    assert len({*differentiable, *constant, *refused}) == len(differentiable) + len(constant) + len(refused)
    assert len(differentiable) >= 150


def test_the_command_prints_every_list_with_its_length(capsys):
    runpy.run_path(coverage.__file__, run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    for label, names in zip(("differentiable", "constant", "refused", "in no list"), coverage.names_by_support()):
        assert f"{len(names):4d} {label}" in lines
