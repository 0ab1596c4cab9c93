"""The callback TensorBoard: what it writes, read by TensorBoard's own code, and that the training is the same."""

import sys
import warnings

import numpy as np
import pytest

pytest.importorskip("tensorboard")

import nn
import optim
from autograd import Tensor
from nn.metrics import accuracy
from optim import EMA, LBFGS, SGD, Batch, Callback, History, MiniBatch, StepLR, TensorBoard, TrainingError, fit
from optim.data import blobs
from tests.optim.training.event_files.event_reader import curve, read, values

INPUTS, LABELS = blobs(90, 3, 0.8, rng=0)


def train(callbacks, model=None, epochs=4, **options):
    model = nn.MLP([2, 8, 3], rng=0) if model is None else model
    data = {"validation": (INPUTS[70:], LABELS[70:]), "metrics": {"accuracy": accuracy}, "batching": MiniBatch(32)}
    data |= {"epochs": epochs, "rng": 3, "callbacks": callbacks, **options}
    return model, fit(model, nn.CrossEntropyLoss(), (INPUTS[:70], LABELS[:70]), **data)


class Gradients(Callback):
    """The gradients of all steps, and the weights of all epochs."""

    def __init__(self):
        self.gradients, self.weights = [], []

    def on_grad_computed(self, run):
        self.gradients.append([np.array(parameter.grad.data) for parameter in run.parameters])

    def on_epoch_end(self, run):
        self.weights.append([np.array(parameter.data) for parameter in run.parameters])


def float32(numbers):
    return np.float32(numbers).tolist()


def test_curves_are_the_columns_of_the_history(tmp_path):
    optimizer = SGD((model := nn.MLP([2, 8, 3], rng=0)).parameters(), lr=0.1)
    schedule = StepLR(optimizer, 2)
    _, history = train([TensorBoard(tmp_path)], model, optimizer=optimizer, schedule=schedule)
    for tag in ("loss", "accuracy", "lr"):
        assert curve(tmp_path / "train", tag) == ([1, 2, 3, 4], float32(history[tag]))
    for tag in ("loss", "accuracy"):
        assert curve(tmp_path / "validation", tag) == ([1, 2, 3, 4], float32(history[f"validation_{tag}"]))
    assert set(read(tmp_path / "validation").Tags()["scalars"]) == {"loss", "accuracy"}
    assert not (tmp_path / "steps").exists()


def test_learning_rate_is_written_without_a_schedule(tmp_path):
    train([TensorBoard(tmp_path)])
    assert curve(tmp_path / "train", "lr") == ([1, 2, 3, 4], float32([0.1] * 4))


@pytest.mark.parametrize("record", [(), "gradient_norms", "update_ratios"])
def test_gradient_norms_are_the_means_over_the_steps(tmp_path, record):
    gradients = Gradients()
    model, _ = train([TensorBoard(tmp_path), gradients], record=record)
    norms = np.array([[np.linalg.norm(g) for g in step] for step in gradients.gradients]).reshape(4, 3, -1).mean(axis=1)
    for i, (name, _) in enumerate(model.named_parameters()):
        np.testing.assert_allclose(curve(tmp_path / "train", f"gradient_norm/{name}")[1], norms[:, i], rtol=1e-6)


def test_histograms_of_weights_and_gradients_have_their_sums(tmp_path):
    gradients = Gradients()
    model, _ = train([TensorBoard(tmp_path, histograms=3), gradients], clip_norm=0.01)
    events = read(tmp_path / "train")
    for i, (name, _) in enumerate(model.named_parameters()):
        expected = {"weights": [gradients.weights[2][i], gradients.weights[3][i]]}
        expected["gradients"] = [gradients.gradients[8][i], gradients.gradients[11][i]]  # of the last batch, before clipping
        for tag, arrays in expected.items():
            histograms = events.Histograms(f"{tag}/{name}")
            assert [event.step for event in histograms] == [3, 4]  # every third epoch, and the last
            for event, array in zip(histograms, arrays, strict=True):
                moments = event.histogram_value
                assert (moments.min, moments.max, moments.num) == (array.min(), array.max(), array.size)
                np.testing.assert_allclose((moments.sum, moments.sum_squares), (array.sum(), (array**2).sum()), rtol=1e-12)


def test_values_of_steps(tmp_path):
    losses = []

    class Losses(Callback):
        def on_step_end(self, run):
            losses.append(run.batch_loss)

    train([TensorBoard(tmp_path, steps=2), Losses()])
    assert curve(tmp_path / "steps", "batch_loss") == ([2, 4, 6, 8, 10, 12], float32(losses[1::2]))
    assert curve(tmp_path / "steps", "lr")[1] == float32([0.1] * 6)


@pytest.mark.parametrize("options", [{}, {"compile": True}, {"average": EMA, "record": "histograms"}, {"optimizer": LBFGS}])
def test_training_is_the_same_bit_for_bit(tmp_path, options):
    def weights(callbacks):
        first, last, dropout = nn.Linear(2, 8, rng=0), nn.Linear(8, 3, rng=2), nn.Dropout(0.2, rng=1)
        model = nn.Sequential(first, nn.BatchNorm1d(8), nn.ReLU(), dropout, last)
        made = {name: make(model.parameters()) if isinstance(make, type) else make for name, make in options.items()}
        _, history = train(callbacks, model, **made)
        return {name: value.tobytes() for name, value in model.state_dict().items()}, history.columns, history["loss"]

    everything = TensorBoard(tmp_path, steps=1, images={"eye": lambda run: np.eye(3)})
    assert weights([everything]) == weights([])


def test_graph_has_the_modules_as_scopes(tmp_path):
    inner = nn.Sequential(nn.Linear(8, 8), nn.Tanh())
    train([TensorBoard(tmp_path)], nn.Sequential(nn.Flatten(), nn.Linear(2, 8), nn.BatchNorm1d(8), inner, nn.Linear(8, 3)))
    graph = read(tmp_path / "train").Graph()
    nodes = {node.name: node for node in graph.node}
    assert nodes["outputs"].input == ["Sequential/Linear[4]/linear"]
    linear = nodes["Sequential/Sequential[3]/Linear[0]/linear"]
    assert sorted(linear.input)[1:] == [f"Sequential/Sequential[3]/Linear[0]/{name}" for name in ("bias", "weight")]
    assert set(nodes["Sequential/Linear[1]/linear"].input) >= {"Sequential/Flatten[0]/reshape", "Sequential/Linear[1]/weight"}
    assert nodes["Sequential/Flatten[0]/reshape"].input == ["inputs"]
    assert "Sequential/BatchNorm1d[2]/running_mean" in nodes
    shapes = nodes["Sequential/Linear[4]/weight"].attr["_output_shapes"].list.shape[0].dim
    assert [dim.size for dim in shapes] == [8, 3]
    assert all(source in nodes for node in graph.node for source in node.input)
    assert len(nodes) == len(graph.node)


def test_a_shared_module_and_options_are_in_the_graph(tmp_path):
    shared = nn.Linear(2, 2)
    train([TensorBoard(tmp_path)], nn.Sequential(shared, nn.ReLU(), shared, nn.LeakyReLU(0.3), nn.Linear(2, 3)))
    nodes = {node.name: node for node in read(tmp_path / "train").Graph().node}
    assert nodes["Sequential/Linear[0]/linear_1"].input[0] == "Sequential/ReLU[1]/relu"
    assert nodes["Sequential/LeakyReLU[3]/leaky_relu"].attr["options"].s == b"negative_slope=0.3"


class Odd:
    """A model whose result has no graph for one example."""

    def __init__(self):
        self.layer = nn.Linear(2, 3, rng=0)

    def parameters(self):
        return self.layer.parameters()

    def __call__(self, x):
        if len(x) == 1:
            raise ValueError("two examples needed")
        return self.layer(x)


def test_a_model_whose_graph_cannot_be_recorded_is_trained_all_the_same(tmp_path):
    with pytest.warns(UserWarning, match="the graph of the model is not written: two examples needed"):
        train([TensorBoard(tmp_path)], Odd())
    assert curve(tmp_path / "train", "loss")[0] == [1, 2, 3, 4]
    assert not read(tmp_path / "train").Tags()["graph"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train([TensorBoard(tmp_path, overwrite=True, graph=False)], Odd())


def hyperparameters(folder):
    from tensorboard.plugins.hparams import metadata

    written = values(folder)
    start, end = written[metadata.SESSION_START_INFO_TAG], written.get(metadata.SESSION_END_INFO_TAG)
    parsed = metadata.parse_session_start_info_plugin_data(start.metadata.plugin_data.content).hparams
    status = end and metadata.parse_session_end_info_plugin_data(end.metadata.plugin_data.content).status
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in parsed.items()}, status


def test_hyperparameters_of_the_training_and_of_a_person(tmp_path):
    optimizer = SGD((model := nn.MLP([2, 8, 3], rng=0)).parameters(), lr=0.25, momentum=0.5)
    board = TensorBoard(tmp_path, hyperparameters={"hidden": 8, "lr": "own"})
    train([board], model, optimizer=optimizer, penalty=optim.L2(0.01), schedule=StepLR(optimizer, 2))
    written, status = hyperparameters(tmp_path)
    expected = {"optimizer": "SGD", "lr": "own", "momentum": 0.5, "batch_size": 32, "epochs": 4, "hidden": 8, "parameters": 51}
    assert expected.items() <= written.items()
    assert written["penalty"].startswith("L2(")
    assert written["schedule"].startswith("StepLR(")
    assert status == 1  # STATUS_SUCCESS


def test_full_batch_has_the_number_of_examples(tmp_path):
    train([TensorBoard(tmp_path)], batching=Batch())
    assert hyperparameters(tmp_path)[0]["batch_size"] == 70


def test_images_texts_and_single_values(tmp_path):
    board = TensorBoard(tmp_path, histograms=2, images={"eye": lambda run: np.full((2, 3), run.epoch / 4)})
    train([board])
    board.text("note", "trained", step=4)
    board.histogram("errors", Tensor([1.0, 2.0]), step=4)
    board.scalar("test/accuracy", 0.5, step=4)
    board.image("last", np.zeros((4, 5)), step=4)
    board.histogram("nothing", [np.nan], step=4)
    events = read(tmp_path / "train")
    assert [(image.step, image.height, image.width) for image in events.Images("eye")] == [(2, 2, 3), (4, 2, 3)]
    assert events.Images("last")[0].width == 5
    assert curve(tmp_path / "train", "test/accuracy") == ([4], [0.5])
    assert events.Histograms("errors")[0].histogram_value.sum == 3.0
    assert "nothing" not in events.Tags()["histograms"]
    assert events.Tensors("note")[0].tensor_proto.string_val == [b"trained"]


def test_images_without_histograms_are_written_after_each_epoch(tmp_path):
    train([TensorBoard(tmp_path, histograms=0, images={"eye": lambda run: np.eye(2)})])
    events = read(tmp_path / "train")
    assert [image.step for image in events.Images("eye")] == [1, 2, 3, 4]
    assert events.Tags()["histograms"] == []


def test_board_without_a_training(tmp_path):
    for step in (1, 2):  # two processes, one after the other
        TensorBoard(tmp_path).scalar("loss", step, step)
    assert curve(tmp_path / "train", "loss") == ([1, 2], [1.0, 2.0])


def test_divergence_is_written_as_a_failure(tmp_path):
    model = nn.MLP([2, 8, 3], rng=0)
    with pytest.raises(TrainingError):
        train([TensorBoard(tmp_path)], model, optimizer=SGD(model.parameters(), lr=1e200))
    assert hyperparameters(tmp_path)[1] == 2  # STATUS_FAILURE


def test_infinite_gradients_do_not_end_the_training(tmp_path):
    class Spoil(Callback):
        order = -1

        def on_grad_computed(self, run):
            weight = run.parameters[0]
            weight.grad = np.where(np.arange(weight.size).reshape(weight.shape) == 0, np.inf, weight.grad.data)

    model = nn.MLP([2, 8, 3], rng=0)
    train([Spoil(), TensorBoard(tmp_path)], model, clip_value=0.1)
    events = read(tmp_path / "train")
    assert events.Histograms("gradients/0.weight")[-1].histogram_value.num == model[0].weight.size - 1
    assert curve(tmp_path / "train", "gradient_norm/0.weight")[1] == [np.inf] * 4


def test_interrupted_training_has_no_end(tmp_path):
    class Interrupt(Callback):
        def on_epoch_end(self, run):
            run.interrupted = True

    train([TensorBoard(tmp_path), Interrupt()])
    assert hyperparameters(tmp_path)[1] is None


# Folders and arguments


def test_event_files_of_an_earlier_training_are_refused_or_deleted(tmp_path):
    train([TensorBoard(tmp_path, steps=1)])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*tfevents*")}
    with pytest.raises(TrainingError, match="event files of an earlier training; continue it with resume=True"):
        train([TensorBoard(tmp_path)])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*tfevents*")} == before
    train([TensorBoard(tmp_path, overwrite=True)], epochs=2)
    assert curve(tmp_path / "train", "loss")[0] == [1, 2]
    assert list((tmp_path / "steps").iterdir()) == []


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(OSError, match="runs"):
        train([TensorBoard(tmp_path / "runs")])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"histograms": -1}, ValueError, "histograms must be a number of epochs, 0 for none, got -1"),
        ({"histograms": 1.5}, ValueError, "number of epochs"),
        ({"steps": -2}, ValueError, "steps must be a number of steps, 0 for none, got -2"),
        ({"images": {"x": np.zeros(2)}}, TypeError, r"images\['x'\] must be a function of the run"),
        ({"log_dir": "x"}, TypeError, "write folder here"),
        ({"histogram_freq": 1}, TypeError, "write histograms here"),
        ({"write_graph": True}, TypeError, "write graph here"),
        ({"update_freq": "epoch"}, TypeError, "write steps here"),
    ],
)
def test_wrong_arguments_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        TensorBoard("runs", **options)


def test_names_of_other_libraries_are_answered(tmp_path):
    with pytest.raises(AttributeError, match=r"a TensorBoard has no attribute 'add_scalar'; write scalar here"):
        TensorBoard(tmp_path).add_scalar("loss", 1.0, 1)
    with pytest.raises(AttributeError, match=r"write optim\.TensorBoard here"):
        _ = optim.SummaryWriter
    with pytest.raises(TypeError, match="write step here"):
        TensorBoard(tmp_path).scalar("loss", 1.0, global_step=1)


def test_writing_does_not_import_tensorboard(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    train([TensorBoard(tmp_path)])
    assert len(list(tmp_path.rglob("*tfevents*"))) == 3


# History


def test_a_history_is_written_afterwards(tmp_path):
    model, history = train([], record=["gradient_norms", "histograms"])
    history.to_tensorboard(tmp_path)
    assert curve(tmp_path / "train", "loss") == ([1, 2, 3, 4], float32(history["loss"]))
    assert curve(tmp_path / "validation", "accuracy") == ([1, 2, 3, 4], float32(history["validation_accuracy"]))
    assert curve(tmp_path / "train", "gradient_norm/0.weight")[1] == float32(history["gradient_norm 0.weight"])
    for event, (counts, low, high) in zip(
        read(tmp_path / "train").Histograms("weights/0.weight"), history.histograms["0.weight"], strict=True
    ):
        histogram = event.histogram_value
        assert (histogram.bucket, histogram.min, histogram.max) == (counts, low, high)
    weight = model.state_dict()["0.weight"]
    np.testing.assert_allclose(histogram.sum, weight.sum(), atol=weight.size * (high - low) / 80)


def test_a_history_does_not_mix_with_earlier_files(tmp_path):
    history = History()
    history.append({"epoch": 1, "loss": 0.5})
    history.to_tensorboard(tmp_path)
    with pytest.raises(FileExistsError, match=r"contains event files; .*overwrite=True"):
        history.to_tensorboard(tmp_path)
    history.to_tensorboard(tmp_path, overwrite=True)
    assert curve(tmp_path / "train", "loss") == ([1], [0.5])
    assert not (tmp_path / "validation").exists()
