"""The modules of a graph as clusters: which vertices a picture keeps together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograd.draw.vertex import Vertex


@dataclass(eq=False)
class Cluster:
    """One call of a module: an unbroken stretch of the computation, so that no path leaves it and comes back.

    A module that is called twice has two. The outermost, of an empty path, is the whole graph.
    """

    path: tuple[str, ...] = ()
    first: Vertex | None = None  # the first of its vertices to be computed
    chain: tuple["Cluster", ...] = ()  # from the whole graph to this one
    vertices: list[Vertex] = field(default_factory=list)  # what is in it but in none of its parts
    parts: list["Cluster"] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The path of the module in the model, and its kind."""
        return self.path[-1] if self.path else ""

    def walk(self) -> Iterator["Cluster"]:
        """This cluster and all within, each before its parts."""
        waiting = [self]
        while waiting:
            cluster = waiting.pop()
            yield cluster
            waiting += reversed(cluster.parts)


def clusters(vertices: list[Vertex]) -> tuple[Cluster, dict[int, Cluster]]:
    """The whole graph as a cluster, and for the id of each vertex the innermost cluster it is in.

    Parameters and constants are where they are used; inputs and other data come from outside.
    """
    whole = Cluster()
    whole.chain = (whole,)
    home: dict[int, Cluster] = {}
    innermost = whole
    for vertex in vertices:
        if vertex.is_computed:
            innermost = _entered(innermost, vertex)
            home[id(vertex)] = innermost
    for vertex in vertices:
        if not vertex.is_computed:
            home[id(vertex)] = whole if comes_in(vertex) else _shared([home[id(use.target)] for use in vertex.uses], whole)
        home[id(vertex)].vertices.append(vertex)
    return whole, home


def comes_in(leaf: Vertex) -> bool:
    """Whether a leaf is data, and not part of a module: an input, or an array that an operation works on first of all."""
    return leaf.kind == "input" or (leaf.kind != "parameter" and leaf.shape != () and any(use.port == 0 for use in leaf.uses))


def _path(vertex: Vertex) -> tuple[str, ...]:
    """The modules around a vertex; a group that is a module is not in itself."""
    is_module = vertex.kind == "group" and vertex.module[-1:] == (vertex.symbol,)
    return vertex.module[:-1] if is_module else vertex.module


def _entered(here: Cluster, vertex: Vertex) -> Cluster:
    """Where the computation is after going on from one cluster to the modules around a vertex."""
    path = _path(vertex)
    while here.path != path[: len(here.path)]:
        here = here.chain[-2]
    for length in range(len(here.path) + 1, len(path) + 1):
        inner = Cluster(path[:length], vertex)
        inner.chain = (*here.chain, inner)
        here.parts.append(inner)
        here = inner
    return here


def _shared(users: list[Cluster], whole: Cluster) -> Cluster:
    """The innermost cluster that all these are in."""
    if not users:
        return whole
    chain = users[0].chain
    for user in users[1:]:
        common = 0
        while common < min(len(chain), len(user.chain)) and chain[common] is user.chain[common]:
            common += 1
        chain = chain[:common]
    return chain[-1]
