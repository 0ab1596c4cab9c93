"""fit with optimizers, schedules and averages of all kinds."""

import numpy as np
import pytest

import nn
from optim import (
    EMA,
    LBFGS,
    SGD,
    SWA,
    Adam,
    Batch,
    Callback,
    EarlyStopping,
    ExponentialLR,
    LinearLR,
    MiniBatch,
    OneCycleLR,
    PerceptronRule,
    ReduceLROnPlateau,
    StepLR,
    TrainingError,
    WeightPerturbation,
    evaluate,
    fit,
)
from optim.data import blobs

LINE = np.linspace(-1, 1, 20)[:, None]


def state(model):
    return {name: value.tobytes() for name, value in model.state_dict().items()}


# Optimizers and schedules


def rates(schedule, steps=4, **options):
    """The rate of every step."""
    lrs = []

    class Look(Callback):
        def on_grad_computed(self, run):
            lrs.append(round(run.optimizer.lr, 6))

    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters(), lr=0.8)
    lr_schedule = schedule(optimizer)
    history = fit(
        model,
        nn.MSELoss(),
        (LINE, LINE),
        schedule=lr_schedule,
        batching=MiniBatch(10),
        epochs=steps // 2,
        callbacks=[Look()],
        **options,
    )
    return lrs, history


def test_schedules_are_stepped_by_epoch_or_by_step():
    lrs, history = rates(lambda optimizer: StepLR(optimizer, 1, gamma=0.5))
    assert lrs == [0.8, 0.8, 0.4, 0.4]
    assert history["lr"] == [0.8, 0.4]
    lrs, history = rates(lambda optimizer: ExponentialLR(optimizer, 0.5, every="step"))
    assert lrs == [0.8, 0.4, 0.2, 0.1]
    assert history["lr"] == pytest.approx([0.2, 0.05])


def test_one_cycle_fits_the_steps_of_the_training():
    lrs, _ = rates(lambda optimizer: OneCycleLR(optimizer, 1.0, total_steps=8), steps=8)
    assert max(lrs) == pytest.approx(1.0, abs=0.2)
    assert lrs[-1] < 1e-3


def test_plateau_watches_the_validation_loss():
    standing_still = lambda optimizer: ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=0.999)
    assert rates(standing_still, 6, validation=(LINE, LINE))[0] == [0.8, 0.8, 0.8, 0.8, 0.4, 0.4]
    by_step = lambda optimizer: ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=0.999, every="step")
    assert rates(by_step, 4)[0] == [0.8, 0.8, 0.4, 0.2]


def test_a_schedule_brings_its_optimizer():
    model = nn.Linear(1, 1, rng=0)
    seen = []
    schedule = LinearLR(Adam(model.parameters(), lr=0.1))
    fit(model, nn.MSELoss(), (LINE, LINE), schedule=schedule, epochs=1, callbacks=[lambda run: seen.append(run.optimizer)])
    assert seen == [schedule.optimizer]


def test_arguments_that_do_not_belong_together_are_refused():
    model = nn.Linear(1, 1)
    schedule = StepLR(SGD(model.parameters(), lr=0.1), 1)
    with pytest.raises(TrainingError, match="the schedule belongs to another optimizer"):
        fit(model, nn.MSELoss(), (LINE, LINE), optimizer=SGD(model.parameters()), schedule=schedule)
    with pytest.raises(TrainingError, match="mode must be 'min' in fit"):
        fit(model, nn.MSELoss(), (LINE, LINE), schedule=ReduceLROnPlateau(SGD(model.parameters()), mode="max"))
    with pytest.raises(TrainingError, match="the average holds none of the model's parameters"):
        fit(model, nn.MSELoss(), (LINE, LINE), average=EMA(nn.Linear(1, 1).parameters()))
    with pytest.raises(TrainingError, match="epochs must be 0 or more, got -1"):
        fit(model, nn.MSELoss(), (LINE, LINE), epochs=-1)


def test_optimizers_that_need_closures_get_them():
    model = nn.Linear(1, 1, rng=0)
    optimizer = LBFGS(model.parameters(), line_search_fn="strong_wolfe")
    before = evaluate(model, nn.MSELoss(), (LINE, 3 * LINE + 1))["loss"]
    history = fit(model, nn.MSELoss(), (LINE, 3 * LINE + 1), optimizer=optimizer, batching=Batch(), epochs=2)
    assert history["loss"][0] == pytest.approx(before)
    assert (model.weight.item(), model.bias.item()) == (pytest.approx(3), pytest.approx(1))
    guessing = WeightPerturbation(model.parameters(), rng=0)
    assert fit(model, nn.MSELoss(), (LINE, LINE), optimizer=guessing, batching=Batch(), epochs=80, rng=0)["loss"][-1] < 1


def test_an_optimizer_of_another_kind_of_closure_says_so():
    model = nn.Linear(1, 1)
    with pytest.raises(TypeError, match="closure of PerceptronRule returns scores"):
        fit(model, nn.MSELoss(), (LINE, LINE), optimizer=PerceptronRule(model.parameters()))


def test_a_part_of_the_parameters_can_be_trained():
    model = nn.MLP([1, 4, 1], rng=0)
    before = state(model)
    optimizer = SGD(model[2].parameters(), lr=0.1)
    fit(model, nn.MSELoss(), (LINE, LINE), optimizer=optimizer, epochs=2, clip_norm=1.0, rng=0)
    after = state(model)
    assert {name for name in after if after[name] != before[name]} == {"2.weight", "2.bias"}
    alone = nn.MLP([1, 4, 1], rng=0)
    alone[0].requires_grad_(False)
    fit(alone, nn.MSELoss(), (LINE, LINE), optimizer=SGD(alone[2].parameters(), lr=0.1), epochs=2, clip_norm=1.0, rng=0)
    assert state(alone) == after


def test_layers_that_are_frozen_when_the_training_begins_stay_so():
    model = nn.Sequential(nn.BatchNorm1d(1), nn.Linear(1, 1, rng=0))

    class Freeze(Callback):
        def on_train_begin(self, run):
            run.model[0].eval()

    fit(model, nn.MSELoss(), (LINE, LINE), validation=(LINE, LINE), epochs=2, callbacks=[Freeze()])
    assert model[0].running_mean.tolist() == [0.0]


# Averages


def test_ema_is_updated_by_every_step_and_kept_at_the_end():
    models = [nn.Linear(1, 1, rng=0) for _ in range(2)]
    twin, seen = EMA(models[1].parameters(), 0.5), []

    class Follow(Callback):
        def on_step_end(self, run):
            twin.update()

    options = {"batching": MiniBatch(7), "epochs": 3, "rng": 0, "validation": (LINE, LINE)}
    average = EMA(models[0].parameters(), 0.5)
    history = fit(models[0], nn.MSELoss(), (LINE, LINE), average=average, callbacks=[lambda run: seen.append(1)], **options)
    fit(models[1], nn.MSELoss(), (LINE, LINE), callbacks=[Follow()], **options)
    twin.copy_to()
    assert average.updates == 9
    assert state(models[0]) == state(models[1])
    assert evaluate(models[0], nn.MSELoss(), (LINE, LINE))["loss"] == history["validation_loss"][-1]


def test_swa_is_the_mean_of_the_last_quarter_of_the_epochs():
    model, seen = nn.Linear(1, 1, rng=0), []
    average = SWA(model.parameters())
    keep = lambda run: seen.append(run.model.weight.item())
    history = fit(
        model, nn.MSELoss(), (LINE, LINE), average=average, epochs=8, callbacks=[keep], validation=(LINE, LINE), rng=0
    )
    assert average.updates == 2
    assert model.weight.item() == pytest.approx(np.mean(seen[-2:]))
    assert evaluate(model, nn.MSELoss(), (LINE, LINE))["loss"] == history["validation_loss"][-1]


def test_averaged_weights_have_their_own_statistics():
    inputs, labels = blobs(64, 2, 0.3, rng=0)
    model = nn.MLP([2, 8, 2], batch_norm=True, rng=0)
    average = SWA(model.parameters())
    fit(model, nn.CrossEntropyLoss(), (inputs, labels), average=average, epochs=4, batching=Batch(), rng=0)
    np.testing.assert_allclose(model[1].running_mean.numpy(), model[0](inputs).numpy().mean(axis=0), rtol=1e-9, atol=1e-12)


def test_the_training_itself_is_not_changed_by_an_average():
    weights = []
    for make in (lambda parameters: None, lambda parameters: EMA(parameters, 0.9), SWA):
        model = nn.MLP([1, 4, 1], batch_norm=True, rng=0)
        raw = []
        fit(
            model, nn.MSELoss(), (LINE, LINE), average=make(model.parameters()), batching=Batch(), epochs=4, rng=0,
            validation=(LINE, LINE), callbacks=[lambda run, raw=raw: raw.append(state(run.model))],
        )  # fmt: skip
        weights.append(raw)
    assert weights[0] == weights[1] == weights[2]


def test_early_stopping_puts_averaged_weights_and_their_statistics_back():
    inputs, labels = blobs(64, 3, 2.0, rng=0)
    model = nn.MLP([2, 8, 3], batch_norm=True, rng=0)
    held = (inputs[40:], labels[40:])
    history = fit(
        model, nn.CrossEntropyLoss(), (inputs[:40], labels[:40]), average=EMA(model.parameters(), 0.8), epochs=40, rng=0,
        validation=held, early_stopping=EarlyStopping(4), batching=MiniBatch(10),
    )  # fmt: skip
    assert evaluate(model, nn.CrossEntropyLoss(), held)["loss"] == min(history["validation_loss"])
