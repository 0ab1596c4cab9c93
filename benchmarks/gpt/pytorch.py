"""The GPT in PyTorch, eager: its own layers and its fused attention."""

import torch
from torch.nn import functional

from benchmarks.gpt.inputs import gpt_inputs
from benchmarks.workloads import SGD_RATE


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.in_proj, self.out_proj = torch.nn.Linear(width, 3 * width), torch.nn.Linear(width, width)
        self.linear1, self.linear2 = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def forward(self, x):
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2) for y in self.in_proj(self.norm1(x)).chunk(3, dim=-1))
        attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out_proj(attended.transpose(1, 2).flatten(2))
        return x + self.linear2(functional.gelu(self.linear1(self.norm2(x)), approximate="tanh"))


class Model(torch.nn.Module):
    def __init__(self, workload):
        super().__init__()
        self.embedding = torch.nn.Embedding(workload.vocabulary, workload.width)
        self.positions = torch.nn.Parameter(torch.empty(workload.context, workload.width))
        self.blocks = torch.nn.ModuleList(Block(workload.width, workload.heads) for _ in range(workload.layers))
        self.norm = torch.nn.LayerNorm(workload.width)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        return functional.linear(self.norm(x), self.embedding.weight)


def gpt(workload):
    inputs, targets, weights = gpt_inputs(workload)
    inputs, targets = torch.from_numpy(inputs), torch.from_numpy(targets)
    model = Model(workload)
    model.load_state_dict({torch_name(name): torch.from_numpy(torch_layout(name, array)) for name, array in weights.items()})
    optimizer = torch.optim.SGD(model.parameters(), lr=SGD_RATE)

    def step():
        optimizer.zero_grad()
        error = functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        error.backward()
        optimizer.step()
        return error

    return step


def torch_name(name):
    replacements = {"positions.weight": "positions", "blocks.layers.": "blocks.", "blocks.norm": "norm", "self_attn.": ""}
    for ours, theirs in (*replacements.items(), ("in_proj_", "in_proj.")):
        name = name.replace(ours, theirs)
    return name


def torch_layout(name, array):
    return array.T.copy() if array.ndim == 2 and name not in ("embedding.weight", "positions.weight") else array
