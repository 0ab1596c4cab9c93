"""fit on data in every form."""

import numpy as np
import pytest

import nn
from optim import SGD, MiniBatch, TrainingError, evaluate, fit
from optim.data import ArrayDataset, DataLoader, Subset, memmap_dataset

LINE = np.linspace(-1, 1, 20)[:, None]


def on_disk(folder, inputs, targets):
    np.save(folder / "x.npy", inputs)
    np.save(folder / "y.npy", targets)
    return memmap_dataset(folder / "x.npy", folder / "y.npy")


def state(model):
    return {name: value.tobytes() for name, value in model.state_dict().items()}


def trained(data, **options):
    model = nn.Linear(1, 1, rng=0)
    fit(model, nn.MSELoss(), data, epochs=3, **({"batching": MiniBatch(6), "rng": 0} | options))
    return state(model)


def test_the_same_data_in_another_form_is_the_same_training(tmp_path):
    expected = trained((LINE, 3 * LINE))
    for data in (ArrayDataset(LINE, 3 * LINE), Subset((LINE, 3 * LINE), range(20)), on_disk(tmp_path, LINE, 3 * LINE)):
        assert trained(data, validation=data) == expected
    loader = DataLoader((LINE, 3 * LINE), MiniBatch(6), rng=0)
    assert trained(loader, batching=None, rng=None) == expected


def test_data_on_disk_is_not_read_as_a_whole(tmp_path):
    class Watched(ArrayDataset):
        def __getitem__(self, indices):
            inputs, targets = super().__getitem__(indices)
            seen.append(len(inputs))
            return inputs, targets

    data = on_disk(tmp_path, np.ones((3000, 2), np.float32), np.ones((3000, 1)))
    seen = []
    data.__class__ = Watched
    fit(
        nn.Linear(2, 1), nn.MSELoss(), data, batching=MiniBatch(100), epochs=2, validation=data, metrics={"one": lambda p, t: 1}
    )
    assert max(seen) == 1000
    assert isinstance(data.inputs, np.memmap)


def test_whole_numbers_are_converted_unless_they_are_looked_up():
    seen = []

    class Look(nn.Module):
        def __init__(self, inner):
            self.inner = inner

        def forward(self, x):
            seen.append(x.dtype)
            return self.inner(x)

    pixels = np.arange(12, dtype=np.uint8).reshape(6, 2)
    for data in ((pixels, np.ones((6, 1))), DataLoader((pixels, np.ones((6, 1))), transform=lambda x: x)):
        fit(Look(nn.Linear(2, 1).astype("float32")), nn.MSELoss(), data, epochs=1)
    assert set(seen) == {np.dtype(np.float32)}
    seen.clear()
    fit(Look(nn.Sequential(nn.Embedding(12, 3), nn.Flatten())), nn.MSELoss(), (pixels.astype(int), np.ones((6, 6))), epochs=1)
    assert set(seen) == {np.dtype(int)}


def test_a_transform_sees_training_batches_only_and_the_metrics_do_not():
    seen = []
    transform = lambda x: seen.append(len(x)) or 0 * x
    model = nn.Linear(1, 1, rng=0)
    history = fit(
        model, nn.MSELoss(), (LINE, LINE), batching=MiniBatch(8), transform=transform, validation=(LINE, LINE), epochs=2,
        metrics={"spread": lambda p, t: p.std()}, rng=0,
    )  # fmt: skip
    assert seen == [8, 8, 4] * 2
    assert history["spread"][-1] == pytest.approx(abs(model.weight.item()) * LINE.std())


@pytest.mark.parametrize("option", [{"batching": MiniBatch(2)}, {"rng": 0}, {"transform": abs}])
def test_a_loader_has_its_own_options(option):
    with pytest.raises(TrainingError, match="the DataLoader has its own batching, transform and rng"):
        fit(nn.Linear(1, 1), nn.MSELoss(), DataLoader((LINE, LINE)), **option)


@pytest.mark.parametrize("drop_last", [True, False])
def test_steps_of_an_epoch_are_counted_right(drop_last):
    counts = []
    loader = DataLoader((LINE, LINE), MiniBatch(8), drop_last=drop_last)
    fit(nn.Linear(1, 1), nn.MSELoss(), loader, epochs=3, callbacks=[lambda run: counts.append((run.steps_per_epoch, run.step))])
    per_epoch = 2 if drop_last else 3
    assert counts == [(per_epoch, per_epoch), (per_epoch, 2 * per_epoch), (per_epoch, 3 * per_epoch)]


def test_a_summed_loss_is_summed_over_the_epoch():
    model, data, loss = nn.Linear(1, 1, rng=0), (LINE, 3 * LINE), nn.MSELoss(reduction="sum")
    expected = loss(model(LINE), data[1]).item()
    standing_still = SGD(model.parameters(), lr=1e-300)
    history = fit(model, loss, data, optimizer=standing_still, batching=MiniBatch(7), validation=data, epochs=1)
    assert history["loss"][0] == pytest.approx(expected)
    assert history["validation_loss"][0] == pytest.approx(expected)


def test_targets_of_any_shape_are_weighted_by_the_examples():
    model = nn.Linear(1, 3, rng=0)
    data = (LINE, np.exp(LINE * [1, 2, 3]))
    expected = evaluate(model, nn.MSELoss(), data)["loss"]
    standing_still = SGD(model.parameters(), lr=1e-300)
    history = fit(model, nn.MSELoss(), data, optimizer=standing_still, batching=MiniBatch(9), epochs=1)
    assert history["loss"][0] == pytest.approx(expected, rel=1e-12)


def test_nan_in_a_subset_is_reported_with_its_row_in_the_whole_data():
    inputs = np.ones((5000, 2))
    inputs[[7, 4321], 1] = np.nan
    fit(nn.Linear(2, 1), nn.MSELoss(), Subset((inputs, inputs[:, :1]), np.arange(10, 4000)), epochs=0)
    with pytest.raises(TrainingError, match=r"inputs: nan in row .*, column 1 .*row 4311 of the subset is row 4321"):
        fit(nn.Linear(2, 1), nn.MSELoss(), Subset((inputs, inputs[:, :1]), np.arange(10, 5000)))
    with pytest.raises(TrainingError, match="row 0 of the subset is row 4321 of the whole data"):
        fit(nn.Linear(2, 1), nn.MSELoss(), Subset((inputs, inputs[:, :1]), [4321]))


def test_nan_on_disk_is_found(tmp_path):
    x = LINE.copy()
    x[11] = np.nan
    with pytest.raises(TrainingError, match="training data: inputs: nan in row 11, column 0"):
        fit(nn.Linear(1, 1), nn.MSELoss(), on_disk(tmp_path, x, LINE))
