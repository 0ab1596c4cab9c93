"""A graph as a trace that can be followed with a pencil."""

from autograd.draw.numbers import number, summary
from autograd.draw.read import Edge, Vertex


def trace(vertices: list[Vertex]) -> str:
    """Every vertex forward, every step backward: upstream × local = contribution; then the gradients of the leaves."""
    result = vertices[-1].title
    rows = [(vertex.title, _computation(vertex), _value(vertex)) for vertex in vertices if not _literal(vertex)]
    left = max(len(title) for title, _, _ in rows)
    middle = max(len(computation) for _, computation, _ in rows)
    lines = ["forward", *(f"  {title:<{left}}  {how:<{middle}}  {value}".rstrip() for title, how, value in rows)]
    if vertices[-1].gradient is None:
        return "\n".join([*lines, "", "no backward yet: gradients appear here after .backward()"])
    lines += ["", "backward", f"  start: ∂{result}/∂{result} = {summary(vertices[-1].gradient)}"]
    for vertex in reversed(vertices):
        tracked = [edge for edge in vertex.inputs if edge.source.kind != "constant"]
        if tracked and vertex.gradient is not None:
            lines.append(f"  through {vertex.title} = {_computation(vertex)}")
            lines += [f"    {_step(edge, result)}" for edge in tracked]
    leaves = [vertex for vertex in vertices if vertex.kind == "input" and vertex.gradient is not None]
    lines += ["", "gradients", *(f"  ∂{result}/∂{leaf.title} = {summary(leaf.gradient)}" for leaf in leaves)]
    return "\n".join(lines)


def _literal(vertex: Vertex) -> bool:
    """A plain number in an expression, which needs no line of its own."""
    return vertex.kind == "constant" and vertex.name is None and vertex.shape == ()


def _computation(vertex: Vertex) -> str:
    if vertex.operation is None:
        return "constant" if vertex.kind == "constant" else "leaf"
    names = [edge.source.title for edge in vertex.inputs]
    symbol = vertex.symbol or vertex.operation
    if len(names) == 2 and not symbol.isalpha():
        return f"{names[0]} {symbol} {names[1]}"
    return f"{symbol}({', '.join(names)})"


def _value(vertex: Vertex) -> str:
    shape = f"{vertex.shape} " if vertex.shape else ""
    return f"= {shape}{summary(vertex.value)}" if vertex.value is not None else f"= {shape}(not kept)"


def _step(edge: Edge, result: str) -> str:
    upstream, local, source = edge.target.gradient, edge.local, edge.source.title
    title = edge.target.title
    if local is None or getattr(local, "shape", ()) != ():
        return f"→ {source}, whose gradient in all is {_gradient(edge.source)}"
    product = number(upstream * local)
    return f"∂{result}/∂{title} × ∂{title}/∂{source} = {number(upstream)} × {number(local)} = {product}  → {source}"


def _gradient(vertex: Vertex) -> str:
    return "not kept" if vertex.gradient is None else summary(vertex.gradient)
