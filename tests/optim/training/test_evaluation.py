import numpy as np
import pytest

import autograd
import nn
from autograd import DataError
from nn.metrics import accuracy
from optim import MiniBatch, TrainingError, evaluate, predict
from optim.data import ArrayDataset, DataLoader, Subset, memmap_dataset

RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(23, 3)), RNG.normal(size=(23, 2))
LABELS = RNG.integers(0, 2, 23)


class Spy(nn.Module):
    def __init__(self):
        self.inner = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Dropout(0.5))
        self.seen = []

    def forward(self, x):
        self.seen.append((len(x), self.inner[1].training, autograd.is_grad_enabled()))
        return self.inner(x)


@pytest.mark.parametrize("size", [1, 5, 23, 100])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_loss_of_batches_is_the_loss_of_all(size, reduction):
    model, loss = nn.Linear(3, 2, rng=0), nn.MSELoss(reduction=reduction)
    results = evaluate(model, loss, (INPUTS, TARGETS), batching=MiniBatch(size))
    assert results["loss"] == pytest.approx(loss(model(INPUTS), TARGETS).item(), rel=1e-12)


def test_metrics_are_of_all_examples_together():
    model = nn.Linear(3, 2, rng=0)
    seen = []
    metric = lambda predictions, targets: seen.append((predictions, targets)) or 0.5
    results = evaluate(model, nn.CrossEntropyLoss(), (INPUTS, LABELS), {"mine": metric}, batching=MiniBatch(4))
    ((predictions, targets),) = seen
    np.testing.assert_allclose(predictions, model(INPUTS).numpy(), rtol=1e-12)
    np.testing.assert_array_equal(targets, LABELS)
    assert results["mine"] == 0.5


@pytest.mark.parametrize("use", [lambda model: evaluate(model, nn.MSELoss(), (INPUTS, TARGETS), batching=MiniBatch(10)),
                                 lambda model: predict(model, INPUTS, batching=MiniBatch(10))])  # fmt: skip
def test_a_model_is_evaluated_in_evaluation_mode_without_a_graph(use):
    model = Spy()
    use(model)
    assert model.seen == [(10, False, False), (10, False, False), (3, False, False)]
    assert model.inner[1].training


def test_the_mode_of_every_module_is_restored():
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5), nn.Dropout(0.5))
    model[1].eval()
    evaluate(model, nn.MSELoss(), (INPUTS, TARGETS))
    predict(model, INPUTS)
    assert [module.training for module in model] == [True, False, True]


def test_data_on_disk_and_data_sets_are_measured_as_arrays_are(tmp_path):
    np.save(tmp_path / "x.npy", INPUTS)
    np.save(tmp_path / "y.npy", LABELS)
    model, loss = nn.Linear(3, 2, rng=0), nn.CrossEntropyLoss()
    expected = evaluate(model, loss, (INPUTS, LABELS), {"accuracy": accuracy})
    data = memmap_dataset(tmp_path / "x.npy", tmp_path / "y.npy")
    for given in (data, Subset(data, np.arange(23)), DataLoader((INPUTS, LABELS), transform=lambda x: 0 * x, rng=0)):
        assert evaluate(model, loss, given, {"accuracy": accuracy}) == expected


# predict


def test_predictions_are_those_of_the_model():
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.BatchNorm1d(2), nn.Dropout(0.9))
    expected = model.eval()(INPUTS).numpy()
    for size in (1, 7, 23, 1000):
        np.testing.assert_allclose(predict(model.train(), INPUTS, batching=MiniBatch(size)), expected, rtol=1e-12)


def test_inputs_may_be_lists_tensors_data_sets_and_on_disk(tmp_path):
    np.save(tmp_path / "x.npy", INPUTS)
    np.save(tmp_path / "y.npy", LABELS)
    data = memmap_dataset(tmp_path / "x.npy", tmp_path / "y.npy")
    model = nn.Linear(3, 2, rng=0)
    expected = predict(model, INPUTS)
    loader = DataLoader((INPUTS, LABELS), rng=0)
    for given in (INPUTS.tolist(), autograd.Tensor(INPUTS), data, data.inputs, ArrayDataset(INPUTS, LABELS), loader):
        np.testing.assert_array_equal(predict(model, given), expected)


def test_predictions_have_the_dtype_of_the_model():
    model = nn.Linear(3, 2).astype("float32")
    assert predict(model, INPUTS).dtype == np.float32
    assert predict(model, np.ones((2, 3), dtype=int)).dtype == np.float32


def test_integer_inputs_of_an_embedding_stay_integers():
    model = nn.Sequential(nn.Embedding(5, 2, rng=0), nn.Flatten())
    assert predict(model, [[0, 4], [1, 1]]).shape == (2, 4)


@pytest.mark.parametrize("inputs", [np.ones((0, 3)), [], 3.0, ["a", "b"], ArrayDataset(INPUTS[:0], LABELS[:0])], ids=repr)
def test_wrong_inputs_are_refused(inputs):
    with pytest.raises(DataError, match="inputs: "):
        predict(nn.Linear(3, 2), inputs)


def test_evaluation_of_nothing_is_refused():
    with pytest.raises(TrainingError, match="evaluation data: there are no examples"):
        evaluate(nn.Linear(3, 2), nn.MSELoss(), (INPUTS[:0], TARGETS[:0]))
    with pytest.raises(TrainingError, match="evaluation data: targets: nan in row 0, column 0"):
        evaluate(nn.Linear(3, 2), nn.MSELoss(), (INPUTS, TARGETS * np.nan))
