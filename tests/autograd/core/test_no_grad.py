"""Recording is on, except inside no_grad, in whatever order blocks begin and end."""

import asyncio
import contextvars

import pytest
from hypothesis import given, strategies as st

from autograd import enable_grad, is_grad_enabled, no_grad


def block(mode):
    with mode():
        yield bool(is_grad_enabled())
        yield bool(is_grad_enabled())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=12))
def test_blocks_of_interleaved_generators_end_in_any_order(steps):
    def run():
        open_blocks = []
        for off, index in steps:
            if index < len(open_blocks):  # end one of the open blocks
                mode, generator = open_blocks.pop(index)
                generator.close()
            else:
                mode = no_grad if off else enable_grad
                generator = block(mode)
                next(generator)
                open_blocks.append((mode, generator))
            assert bool(is_grad_enabled()) == (open_blocks[-1][0] is enable_grad if open_blocks else True)
        for _, generator in open_blocks:
            generator.close()
        assert is_grad_enabled() is True

    contextvars.Context().run(run)


def test_a_block_may_be_entered_twice():
    mode = no_grad()
    with mode, enable_grad(), mode:
        assert not is_grad_enabled()
    assert is_grad_enabled() is True


def test_an_asynchronous_generator_that_is_broken_off_ends_its_block_elsewhere():
    async def numbers():
        with no_grad():
            for i in range(10):
                yield i

    async def use():
        async for i in numbers():
            if i == 1:
                break
        await asyncio.sleep(0)

    asyncio.run(use())
    assert is_grad_enabled() is True


@pytest.mark.parametrize("mode", [no_grad, enable_grad])
def test_a_decorated_function_may_call_itself(mode):
    @mode
    def count(n):
        return 0 if n == 0 else 1 + count(n - 1)

    assert count(5) == 5
    assert is_grad_enabled() is True
