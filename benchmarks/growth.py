"""How time grows with the work: batches of 1 to 10⁵, 10 to 1000 layers, arrays of 10⁴ to 10⁷ elements."""

from benchmarks.case import Case, Target
from benchmarks.workloads import MLP, Elementwise

SECTION = "Growth with the work"
ENGINES = ("numpy_by_hand", "chainrule", "chainrule_reusing", "chainrule_compiled", "pytorch")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(exponent: int) -> str:
    """10 to a power as text: 1, 10, 10², …"""
    return str(10**exponent) if exponent < 2 else "10" + str(exponent).translate(SUPERSCRIPTS)


BATCHES = {
    f"batch{exponent}": Case(
        SECTION,
        f"SGD, 64-128-128-10, batch {power(exponent)}",
        MLP((64, 128, 128, 10), 10**exponent),
        ENGINES,
        (Target(1.0, "pytorch", "chainrule_reusing"),) if exponent == 4 else (),
        "ms",
        limit="overhead" if exponent < 3 else "memory",
    )
    for exponent in range(6)
}
DEPTHS = {
    f"depth{layers}": Case(
        SECTION,
        f"Adam, {layers} layers of 32, batch 32",
        MLP((32,) * layers + (10,), 32, "adam"),
        ENGINES,
        (Target(0.5, "pytorch"),),
        "ms",
    )
    for layers in (10, 100, 1000)
}
ARRAYS = {
    f"elements{exponent}": Case(
        SECTION,
        f"tanh·exp + sin of {power(exponent)} float64, forward and backward",
        Elementwise(10**exponent),
        ("chainrule", "chainrule_reusing", "pytorch"),
        (Target(2.0, "pytorch", "chainrule_reusing"),) if exponent == 6 else (),
        "ms",
        limit="memory",
    )
    for exponent in range(4, 8)
}
CASES = BATCHES | DEPTHS | ARRAYS
