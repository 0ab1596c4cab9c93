"""All paths from one vertex to another: the products of the local derivatives along them, which add up to the derivative."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.core.engine import unbroadcast
from autograd.draw.number_format import summarize
from autograd.draw.reader import saved_values
from autograd.draw.style import MAX_TITLE, group_digits, shorten
from autograd.draw.vertex import Edge, Vertex

MAX_PATHS = 12  # the number of paths that are listed
MAX_LINES = 200  # the number of paths that a picture lists for all pairs of its vertices
MAX_STEPS = 4000  # the number of edges on these paths
MAX_ELEMENTS = 4
MAX_FACTORS = 6  # of a longer path the factors in the middle are left out


@dataclass
class Path:
    """One path, from its end to its start, and the product along it."""

    edges: list[Edge]
    start: Any  # the gradient that the product begins with
    product: Any  # None if a factor is not known

    def text(self, symbol: Callable[[str], str]) -> str:
        """The product in symbols and numbers: ∂f/∂u × ∂u/∂x = 0.5 × 6 = 3."""
        symbols = [f"∂{_title(edge.target)}/∂{_title(edge.source)}" for edge in self.edges]
        factors = [edge.local for edge in self.edges]
        if not np.all(np.asarray(self.start) == 1):  # the backward pass of an unknown L
            symbols, factors = [symbol(_title(self.edges[0].target)), *symbols], [self.start, *factors]
        sides = [_shortened(symbols)]
        if len(factors) > 1 and all(factor is not None and np.size(factor) <= MAX_ELEMENTS for factor in factors):
            sides.append(_shortened([summarize(factor) for factor in factors]))
        sides.append("not known" if self.product is None else summarize(self.product, MAX_ELEMENTS))
        return " = ".join(sides)


def count_paths(vertices: Sequence[Vertex], source: Vertex, target: Vertex) -> int:
    """The number of paths; two uses of one vertex in one operation are two paths."""
    return _counts_to(vertices, source).get(id(target), 0)


def _counts_to(vertices: Sequence[Vertex], source: Vertex) -> dict[int, int]:
    """By id of vertex: the number of paths that lead to it from the source, in one pass over the graph."""
    counts = {id(source): 1}
    for vertex in vertices:
        n = sum(counts.get(id(edge.source), 0) for edge in vertex.inputs)
        if n and vertex is not source:
            counts[id(vertex)] = n
    return counts


def find_paths(vertices: Sequence[Vertex], source: Vertex, target: Vertex, limit: int = MAX_PATHS) -> list[Path]:
    """The first paths, at most `limit`; only branches that lead to the source are followed."""
    counts = _counts_to(vertices, source)
    paths: list[Path] = []
    if id(target) not in counts or source is target:
        return paths
    start = np.ones(target.shape, target.dtype)[()] if target.uses or target.gradient is None else target.gradient
    stack: list[tuple[Vertex, list[Edge], Any]] = [(target, [], start)]
    while stack and len(paths) < limit:
        vertex, edges, gradient = stack.pop()
        if vertex is source:
            paths.append(Path(edges, start, gradient))
            continue
        leading = [edge for edge in reversed(vertex.inputs) if id(edge.source) in counts]
        stack += [(edge.source, [*edges, edge], carry(edge, gradient)) for edge in leading]
    return paths


def carry(edge: Edge, gradient: Any) -> Any:
    """The contribution of a gradient of the target to the source; None if it is not known."""
    node = edge.target.node() if edge.target.kind == "operation" and edge.target.node is not None else None
    if gradient is None or node is None:
        return None
    with np.errstate(all="ignore"):
        if edge.local is not None:
            return unbroadcast(np.asarray(gradient * edge.local)[()], node.inputs[edge.input].value, node)
        saved = saved_values(node)
        if saved is None:
            return None
        contributions = dict(node.operation.contributions(gradient, saved, {edge.input}))
        return unbroadcast(contributions[edge.input], node.inputs[edge.input].value, node)


def describe_paths(
    vertices: Sequence[Vertex], source: Vertex, target: Vertex, symbol: Callable[[str], str], limit: int = MAX_PATHS
) -> tuple[list[Path], list[str]]:
    """The listed paths, and lines of text: their number, each product, and the sum.

    symbol: the symbol of the gradient of a vertex, by its title; the start of the backward pass may be other than 1.
    """
    count, paths = count_paths(vertices, source, target), find_paths(vertices, source, target, limit)
    derivative = f"∂{_title(target)}/∂{_title(source)}" if target.uses else symbol(_title(source))
    number = f"{group_digits(count)} path{'s' * (count != 1)} from {_title(source)} to {_title(target)}"
    if not count:
        return [], [f"no path leads from {_title(source)} to {_title(target)}"]
    counts = _counts_to(vertices, source)
    if any(vertex.kind == "group" and id(vertex) in counts for vertex in vertices):
        number += " in this summary"
    listed = f"; the first {len(paths)} are listed" if count > len(paths) else ""
    lines = [f"{number}{listed}", *(path.text(symbol) for path in paths)]
    return paths, [*lines, _sum_text(paths, count, derivative, source, target)] if count > 1 else lines


def _sum_text(paths: Sequence[Path], count: int, derivative: str, source: Vertex, target: Vertex) -> str:
    """The sum of the products; of more paths than are listed, the gradient that they add up to."""
    products = [path.product for path in paths]
    if count > len(paths):
        known = not target.uses and source.derivative is not None
        total = f" = {summarize(source.derivative, MAX_ELEMENTS)}" if known else ""
        return f"all {group_digits(count)} products add up to {derivative}{total}"
    if any(product is None for product in products):
        return f"the products add up to {derivative}"
    total = summarize(sum(products[1:], products[0]), MAX_ELEMENTS)
    is_short = all(np.size(product) <= MAX_ELEMENTS for product in products)
    terms = f"{' + '.join(_as_term(product) for product in products)} = " if is_short else "the sum = "
    return f"{derivative} = {terms}{total}"


def _as_term(product: Any) -> str:
    text = summarize(product, MAX_ELEMENTS)
    return f"({text})" if text.startswith("-") else text


def all_pairs(vertices: Sequence[Vertex], symbol: Callable[[str], str]) -> dict[str, list[Any]]:
    """The paths between vertices, by `source-target`: lines of text and the edges of each listed path.

    Those from the leaves to the result come first; in a large graph the other pairs are left out.
    """
    index = {id(vertex): i for i, vertex in enumerate(vertices)}
    result = vertices[-1]
    tracked = [vertex for vertex in vertices if vertex.is_tracked]
    pairs = [(source, result) for source in tracked if source.is_start and source is not result]
    done = {(id(source), id(target)) for source, target in pairs}
    pairs += [(a, b) for b in reversed(tracked) for a in tracked if index[id(a)] < index[id(b)] and (id(a), id(b)) not in done]
    texts: dict[str, list[Any]] = {}
    lines = steps = 0
    for source, target in pairs:
        if lines >= MAX_LINES or steps >= MAX_STEPS:
            break
        paths, text = describe_paths(vertices, source, target, symbol, MAX_PATHS)
        steps += len(vertices) + sum(len(path.edges) for path in paths)
        if paths:
            lines += len(paths)
            edges = [[[index[id(edge.target)], edge.port] for edge in path.edges] for path in paths]
            texts[f"{index[id(source)]}-{index[id(target)]}"] = [text, edges]
    return texts


def find_vertex(vertices: Sequence[Vertex], title: str) -> Vertex:
    """The vertex with this title.

    Raises ValueError if there is none.
    """
    match = next((vertex for vertex in vertices if vertex.title == title), None)
    if match is None:
        names = [vertex.title for vertex in vertices if vertex.is_tracked]
        raise ValueError(
            f"paths: the picture has no vertex {title!r}; it has {', '.join(names[:12])}{', …' * (len(names) > 12)}"
        )
    return match


def _title(vertex: Vertex) -> str:
    return shorten(vertex.title, MAX_TITLE)


def _shortened(factors: Sequence[str]) -> str:
    """A product; of many factors the first and the last."""
    half = MAX_FACTORS // 2
    return " × ".join(factors if len(factors) <= MAX_FACTORS else [*factors[:half], "…", *factors[-half:]])
