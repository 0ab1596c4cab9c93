"""Reading a graph: values, gradients, local derivatives, contributions."""

import re

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import Tensor
from autograd.draw.backward_steps import backward_steps
from autograd.draw.reader import read_graph

SHAPES = [(), (3,), (2, 1), (2, 3), (1, 3)]
STEPS = [
    lambda x, y: x + y,
    lambda x, y: x * y * 0.5,
    lambda x, y: np.tanh(x - y),
    lambda x, y: x * x + y,
    lambda x, y: np.maximum(x, y) / (2 + np.cos(y)),
    lambda x, y: x.sum(axis=0, keepdims=True) * y if x.shape else x - y,
    lambda x, y: np.exp(-(x**2)) + y.mean(),
    lambda x, y: np.stack([x, x * 2]).max(axis=0) + y,
]
programs = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=10)


def summed_to(array, shape):
    """Sum over broadcast axes."""
    array = np.asarray(array)
    while array.ndim > len(shape):
        array = array.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            array = array.sum(axis=axis, keepdims=True)
    return array


def result_of(program, shapes, seed):
    """The result of a random program on random arrays, after its backward."""
    rng = np.random.default_rng(seed)
    values = [Tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes]
    for step, i, j in program:
        values.append(STEPS[step](values[i % len(values)], values[j % len(values)]))
    result = values[-1].sum() * 0.7
    result.backward()
    return result


@settings(max_examples=20)
@given(programs, st.lists(st.sampled_from(SHAPES), min_size=3, max_size=3), st.integers(0, 99))
def test_the_same_program_gives_the_same_dot(program, shapes, seed):
    first, second = result_of(program, shapes, seed), result_of(program, shapes, seed)
    assert autograd.draw(first).dot == autograd.draw(first).dot == autograd.draw(second).dot


@settings(max_examples=60)
@given(programs, st.lists(st.sampled_from(SHAPES), min_size=3, max_size=3), st.integers(0, 99))
def test_contributions_of_all_uses_add_up_to_the_gradient(program, shapes, seed):
    vertices = read_graph(result_of(program, shapes, seed))
    for vertex in vertices[:-1]:
        if vertex.is_tracked:
            total = sum(edge.contribution for edge in vertex.uses)
            np.testing.assert_allclose(total, vertex.gradient, rtol=1e-9, atol=1e-12)
    for vertex in vertices:
        for edge in vertex.inputs:
            if edge.local is not None:
                product = summed_to(vertex.gradient * edge.local, edge.source.shape)
                np.testing.assert_allclose(product, edge.contribution, rtol=1e-9, atol=1e-12)
    for step in backward_steps(vertices):
        assert all(contribution.edge.target is step.vertex for contribution in step.contributions)
    last = {id(c.edge.source): c.after for step in backward_steps(vertices) for c in step.contributions}
    for vertex in vertices[:-1]:
        if vertex.is_tracked:
            np.testing.assert_allclose(last[id(vertex)], vertex.gradient, rtol=1e-9, atol=1e-12)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=12))
def test_every_edge_of_a_scalar_graph_has_its_local_derivative(program):
    values = [Tensor(v, requires_grad=True) for v in (0.5, -1.5, 2.0)]
    for step, i, j in program:
        values.append(STEPS[step](values[i % len(values)], values[j % len(values)]))
    values[-1].backward()
    for vertex in read_graph(values[-1]):
        for edge in vertex.inputs:
            if edge.source.is_tracked:
                assert edge.contribution == pytest.approx(edge.local * vertex.gradient)


def test_each_use_has_an_edge():
    x = Tensor(3.0, requires_grad=True)
    (x_vertex, product) = read_graph(x * x)
    assert [edge.source for edge in product.inputs] == [x_vertex, x_vertex]
    assert autograd.draw(x * x).dot.count("->") == 2


def test_broadcast_is_seen():
    x, b, s = (Tensor(np.ones(n), requires_grad=True, name=name) for n, name in (((2, 3), "x"), (3, "b"), ((), "s")))
    broadcasts = {e.source.name: e.broadcasts for v in read_graph((x + b) * s) for e in v.inputs if e.source.name}
    assert broadcasts == {"x": False, "b": True, "s": True}


def test_matrix_product_has_contributions_but_no_local_derivative():
    a, b = (Tensor(rows, requires_grad=True) for rows in ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]))
    f = (a @ b).sum()
    f.backward()
    product = read_graph(f)[2]
    assert [edge.local for edge in product.inputs] == [None, None]
    np.testing.assert_array_equal(product.inputs[0].contribution, a.grad.data)


@pytest.mark.parametrize("size", [1e-12, 1e-200, 1e12])
def test_small_values_are_not_mistaken_for_an_elementwise_operation(size):
    a, b = (Tensor(np.array(rows) * size, requires_grad=True) for rows in ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]))
    assert [edge.local for edge in read_graph((a @ b).sum())[2].inputs] == [None, None]


def test_one_infinite_derivative_does_not_hide_the_others():
    x = Tensor([0.0, 4.0], requires_grad=True)
    with np.errstate(divide="ignore"):
        (edge,) = read_graph(np.sqrt(x).sum())[1].inputs
    assert edge.local.tolist() == [np.inf, 0.25]


def test_frozen_parameters_have_their_names():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    for parameter in model[2].parameters():
        parameter.requires_grad = False
    graph = autograd.draw(model, np.ones((1, 2)))
    assert {(v.name, v.kind) for v in graph.vertices if v.name} == {
        ("0.weight", "parameter"), ("0.bias", "parameter"), ("2.weight", "frozen"), ("2.bias", "frozen"),
    }  # fmt: skip


def test_tensor_with_several_uses_is_one_vertex():
    x, mask = Tensor([1.0, 2.0], requires_grad=True, name="x"), Tensor([1.0, 0.0])
    f = (x * mask * mask + np.ones(2) * np.ones(2)).sum()
    names = [v.title for v in read_graph(f) if not v.is_computed]
    assert names == ["x", "frozen", "constant"]
    f = (x * mask + Tensor([2.0, 2.0]) + np.ones(2) - np.zeros(2)).sum()
    assert [v.title for v in read_graph(f) if not v.is_computed] == ["x", "frozen 1", "frozen 2", "constant 1", "constant 2"]
    assert "constant 1" in autograd.draw(f).svg


def test_parameters_get_the_names_given():
    w = Tensor(np.ones(2), requires_grad=True)
    assert "layer.weight" in autograd.draw((w * 2).sum(), names={"layer.weight": w}).dot


def test_large_values_are_not_kept():
    x = Tensor(np.ones(1000), requires_grad=True)
    graph = autograd.draw((x + 1).sum())
    assert "(not kept)" in str(graph)
    assert "value not kept" in graph.svg


def test_value_modified_in_place_gives_no_local_derivative():
    x, y = Tensor(3.0, requires_grad=True, name="x"), Tensor(4.0, requires_grad=True, name="y")
    f = x * y
    f.backward()
    with autograd.no_grad():
        x -= 1
    assert all(edge.local is None and edge.contribution is None for edge in read_graph(f)[-1].inputs)
    assert not re.search(r"-> \w+ \[label", autograd.draw(f).dot)


def test_numbers_of_vertices_skip_names_in_use():
    x = Tensor(3.0, requires_grad=True, name="v1")
    assert "v2" in str(autograd.draw(x * x))


def test_numbers_and_frozen_scalars_are_named_by_their_value():
    x = Tensor(3.0, requires_grad=True, name="x")
    assert "v1  2 × x     = 6\n  v2  v1 + 1.5  = 7.5" in str(autograd.draw(Tensor(2.0) * x + 1.5))


def test_list_argument_is_read_as_an_array():
    scores = Tensor(np.zeros((2, 3)), requires_grad=True)
    loss = nn.functional.cross_entropy(scores, [1, 2])
    loss.backward()
    assert read_graph(loss)[-1].inputs[0].contribution.shape == (2, 3)
