"""The sum in a fixed order, the cuts of batches, and the gradient of every split."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import Tensor
from optim import SGD, MiniBatch, fit
from optim.data import DataLoader, Noise
from optim.distributed import run_threads
from optim.distributed.sharded_loader import ShardedLoader, shard_bounds, shards_of_rank
from optim.distributed.tree_sum import Branch, TreeSum, branches, total_of


@given(st.integers(1, 20), st.integers(1, 5), st.integers(0, 100))
@settings(max_examples=60)
def test_the_sum_does_not_depend_on_the_ranks(shards, ranks, seed):
    rows = np.random.default_rng(seed).normal(size=(shards, 3)) * 10.0 ** np.arange(3)

    def sum_on(ranks):
        parts, sums = [], []
        for rank in range(ranks):
            numbers, tree = shards_of_rank(shards, rank, ranks), TreeSum(np.empty((12, 3)))
            for number in numbers:
                tree.next_row[:] = rows[number]
                tree.push(Branch(number, 1))
            parts += branches(numbers.start, numbers.stop)
            sums.append(tree.rows.copy())
        return total_of(np.concatenate(sums), parts)

    assert sum_on(ranks).tobytes() == sum_on(1).tobytes()
    np.testing.assert_allclose(sum_on(ranks), rows.sum(axis=0), atol=1e-12 * np.abs(rows).sum())


@given(st.integers(1, 60), st.integers(1, 10))
def test_shards_divide_a_batch_evenly(examples, shards):
    bounds = shard_bounds(examples, shards)
    sizes = np.diff(bounds)
    assert (bounds[0], bounds[-1]) == (0, examples)
    assert len(sizes) <= shards
    assert sizes.max() - sizes.min() <= 1
    assert sizes.min() >= min(2, examples)
    assert sorted(n for rank in range(3) for n in shards_of_rank(len(sizes), rank, 3)) == list(range(len(sizes)))


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"drop_last": True}, {"prefetch": 2}, {"batching": MiniBatch(99)}])
def test_the_shards_of_all_ranks_are_the_batch(options):
    data, options = (np.arange(23.0), np.arange(23)), {"batching": MiniBatch(6), "rng": 3} | options
    batches = list(DataLoader(data, **options))
    parts = [list(ShardedLoader(DataLoader(data, **options), rank, 3, shards=4)) for rank in range(3)]
    assert [len(part) for part in parts] == [len(batches)] * 3
    for (inputs, targets), *ranks in zip(batches, *parts):
        shards = [shard for shards, _ in ranks for shard in shards]
        assert np.concatenate([shard.inputs for shard in shards]).tolist() == inputs.tolist()
        assert np.concatenate([shard.targets for shard in shards]).tolist() == targets.tolist()
        assert sum(shard.share for shard in shards) == pytest.approx(1)
        assert {size.examples for _, size in ranks} == {len(inputs)}


def test_a_transform_depends_on_the_shard_and_not_on_the_rank():
    def inputs(ranks):
        make = lambda: DataLoader((np.zeros(20), np.zeros(20)), MiniBatch(9), transform=Noise(1.0), rng=0)
        parts = [list(ShardedLoader(make(), rank, ranks, shards=4)) for rank in range(ranks)]
        return [x for batch in zip(*parts) for shards, _ in batch for shard in shards for x in shard.inputs.tolist()]

    assert inputs(1) == inputs(2) == inputs(3)
    assert len(set(inputs(1))) == 20


def test_the_batch_of_an_error_is_named():
    class Broken:
        def __len__(self):
            return 4

        def __getitem__(self, indices):
            raise OSError("disk")

    with pytest.raises(OSError, match="disk") as error:
        list(ShardedLoader(DataLoader(Broken(), MiniBatch(2), prefetch=0), 0, 1, 1))
    assert error.value.__notes__ == ["(in batch 1 of 2)"]


@given(st.integers(1, 17), st.integers(1, 4), st.sampled_from(["ordered", "fast"]), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_gradient_is_that_of_the_whole_batch(examples, ranks, reduction, summed, weighted, is_row):
    rng = np.random.default_rng(examples)
    outputs = 1 if is_row else 2
    x, y = rng.normal(size=(examples, 3)), rng.normal(size=(examples, outputs))
    weights = rng.uniform(0.1, 2.0, examples) if weighted else None
    loss = nn.MSELoss(reduction="sum" if summed else "mean")
    whole = nn.MLP([3, 4, outputs], rng=0)
    losses = ((whole(Tensor(x)) - y) ** 2 * (1.0 if weights is None else weights[:, None])).sum()
    (losses if summed else losses / outputs / (examples if weights is None else weights.sum())).backward()
    y = y[:, 0] if is_row else y

    def gradient(communicator):
        model = nn.MLP([3, 4, outputs], rng=0)
        before = [p.numpy().copy() for p in model.parameters()]
        optimizer = SGD(model.parameters(), lr=1.0)
        options = {"batch_size": 17, "sample_weight": weights, "communicator": communicator, "reduction": reduction}
        fit(model, loss, (x, y), optimizer=optimizer, epochs=1, **options)
        return [old - p.numpy() for old, p in zip(before, model.parameters())]

    for gradients in run_threads(gradient, ranks):
        for g, p in zip(gradients, whole.parameters()):
            np.testing.assert_allclose(g, p.grad.numpy(), rtol=1e-12, atol=1e-12)
