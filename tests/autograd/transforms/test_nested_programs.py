"""Transforms within transforms lose nothing that the inner function reaches."""

import pytest

from tests.autograd.transforms.nested_programs import check


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_nested_programs_agree_with_differences(first):
    assert [message for seed in range(first, first + 50) if (message := check(seed))] == []
