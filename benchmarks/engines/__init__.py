"""One module per engine. Each engine runs in its own process."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    title: str
    package: str = ""  # name on PyPI; "" for this library and its variants
    imports: str = ""  # imported by its users; if missing, the engine is skipped


ENGINES = {
    "numpy_by_hand": Engine("NumPy by hand", "numpy", "numpy"),
    "chainrule": Engine("chainrule", imports="autograd, nn, optim"),
    "chainrule_compiled": Engine("chainrule compiled"),
    "chainrule_reusing": Engine("chainrule, memory reused"),
    "pytorch": Engine("PyTorch", "torch", "torch"),
    "pytorch_fused": Engine("PyTorch fused", "torch", "torch"),
    "jax_jit": Engine("jax.jit", "jax", "jax"),
    "mygrad": Engine("MyGrad", "mygrad", "mygrad"),
    "hips": Engine("HIPS autograd", "autograd", "autograd"),
    "scikit_learn": Engine("scikit-learn", "scikit-learn", "sklearn.neural_network"),
    "micrograd": Engine("micrograd", "micrograd", "micrograd.engine"),
    "onnx_runtime": Engine("onnxruntime", "onnxruntime", "onnxruntime"),
    "row_by_row": Engine("row by row"),
}
