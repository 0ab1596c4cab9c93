"""Docstrings of plain text as reStructuredText.

The docstrings of the project are paragraphs, aligned lists of arguments, lists of points and examples:

    name:   text that continues
            on aligned lines

They become paragraphs with their special characters escaped, definition lists, bullet lists and doctest blocks. A word in
backticks becomes a link if it is a public name, and code if not.
"""

import contextlib
import inspect
import re

from docs.extension.public_names import canonical_names, is_numpy_docstring, public_object, summary_line

ARGUMENT = re.compile(r"(?P<names>\*{0,2}[A-Za-z_]\w*(?:, \*{0,2}[A-Za-z_]\w*)*):\s+(?P<text>\S.*)")
COLUMNS = re.compile(r"\S.*\S\s{3,}\S")
CODE_OR_URL = re.compile(r"(`[^`]+`|https?://[^\s)]+[^\s).,;])")
NUMPY_REMARK = "NumPy's function of this name, which takes tensors. :doc:`Operations </operations>` has its gradient."


def process_docstring(app, kind, name, value, options, lines):
    """Replace the lines of a docstring in place; Sphinx calls it for each documented object."""
    text = "\n".join(lines)
    if is_numpy_docstring(text):
        lines[:] = [*convert(numpy_summary(text), name).splitlines(), "", NUMPY_REMARK, ""]
    else:
        lines[:] = convert(text, name).splitlines()


def process_signature(app, kind, name, value, options, signature, return_annotation):
    """Leave out the arguments of NumPy's ufuncs that tensors do not take."""
    if signature and "casting=" in signature:
        return signature.split(", out=")[0].rstrip(", /") + ", /)", None
    return signature, None


def numpy_summary(text: str) -> str:
    """The summary of a docstring of NumPy, which may begin with signatures."""
    paragraphs = text.strip().split("\n\n")
    return next(paragraph for paragraph in paragraphs if not re.match(r"\w+\(", paragraph))


def convert(text: str, name: str) -> str:
    """A docstring as reStructuredText; `name` is the qualified name of its object.

    >>> print(convert("Sum of a*b.\\n\\nn: the number of\\n   terms.", "nn.f"))
    Sum of a\\*b.
    <BLANKLINE>
    .. rst-class:: arguments
    <BLANKLINE>
    ``n``
        the number of terms.
    """
    summary_text, *blocks = re.split(r"\n\s*\n", text.strip("\n"))
    converted = [convert_block(block.rstrip().splitlines(), name) for block in blocks if block.strip()]
    return "\n\n".join([inline(" ".join(summary_text.split()), name), *converted])


def convert_block(lines: list[str], name: str) -> str:
    """One block between blank lines."""
    if lines[0].startswith(">>> "):
        return "\n".join(lines)
    is_table = any(map(COLUMNS.match, lines)) and not ARGUMENT.fullmatch(lines[0])
    if is_table or all(line.startswith("    ") for line in lines):
        return "\n".join([".. code-block:: none", "", *(f"    {line}" for line in lines)])
    if lines[0].startswith("@"):
        return "\n".join([".. code-block:: python", "", *(f"    {line}" for line in lines)])
    entries = join_continuations(lines)
    if all(map(ARGUMENT.fullmatch, entries)):
        return "\n".join([".. rst-class:: arguments", "", *(definition(entry, name) for entry in entries)])
    points = [index for index, entry in enumerate(entries) if entry.startswith("- ")]
    if points:
        lead = " ".join(entries[: points[0]])
        items = [f"- {inline(entry[2:], name)}" for entry in entries[points[0] :]]
        return "\n".join([*([inline(lead, name), ""] if lead else []), *items])
    return inline(" ".join(line.strip() for line in lines), name)


def join_continuations(lines: list[str]) -> list[str]:
    """Entries that begin at the margin, each in one line with the indented lines that continue it."""
    entries: list[str] = []
    for line in lines:
        if line.startswith(" ") and entries:
            entries[-1] += " " + line.strip()
        else:
            entries.append(line.strip())
    return entries


def definition(entry: str, name: str) -> str:
    """An entry of an aligned list as an entry of a definition list."""
    match = ARGUMENT.fullmatch(entry)
    names = ", ".join(f"``{argument}``" for argument in match["names"].split(", "))
    return f"{names}\n    {inline(match['text'], name)}"


def inline(text: str, name: str) -> str:
    """A line of text: words in backticks as links or code, addresses as they are, everything else escaped."""
    result = []
    for piece in CODE_OR_URL.split(text):
        if piece.startswith("`") and len(piece) > 2:
            result.append(link(piece[1:-1], name) + "\\ ")
        else:
            result.append(piece if piece.startswith("http") else escape(piece))
    return "".join(result)


def link(code: str, name: str) -> str:
    """A public name as a link to its page, other code as a literal.

    >>> link("Adam", "optim.AdamW"), link("x + 1", "nn.f")
    (':py:obj:`Adam <optim.Adam>`', '``x + 1``')
    """
    if is_own_name(code, name):
        return f"``{code}``"
    module = name.rpartition(".")[0]
    candidates = (code, f"{module}.{code}", f"{name}.{code}", *(f"{package}.{code}" for package in ("autograd", "nn", "optim")))
    pages = canonical_names()
    target = next((pages[candidate] for candidate in candidates if candidate in pages), None)
    return f":py:obj:`{code} <{target}>`" if target else f"``{code}``"


def is_own_name(code: str, name: str) -> bool:
    """Whether code names an argument of the documented object, or a member of it or of its class, which have no page."""
    module, _, attribute = name.rpartition(".")
    for owner in (name, module):
        if owner in canonical_names():
            value = public_object(owner)
            if inspect.isclass(value) and (hasattr(value, code) or code == attribute):
                return True
            with contextlib.suppress(TypeError, ValueError):
                if code in inspect.signature(value).parameters:
                    return True
    return False


def escape(text: str) -> str:
    r"""Text without markup: a backslash before each special character.

    >>> escape("a*b, |x|, w_")
    'a\\*b, \\|x\\|, w\\_'
    """
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def summary(name: str) -> str:
    """The summary of a public name in reStructuredText."""
    return inline(summary_line(name), name) if summary_line(name) else data_summary(name)


def data_summary(name: str) -> str:
    """The summary of public data: the docstring of its class, or its keys."""
    value = public_object(name)
    if type(value).__module__ != "builtins":
        return inline((type(value).__doc__ or "").strip().split("\n\n")[0], name)
    return ("By name: " + ", ".join(f"``{key}``" for key in value)) if isinstance(value, dict) else f"``{value!r}``"
