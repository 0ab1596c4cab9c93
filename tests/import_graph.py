"""The import graph of autograd, nn and optim, read from the source: python -m tests.import_graph

An arrow leads from a module to each module that it imports, also inside a function or for type checkers only. Packages export
some names lazily; these arrows count too.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd", "nn", "optim")
Graph = dict[str, dict[str, int]]  # module → the modules it imports, each with the line

#: The wings from the ground up. A module imports from its own floor and from those below it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("autograd.errors", "autograd.utils"),
    ("autograd.core",),
    ("autograd.operations",),
    ("autograd.numpy",),
    ("autograd.operators",),
    ("autograd.transforms",),
    ("autograd.debug", "autograd.compiler", "autograd.extend", "autograd.expression"),
    ("autograd.scipy",),
    ("autograd.testing",),
    ("autograd.draw",),
    ("autograd",),
    ("nn.validation", "nn.placeholders", "nn.random", "nn.init"),
    ("nn.module",),
    ("nn.functional",),
    ("nn.activations", "nn.losses", "nn.metrics"),
    ("nn.layers",),
    ("nn.models", "nn.interchange", "nn.folding", "nn.model_summary", "nn.network_layers", "nn.network_picture"),
    ("nn",),
    ("optim.validation",),
    ("optim.regularizers",),
    ("optim.optimizers",),
    ("optim.schedules",),
    ("optim.data",),
    ("optim.distributed",),
    ("optim.training",),
    ("optim",),
    ("optim.cli",),
    ("optim.integrations",),
    ("optim.__main__",),
)


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of the packages, by its dotted name."""
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def import_graph(root: Path = ROOT) -> Graph:
    """The arrows between the modules."""
    known = modules(root)
    return {name: dict(imported_modules(ast.parse(path.read_text()), known)) for name, path in known.items()}


def imported_modules(tree: ast.AST, known: Mapping[str, Path]) -> Iterator[tuple[str, int]]:
    """The modules that a file imports, each with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                if submodule in known or node.module in known:
                    yield (submodule if submodule in known else node.module), node.lineno


def circles(graph: Graph) -> list[list[str]]:
    """The shortest circle through each arrow that closes one, without repetition."""
    shortest: dict[frozenset[str], list[str]] = {}
    for start in graph:
        for following in graph[start]:
            path = shortest_path(graph, following, start)
            if path is not None:
                shortest.setdefault(frozenset(path), [start, *path])
    return list(shortest.values())


def shortest_path(graph: Graph, start: str, end: str) -> list[str] | None:
    """The modules from one to another along the arrows."""
    paths, visited = [[start]], {start}
    for path in paths:
        if path[-1] == end:
            return path
        for following in graph[path[-1]]:
            if following not in visited:
                visited.add(following)
                paths.append([*path, following])
    return None


def floor(module: str) -> int:
    """The floor a module stands on: that of the longest prefix of its name in FLOORS."""
    best = max((wing for wings in FLOORS for wing in wings if f"{module}.".startswith(f"{wing}.")), key=len)
    return next(level for level, wings in enumerate(FLOORS) if best in wings)


def upward_arrows(graph: Graph) -> list[tuple[str, str]]:
    """The arrows that lead to a higher floor."""
    return [(module, target) for module in graph for target in graph[module] if floor(target) > floor(module)]


def chain(graph: Graph, path: list[str]) -> str:
    """A path with the line of each import."""
    steps = [f"{module}:{graph[module][following]}" for module, following in pairwise(path)]
    return " → ".join([*steps, path[-1]])


def report() -> str:
    """Numbers of modules and arrows, and every circle and upward arrow."""
    graph = import_graph()
    closed, upward = circles(graph), upward_arrows(graph)
    lines = [f"{len(graph)} modules, {sum(map(len, graph.values()))} arrows, {len(closed)} circles, {len(upward)} arrows up"]
    lines += [f"circle: {chain(graph, path)}" for path in closed]
    lines += [f"up: {chain(graph, list(arrow))}" for arrow in upward]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
    sys.exit(bool(circles(import_graph()) or upward_arrows(import_graph())))
