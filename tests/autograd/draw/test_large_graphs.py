"""Large graphs: the cost of drawing as a function of their size, and summaries."""

import operator
import random
import sys

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor

pytestmark = pytest.mark.slow


@pytest.fixture
def without_graphviz(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_fifty_thousand_operations_are_summarized_in_every_form():
    y = Tensor(0.5, requires_grad=True, name="x")
    w = Tensor(0.9, requires_grad=True, name="w")
    for _ in range(25_000):
        y = np.tanh(y * w)
    y.backward()
    graph = autograd.draw(y)
    notice = "50 000 operations shown as 3"
    assert notice in graph.svg
    assert notice in graph.dot
    assert str(graph).startswith(notice)
    assert "× 24 999" in graph.svg  # the uses of w as one edge


def program(count, max_distance, seed=0):
    """The result of `count` operations, each on the last value and a random one of the last `max_distance`."""
    rng = random.Random(seed)
    values = [Tensor(0.5, requires_grad=True), Tensor(0.9, requires_grad=True)]
    for _ in range(count):
        other = values[-rng.randint(1, min(max_distance, len(values)))]
        values.append(rng.choice((operator.sub, np.maximum, np.minimum))(values[-1], other))
    return values[-1]


def count_calls(function, *args):
    """The result of a function, and the number of Python and C calls it makes."""
    calls = 0

    def count(frame, event, arg):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return function(*args), calls
    finally:
        sys.setprofile(before)


GRAPHS = {
    "nothing repeats": lambda count: program(count, 3),
    "long edges": lambda count: program(count, count),
    "a sum": lambda count: sum(w * 0.5 for w in [Tensor(1.0, requires_grad=True) for _ in range(count // 2)]),
}


@pytest.mark.parametrize("graph", GRAPHS)
def test_cost_of_a_summary_is_linear_in_the_graph(graph):
    def draw(count):
        result = GRAPHS[graph](count)
        result.backward()
        text, calls = count_calls(lambda: (picture := autograd.draw(result))._repr_html_() + str(picture))
        assert f"{count:,} operations shown as".replace(",", " ") in text
        return calls

    assert draw(20_000) < 12 * draw(2_000)


@pytest.mark.usefixtures("without_graphviz")
@pytest.mark.parametrize("count", [29, 211, 1026, 3051])
def test_whole_graphs_are_laid_out(count):
    result = program(count - 2, 5)
    result.backward()
    assert autograd.draw(result, limit=count).svg.count('class="head"') == count


def test_model_is_not_searched_for_every_operation():
    searched = []

    class Watched(nn.Sequential):
        def named_modules(self, *args, **options):
            searched.append(self)
            return super().named_modules(*args, **options)

    model = Watched(*[nn.Linear(2, 2) for _ in range(50)])
    graph = autograd.draw(model, np.ones((1, 2)))
    assert [v.module[-1] for v in graph.vertices if v.is_computed] == [f"{i}: Linear" for i in range(50)]
    assert len(searched) < 5


def deep(layers):
    model = nn.Sequential(*[layer for _ in range(layers) for layer in (nn.Linear(2, 2), nn.Tanh())])
    with autograd.draw.watch():
        loss = (model(Tensor(np.ones((1, 2)), name="data")) ** 2).mean()
    loss.backward()
    return loss, model


def test_repeated_modules_are_shown_once_with_their_number():
    loss, model = deep(200)
    graph = autograd.draw(loss, names=model.named_parameters())
    assert "402 operations shown as 5" in graph.svg
    for picture in (graph.svg, graph.dot, str(graph)):
        assert "(Tanh, Linear) × 199" in picture


def test_data_inputs_stay_outside_the_box_of_a_model():
    loss, model = deep(2)
    graph = autograd.draw(loss, names=model.named_parameters(), depth=0)
    assert [v.title if v.symbol is None else v.symbol for v in graph.vertices] == ["data", "2", "Sequential", "^", "mean"]


@pytest.mark.parametrize("limit", [3, 4, 5, 20])
def test_summary_has_at_most_limit_operations(limit):
    y = x = Tensor(0.5, requires_grad=True)
    for i in range(40):
        y = y * x if i % 3 else np.sin(y) + i
    assert sum(v.is_computed for v in autograd.draw(y, limit=limit).vertices) <= limit


def test_whole_graph_has_no_summary_notice():
    graph = autograd.draw(program(20, 3))
    assert "shown as" not in graph.svg + graph.dot + str(graph)
