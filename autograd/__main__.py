"""The chain rule from a shell: python -m autograd "x**2 * y / z" x=3 y=4 z=2"""

import argparse
import sys
import unicodedata
from collections.abc import Sequence
from itertools import chain, count

import numpy as np

from autograd.core.tensor import Tensor
from autograd.draw import draw
from autograd.errors import DataError
from autograd.expression import FUNCTIONS, ExpressionError, evaluate
from autograd.utils.command_line import Parser, run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = Parser(
        prog="python -m autograd",
        description="Differentiate an expression by the chain rule and show every step, forward and backward.",
        epilog=f"Functions: {', '.join(FUNCTIONS)}. Example: python -m autograd 'x**2 * y / z' x=3 y=4 z=2 -o graph.html",
    )
    parser.add_argument("expression", help="arithmetic with names and numbers, such as 'x**2 * y / z'")
    parser.add_argument("values", nargs="*", metavar="name=number", help="a value for every name in the expression")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="also write the picture: .html to step through, .svg, .dot, .txt, .png or .pdf"
    )
    words = _protect_minus(sys.argv[1:] if arguments is None else arguments)
    expected = (ExpressionError, DataError, OSError, ValueError, RuntimeError)
    return run_command("autograd", lambda: show(parser.parse_intermixed_args(words)), expected)


def _protect_minus(words: Sequence[str]) -> list[str]:
    """The arguments such that the parser does not take an expression or a file that starts with a minus for an option."""
    options = ("-o", "--output", "-h", "--help")
    protected: list[str] = []
    for word in words:
        if word.startswith("-") and protected[-1:] in (["-o"], ["--output"]) and word not in options:
            protected[-1] = f"--output={word}"
        else:
            protected.append(f" {word}" if word.startswith("-") and not word.startswith(options) else word)
    return protected


def show(arguments: argparse.Namespace) -> None:
    """Compute the expression and its derivatives, print the graph, and write it if there is an output file."""
    pairs = [_parse_value(text) for text in arguments.values]
    names = dict(pairs)
    if len(names) < len(pairs):
        duplicate = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
        raise ExpressionError(f"{duplicate!r} is given twice; give each name one value")
    with np.errstate(all="ignore"):
        result = evaluate(arguments.expression, names)
        if not result.is_leaf:
            result.name = next(name for name in chain("f", (f"f{i}" for i in count(1))) if name not in names)
        result.backward()
        graph = draw(result)
        if arguments.output:
            graph.save(arguments.output)
        print(graph)
        if arguments.output:
            print(f"\nwrote {arguments.output}")


def _parse_value(text: str) -> tuple[str, Tensor]:
    name, equals, number = text.partition("=")
    name = unicodedata.normalize("NFKC", name.strip())  # as Python normalizes identifiers
    if not equals or not name.isidentifier():
        raise ExpressionError(f"{text!r}: a value must have the form name=number, for example x=3")
    try:
        return name, Tensor(float(number), requires_grad=True, name=name)
    except ValueError:
        raise ExpressionError(f"{text!r}: {number.strip()!r} is not a number") from None


if __name__ == "__main__":
    sys.exit(main())
