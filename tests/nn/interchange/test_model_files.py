"""nn.save_model and nn.load_model: what is saved is opened elsewhere, bit for bit."""

import pickle
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.nn.interchange.model_cases import CASES, CLASSES, PAIRS, ROWS, case, outputs

ROOT = Path(__file__).parents[3]
SAMPLE = Path(__file__).with_name("model_version_1.safetensors")
#: A program that knows only nn: it opens each model and stores its outputs.
PROGRAM = """
import pickle, sys
from pathlib import Path
import nn

def outputs(result):
    if isinstance(result, tuple | list):
        return [array for element in result for array in outputs(element)]
    return [] if result is None else [result.numpy() if hasattr(result, "numpy") else result]

results = {}
for path, inputs in pickle.loads(Path(sys.argv[1], "inputs").read_bytes()).items():
    model = nn.load_model(Path(sys.argv[1], path))
    results[path] = repr(model), None if inputs is None else outputs(model(*inputs))
assert "optim" not in sys.modules and "tests" not in sys.modules
Path(sys.argv[1], "outputs").write_bytes(pickle.dumps(results))
"""


def save_and_load(model, folder):
    nn.save_model(model, folder / "model.safetensors")
    return nn.load_model(folder / "model.safetensors")


def assert_equal_state(actual, expected):
    actual, expected = actual.state_dict(), expected.state_dict()
    assert list(actual) == list(expected)
    for name, array in expected.items():
        assert actual[name].dtype == array.dtype
        assert actual[name].tobytes() == array.tobytes()


def test_every_class_has_a_case():
    assert set(CASES) <= set(CLASSES)
    assert len(CLASSES) > 100
    for name in CLASSES:
        assert type(case(name)[0]).__name__ == CLASSES[name].__name__ or name == "TiedLinear"


def test_every_module_gives_the_same_outputs_in_a_fresh_process(tmp_path):
    expected, inputs_of = {}, {}
    for name in CLASSES:
        model, inputs = case(name)
        nn.save_model(model, tmp_path / f"{name}.safetensors")
        expected[f"{name}.safetensors"] = repr(model), None if inputs is None else outputs(model(*inputs))
        inputs_of[f"{name}.safetensors"] = inputs
    (tmp_path / "inputs").write_bytes(pickle.dumps(inputs_of))
    subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, check=True)
    actual = pickle.loads((tmp_path / "outputs").read_bytes())
    assert list(actual) == list(expected)
    for path, (text, arrays) in expected.items():
        assert actual[path][0] == text
        assert (actual[path][1] is None) == (arrays is None), path
        for a, b in zip(actual[path][1] or [], arrays or [], strict=True):
            assert a.dtype == b.dtype
            assert a.tobytes() == b.tobytes(), path


@pytest.mark.parametrize("name", CLASSES)
def test_weights_and_options_are_kept(tmp_path, name):
    model, _ = case(name)
    twin = save_and_load(model, tmp_path)
    assert repr(twin) == repr(model)
    assert_equal_state(twin, model)
    assert [m.training for m in twin.modules()] == [m.training for m in model.modules()]
    assert [path for path, _ in twin.named_modules()] == [path for path, _ in model.named_modules()]
    assert [m.qualified_name() for m in twin.modules()] == [m.qualified_name() for m in model.modules()]


def test_shared_modules_and_parameters_stay_shared(tmp_path):
    layer = nn.Linear(6, 6)
    other = nn.Linear(6, 6)
    other.weight = layer.weight
    twin = save_and_load(nn.Sequential(layer, nn.ReLU(), layer, nn.Residual(other)), tmp_path)
    assert twin[0] is twin[2]
    assert twin[3].module is not twin[0]
    assert twin[3].module.weight is twin[0].weight
    assert len(list(twin.parameters())) == 3


def test_tied_weights_in_gpt_stay_tied(tmp_path):
    twin = save_and_load(nn.GPT(7, 8, 1, 2, 6), tmp_path)
    assert twin.head.weight is twin.embedding.weight
    untied = save_and_load(nn.GPT(7, 8, 1, 2, 6, tied=False), tmp_path)
    assert untied.head.weight is not untied.embedding.weight


def test_changes_after_the_construction_are_kept(tmp_path):
    model = nn.MLP([6, 5, 2], dropout=0.5)
    model[1] = nn.Tanh()
    model[2].p = 0.25
    model.append(nn.Linear(2, 3, bias=False))
    model[0].requires_grad_(False)
    model[3].bias = None
    model[2].training = False
    model.astype("float32")
    twin = save_and_load(model, tmp_path)
    assert repr(twin) == repr(model)
    assert_equal_state(twin, model)
    assert [p.requires_grad for p in twin.parameters()] == [p.requires_grad for p in model.parameters()]
    assert twin[3].bias is None
    assert [m.training for m in twin.modules()] == [True, True, True, False, True, True]
    assert twin.eval()(ROWS).numpy().tobytes() == model.eval()(ROWS).numpy().tobytes()


def test_folded_model_is_kept(tmp_path):
    model = nn.Sequential(nn.Conv2d(4, 2, 3, bias=False), nn.BatchNorm2d(2), nn.ReLU()).eval()
    folded = nn.fold_batch_norm(model)
    assert_equal_state(save_and_load(folded, tmp_path), folded)


def test_loading_draws_no_numbers(tmp_path):
    nn.save_model(nn.GPT(7, 8, 2, 2, 6), tmp_path / "model.safetensors")
    nn.seed(3)
    expected = nn.random.generator().random()
    nn.seed(3)
    nn.load_model(tmp_path / "model.safetensors")
    assert nn.random.generator().random() == expected
    nn.save_model(nn.Linear(2, 2), tmp_path / "model.safetensors")
    assert nn.random.generator().random() != expected


def test_training_goes_on_after_loading(tmp_path):
    model = nn.MLP([6, 5, 6], batch_norm=True, dropout=0.2)
    twin = save_and_load(model, tmp_path)
    loss = nn.MSELoss()(twin(ROWS), PAIRS)
    loss.backward()
    assert all(parameter.grad is not None for parameter in twin.parameters())
    assert nn.MLP([6, 5, 6])[0].weight.data.flags.writeable
    assert all(parameter.data.flags.writeable for parameter in twin.parameters())


def test_metadata_are_json_values(tmp_path):
    metadata = {"classes": ["Äpfel", "b"], "scaling": {"mean": [0.1], "scale": [2.5]}}
    nn.save_model(nn.Linear(2, 2), tmp_path / "model.safetensors", metadata)
    assert nn.load_model_metadata(tmp_path / "model.safetensors") == metadata
    with pytest.raises(nn.ModelFileError, match=r"metadata must have values of JSON.*ndarray"):
        nn.save_model(nn.Linear(2, 2), tmp_path / "other.safetensors", {"mean": np.ones(2)})
    assert not (tmp_path / "other.safetensors").exists()


def test_weights_alone_can_be_loaded(tmp_path):
    model = nn.MLP([6, 5, 2])
    nn.save_model(model, tmp_path / "model.safetensors")
    twin = nn.MLP([6, 5, 2])
    twin.load_state_dict(nn.load(tmp_path / "model.safetensors"))
    assert_equal_state(twin, model)
    nn.save(model, tmp_path / "weights.safetensors")
    with pytest.raises(nn.ModelFileError, match=r"weights.safetensors: the file has weights but no architecture"):
        nn.load_model(tmp_path / "weights.safetensors")


# Registered classes, and modules that cannot be written


@nn.register
class Scaled(nn.Module):
    def __init__(self, inner, *factors, table=None, rng=None, **options):
        self.inner, self.factors, self.options = inner, factors, options
        self.bias = nn.Parameter(np.zeros(6))
        self.table = nn.Buffer(np.eye(6) if table is None else table)

    def forward(self, x):
        return self.inner(x) @ self.table * sum(self.factors) + self.bias


def test_registered_class_is_constructed_with_its_arguments(tmp_path):
    table = np.full((6, 6), np.inf)
    table[0, 0] = np.nan
    model = Scaled(nn.Tanh(), 2.0, -np.inf, table=table, rng=3, name="a", sizes=(1, [2, None]))
    twin = save_and_load(model, tmp_path)
    assert type(twin) is Scaled
    assert twin.factors == (2.0, -np.inf)
    assert twin.options == {"name": "a", "sizes": (1, [2, None])}
    assert_equal_state(twin, model)


def test_list_that_the_caller_changes_later_is_not_seen(tmp_path):
    sizes = [6, 5, 2]
    model = nn.MLP(sizes)
    sizes.append(9)
    assert_equal_state(save_and_load(model, tmp_path), model)


class Unregistered(nn.Module):
    pass


def with_hook():
    model = nn.Sequential(nn.Linear(2, 2))
    model[0].register_forward_hook(print)
    return model


def inside_itself():
    model = nn.Sequential()
    model.append(nn.Sequential(model))
    return model


def deep():
    model = nn.Tanh()
    for _ in range(150):
        model = nn.Residual(model)
    return model


def with_attribute():
    model = nn.Linear(2, 2)
    model.source = open
    return model


def with_other_shape():
    model = nn.Linear(2, 2)
    model.weight = nn.Parameter(np.ones((3, 2)))
    return model


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: nn.Sequential(nn.Tanh(), nn.Lambda(lambda x: x)),
            r"^Lambda '1' cannot be written: function is <lambda>, which",
        ),
        (
            lambda: nn.Sequential(nn.Residual(Unregistered())),
            r"Unregistered '0.module' cannot .* class Unregistered with @nn.reg",
        ),
        (lambda: nn.MLP([2, 3, 1], init=lambda shape, rng: np.ones(shape)), r"^MLP cannot be written|^Linear .*: init is"),
        (lambda: nn.MLP([2, 3, 1], activation=lambda: nn.ReLU()), r"^MLP cannot be written: activation is <lambda>"),
        (with_hook, r"^Linear '0' cannot be written: it has a hook"),
        (inside_itself, r"^Sequential.* cannot be written: it contains itself"),
        (deep, r"^Residual '.*' cannot be written: it is inside of 100 modules"),
        (with_attribute, r"^Linear cannot be written: the attribute source, .*; delete it before saving"),
        (with_other_shape, r"tensor 'weight' has shape \(3, 2\), its module expects a Parameter of shape \(2, 2\)"),
    ],
)
def test_module_that_cannot_be_written_is_named_and_nothing_is_written(tmp_path, make, words):
    model = make()
    with pytest.raises(nn.ModelFileError, match=words) as caught:
        nn.save_model(model, tmp_path / "model.safetensors")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_register_takes_modules_with_names_of_their_own():
    with pytest.raises(TypeError, match=r"register takes a subclass of nn.Module, not 3"):
        nn.register(3)
    with pytest.raises(ValueError, match=r"there is another class Linear in nn.layers.linear"):
        nn.register(type("Linear", (nn.Module,), {}))
    assert nn.register(Scaled) is Scaled


@pytest.mark.parametrize("function", [lambda path: nn.save_model(nn.Tanh(), path), nn.load_model, nn.load_model_metadata])
def test_other_suffix_is_refused(tmp_path, function):
    with pytest.raises(ValueError, match=r"model.npz: the suffix of a model file must be .safetensors"):
        function(tmp_path / "model.npz")


def test_an_error_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    nn.save_model(nn.Linear(2, 2), path)
    content = path.read_bytes()

    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        nn.save_model(nn.Linear(3, 3), path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_file_of_version_1_is_opened():
    model = nn.load_model(SAMPLE)
    assert nn.load_model_metadata(SAMPLE) == {"classes": ["no", "yes"], "scaling": {"mean": [1.0], "scale": [2.0]}}
    assert not model.training
    assert model[0] is model[2]
    assert repr(model[4]) == repr(nn.MLP([3, 4, 2], "tanh", batch_norm=True, dropout=0.5, init="he_normal"))
    np.testing.assert_allclose(model(np.arange(6.0).reshape(2, 3)).numpy(), SAMPLE_OUTPUT, rtol=1e-12)


SAMPLE_OUTPUT = [[0.16543637426219404, 0.6331470157278678], [0.3576787237978765, 0.6168621185409419]]


def test_model_with_too_many_modules_is_not_written(tmp_path):
    with pytest.raises(nn.ModelFileError, match=r"the header has more than 100000 values"):
        nn.save_model(nn.Sequential(*[nn.Dropout(0.5) for _ in range(20_000)]), tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_smaller_layer_in_place_of_a_large_one_is_kept(tmp_path):
    model = nn.MLP([700, 2000, 3])
    model[0], model[2] = nn.Linear(6, 4), nn.Linear(4, 2)
    assert_equal_state(save_and_load(model, tmp_path), model)


class Forwarding(nn.Module):
    """Finds the attributes that it lacks in another object."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)


def test_class_with_getattr_is_constructed():
    assert Forwarding(nn.Linear(2, 3)).out_features == 3


@pytest.mark.parametrize("copy", [deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deepcopy", "pickle"])
def test_copies_can_be_saved(tmp_path, copy):
    model = copy(nn.GPT(7, 8, 1, 2, 6))
    assert_equal_state(save_and_load(model, tmp_path), model)
    assert "_constructor_call" not in vars(model)
