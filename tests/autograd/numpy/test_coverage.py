"""NumPy's own lists of functions, name by name."""

from autograd.numpy import coverage


def test_every_name_numpy_publishes_is_in_exactly_one_list():
    differentiable, constant, refused, left = coverage.names()
    assert left == []
    assert len({*differentiable, *constant, *refused}) == len(differentiable) + len(constant) + len(refused)
    assert len(differentiable) >= 150
