"""Keywords of PyTorch, Keras and scikit-learn: the message states the keyword of this package."""

import pytest

import nn
from optim import Checkpoint, CSVLogger, EarlyStopping, evaluate, fit, predict, range_test
from optim.data import DataLoader, blobs, k_folds, moons, one_hot, split

DATA = [[0.0]], [[0.0]]
MODEL, LOSS = nn.Linear(1, 1), nn.MSELoss()

KEYWORDS = [
    (fit, (MODEL, LOSS, DATA), "optimiser", "optimizer"),
    (fit, (MODEL, LOSS, DATA), "verbose", "progress"),
    (fit, (MODEL, LOSS, DATA), "seed", "rng"),
    (fit, (MODEL, LOSS, DATA), "patience", "early_stopping=EarlyStopping(patience=…)"),
    (evaluate, (MODEL, LOSS, DATA), "batch_size", "batching=MiniBatch(size)"),
    (predict, (MODEL, DATA[0]), "batch_size", "batching=MiniBatch(size)"),
    (range_test, (MODEL, LOSS, DATA), "seed", "rng"),
    (DataLoader, (DATA,), "batch_size", "batching=MiniBatch(size)"),
    (DataLoader, (DATA,), "num_workers", "prefetch"),
    (Checkpoint, (), "filepath", "folder"),
    (CSVLogger, (), "filename", "path"),
    (EarlyStopping, (), "restore_best_weights", "nothing (the best weights are always restored)"),
    (moons, (), "n_samples", "n"),
    (blobs, (), "random_state", "rng"),
    (split, (10, [0.5, 0.5]), "seed", "rng"),
    (k_folds, (10,), "n_splits", "k"),
    (one_hot, ([0],), "num_classes", "classes"),
]


@pytest.mark.parametrize(("function", "arguments", "keyword", "ours"), KEYWORDS)
def test_a_keyword_of_another_library_is_answered_with_ours(function, arguments, keyword, ours):
    with pytest.raises(TypeError) as caught:
        function(*arguments, **{keyword: 1})
    assert f"unexpected keyword argument {keyword!r}; write {ours}" in str(caught.value)


def test_an_unknown_keyword_has_no_suggestion():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'nonsense'$"):
        fit(MODEL, LOSS, DATA, nonsense=1)
