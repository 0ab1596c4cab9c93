"""The modules of a graph as clusters: sets of vertices that a picture draws inside one frame."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograd.draw.vertex import Vertex


@dataclass(eq=False)
class Cluster:
    """One call of a module: consecutive operations, so that no path leaves the cluster and enters it again.

    A module that is called twice has two clusters. The root has an empty path and is the whole graph.
    """

    path: tuple[str, ...] = ()
    first_vertex: Vertex | None = None  # in order of computation
    chain: tuple["Cluster", ...] = ()  # from the root to this cluster
    vertices: list[Vertex] = field(default_factory=list)  # those that are in no child
    children: list["Cluster"] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The path of the module in the model, and its class."""
        return self.path[-1] if self.path else ""

    def walk(self) -> Iterator["Cluster"]:
        """This cluster and its descendants, each before its children."""
        stack = [self]
        while stack:
            cluster = stack.pop()
            yield cluster
            stack += reversed(cluster.children)


def clusters(vertices: list[Vertex]) -> tuple[Cluster, dict[int, Cluster]]:
    """The root cluster, and for the id of each vertex the innermost cluster that contains it.

    Parameters and constants belong to the cluster that uses them. Inputs and other data belong to the root.
    """
    root = Cluster()
    root.chain = (root,)
    cluster_of: dict[int, Cluster] = {}
    innermost = root
    for vertex in vertices:
        if vertex.is_computed:
            innermost = _enter(innermost, vertex)
            cluster_of[id(vertex)] = innermost
    for vertex in vertices:
        if not vertex.is_computed:
            users = [] if is_data(vertex) else [cluster_of[id(use.target)] for use in vertex.uses]
            cluster_of[id(vertex)] = _innermost_common(users, root)
        cluster_of[id(vertex)].vertices.append(vertex)
    return root, cluster_of


def is_data(leaf: Vertex) -> bool:
    """Whether a leaf is data and not part of a module: an input, or an array that is the first operand of an operation."""
    return leaf.kind == "input" or (leaf.kind != "parameter" and leaf.shape != () and any(use.port == 0 for use in leaf.uses))


def _module_path(vertex: Vertex) -> tuple[str, ...]:
    """The modules around a vertex; a group that stands for a module is not inside this module."""
    is_module = vertex.kind == "group" and vertex.module[-1:] == (vertex.symbol,)
    return vertex.module[:-1] if is_module else vertex.module


def _enter(cluster: Cluster, vertex: Vertex) -> Cluster:
    """The innermost cluster of a vertex that is computed right after the vertices of `cluster`."""
    path = _module_path(vertex)
    while cluster.path != path[: len(cluster.path)]:
        cluster = cluster.chain[-2]
    for length in range(len(cluster.path) + 1, len(path) + 1):
        child = Cluster(path[:length], vertex)
        child.chain = (*cluster.chain, child)
        cluster.children.append(child)
        cluster = child
    return cluster


def _innermost_common(users: list[Cluster], root: Cluster) -> Cluster:
    """The innermost cluster that contains all these clusters; the root if there are none."""
    if not users:
        return root
    chain = users[0].chain
    for user in users[1:]:
        common = 0
        while common < min(len(chain), len(user.chain)) and chain[common] is user.chain[common]:
            common += 1
        chain = chain[:common]
    return chain[-1]
