import math

import numpy as np
import pytest

import nn
from autograd import ShapeError, is_grad_enabled
from nn.model_summary import MULTIPLY_ADDS


def rows(model, *shapes, **options):
    return {row.path: row for row in nn.summary(model, *shapes, **options).rows}


class Net(nn.Module):
    def __init__(self):
        self.embed = nn.Embedding(27, 4)
        self.flat = nn.Flatten()
        self.blocks = nn.ModuleList([nn.Residual(nn.Sequential(nn.Linear(12, 12), nn.Tanh())), nn.Linear(12, 6)])
        self.spare = nn.Linear(2, 2)

    def forward(self, x):
        x = self.flat(self.embed(x))
        for block in self.blocks:
            x = block(x)
        return x


class Scale(nn.Module):
    def __init__(self):
        self.factor = nn.Parameter([1.0, 2.0])

    def forward(self, x):
        return x * self.factor


def test_text_of_a_model():
    assert str(nn.summary(nn.MLP([784, 256, 10], batch_norm=True, dropout=0.5).astype("float32"), 784)) == (
        "layer                 output    parameters  multiply-adds   memory\n"
        "──────────────────────────────────────────────────────────────────\n"
        "MLP                   (1, 10)\n"
        "  0 Linear(784, 256)  (1, 256)     200 960        200 704   805 kB\n"
        "  1 BatchNorm1d(256)  (1, 256)         512            256  5.12 kB\n"
        "  2 ReLU              (1, 256)           0              0  1.02 kB\n"
        "  3 Dropout(p=0.5)    (1, 256)           0              0      0 B\n"
        "  4 Linear(256, 10)   (1, 10)        2 570          2 560  10.3 kB\n"
        "──────────────────────────────────────────────────────────────────\n"
        "total                              204 042        203 520   821 kB\n"
        "for one example: input (1, 784)\n"
        "memory: 818 kB parameters and buffers, 3.11 kB outputs"
    )


def test_nested_model_is_indented():
    lines = str(nn.summary(Net(), 3, dtype="int64")).splitlines()
    assert [line[:24].rstrip() for line in lines[2:-4]] == [
        "Net",
        "  embed Embedding(27, 4)",
        "  flat Flatten",
        "  blocks ModuleList",
        "    0 Residual",
        "      module Sequential",
        "        0 Linear(12, 12)",
        "        1 Tanh",
        "    1 Linear(12, 6)",
        "  spare Linear(2, 2)",
    ]
    assert lines[-5].split()[3:5] == ["not", "called"]
    assert len({len(line) for line in (lines[1], lines[-4], lines[-3])}) == 1


def test_table_in_jupyter_says_the_same_and_escapes():
    class Odd(nn.Linear):
        def extra_repr(self):
            return "<b>&"

    summary = nn.summary(nn.Sequential(Odd(2, 3)), 2)
    page = summary._repr_html_()
    assert "0 Odd(&lt;b&gt;&amp;)" in page
    assert "<b>" not in page
    for words in ("(1, 3)", ">9<", ">6<", "for one example: input (1, 2)"):
        assert words in page
    assert repr(summary) == str(summary)


def test_shapes_calls_and_parameters():
    actual = rows(Net(), 3, dtype="int64")
    assert {path: row.shapes for path, row in actual.items()} == {
        "": [(1, 6)],
        "embed": [(1, 3, 4)],
        "flat": [(1, 12)],
        "blocks": [],
        "blocks.0": [(1, 12)],
        "blocks.0.module": [(1, 12)],
        "blocks.0.module.0": [(1, 12)],
        "blocks.0.module.1": [(1, 12)],
        "blocks.1": [(1, 6)],
        "spare": [],
    }
    assert (actual["blocks.1"].parameters, actual["blocks.1"].calls, actual["spare"].calls) == (78, 1, 0)


def test_totals_are_those_of_the_model():
    model = Net()
    model.spare.requires_grad_(False)
    summary = nn.summary(model, 3, dtype="int64")
    assert summary.parameters == sum(p.size for p in model.parameters())
    assert summary.trainable == summary.parameters - 6
    assert summary.state_bytes == 8 * summary.parameters
    assert summary.multiply_adds == 12 * 12 + 12 * 6
    assert "6 are frozen" in str(summary)


def test_shared_layer_counts_its_parameters_once_and_each_call():
    layer = nn.Linear(2, 2)
    summary = nn.summary(nn.Sequential(layer, nn.ReLU(), layer), 2)
    assert (summary.parameters, summary.multiply_adds, summary.rows[1].calls) == (6, 8, 2)
    assert "(1, 2) × 2" in str(summary)


def test_shared_parameter_counts_once():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight
    summary = nn.summary(model, 2)
    assert (summary.parameters, summary.multiply_adds) == (8, 8)


def test_memory_counts_where_it_is_allocated():
    model = nn.Sequential(nn.Identity(), nn.Linear(6, 4), nn.Flatten(), nn.Dropout(), nn.ReLU())
    actual = rows(model, 6)
    assert [actual[str(i)].output_bytes for i in range(5)] == [0, 32, 0, 0, 32]
    assert actual[""].output_bytes == 0


def test_several_inputs_and_outputs():
    class Two(nn.Module):
        def __init__(self):
            self.mix = nn.Bilinear(2, 3, 4)

        def forward(self, x, y):
            z = self.mix(x, y)
            return z, {"both": [x + 1, (y + 1,)], "none": None}

    summary = nn.summary(Two(), 2, (3,))
    assert summary.rows[0].shapes == [(1, 4), (1, 2), (1, 3)]
    assert summary.rows[1].multiply_adds == 2 * 3 * 4 + 3 * 4
    assert "input (1, 2), (1, 3)" in str(summary)


@pytest.mark.parametrize(
    ("layer", "shape", "count"),
    [
        (nn.Linear(3, 5), (3,), 15),
        (nn.Linear(3, 5), (7, 3), 105),
        (nn.BatchNorm1d(4), (4,), 4),
        (nn.BatchNorm2d(2), (2, 3, 3), 18),
        (nn.LayerNorm(4), (6, 4), 24),
        (nn.Conv2d(4, 6, 3, groups=2), (4, 5, 6), 6 * 3 * 4 * 2 * 9),
        (nn.Conv1d(4, 6, 3, stride=2), (4, 7), 6 * 3 * 4 * 3),
        (nn.ConvTranspose2d(4, 6, 3, stride=2), (4, 5, 6), 4 * 5 * 6 * 6 * 9),
        (nn.ReLU(), (4,), 0),
    ],
)
def test_multiply_adds_of_layers(layer, shape, count):
    assert nn.summary(layer, shape).multiply_adds == count


def test_multiply_adds_of_unknown_layers_are_none():
    summary = nn.summary(nn.Sequential(nn.Linear(2, 2), Scale()), 2)
    assert summary.rows[2].multiply_adds is None
    assert (summary.multiply_adds, "≥ 4" in str(summary), "?" in str(summary)) == (4, True, True)


def test_custom_layers_can_be_added_to_the_table():
    class Wider(Scale):
        pass

    MULTIPLY_ADDS[Scale] = lambda layer, x, out: math.prod(out)
    try:
        assert nn.summary(nn.Sequential(Scale(), Wider()), (5, 2)).multiply_adds == 20
    finally:
        del MULTIPLY_ADDS[Scale]


def test_model_is_not_changed():
    model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout())
    model[1].eval()
    handle = model[2].register_forward_hook(lambda *_: None)
    before, modes = model.state_dict(), [module.training for module in model.modules()]
    nn.summary(model, 2)
    assert [module.training for module in model.modules()] == modes
    assert [len(module._forward_hooks) for module in model.modules()] == [0, 0, 0, 1, 0]
    handle.remove()
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_model_that_raises_is_not_changed():
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(3, 1)).eval())
    with pytest.raises(ShapeError, match=r"Linear '1\.0'"):
        nn.summary(model, 2)
    assert [module.training for module in model.modules()] == [True, True, False, False]
    assert not any(module._forward_hooks for module in model.modules())


def test_nothing_is_recorded():
    seen = []
    nn.summary(nn.Lambda(lambda x: seen.append((is_grad_enabled(), x.shape, x.dtype)) or x), (2, 3), dtype="float32")
    assert seen == [(False, (1, 2, 3), np.dtype("float32"))]


def test_input_has_the_dtype_of_the_parameters():
    model = nn.Sequential(nn.Linear(2, 2), nn.Lambda(lambda x: x))
    assert nn.summary(model.astype("float32"), 2).output_bytes == 8
    assert nn.summary(model.astype("float64"), 2).output_bytes == 16


@pytest.mark.parametrize(("size", "text"), [(1, "8 B"), (124, "992 B"), (125, "1 kB"), (12_500, "100 kB"), (125_000, "1 MB")])
def test_memory_is_shown_in_three_digits(size, text):
    assert str(nn.summary(nn.Lambda(lambda x: x + 1), size)).splitlines()[-3].endswith(f"  {text}")


def test_summary_rejects_other_arguments():
    with pytest.raises(TypeError, match="summary: model must be a Module, not <built-in function abs>"):
        nn.summary(abs, 2)
    with pytest.raises(ValueError, match="the shape of one example is missing"):
        nn.summary(nn.ReLU())
    for shape in (4.0, "four", (4, None)):
        with pytest.raises(TypeError, match=r"a shape must be integers, as in summary\(model, \(784,\)\), not"):
            nn.summary(nn.ReLU(), shape)


@pytest.mark.parametrize("shape", [4, np.int64(4), (4,), [4]])
def test_shape_may_be_a_number_or_a_sequence(shape):
    assert nn.summary(nn.Linear(4, 2), shape).inputs == [(1, 4)]
