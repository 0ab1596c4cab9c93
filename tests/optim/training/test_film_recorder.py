"""Films of a training: their images, their size, their files; the training itself stays the same."""

import json
import re
import sys

import numpy as np
import pytest

import nn
from autograd.draw import Film
from optim import EarlyStopping, FilmRecorder, fit

pytest.importorskip("matplotlib")

X = np.random.default_rng(0).normal(size=(24, 2))
Y = (X[:, 0] > X[:, 1]).astype(int)


def train(*callbacks, epochs=4, **options):
    model = nn.Sequential(nn.Linear(2, 4, rng=0), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout(0.3, rng=1), nn.Linear(4, 2, rng=2))
    history = fit(model, nn.CrossEntropyLoss(), (X, Y), epochs=epochs, rng=3, callbacks=list(callbacks), **options)
    return model, history


RECORDERS = {
    "decision regions": lambda: FilmRecorder.decision_regions(X, Y, resolution=30),
    "densities": lambda: FilmRecorder.activation_densities(X),
    "weights": lambda: FilmRecorder.weight_images("0.weight", shape=(1, 2)),
}


@pytest.mark.parametrize("name", RECORDERS)
def test_a_film_has_an_image_of_every_epoch_and_changes_nothing(name):
    recorder = RECORDERS[name]()
    model, history = train(recorder)
    plain_model, plain_history = train()
    assert history["loss"] == plain_history["loss"]
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, plain_model.state_dict()[name])
    film = recorder.film
    assert len(film) == 5
    assert all(frame.startswith(b"\x89PNG") for frame in film.frames)
    assert film.captions[0] == "before the training"
    assert film.captions[-1].startswith(f"epoch 4 of 4: loss {history['loss'][-1]:.4g}")
    assert len(set(film.frames)) == 5


def test_every_and_the_last_epoch():
    recorder = FilmRecorder(lambda run: b"\x89PNG" + bytes([run.epoch]), every=3)
    train(recorder, epochs=8)
    assert [frame[-1] for frame in recorder.film.frames] == [0, 3, 6, 8]
    train(recorder, epochs=3)  # a second training begins a new film
    assert [frame[-1] for frame in recorder.film.frames] == [0, 3]
    train(recorder, epochs=50, validation=(X, Y), early_stopping=EarlyStopping(1, min_delta=1e9))
    assert [frame[-1] for frame in recorder.film.frames] == [0, 2]


def test_path_on_a_loss_surface():
    x = np.linspace(-1, 1, 8)[:, None]
    recorder = FilmRecorder.loss_path(lambda w, b: (w - 2) ** 2 + b**2, (-1, 3), (-1, 1), resolution=20)
    fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), (x, 2 * x), epochs=3, callbacks=[recorder])
    assert len(recorder.film) == 4
    with pytest.raises(ValueError, match="2 weights; this one has 30"):
        train(recorder)


@pytest.mark.parametrize("count", [1, 2, 7, 40, 100])
def test_size_is_limited_and_told(count):
    film = Film(max_bytes=1000)
    for i in range(count):
        film.add(b"\x89PNG" + bytes(96), f"image {i}")
        assert film.size <= 1000
        assert film.captions[-1].startswith(f"image {i}")
        assert film.captions[0].startswith("image 0")
    numbers = [int(re.match(r"image (\d+)", caption)[1]) for caption in film.captions]
    assert set(np.diff(numbers[:-1])) <= {film.stride}
    assert film.stride == max(1, 2 ** int(np.ceil(np.log2(max(count - 1, 1) / 9))))
    assert ("one of" in film.captions[-1]) == (film.stride > 1)
    with pytest.raises(ValueError, match="larger than the film may be"):
        film.add(b"\x89PNG" + bytes(1000))


def test_files(tmp_path):
    recorder = FilmRecorder.decision_regions(X, Y, resolution=20)
    train(recorder, epochs=2)
    for suffix in ("html", "gif", "png"):
        recorder.save(tmp_path / f"film.{suffix}")
    page = (tmp_path / "film.html").read_text()
    assert not re.search(r'(src|href)="(?!data:)', page)
    frames = json.loads(re.search(r'"frames": ?(\[.*?\])', page)[1])
    assert len(frames) == 3
    image = pytest.importorskip("PIL.Image")
    with image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == 3
        assert gif.info["loop"] == 0
    with pytest.raises(ValueError, match=r"film\.mp4.*\.gif"):
        recorder.save(tmp_path / "film.mp4")


def test_gif_without_pillow(tmp_path, monkeypatch):
    film = Film()
    film.add(b"\x89PNG")
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="Pillow"):
        film.save(tmp_path / "film.gif")
    film.save(tmp_path / "film.html")


def test_figures_of_pyplot_are_closed():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    film = Film()
    figure = pyplot.figure()
    film.add(figure)
    assert not pyplot.fignum_exists(figure.number)


def test_wrong_arguments_raise():
    with pytest.raises(TypeError, match="function of the run"):
        FilmRecorder(3)
    with pytest.raises(ValueError, match="every"):
        FilmRecorder(print, every=0)
    with pytest.raises(ValueError, match="no film yet"):
        FilmRecorder(print).save("film.html")
    with pytest.raises(ValueError, match=r"no parameter 'w'; there are 0\.weight"):
        train(FilmRecorder.weight_images("w"))
    with pytest.raises(TypeError, match="not NoneType"):
        train(FilmRecorder(lambda run: None))
    with pytest.raises(TypeError, match="bytes are none"):
        Film().add(b"GIF89a")
