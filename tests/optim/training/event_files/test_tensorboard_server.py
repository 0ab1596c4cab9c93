"""A real TensorBoard shows what was written: asked by HTTP, and in a browser."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorboard")

import nn
from nn.metrics import accuracy
from optim import SGD, Callback, Checkpoint, TensorBoard, fit
from optim.data import digits
from tests.autograd.draw.browser import CHROMIUM, FLAGS
from tests.optim.training.event_files.tensorboard_server import fetch, tensorboard_server, wait_until

RUNS = {f"{name}{part}" for name in ("killed", "other") for part in ("", "/steps", "/train", "/validation")}
IMAGES, LABELS = digits()
EPOCHS = 5


class Kill(Callback):
    """Ends the training in its third epoch, before the checkpoint."""

    order = 50

    def on_epoch_end(self, run):
        if run.epoch == 3:
            raise KeyError("killed")


def train(folder, lr, callbacks=(), resume=None):
    inner = nn.Sequential(nn.Linear(16, 16, rng=1), nn.Tanh())
    model = nn.Sequential(nn.Linear(64, 16, rng=0), nn.ReLU(), inner, nn.Linear(16, 10, rng=2))
    images = {"digit": lambda run: IMAGES[run.epoch].reshape(8, 8)}
    board = TensorBoard(folder, steps=4, images=images, hyperparameters={"seed": 7})
    history = fit(
        model,
        nn.CrossEntropyLoss(),
        (IMAGES[:256], LABELS[:256]),
        optimizer=SGD(model.parameters(), lr=lr),
        epochs=EPOCHS,
        validation=(IMAGES[256:400], LABELS[256:400]),
        metrics={"accuracy": accuracy},
        callbacks=[board, Checkpoint(f"{folder}.checkpoints", every=2), *callbacks],
        rng=0,
        resume=resume,
    )
    board.text("note", "**bold**", step=EPOCHS)
    return model, history


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with two runs, of which the first was killed and resumed, and the model and history of the first."""
    folder = tmp_path_factory.mktemp("logs")
    train(folder / "other", 0.05)
    with pytest.raises(KeyError):
        train(folder / "killed", 0.1, [Kill()])
    return folder, *train(folder / "killed", 0.1, resume=True)


@pytest.mark.parametrize("reader", ["--load_fast=true", "--load_fast=false"])
def test_server_answers_with_what_was_written(trained, tmp_path, reader):
    folder, model, history = trained
    if reader == "--load_fast=true":
        pytest.importorskip("tensorboard_data_server")
    with tensorboard_server(folder, tmp_path / "log", reader) as address:
        wait_until(lambda: set(fetch(address, "runs")) == RUNS)
        wait_until(lambda: len(fetch(address, "plugin/text/text", run="killed/train", tag="note")) == 1)
        tags = {run: set(names) for run, names in fetch(address, "plugin/scalars/tags").items()}
        assert tags["killed/train"] >= {"loss", "accuracy", "lr", "gradient_norm/0.weight"}
        assert tags["killed/validation"] == {"loss", "accuracy"}
        for run, column in (("train", "loss"), ("train", "accuracy"), ("validation", "validation_loss")):
            points = fetch(address, "plugin/scalars/scalars", run=f"killed/{run}", tag=column.removeprefix("validation_"))
            assert [step for _, step, _ in points] == [1, 2, 3, 4, 5]
            assert [value for _, _, value in points] == np.float32(history[column]).tolist()
        points = fetch(address, "plugin/scalars/scalars", run="killed/steps", tag="batch_loss")
        assert [step for _, step, _ in points] == list(range(4, 8 * EPOCHS + 1, 4))
        histograms = fetch(address, "plugin/histograms/histograms", run="killed/train", tag="weights/0.weight")
        assert [step for _, step, _ in histograms] == [1, 2, 3, 4, 5]
        buckets = np.array(histograms[-1][2])
        weight = model.state_dict()["0.weight"]
        assert buckets[:, 2].sum() == weight.size
        np.testing.assert_allclose((buckets[0, 0], buckets[-1, 1]), (weight.min(), weight.max()), rtol=1e-6)
        graph = fetch(address, "plugin/graphs/graph", run="killed/train").decode()
        assert 'name: "Sequential/Sequential[2]/Linear[0]/weight"' in graph
        images = fetch(address, "plugin/images/images", run="killed/train", tag="digit", sample=0)
        assert [image["step"] for image in images] == [1, 2, 3, 4, 5]
        assert fetch(address, f"plugin/images/individualImage?{images[0]['query']}&").startswith(b"\x89PNG")
        experiment = fetch(address, "plugin/hparams/experiment", {"experimentName": ""})
        assert {info["name"] for info in experiment["hparamInfos"]} >= {"lr", "seed", "batch_size", "optimizer"}
        check_sessions(fetch(address, "plugin/hparams/session_groups", session_request(experiment)), history)


def session_request(experiment):
    metrics = [{"metric": info["name"]} for info in experiment["metricInfos"]]
    hyperparameters = [{"hparam": info["name"]} for info in experiment["hparamInfos"]]
    statuses = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
    limits = {"startIndex": 0, "sliceSize": 10}
    return {"experimentName": "", "allowedStatuses": statuses, "colParams": hyperparameters + metrics, **limits}


def check_sessions(answer, history):
    """Both runs are in the tab HParams, with their hyperparameters and last metrics."""
    groups = {group["sessions"][0]["name"]: group for group in answer["sessionGroups"]}
    assert {name: group["hparams"]["lr"] for name, group in groups.items()} == {"killed": 0.1, "other": 0.05}
    values = [(value["name"], value["value"]) for value in groups["killed"]["metricValues"]]
    last = {(name.get("group", ""), name["tag"]): value for name, value in values}
    assert last["validation", "loss"] == np.float32(history["validation_loss"][-1])
    assert last["train", "accuracy"] == np.float32(history["accuracy"][-1])
    assert groups["other"]["sessions"][0]["status"] == "STATUS_SUCCESS"


@pytest.fixture
def page():
    if CHROMIUM is None or importlib.util.find_spec("playwright") is None:
        pytest.skip("needs a browser and Playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1400, "height": 1000})
        browser.close()


@pytest.mark.slow
@pytest.mark.browser
def test_browser_shows_curves_and_graph(trained, tmp_path, page):
    with tensorboard_server(trained[0], tmp_path / "log") as address:
        wait_until(lambda: set(fetch(address, "runs")) == RUNS)
        page.goto(f"{address}/#scalars")
        page.get_by_text("tag: accuracy").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2000)  # the curves are drawn in an animation
        page.screenshot(path=tmp_path / "scalars.png")
        page.goto(f"{address}/#graphs&run=killed%2Ftrain")
        page.reload()
        page.locator("g.node", has_text="Sequential").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2000)
        page.locator("g.node", has_text="Sequential").first.dblclick(force=True)
        page.locator("svg text", has_text="Linear[0]").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2000)
        page.screenshot(path=tmp_path / "graph.png")
    for name in ("scalars.png", "graph.png"):
        assert Path(tmp_path / name).stat().st_size > 20_000
