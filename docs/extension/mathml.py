"""Formulas as MathML, which browsers draw without a script: pages need no network."""

import html
import re

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)


def visit_inline(self, node):
    """Write a formula within a line."""
    self.body.append(convert(node, as_block=False))
    raise nodes.SkipNode


def visit_block(self, node):
    """Write a formula on lines of its own."""
    self.body.append(f'<div class="math">{convert(node, as_block=True)}</div>')
    raise nodes.SkipNode


def convert(node, as_block):
    """The MathML of a formula; a formula that docutils cannot read is an error of the page and stays text."""
    try:
        return tex2mathml(with_braces(node.astext()), as_block=as_block)
    except MathError as error:
        logger.warning("formula %r: %s", node.astext(), error, location=node, type="math")
        return f"<code>{html.escape(node.astext())}</code>"


def with_braces(formula):
    r"""LaTeX in the form that docutils reads: braces around arguments of one character, its names of dots and brackets.

    >>> with_braces(r"\frac12 + \frac1{N} + \dots")
    '\\frac{1}{2} + \\frac{1}{N} + \\ldots'
    """
    formula = re.sub(r"\\frac\s*(\w)\s*(\w)", r"\\frac{\1}{\2}", formula)
    formula = re.sub(r"\\frac\s*(\w)\s*\{", r"\\frac{\1}{", formula)
    return re.sub(r"\\big(?![a-z])", r"\\bigl", formula).replace(r"\dots", r"\ldots")
