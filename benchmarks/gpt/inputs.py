"""Tokens and initial weights of a GPT, the same for every engine."""

import numpy as np

from benchmarks.workloads import GPT

Weights = dict[str, np.ndarray]


def gpt_inputs(workload: GPT) -> tuple[np.ndarray, np.ndarray, Weights]:
    """Inputs and targets (batch, context), and the weights by the names of nn.GPT, with matrices (in, out)."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(workload.vocabulary, size=(workload.batch, workload.context + 1))
    width, weights = workload.width, Weights()

    def add(name: str, *shape: int) -> None:
        values = np.ones(shape) if name.endswith("norm.weight") or (".norm" in name and name.endswith("weight")) else None
        values = np.zeros(shape) if name.endswith("bias") else values
        weights[name] = (rng.normal(0, 0.02, shape) if values is None else values).astype(np.float32)

    add("embedding.weight", workload.vocabulary, width)
    add("positions.weight", workload.context, width)
    for i in range(workload.layers):
        prefix = f"blocks.layers.{i}."
        add(f"{prefix}self_attn.in_proj_weight", width, 3 * width)
        add(f"{prefix}self_attn.in_proj_bias", 3 * width)
        for name, inputs, outputs in (
            ("self_attn.out_proj", width, width),
            ("linear1", width, 4 * width),
            ("linear2", 4 * width, width),
        ):
            add(f"{prefix}{name}.weight", inputs, outputs)
            add(f"{prefix}{name}.bias", outputs)
        for name in ("norm1", "norm2"):
            add(f"{prefix}{name}.weight", width)
            add(f"{prefix}{name}.bias", width)
    add("blocks.norm.weight", width)
    add("blocks.norm.bias", width)
    return tokens[:, :-1], tokens[:, 1:], weights
