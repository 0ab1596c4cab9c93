"""The training step of a rank: the gradients of its shards, their sum over all ranks, and the update that all ranks make."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import NoneType
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.extend import grad_arrays, replica
from optim.distributed.communicator import Communicator
from optim.distributed.sharded_loader import BatchSize, Shard, shards_of_rank
from optim.distributed.tree_sum import Branch, TreeSum, branches, total_of
from optim.regularizers.clipping import clip_grad_norm, clip_grad_value
from optim.training.checkpointing.reachable import Reachable
from optim.training.evaluation import check_scalar
from optim.training.run import Run
from optim.training.step import InfiniteLossError
from optim.training.weighting import loss_option, loss_weight

#: The numbers at the end of a row: the sum of the losses, that of their weights, and how many ranks have been interrupted.
LOSS, WEIGHT, INTERRUPTS = -3, -2, -1
TAIL = 3


class ShardedStep:
    """The step of a run whose batches are cut into shards.

    Each shard has a row: its gradients, the changes of the buffers, which parameters have a gradient, loss, weight. A step has
    one collective call, for the sum of all rows; then clipping, penalty and optimizer are those of one process.

    ordered: whether the rows are summed in a fixed order, else by the sum of the communicator.
    joint:   whether layers sum their statistics over the ranks.
    """

    def __init__(
        self, run: Run, communicator: Communicator, shards: int, ordered: bool, joint: bool, calls: Sequence[Callable[[], Any]]
    ):
        plan, optimizer = run.plan, run.optimizer
        self.run, self.communicator, self.ordered, self.calls = run, communicator, ordered, list(calls)
        self.optimizer, self.parameters = optimizer, optimizer.parameters
        if plan.clip_norm is not None:
            self.calls.append(partial(clip_grad_norm, self.parameters, plan.clip_norm))
        if plan.clip_value is not None:
            self.calls.append(partial(clip_grad_value, self.parameters, plan.clip_value))
        self.buffers = [b for b in (run.model.buffers() if hasattr(run.model, "buffers") else ()) if b.dtype.kind in "fiub"]
        optimized = set(map(id, self.parameters))
        self._frozen = [parameter for parameter in run.parameters if id(parameter) not in optimized]
        self._generators = own_generators(run.model, run.loss)
        self._sum_over_ranks = communicator.sum if joint else None
        self._compute = autograd.compile(self._backward) if plan.compile else self._backward
        self._divides = loss_option(run.step_loss, "reduction", "mean") != "sum"
        self._has_weights = run.loader.data is not run.training_data  # its loss of weights of 0 is 0, with gradients of 0
        self._starts = np.cumsum([0, *(p.size for p in self.parameters), *(b.size for b in self.buffers)]).tolist()
        self._size = self._starts[len(self.parameters)]
        width = self._starts[-1] + len(self.parameters) + TAIL
        floats = [b.dtype for b in self.buffers if b.dtype.kind == "f"]
        dtype = np.result_type(np.float32, *(p.dtype for p in self.parameters), *floats)
        self._memory = np.zeros((2 * shards.bit_length() + 2 if ordered else 1, width), dtype)

    def step(self, shards: Sequence[Shard], size: BatchSize) -> np.floating:
        """Update the parameters by the gradient of a batch, given the shards of this rank; returns the loss of the batch."""
        total = self._sum(shards, size)
        weight = total[WEIGHT] if self._divides else 1
        if total[INTERRUPTS]:
            self.run.interrupted = True
        loss = total[LOSS] / weight if weight else total[LOSS]
        if not math.isfinite(loss):
            raise InfiniteLossError(loss)
        self._set_gradients(total, weight or 1)
        self._change_buffers(total)
        if self.run.plan.penalty is not None:
            self.run.plan.penalty(self.run.parameters).backward()
        for call in self.calls:
            call()
        self.optimizer.step()
        return loss

    def _backward(self, x: Any, y: Any, weight: Any) -> Tensor:
        """The loss of a shard, whose gradients times a weight are then those of the parameters."""
        loss = check_scalar(self.run.step_loss(self.run.model(x), y))
        self.optimizer.zero_grad()
        loss.backward(np.reshape(weight, loss.shape) if loss.ndim else weight)
        return loss

    def _sum(self, shards: Sequence[Shard], size: BatchSize) -> np.ndarray:
        """The sum of the rows of all shards."""
        tree = TreeSum(self._memory)
        for shard in shards:
            self._fill(tree.next_row, shard)
            tree.push(Branch(shard.number, 1))
        if not self.ordered:
            row = self._memory[0]
            if not shards:
                row[:] = 0
            row[INTERRUPTS] = self.run.ranks.interrupted
            self.communicator.sum(row)
            return row
        if shards:
            tree.rows[-1][INTERRUPTS] = self.run.ranks.interrupted
        ranks = self.communicator.size
        parts = [
            list(branches(numbers.start, numbers.stop))
            for numbers in (shards_of_rank(size.shards, rank, ranks) for rank in range(ranks))
        ]
        rows = self.communicator.gather_rows(tree.rows, [len(part) for part in parts])
        return total_of(rows, [branch for part in parts for branch in part])

    def _fill(self, row: np.ndarray, shard: Shard) -> None:
        """Compute the row of a shard."""
        weight = loss_weight(self.run.step_loss, shard.targets) * shard.scale
        # A mean of no labels does not exist; in a joint step the other ranks wait for the sums of this one.
        if not weight and self._sum_over_ranks is None and not self._has_weights:
            row[:] = 0
            return
        before = [buffer.data.copy() for buffer in self.buffers]
        with replica(shard.seed, self._sum_over_ranks), reseeded(self._generators, shard.seed):
            loss = self._compute(shard.inputs, shard.targets, np.asarray(weight))
        gradients = grad_arrays(self.parameters)
        flags = row[self._starts[-1] : -TAIL]
        if NoneType in map(type, gradients):
            flags[:] = [gradient is not None for gradient in gradients]
            gradients = [np.zeros(p.shape) if g is None else g for p, g in zip(self.parameters, gradients)]
        else:
            flags[:] = 1
        np.concatenate(gradients, axis=None, out=row[: self._size])
        for buffer, old, start in zip(self.buffers, before, self._starts[len(self.parameters) :]):
            new = buffer.data if buffer.dtype.kind == "f" else buffer.data.astype(float)  # unsigned differences would wrap
            row[start : start + old.size] = ((new - old) * shard.share).reshape(-1)
            buffer.data = old
        row[LOSS], row[WEIGHT], row[INTERRUPTS] = loss.item() * weight, weight, 0

    def _set_gradients(self, total: np.ndarray, weight: float) -> None:
        gradients = total[: self._size] / weight
        flags = total[self._starts[-1] : -TAIL]
        for parameter in self._frozen:
            parameter.zero_grad()
        for parameter, start, has_gradient in zip(self.parameters, self._starts, flags.tolist()):
            if has_gradient:
                gradient = gradients[start : start + parameter.size].reshape(parameter.shape)
                parameter.grad = gradient.astype(parameter.dtype, copy=False)
            else:
                parameter.zero_grad()

    def _change_buffers(self, total: np.ndarray) -> None:
        for buffer, start in zip(self.buffers, self._starts[len(self.parameters) :]):
            change = total[start : start + buffer.size].reshape(buffer.shape)
            if buffer.dtype.kind != "f":
                change = np.rint(change).astype(int)
            buffer.data = (buffer.data + change).astype(buffer.dtype, copy=False)


def own_generators(model: Any, *called: Any) -> list[np.random.Generator]:
    """The generators that a model and the functions called with it reach, except those of layers of `nn`.

    Those layers draw from `replica` instead.

    >>> import nn
    >>> from optim.training.sharded_step import own_generators
    >>> own_generators(nn.MLP([2, 8, 1], dropout=0.5, rng=0), nn.MSELoss())
    []
    """
    modules = list(model.modules()) if hasattr(model, "modules") else [model]
    of_layers = {id(value) for module in modules if _is_from_nn(module) for value in vars(module).values()}
    return [generator for generator in reachable_generators(called, modules) if id(generator) not in of_layers]


def reachable_generators(called: Sequence[Any], modules: Sequence[Any] = ()) -> list[np.random.Generator]:
    """The generators that functions, objects and modules reach."""
    slots = Reachable(dict(_numbered(called)), dict(_numbered(modules))).slots
    return [slot.value for slot in slots if isinstance(slot.value, np.random.Generator)]


def _numbered(values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    return ((str(number), value) for number, value in enumerate(values))


def _is_from_nn(module: Any) -> bool:
    return type(module).__module__.partition(".")[0] == "nn"


@contextmanager
def reseeded(generators: Sequence[np.random.Generator], seed: Sequence[int]) -> Iterator[None]:
    """The generators have states of the seed inside the block, and their own again after it."""
    states = [generator.bit_generator.state for generator in generators]
    for number, generator in enumerate(generators):
        bits = type(generator.bit_generator)
        generator.bit_generator.state = bits(np.random.SeedSequence([*seed, number])).state
    try:
        yield
    finally:
        for generator, state in zip(generators, states):
            generator.bit_generator.state = state
