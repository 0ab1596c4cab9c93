"""The Sphinx extension of the site: reference pages, the course, docstrings as reStructuredText, formulas as MathML."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def setup(app):
    """Register the generators and converters."""
    from docs.extension import course, docstrings, mathml, project_pages, reference, source_links

    app.connect("builder-inited", lambda app: reference.write_pages(Path(app.srcdir)))
    app.connect("builder-inited", lambda app: course.write_pages(Path(app.srcdir), ROOT))
    app.connect("builder-inited", lambda app: project_pages.write_pages(Path(app.srcdir), ROOT))
    app.connect("source-read", project_pages.link_names)
    app.connect("build-finished", course.copy_notebooks)
    app.connect("autodoc-process-docstring", docstrings.process_docstring)
    app.connect("autodoc-process-signature", docstrings.process_signature)
    app.connect("html-page-context", source_links.mend_page)
    app.add_html_math_renderer("mathml", (mathml.visit_inline, None), (mathml.visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
