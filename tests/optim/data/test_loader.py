import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd import DataError, Tensor
from optim import Batch, MiniBatch, Stochastic
from optim.data import ArrayDataset, Compose, DataLoader, Mask, Noise, Subset

N = 11
X, Y = np.arange(2.0 * N).reshape(N, 2), np.arange(N)

batchings = st.one_of(st.just(Batch()), st.just(Stochastic()), st.integers(1, 15).map(MiniBatch))


def epoch(loader):
    return [(inputs.tolist(), targets.tolist()) for inputs, targets in loader]


# Batches


@given(batchings, st.integers(0, 3))
def test_an_epoch_holds_every_example_once_with_its_target(batching, prefetch):
    seen = epoch(DataLoader((X, Y), batching, prefetch=prefetch, rng=0))
    assert sorted(y for _, targets in seen for y in targets) == list(range(N))
    assert all(inputs == X[targets].tolist() for inputs, targets in seen)


@given(batchings, st.booleans(), st.booleans())
def test_length_is_the_number_of_batches(batching, drop_last, shuffle):
    if drop_last and (batching.size or 0) > N:
        return
    loader = DataLoader((X, Y), batching, drop_last=drop_last, shuffle=shuffle)
    assert len(loader) == len(epoch(loader))


@pytest.mark.parametrize(("drop_last", "sizes"), [(False, [4, 4, 3]), (True, [4, 4])])
def test_short_last_batch_comes_unless_dropped(drop_last, sizes):
    assert [len(y) for _, y in DataLoader((X, Y), MiniBatch(4), drop_last=drop_last)] == sizes


def test_full_last_batch_is_not_dropped():
    assert [len(y) for _, y in DataLoader((X, Y), MiniBatch(11), drop_last=True)] == [11]
    assert [len(y) for _, y in DataLoader((X, Y), Batch(), drop_last=True)] == [11]


def test_default_is_mini_batches_of_32():
    assert [len(y) for _, y in DataLoader((np.zeros(70), np.zeros(70)))] == [32, 32, 6]


@given(batchings)
def test_without_shuffling_examples_come_in_order(batching):
    batches = epoch(DataLoader((X, Y), batching, shuffle=False))
    assert [y for _, targets in batches for y in targets] == Y.tolist()


def test_every_epoch_is_shuffled_anew():
    loader = DataLoader((X, Y), MiniBatch(4), rng=0)
    assert epoch(loader) != epoch(loader)


def test_own_data_sets_need_a_length_and_items():
    class Squares:
        def __len__(self):
            return 5

        def __getitem__(self, indices):
            x = np.arange(5)[indices]
            return x, x**2

    for x, y in DataLoader(Squares(), MiniBatch(2), rng=0):
        np.testing.assert_array_equal(x**2, y)


# Seeds


@given(batchings, st.integers(0, 100), st.integers(1, 4))
def test_same_seed_gives_the_same_epochs_with_and_without_a_thread(batching, seed, prefetch):
    transform = Compose(Noise(0.1), Mask(0.3))
    plain = DataLoader((X, Y), batching, transform=transform, prefetch=0, rng=seed)
    ahead = DataLoader((X, Y), batching, transform=transform, prefetch=prefetch, rng=seed)
    assert [epoch(plain) for _ in range(2)] == [epoch(ahead) for _ in range(2)]


def test_seeds_differ():
    assert epoch(DataLoader((X, Y), MiniBatch(4), rng=0)) != epoch(DataLoader((X, Y), MiniBatch(4), rng=1))


@pytest.mark.parametrize("prefetch", [0, 1, 2, 20])
@pytest.mark.parametrize("taken", [0, 1, 3])
def test_an_unfinished_epoch_leaves_the_generator_as_a_finished_one(prefetch, taken):
    rng, whole = np.random.default_rng(0), np.random.default_rng(0)
    batches = iter(DataLoader((X, Y), MiniBatch(4), transform=Noise(1.0), prefetch=prefetch, rng=rng))
    for _ in range(taken):
        next(batches)
    del batches
    epoch(DataLoader((X, Y), MiniBatch(4), transform=Noise(1.0), prefetch=0, rng=whole))
    assert rng.bit_generator.state == whole.bit_generator.state


def test_draws_of_the_loop_do_not_meet_those_of_the_thread():
    def run(prefetch):
        rng = np.random.default_rng(0)
        loader = DataLoader((X, Y), MiniBatch(2), transform=Noise(1.0), prefetch=prefetch, rng=rng)
        return [(x.tolist(), rng.random()) for _ in range(2) for x, _ in loader]

    assert run(0) == run(3)


def test_two_epochs_at_once_do_not_disturb_each_other():
    pairs = list(zip(*[DataLoader((X, Y), MiniBatch(4), transform=Noise(1.0), rng=0)] * 2))
    first, second = ([batch[i][0].tolist() for batch in pairs] for i in (0, 1))
    loader = DataLoader((X, Y), MiniBatch(4), transform=Noise(1.0), rng=0)
    assert first == [x for x, _ in epoch(loader)]
    assert second == [x for x, _ in epoch(loader)]


# Transforms


def test_transform_changes_the_inputs_and_not_the_data():
    before = X.copy()
    for inputs, targets in DataLoader((X, Y), MiniBatch(4), transform=lambda x: -x, rng=0):
        np.testing.assert_array_equal(inputs, -X[targets])
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("batching", [Batch(), MiniBatch(4)])
def test_transform_in_place_never_reaches_the_data(batching):
    data, before = X.copy(), X.copy()

    def spoil(x):
        x *= 0
        return x

    loader = DataLoader((data, Y), batching, transform=spoil, rng=0)
    if isinstance(batching, Batch):
        with pytest.raises(ValueError, match="read-only"):
            epoch(loader)
    else:
        epoch(loader)
    np.testing.assert_array_equal(data, before)


def test_functions_of_c_and_functions_with_a_generator_are_transforms():
    ((inputs, _),) = DataLoader((X, Y), Batch(), transform=np.square)
    np.testing.assert_array_equal(inputs, X**2)
    ((inputs, _),) = DataLoader((X, Y), Batch(), transform=lambda x, *, rng: x + rng.integers(1, 2))
    np.testing.assert_array_equal(inputs, X + 1)


@pytest.mark.parametrize(("transform", "got"), [(lambda x: None, "None"), (lambda x: x[:1], r"shape \(1, 2\)")])
def test_transform_that_loses_examples_is_refused(transform, got):
    with pytest.raises(DataError, match=rf"inputs of shape \(4, 2\), got {got}"):
        epoch(DataLoader((X, Y), MiniBatch(4), transform=transform))


# Refusals


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"data": (X[:0], Y[:0])}, DataError, "there are no examples"),
        ({"data": Subset((X, Y), [])}, DataError, "there are no examples"),
        ({"batching": MiniBatch(12), "drop_last": True}, DataError, "11 examples do not fill a batch of 12"),
        ({"batching": 32}, TypeError, r"MiniBatch\(size\) expected, got 32"),
        ({"prefetch": -1}, ValueError, "prefetch must be a number of batches, 0 or more, got -1"),
        ({"prefetch": 1.5}, ValueError, "got 1.5"),
        ({"transform": 3}, TypeError, "transform: a function of the inputs"),
    ],
)
def test_loaders_that_could_give_no_batches_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        DataLoader(**{"data": (X, Y)} | options)


# Gradients of the batches


@pytest.mark.parametrize("batching", [Batch(), Stochastic(), MiniBatch(4), MiniBatch(5)])
def test_gradients_of_an_epoch_weighted_by_their_examples_are_the_gradient_of_all(batching):
    rng = np.random.default_rng(0)
    x, y, start = rng.normal(size=(N, 3)), rng.normal(size=N), rng.normal(size=3)

    def gradient(inputs, targets):
        w = Tensor(start, requires_grad=True)
        ((Tensor(inputs) @ w - targets) ** 2).mean().backward()
        return w.grad.numpy()

    batches = list(DataLoader((x, y), batching, rng=0))
    weighed = sum(len(targets) * gradient(inputs, targets) for inputs, targets in batches) / N
    each = np.mean([gradient(x[i : i + 1], y[i : i + 1]) for i in range(N)], axis=0)
    np.testing.assert_allclose(weighed, each, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(gradient(x, y), each, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("batching", "iterations"), [(Batch(), 3), (MiniBatch(4), 9), (Stochastic(), 33)])
def test_iterations_are_epochs_times_batches(batching, iterations):
    loader = DataLoader(ArrayDataset(X, Y), batching, rng=0)
    assert sum(1 for _ in range(3) for _ in loader) == iterations == 3 * len(loader)
