"""A graph as text: a trace of the forward and the backward pass that can be followed by hand."""

from collections.abc import Callable, Iterator

from autograd.draw.backward_steps import UNKNOWN, Contribution, backward_steps, derivative_symbol
from autograd.draw.derivative_text import MAX_ELEMENTS, formula_notes, product_text, remark
from autograd.draw.expression_text import expression_text
from autograd.draw.number_format import summarize
from autograd.draw.style import MAX_TITLE, shorten, summary_notice
from autograd.draw.vertex import Vertex, gradient_leaves

LEAF_TEXTS = {"input": "leaf", "parameter": "parameter", "frozen": "without gradient", "constant": "constant"}


def trace(vertices: list[Vertex]) -> str:
    """Every vertex of the forward pass, every step of the backward pass, and the gradients of the leaves.

    A step is upstream × local = contribution; a sum of contributions is before + contribution = after. The local derivative is
    written as a formula and as a number.
    """
    symbol = derivative_symbol(vertices)
    rows = [(_title(vertex), _formula(vertex), _value_text(vertex)) for vertex in vertices if not vertex.is_number]
    title_width = max(len(title) for title, _, _ in rows)
    formula_width = max(len(formula) for _, formula, _ in rows)
    lines = [summary_notice(vertices), ""] if summary_notice(vertices) else []
    lines.append("forward")
    lines += [f"  {title:<{title_width}}  {formula:<{formula_width}}  {value}".rstrip() for title, formula, value in rows]
    if vertices[-1].gradient is None:
        return "\n".join([*lines, "", "no backward yet: gradients appear here after .backward()"])
    lines += [
        "",
        "backward",
        f"  start: {symbol(_title(vertices[-1]))} = {summarize(vertices[-1].gradient, MAX_ELEMENTS)}",
        *_backward_lines(vertices, symbol),
        "",
        "gradients",
    ]
    lines += [f"  {leaf_symbol(leaf, symbol)} = {leaf_gradient_text(leaf)}" for leaf in gradient_leaves(vertices)]
    return "\n".join(lines)


def leaf_symbol(leaf: Vertex, symbol: Callable[[str], str]) -> str:
    """The symbol of a leaf's gradient; where the contributions of this pass are not known, that of its attribute."""
    is_known = not leaf.is_tracked or all(edge.contribution is not None for edge in leaf.uses)
    return symbol(_title(leaf)) if is_known else f"{_title(leaf)}.grad"


def leaf_gradient_text(leaf: Vertex) -> str:
    """The gradient of this backward pass and, if it differs, the gradient that the leaf holds."""
    text = summarize(leaf.derivative, MAX_ELEMENTS)
    if leaf.earlier_gradient is None:
        return text
    earlier, total = (summarize(g, MAX_ELEMENTS) for g in (leaf.earlier_gradient, leaf.gradient))
    return f"{text}; with {earlier} from an earlier backward(), .grad is {total}"


def _title(vertex: Vertex) -> str:
    return shorten(vertex.title, MAX_TITLE)


def _formula(vertex: Vertex) -> str:
    if not vertex.is_computed:
        return LEAF_TEXTS[vertex.kind]
    return expression_text(vertex, [_title(operand) for operand in vertex.operands])


def _value_text(vertex: Vertex) -> str:
    shape = f"{vertex.shape} " if vertex.shape else ""
    return f"= {shape}{summarize(vertex.value, MAX_ELEMENTS)}" if vertex.value is not None else f"= {shape}(not kept)"


def _backward_lines(vertices: list[Vertex], symbol: Callable[[str], str]) -> Iterator[str]:
    steps = backward_steps(vertices)
    seen: set[int] = set()
    for contribution in (contribution for step in steps for contribution in step.contributions):
        source = contribution.edge.source
        if id(source) not in seen and contribution.before is not None:
            yield f"  {_title(source)} starts with {summarize(contribution.before, MAX_ELEMENTS)}, from an earlier backward()"
        seen.add(id(source))
    for step in steps:
        notes = formula_notes([contribution.edge for contribution in step.contributions], vertices, symbol)
        yield ", ".join([f"  through {_title(step.vertex)} = {_formula(step.vertex)}", *notes])
        yield from (f"    {_contribution_line(contribution, symbol)}" for contribution in step.contributions)


def _contribution_line(contribution: Contribution, symbol: Callable[[str], str]) -> str:
    edge, before, after = contribution.edge, contribution.before, contribution.after
    source = _title(edge.source)
    if edge.contribution is None:
        total = "not kept" if edge.source.gradient is None else summarize(edge.source.gradient, MAX_ELEMENTS)
        return f"→ {source}, whose total gradient is {total}"
    term = summarize(edge.contribution, MAX_ELEMENTS)
    sum_text = ""
    if before is UNKNOWN and after is not UNKNOWN:
        sum_text = f", whose total gradient is {summarize(after, MAX_ELEMENTS)}"
    elif before is not UNKNOWN and before is not None:
        sum_text = f": {summarize(before, MAX_ELEMENTS)} + {term} = {summarize(after, MAX_ELEMENTS)}"
    how = remark(edge)
    return f"{product_text(edge, symbol)}{f', {how},' * bool(how)} = {term}  → {source}{sum_text}"
