import csv
import sys

import pytest

from optim import History


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


def test_unknown_column_is_named_beside_the_known():
    with pytest.raises(KeyError, match=r"'acuracy'.*epoch, loss, validation_loss, accuracy"):
        example()["acuracy"]


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
    with pytest.raises(ImportError, match=r"chainrule\[plots\]"):
        example().figure()
