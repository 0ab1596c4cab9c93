"""One file per engine; each runs in a process of its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    title: str
    package: str = ""  # what pip calls it, if it is one of its own
    imports: str = ""  # what its users import; without it the engine is left out


ENGINES = {
    "numpy_by_hand": Engine("NumPy by hand", "numpy", "numpy"),
    "chainrule": Engine("chainrule", imports="autograd, nn, optim"),
    "chainrule_compiled": Engine("chainrule compiled"),
    "pytorch": Engine("PyTorch", "torch", "torch"),
    "pytorch_fused": Engine("PyTorch fused", "torch", "torch"),
    "jax_jit": Engine("jax.jit", "jax", "jax"),
    "mygrad": Engine("MyGrad", "mygrad", "mygrad"),
    "hips": Engine("HIPS autograd", "autograd", "autograd"),
    "scikit_learn": Engine("scikit-learn", "scikit-learn", "sklearn.neural_network"),
    "micrograd": Engine("micrograd", "micrograd", "micrograd.engine"),
    "row_by_row": Engine("row by row"),
}
