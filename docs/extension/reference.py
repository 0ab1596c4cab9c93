"""The pages of the reference: one page for each public name, and an index page for each module."""

import ast
import importlib
import inspect
import unicodedata
from pathlib import Path
from types import ModuleType

from docs.extension import docstrings
from docs.extension.public_names import (
    ROOT,
    canonical_names,
    is_data,
    page_paths,
    public_modules,
    public_names,
    public_object,
)


def write_pages(source: Path) -> None:
    """Write the reference into the folder of sources; files that are up to date keep their time, so that builds are short."""
    index = source / "reference" / "index.rst"
    write_if_changed(index, index_page())
    written = {index}
    for name, path in page_paths().items():
        page = source / "reference" / f"{path}.rst"
        write_if_changed(page, module_page(name) if name in public_modules() else object_page(name))
        written.add(page)
    for page in (source / "reference").rglob("*.rst"):
        if page not in written:
            page.unlink()


def index_page() -> str:
    """The list of the modules."""
    lines = [heading("Reference"), "Every public name has one page, made from its docstring. Its examples run as tests.", ""]
    lines += [".. list-table::", "   :class: names", "   :widths: 30 70", ""]
    for module in public_modules():
        lines += [f"   * - :py:mod:`{module} <{module}>`", f"     - {module_summary(module)}"]
    entries = [f"   {module} <{module}/index>" for module in public_modules()]
    return "\n".join([*lines, "", ".. toctree::", "   :hidden:", "", *entries, ""])


def module_summary(module: str) -> str:
    """The first line of a module's docstring."""
    return docstrings.inline((importlib.import_module(module).__doc__ or "").split("\n")[0], f"{module}.")


def write_if_changed(path: Path, text: str) -> None:
    """Write a file unless it has this text."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def heading(title: str, line: str = "=") -> str:
    """A heading of reStructuredText."""
    width = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in title)
    return f"{title}\n{line * width}\n"


def object_page(name: str) -> str:
    """The page of a class, function, module or constant."""
    module, _, attribute = name.rpartition(".")
    value = public_object(name)
    aliases = [alias for alias, canonical in canonical_names().items() if canonical == name != alias]
    lines = [heading(name), f".. currentmodule:: {module}", ""]
    if isinstance(value, ModuleType):
        lines += [f".. py:module:: {name}", "", docstrings.convert(value.__doc__ or "", name), ""]
        lines += [line for member in module_functions(value) for line in (f".. autofunction:: {value.__name__}.{member}", "")]
    elif inspect.isclass(value):
        directive = "autoexception" if issubclass(value, Exception) else "autoclass"
        lines += [f".. {directive}:: {name}", "   :members:", ""]
    elif is_data(value):
        lines += [f".. py:data:: {attribute}", "", f"   {docstrings.data_summary(name)}", ""]
        if type(value).__module__ != "builtins":  # an object of the project that prints itself as a table
            lines += [".. code-block:: none", "", *(f"   {line}" for line in repr(value).splitlines()), ""]
    else:
        lines += [f".. autofunction:: {name}", ""]
    if aliases:
        lines += ["Also " + ", ".join(f"``{alias}``" for alias in aliases) + ".", ""]
    return "\n".join(lines)


def module_functions(module: ModuleType) -> list[str]:
    """The public functions and classes that a module defines."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__ and callable(value)
        if inspect.isfunction(value)
    ]


def module_page(module: str) -> str:
    """The index of a module: its docstring, and its names with their summaries, grouped by the files that define them."""
    contents = importlib.import_module(module)
    lines = [heading(module), f".. py:module:: {module}", "", docstrings.convert(contents.__doc__ or "", module), ""]
    for title, names in groups(module).items():
        if title:
            lines += [heading(title, "-")]
        lines += [".. list-table::", "   :class: names", "   :widths: 30 70", ""]
        for name in names:
            canonical = canonical_names()[f"{module}.{name}"]
            role = "py:mod" if canonical in public_modules() else "py:obj"
            text = module_summary(canonical) if role == "py:mod" else docstrings.summary(canonical)
            lines += [f"   * - :{role}:`{name} <{canonical}>`", f"     - {text}"]
        lines += [""]
    own = [f"   {name.rpartition('.')[2]} <{Path(page_paths()[name]).name}>" for name in own_pages(module)]
    return "\n".join([*lines, ".. toctree::", "   :hidden:", "", *own, ""])


def own_pages(module: str) -> list[str]:
    """The canonical names whose pages are in the folder of a module."""
    return [name for name, path in page_paths().items() if path.startswith(f"{module}/") and name != module]


def groups(module: str) -> dict[str, list[str]]:
    """Title → names: one group for each folder or file of the stub's imports; files with one name share the group "Others"."""
    folders = stub_folders(module)
    if not folders or len(folders) < 20:
        return {"": list(public_names(module))}
    result: dict[str, list[str]] = {}
    for name in public_names(module):
        value = public_object(f"{module}.{name}")
        is_error = inspect.isclass(value) and issubclass(value, Exception)
        title = "Modules" if isinstance(value, ModuleType) else "Errors" if is_error else folders[name]
        result.setdefault(title, []).append(name)
    others = [name for names in result.values() if len(names) == 1 for name in names]
    large = {title: names for title, names in result.items() if len(names) > 1}
    return large | ({"Others": others} if others else {})


def stub_folders(module: str) -> dict[str, str]:
    """Each name of a package's stub → the folder or file below the package that it is imported from, as a title."""
    stub = ROOT.joinpath(*module.split("."), "__init__.pyi")
    if not stub.exists():
        return {}
    imports = [node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name: node.module.removeprefix(f"{module}.").split(".")[0].replace("_", " ").capitalize()
        for node in imports
        for alias in node.names
    }
