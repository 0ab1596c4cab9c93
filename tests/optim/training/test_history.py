import csv
import json
import sys

import numpy as np
import pytest

import nn
from optim import EarlyStopping, History, fit


def example():
    history = History()
    for epoch, loss in enumerate((0.5, 1 / 3, 1e-300), 1):
        history.append({"epoch": epoch, "loss": loss, "validation_loss": 2 * loss, "accuracy": 0.5, "seconds": epoch / 7})
    return history


def test_columns_come_as_lists_of_one_number_per_epoch():
    history = example()
    assert len(history) == 3
    assert history["epoch"] == [1, 2, 3]
    assert history["loss"] == [0.5, 1 / 3, 1e-300]


def test_columns_are_named_in_order():
    assert example().columns == ["epoch", "loss", "validation_loss", "accuracy", "seconds"]
    assert History().columns == []


def test_unknown_column_is_named_with_the_known_columns():
    with pytest.raises(KeyError, match=r"'acuracy'.*epoch, loss, validation_loss, accuracy"):  # codespell:ignore acuracy
        example()["acuracy"]  # codespell:ignore acuracy


@pytest.mark.parametrize("history", [History(), example()], ids=["empty", "of 3 epochs"])
def test_history_reads_like_a_dict_of_its_columns(history):
    columns = {column: history[column] for column in history.columns}
    assert dict(history) == columns == {**history} == dict(history.items())
    assert list(history) == list(history.keys()) == list(columns)
    assert list(history.values()) == list(columns.values())
    for name in ("loss", "epoch", "f1", 0, None, 1.5, ("loss",)):
        assert (name in history) == (name in columns)
        assert history.get(name, "missing") == columns.get(name, "missing")
    assert len(history.keys()) == len(history.items()) == len(columns)
    assert len(history) == len(history.rows)  # epochs


@pytest.mark.parametrize("column", [0, None, "f1", (1,)])
def test_only_names_of_columns_are_keys(column):
    with pytest.raises(KeyError, match="there is no column"):
        example()[column]


def test_empty_history_has_no_columns_yet():
    with pytest.raises(KeyError, match="none yet"):
        History()["loss"]


def test_repr_shows_the_last_epoch():
    assert repr(History()) == "History(no epochs)"
    history = History()
    history.append({"epoch": 1, "loss": 2.0})
    history.append({"epoch": 2, "loss": 0.123456})
    assert repr(history) == "History(2 epochs; last: loss 0.1235)"


def test_saved_csv_has_a_header_and_a_row_per_epoch(tmp_path):
    history = History()
    history.append({"epoch": 1, "loss": 0.5})
    history.append({"epoch": 2, "loss": 0.25})
    history.save(tmp_path / "h.csv")
    assert (tmp_path / "h.csv").read_text().splitlines() == ["epoch,loss", "1,0.5", "2,0.25"]


def test_saved_numbers_are_exact(tmp_path):
    example().save(tmp_path / "h.csv")
    with open(tmp_path / "h.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in rows] == example().rows


def test_unwritable_row_leaves_the_old_file(tmp_path):
    history = example()
    history.save(tmp_path / "h.csv")
    before = (tmp_path / "h.csv").read_bytes()
    history.append({"epoch": 4, "surprise": 1.0})
    with pytest.raises(ValueError, match="surprise"):
        history.save(tmp_path / "h.csv")
    assert (tmp_path / "h.csv").read_bytes() == before


@pytest.mark.parametrize(("suffix", "opening"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_plot_is_written_in_the_format_of_its_suffix(tmp_path, suffix, opening):
    pytest.importorskip("matplotlib")
    example().plot(tmp_path / f"curves{suffix}")
    assert (tmp_path / f"curves{suffix}").read_bytes().startswith(opening)


def test_figure_has_a_panel_for_the_loss_and_one_per_metric():
    pytest.importorskip("matplotlib")
    loss, metric = example().figure().axes
    assert loss.get_ylabel() == "loss"
    assert [line.get_label() for line in loss.lines] == ["training", "validation"]
    assert list(loss.lines[0].get_ydata()) == example()["loss"]
    assert list(loss.lines[1].get_ydata()) == example()["validation_loss"]
    assert metric.get_ylabel() == "accuracy"
    assert [line.get_label() for line in metric.lines] == ["training"]


def test_missing_matplotlib_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "autograd.draw.plots.figure", None)
    with pytest.raises(ImportError, match=r"chainrule\[plots\]"):
        example().figure()


def test_nothing_to_draw_is_said():
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueError, match="no epochs"):
        History().figure()
    with pytest.raises(ValueError, match='record="histograms"'):
        example().histogram_figure()


# Layers


def recorded(epochs=5):
    history = History()
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch, "loss": 1 / epoch, "lr": 0.5**epoch, "seconds": epoch}
        layers = {f"{record} {name}": epoch * 0.1 for record in ("gradient_norm", "update_ratio") for name in ("0.w", "1.w")}
        history.append(row | layers)
        for name in ("0.w", "1.w"):
            history.histograms.setdefault(name, []).append(([1, 2, 3, 0], -1.0 * epoch, 1.0))
    return history


def test_layers_are_found_by_name():
    assert list(recorded().layers("gradient_norm")) == ["0.w", "1.w"]
    assert recorded(2).layers("update_ratio")["1.w"] == [0.1, 0.2]
    assert recorded().layers("loss") == {}


def test_rate_and_layers_have_panels_of_their_own():
    pytest.importorskip("matplotlib")
    loss, rate, norms, ratios = recorded().figure().axes
    assert [axes.get_ylabel() for axes in (loss, rate)] == ["loss", "learning rate"]
    assert list(rate.lines[0].get_ydata()) == recorded()["lr"]
    assert "gradient norm" in norms.get_ylabel()
    assert "update ratio" in ratios.get_ylabel()
    assert {line.get_label() for line in norms.lines} >= {"0.w", "1.w"}
    assert norms.get_yscale() == "log"


def test_histograms_are_drawn_one_panel_for_each_parameter(tmp_path):
    pytest.importorskip("matplotlib")
    history = recorded()
    first, second = history.histogram_figure().axes
    assert [axes.get_ylabel() for axes in (first, second)] == ["0.w", "1.w"]
    picture = first.images[0]
    assert picture.get_array().shape == (100, 5)
    assert picture.get_extent() == [0.5, 5.5, -5.0, 1.0]
    history.plot_histograms(tmp_path / "h.png")
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")


def test_a_parameter_that_is_constant_can_be_drawn():
    pytest.importorskip("matplotlib")
    history = History()
    history.histograms["bias"] = [([8, 0], 0.0, 0.0), ([4, 4], -0.5, 0.5)]
    assert len(history.histogram_figure().axes) == 1


# As text


def test_printed_as_a_table():
    history = History()
    history.append({"epoch": 1, "loss": 0.5, "gradient_norm 0.w": 3.0})
    history.append({"epoch": 2, "loss": 0.123456, "gradient_norm 0.w": 3.0})
    assert str(history).splitlines() == ["epoch    loss", "    1     0.5", "    2  0.1235"]
    assert str(History()) == "no epochs"


def test_the_middle_of_a_long_table_is_left_out():
    history = History()
    for epoch in range(1, 101):
        history.append({"epoch": epoch, "loss": 1.0})
    lines = str(history).splitlines()
    assert len(lines) == 1 + 20 + 1
    assert [line.split()[0] for line in lines[9:13]] == ["9", "10", "…", "91"]


def test_shown_as_html_in_a_notebook():
    history = History()
    history.append({"epoch": 1, "a<b": 0.5})
    table = history._repr_html_()
    assert "<th>a&lt;b</th>" in table
    assert "<td>0.5</td>" in table
    assert "no epochs" in History()._repr_html_()


def test_saved_as_json_it_is_complete(tmp_path):
    history = recorded(2)
    history.stopped = "enough"
    history.save(tmp_path / "h.json")
    content = json.loads((tmp_path / "h.json").read_text())
    assert content["rows"] == history.rows
    assert content["stopped"] == "enough"
    assert content["histograms"]["0.w"][1] == [[1, 2, 3, 0], -2.0, 1.0]


def test_curves_mark_the_epoch_that_early_stopping_kept():
    pytest.importorskip("matplotlib")
    x = np.linspace(-1, 1, 20)[:, None]
    history = fit(
        nn.Linear(1, 1, rng=0), nn.MSELoss(), (x, 3 * x), validation=(x, -x), epochs=9, early_stopping=EarlyStopping(3), rng=0
    )
    best = int(np.argmin(history["validation_loss"])) + 1
    assert history.kept_epoch == best < len(history)
    texts = [text.get_text() for text in history.figure().axes[0].texts]
    assert f"kept: epoch {best}" in texts
    assert fit(nn.Linear(1, 1), nn.MSELoss(), (x, x), epochs=1).kept_epoch is None
