"""The chain rule from a shell: python -m autograd "x**2 * y / z" x=3 y=4 z=2"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from autograd.draw import draw
from autograd.errors import DataError
from autograd.expression import FUNCTIONS, ExpressionError, evaluate
from autograd.tensor import Tensor


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd",
        description="Differentiate an expression by the chain rule and show every step, forward and backward.",
        epilog=f"Functions: {', '.join(FUNCTIONS)}. Example: python -m autograd 'x**2 * y / z' x=3 y=4 z=2 -o graph.svg",
    )
    parser.add_argument("expression", help="arithmetic with names and numbers, such as 'x**2 * y / z'")
    parser.add_argument("values", nargs="*", metavar="name=number", help="a value for every name in the expression")
    parser.add_argument("-o", "--output", metavar="FILE", help="also write the picture: .svg, .dot, .txt, .png or .pdf")
    # Values may be negative (x=-3) and follow options, so both orders are parsed.
    given = parser.parse_intermixed_args(arguments)
    try:
        names = dict(_value(text) for text in given.values)
        with np.errstate(all="ignore"):
            result = evaluate(given.expression, names)
            if not result.is_leaf:
                result.name = next(name for name in ("f", "result", "output") if name not in names)
            result.backward()
            graph = draw(result)
            if given.output:
                graph.save(given.output)
            print(graph)
            if given.output:
                print(f"\nwrote {given.output}")
    except (ExpressionError, DataError, OSError, ValueError, RuntimeError) as error:
        print(f"autograd: {error}", file=sys.stderr)
        return 2
    return 0


def _value(text: str) -> tuple[str, Tensor]:
    name, equals, number = text.partition("=")
    name = name.strip()
    if not equals or not name.isidentifier():
        raise ExpressionError(f"{text!r}: values are given as name=number, for example x=3")
    try:
        return name, Tensor(float(number), requires_grad=True, name=name)
    except ValueError:
        raise ExpressionError(f"{text!r}: {number.strip()!r} is not a number") from None


if __name__ == "__main__":
    sys.exit(main())
