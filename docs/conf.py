"""The documentation site: python -m sphinx -W -j auto docs build/site"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import autograd  # noqa: E402

project = "chainrule"
author = "the chainrule developers"
copyright = "the chainrule developers, MIT license"
version = release = autograd.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "myst_nb", "sphinx_copybutton", "docs.extension"]
exclude_patterns = ["_build", "extension"]
root_doc = "index"
templates_path = ["_templates"]
nitpicky = True

autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
add_module_names = False
toc_object_entries = False
viewcode_line_numbers = True

nb_execution_mode = "off"  # the stored outputs, which CI has reproduced
nb_render_text_lexer = "none"
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
myst_heading_slug_func = "docs.extension.course.anchor"
myst_links_external_new_tab = False
html_math_renderer = "mathml"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = "chainrule"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {page: [] for page in ("index", "operations", "examples", "benchmarks", "contributing", "changelog")}
html_theme_options = {
    "logo": {"text": "chainrule"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "navigation_with_keys": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc", "download"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
