"""The sum of the rows of all shards in one fixed order, whatever the number of ranks that compute them.

The order is a binary tree over the shards, ((0 + 1) + (2 + 3)) + …: a rank with adjacent shards adds up whole branches, and
sends only these. The tree of m shards is that of the next power of two without the missing shards.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np


class Branch(NamedTuple):
    """A branch of the tree: the shards from first to first + size − 1, where size is a power of two that divides first."""

    first: int
    size: int


def branches(start: int, stop: int) -> Iterator[Branch]:
    """The largest branches that consist of the shards from start to stop − 1.

    >>> from optim.distributed.tree_sum import branches
    >>> [tuple(branch) for branch in branches(3, 8)]
    [(3, 1), (4, 4)]
    """
    while start < stop:
        size = 1 << (stop - start).bit_length() - 1
        while start % size:
            size //= 2
        yield Branch(start, size)
        start += size


class TreeSum:
    """Adds up the rows of adjacent shards; `rows` are the sums of the branches so far.

    >>> import numpy as np
    >>> from optim.distributed.tree_sum import Branch, TreeSum
    >>> tree = TreeSum(np.zeros((4, 1)))
    >>> for shard in range(3):
    ...     tree.next_row[:] = shard + 1
    ...     tree.push(Branch(shard, 1))
    >>> tree.rows.tolist(), tree.total().tolist()
    ([[3.0], [3.0]], [6.0])
    """

    def __init__(self, memory: np.ndarray):
        self._memory = memory
        self._branches: list[Branch] = []

    @property
    def next_row(self) -> np.ndarray:
        """The memory of the next row."""
        return self._memory[len(self._branches)]

    @property
    def rows(self) -> np.ndarray:
        """The sums of the branches, from left to right."""
        return self._memory[: len(self._branches)]

    def push(self, branch: Branch) -> None:
        """Add `next_row`, the row of the branch that follows the last one, and complete larger branches."""
        size = branch.size
        while self._branches and self._branches[-1].size == size and self._branches[-1].first % (2 * size) == 0:
            right = self.next_row
            self._branches.pop()
            left = self.next_row
            left += right
            size *= 2
        self._branches.append(Branch(branch.first + branch.size - size, size))

    def total(self) -> np.ndarray:
        """The sum of all branches; there is at least one."""
        rows = self.rows
        for i in range(len(rows) - 1, 0, -1):
            rows[i - 1] += rows[i]
        return rows[0]


def total_of(rows: np.ndarray, parts: list[Branch]) -> np.ndarray:
    """The sum of the rows of adjacent branches, from left to right; the rows are overwritten.

    >>> import numpy as np
    >>> from optim.distributed.tree_sum import branches, total_of
    >>> total_of(np.ones((2, 3)), list(branches(0, 3))).tolist()
    [2.0, 2.0, 2.0]
    """
    tree = TreeSum(rows)
    for row, part in zip(rows, parts):
        if tree.next_row is not row:
            tree.next_row[...] = row
        tree.push(part)
    return tree.total()
