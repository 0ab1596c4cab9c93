"""Random programs of autograd.numpy's rarer functions agree with NumPy, and their derivatives with differences."""

from tests.autograd.numpy.numpy_programs import run


def test_random_programs_agree_with_numpy_and_differences():
    failures, kinks = run(range(30))
    assert failures == []
    assert kinks < 10
