"""Links from source pages back to the reference.

`sphinx.ext.viewcode` assumes one documented module for each source file. Here the names of a file may belong to several, such
as `nn` and `nn.functional`.
"""

import re
from types import ModuleType

from docs.extension.public_names import public_modules, public_object

BACK_LINK = re.compile(r'(class="viewcode-back" href="[^"]*reference/([\w.]+)/([\w-]+)\.html#)([\w.]+)"')


def mend_page(app, page, template, context, doctree):
    """Correct the links of a source page before it is written."""
    if page.startswith("_modules/"):
        context["body"] = BACK_LINK.sub(lambda match: f'{match[1]}{anchor(*match.groups()[1:])}"', context["body"])


def anchor(module: str, page: str, name: str) -> str:
    """The anchor of a name on a page of this module, whatever public module it is attributed to.

    >>> anchor("nn.functional", "linear", "nn.linear")
    'nn.functional.linear'
    """
    if isinstance(public_object(f"{module}.{page.removesuffix('-function')}"), ModuleType):
        return name  # the page has all functions of a module, by their own names
    prefix = max((public for public in public_modules() if name.startswith(f"{public}.")), key=len)
    return module + name.removeprefix(prefix)
