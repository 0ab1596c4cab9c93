"""A performance model of data parallelism: constants from measurements, predictions for any number of ranks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

WORTHWHILE = 1.1  # the speed-up by twice the ranks below which more ranks do not pay
MAX_DOUBLINGS = 12


@dataclass(frozen=True)
class Network:
    """The time of an allreduce: latency · log₂ ranks + bytes / bandwidth."""

    latency: float  # seconds
    bandwidth: float  # bytes per second

    @classmethod
    def from_times(cls, times: Mapping[int, float], ranks: int) -> "Network":
        """The constants from times by bytes; the sum of the squared relative errors is least."""
        size, time = np.array(list(times), float), np.array(list(times.values()))
        design = np.stack([np.full(len(size), math.log2(ranks)), size], axis=1) / time[:, None]
        latency, per_byte = np.linalg.lstsq(design, np.ones(len(size)))[0]
        return cls(max(float(latency), 0.0), 1 / float(per_byte))

    def allreduce(self, size: int, ranks: int) -> float:
        return 0.0 if ranks == 1 else self.latency * math.log2(ranks) + size / self.bandwidth


@dataclass(frozen=True)
class StepModel:
    """The time of a step: fixed + work / ranks + latency · log₂ ranks + bytes / bandwidth."""

    fixed: float  # seconds of a step for any number of examples: Python's, and the optimizer's
    work: float  # seconds that the ranks share
    size: int  # bytes of the gradients
    network: Network

    @classmethod
    def from_times(cls, times: Mapping[int, float], batch: int, size: int, network: Network) -> "StepModel":
        """The constants from times of one rank by the number of examples."""
        examples, time = np.array(list(times), float), np.array(list(times.values()))
        design = np.stack([np.ones(len(examples)), examples / batch], axis=1) / time[:, None]
        fixed, work = np.linalg.lstsq(design, np.ones(len(examples)))[0]
        return cls(max(float(fixed), 0.0), float(work), size, network)

    def time(self, ranks: int) -> float:
        return self.fixed + self.work / ranks + self.network.allreduce(self.size, ranks)

    def last_worthwhile(self) -> int:
        """The number of ranks, a power of 2, after which twice the ranks are less than 10 % faster."""
        ranks = 1
        while ranks < 2**MAX_DOUBLINGS and self.time(ranks) / self.time(2 * ranks) >= WORTHWHILE:
            ranks *= 2
        return ranks
