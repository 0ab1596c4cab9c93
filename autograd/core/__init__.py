"""The engine: tensors, the recorded graph, the chain rule. It knows no operation.

HIPS autograd's clients import differential operators of one argument from this package; these names lead to where they are.
"""

from typing import Any

#: A name in HIPS autograd's module `core` → the module and the name here.
_HIPS_NAMES = {
    "make_vjp": ("autograd.transforms.products", "vjp_at"),
    "make_jvp": ("autograd.transforms.products", "jvp_at"),
    "VSpace": ("autograd.core.vector_space", "VSpace"),
    "vspace": ("autograd.core.vector_space", "vspace"),
    **{
        name: ("autograd.core.primitive", name)
        for name in ("defjvp", "defjvp_argnum", "defvjp", "defvjp_argnum", "defvjp_argnums", "getval", "primitive")
    },
}
_HIPS_INTERNALS = {
    "JVPNode", "Node", "SparseObject", "TraceStack", "VJPNode", "add_outgrads", "backward_pass", "find_top_boxed_args",
    "new_box", "primitive_jvps", "primitive_vjps", "sparse_add", "toposort", "trace", "trace_stack",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HIPS_NAMES:
        from importlib import import_module

        module, attribute = _HIPS_NAMES[name]
        return getattr(import_module(module), attribute)
    if name == "primitive_with_deprecation_warnings":  # the first import of HIPS autograd's own __init__.py
        raise ImportError(
            "HIPS autograd was installed over chainrule and replaces files of chainrule's package autograd; to repair: "
            "pip uninstall -y autograd chainrule, then pip install chainrule; the folder packaging/autograd of chainrule's "
            "source takes HIPS autograd's place for pip"
        )
    if name in _HIPS_INTERNALS:
        raise internal_name_error(__name__, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def internal_name_error(module: str, name: str) -> AttributeError:
    """The error for a name of HIPS autograd's tracing, which this engine does not have."""
    return AttributeError(
        f"{module}.{name} belongs to the tracing inside of HIPS autograd, which chainrule does not have; "
        "use autograd.make_vjp and make_jvp for derivatives, autograd.extend.primitive and defvjp for operations of your own"
    )
