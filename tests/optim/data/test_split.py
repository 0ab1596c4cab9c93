import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from autograd import DataError, ShapeError
from optim.data import k_folds, split

some_labels = arrays(np.int64, st.integers(1, 80), elements=st.integers(0, 3))
some_fractions = st.lists(st.integers(1, 10), min_size=1, max_size=4).map(lambda parts: [p / sum(parts) for p in parts])


@given(some_labels, some_fractions)
def test_parts_hold_every_example_once(labels, fractions):
    parts = split(labels, fractions, rng=0)
    assert len(parts) == len(fractions)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))


@given(some_labels, some_fractions)
def test_every_class_is_divided_by_the_fractions(labels, fractions):
    for part, fraction in zip(split(labels, fractions, rng=0), fractions):
        for label in np.unique(labels):
            assert abs((labels[part] == label).sum() - fraction * (labels == label).sum()) <= 1


def test_split_of_text_labels_given_as_a_list():
    labels = ["cat"] * 10 + ["dog"] * 20
    train, test = split(labels, [0.8, 0.2], rng=0)
    assert [sum(labels[i] == "cat" for i in part) for part in (train, test)] == [8, 2]


def test_parts_are_shuffled():
    labels = np.repeat([0, 1], 50)
    (part,) = split(labels, [1.0], rng=0)
    assert 10 < labels[part][:50].sum() < 40


def test_seed_decides_the_split():
    labels = np.arange(100) % 3
    parts = [np.concatenate(split(labels, [0.5, 0.5], rng=seed)).tolist() for seed in (0, 0, 1)]
    assert parts[0] == parts[1] != parts[2]


@pytest.mark.parametrize("fractions", [[0.5, 0.4], [1.5, -0.5], [0.7, 0.7]])
def test_fractions_must_sum_to_one(fractions):
    with pytest.raises(ValueError, match="sum to 1"):
        split(np.zeros(4), fractions)


def test_count_of_examples_divides_them_without_classes():
    parts = split(10, [0.5, 0.2, 0.3], rng=0)
    assert [len(part) for part in parts] == [5, 2, 3]
    assert sorted(np.concatenate(parts).tolist()) == list(range(10))


@pytest.mark.parametrize("divide", [lambda labels: split(labels, [0.8, 0.2]), k_folds], ids=["split", "k_folds"])
@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0.5, 1.5, 2.0], DataError, "got 0.5; .* give the number 3"),
        ([0.0, np.nan], DataError, "got nan"),
        (np.eye(3), ShapeError, r"\(3, 3\)"),
        ([], DataError, "no examples"),
        (0, DataError, "must be at least 1, got 0"),
    ],
)
def test_labels_that_are_neither_classes_nor_a_count_are_refused(divide, labels, error, message):
    with pytest.raises(error, match=message):
        divide(labels)


# Folds


@given(some_labels.filter(lambda labels: len(labels) >= 2), st.data())
def test_every_example_is_tested_in_one_fold_and_trained_on_in_the_others(labels, data):
    folds = k_folds(labels, data.draw(st.integers(2, min(len(labels), 7))), rng=0)
    everything = list(range(len(labels)))
    assert sorted(i for _, test in folds for i in test) == everything
    assert all(sorted([*train, *test]) == everything for train, test in folds)


@given(some_labels.filter(lambda labels: len(labels) >= 4), st.integers(2, 4))
def test_folds_differ_by_at_most_one_example_in_all_and_of_every_class(labels, k):
    tests = [labels[test] for _, test in k_folds(labels, k, rng=0)]
    for counts in ([len(test) for test in tests], *([(test == c).sum() for test in tests] for c in np.unique(labels))):
        assert max(counts) - min(counts) <= 1


def test_folds_of_a_count_are_shuffled_and_decided_by_the_seed():
    first, again, other = ([test.tolist() for _, test in k_folds(20, 4, rng)] for rng in (0, 0, 1))
    assert first == again != other
    assert [len(test) for test in first] == [5] * 4
    assert sorted(first[0]) != list(range(0, 20, 4))


@pytest.mark.parametrize("k", [0, 1, 7, 2.0])
def test_number_of_folds_must_lie_between_two_and_the_examples(k):
    with pytest.raises(ValueError, match=f"from 2 to 6, the number of examples, got {k}"):
        k_folds(6, k)


@pytest.mark.parametrize("fractions", [0.8, "ab", ["a", "b"]])
def test_fractions_are_a_list_of_numbers(fractions):
    with pytest.raises(ValueError, match=r"fractions must be .* sum to 1"):
        split(10, fractions)
