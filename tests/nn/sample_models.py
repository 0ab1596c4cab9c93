"""Models that several tests use."""

import numpy as np

import nn


class Nested(nn.Module):
    def __init__(self):
        self.scale = nn.Parameter(2.0)
        self.first = nn.Linear(2, 3)
        self.rest = nn.Sequential(nn.Tanh(), nn.Sequential(nn.Linear(3, 1)))

    def forward(self, x):
        return self.rest(self.first(x)) * self.scale


class Counting(nn.Module):
    def __init__(self):
        self.weight = nn.Parameter([1.0, 2.0])
        self.mean = nn.Buffer([0.5])
        self.count = nn.Buffer(3)

    def forward(self, x):
        return (x * self.weight + self.mean).sum()


def values(model):
    return {name: p.data.copy() for name, p in model.named_parameters()}


def assert_unchanged(model, before):
    for name, value in values(model).items():
        np.testing.assert_array_equal(value, before[name])
