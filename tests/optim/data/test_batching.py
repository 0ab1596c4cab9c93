import numpy as np
import pytest
from hypothesis import given, strategies as st

import nn
from optim import Batch, MiniBatch, Stochastic

batchings = st.one_of(st.just(Batch()), st.just(Stochastic()), st.integers(1, 60).map(MiniBatch))
examples = st.integers(1, 50)


def epoch(batching, n, rng=0):
    rng = np.random.default_rng(rng)
    return [np.arange(n)[batch].tolist() for batch in batching.batches(n, rng)]


@given(batchings, examples)
def test_every_example_is_seen_exactly_once_per_epoch(batching, n):
    assert sorted(i for batch in epoch(batching, n) for i in batch) == list(range(n))


@given(batchings, examples)
def test_steps_says_how_many_batches_come(batching, n):
    assert batching.steps(n) == len(epoch(batching, n))


@given(st.integers(1, 60), examples)
def test_only_the_last_mini_batch_may_be_short(size, n):
    *full, last = epoch(MiniBatch(size), n)
    assert {len(batch) for batch in full} <= {size}
    assert 0 < len(last) <= size


def test_batch_is_one_step_of_all_examples():
    assert [len(batch) for batch in epoch(Batch(), 7)] == [7]


def test_stochastic_is_a_step_per_example():
    assert [len(batch) for batch in epoch(Stochastic(), 7)] == [1] * 7


@given(batchings, examples, st.integers(0, 1000))
def test_same_seed_gives_the_same_batches(batching, n, seed):
    assert epoch(batching, n, seed) == epoch(batching, n, seed)


@pytest.mark.parametrize("batching", [Stochastic(), MiniBatch(10)])
def test_seeds_and_epochs_differ_in_order(batching):
    assert epoch(batching, 100, 0) != epoch(batching, 100, 1)
    rng = np.random.default_rng(0)
    assert epoch(batching, 100, rng) != epoch(batching, 100, rng)


@pytest.mark.parametrize("batching", [Stochastic(), MiniBatch(10)])
def test_examples_are_shuffled(batching):
    assert np.concatenate(epoch(batching, 100)).tolist() != list(range(100))


@given(batchings, examples)
def test_in_order_examples_come_as_they_are_in_as_many_steps(batching, n):
    batches = [np.arange(n)[batch] for batch in batching.in_order(n)]
    assert len(batches) == batching.steps(n)
    assert np.concatenate(batches).tolist() == list(range(n))


def test_size_may_be_a_number_of_numpy():
    assert repr(MiniBatch(np.int64(8))) == "MiniBatch(8)"


@pytest.mark.parametrize("size", [0, -3])
def test_mini_batch_of_no_example_is_refused(size):
    with pytest.raises(ValueError, match=str(size)):
        MiniBatch(size)


@pytest.mark.parametrize("text", ["Batch()", "Stochastic()", "MiniBatch(8)"])
def test_repr_of_batchings(text):
    assert repr(eval(text)) == text


@pytest.mark.parametrize("batching", [Stochastic(), MiniBatch(4)])
def test_mean_of_the_gradients_of_an_epoch_is_the_batch_gradient(batching):
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(12, 3)), rng.integers(0, 2, 12)
    model, loss = nn.MLP([3, 5, 2], activation="tanh", rng=0), nn.CrossEntropyLoss()

    def gradient(batch):
        model.zero_grad()
        loss(model(inputs[batch]), labels[batch]).backward()
        return np.concatenate([p.grad.numpy().ravel() for p in model.parameters()])

    mean = np.mean([gradient(batch) for batch in batching.batches(12, rng)], axis=0)
    np.testing.assert_allclose(mean, gradient(slice(None)), rtol=1e-10, atol=1e-14)
