"""Modules that hold modules, and the small ones that join them."""

import math
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self

import numpy as np

from autograd import ShapeError, Tensor, reshape
from nn.module.module import Module
from nn.validation import brief, given


class ModuleList(Module):
    """Modules in a list: they are found as "0", "1", …, and what is done with them is your `forward`'s business.

    PyTorch's ModuleList; in Keras a plain list.

    >>> import nn
    >>> layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
    >>> len(layers), layers[-1], [name for name, _ in layers[:1].named_parameters()]
    (3, Linear(2, 2), ['0.weight', '0.bias'])
    """

    def __init__(self, modules: Iterable[Module] = ()):
        self.layers: list[Module] = []
        self.extend(modules)

    def forward(self, *inputs: Any) -> Any:
        raise TypeError(f"{self.title()} only holds modules and cannot be called; loop over it, or use Sequential")

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        return self.extend([module])

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        start = len(self)
        self.layers += [self._checked(module, start + i) for i, module in enumerate(modules)]
        self._set_paths_from(start)
        return self

    def insert(self, i: int, module: Module) -> Self:
        """Add a module before position i."""
        self.layers.insert(i, self._checked(module, i))
        self._set_paths_from(0)
        return self

    def _set_paths_from(self, start: int) -> None:
        for i, layer in enumerate(self.layers[start:], start):
            self._set_path(str(i), layer)

    def _checked(self, module: Any, i: int) -> Module:
        return _module(module, f"layer {i} of a {type(self).__name__}")

    def named_children(self) -> Iterator[tuple[str, Module]]:
        yield from ((str(i), layer) for i, layer in enumerate(self.layers))
        yield from super().named_children()

    def __getitem__(self, i: Any) -> Any:
        return _part(ModuleList(), self.layers[i]) if isinstance(i, slice) else self.layers[i]

    def __setitem__(self, i: int, module: Module) -> None:
        self.layers[i] = self._checked(module, i)
        self._set_path(str(range(len(self))[i]), module)

    def __delitem__(self, i: int | slice) -> None:
        del self.layers[i]
        self._set_paths_from(0)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)


class Sequential(ModuleList):
    """Modules applied one after the other: f(x) = fₙ(… f₂(f₁(x))).

    PyTorch's Sequential; Keras's Sequential, which takes the layers as a list.

    >>> import nn
    >>> nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    Sequential(
      (0): Linear(2, 3)
      (1): ReLU()
    )
    """

    def __init__(self, *layers: Module):
        super().__init__(layers)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def __getitem__(self, i: Any) -> Any:
        return _part(Sequential(), self.layers[i]) if isinstance(i, slice) else self.layers[i]


class ModuleDict(Module):
    """Modules by name: they are found under their names, and what is done with them is your `forward`'s business.

    PyTorch's ModuleDict; in Keras a plain dict.

    >>> import nn
    >>> heads = nn.ModuleDict({"digit": nn.Linear(8, 10), "parity": nn.Linear(8, 2)})
    >>> heads["parity"], [name for name, _ in heads.named_parameters()][0]
    (Linear(8, 2), 'digit.weight')
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] = ()):
        self.layers: dict[str, Module] = {}
        self.update(modules)

    def forward(self, *inputs: Any) -> Any:
        raise TypeError(f"{self.title()} only holds modules and cannot be called; call those inside")

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules, or replace those of the same names."""
        for name, module in dict(modules).items():
            self[name] = module

    def keys(self) -> KeysView[str]:
        """The names."""
        return self.layers.keys()

    def values(self) -> ValuesView[Module]:
        """The modules."""
        return self.layers.values()

    def items(self) -> ItemsView[str, Module]:
        """Names and modules."""
        return self.layers.items()

    def named_children(self) -> Iterator[tuple[str, Module]]:
        yield from self.layers.items()
        yield from super().named_children()

    def __getitem__(self, name: str) -> Module:
        if name not in self.layers:
            raise KeyError(f"no module {name!r}; there are {', '.join(self.layers) or 'none yet'}")
        return self.layers[name]

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(f"a module's name is text without dots, which separate the levels of a path, not {name!r}")
        self.layers[name] = _module(module, f"{name!r} in a ModuleDict")
        self._set_path(name, module)

    def __delitem__(self, name: str) -> None:
        self[name]
        del self.layers[name]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[str]:
        return iter(self.layers)


class Lambda(Module):
    """A function as a layer: f(x) = function(x).

    name: how it is shown; the function's own if not given.

    Keras's Lambda; PyTorch has none.

    >>> import nn
    >>> nn.Lambda(lambda x: x / 255, "scale")
    Lambda(scale)
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None):
        if not callable(function):
            raise TypeError(f"a Lambda layer needs a function, not {function!r}")
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__) if name is None else name

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs)

    def extra_repr(self) -> str:
        return self.name


class Flatten(Module):
    """Neighboring axes as one: (n, a, b, c) → (n, abc).

    start_axis, end_axis: the first and the last axis to join; by default all but the first.

    PyTorch's Flatten(start_dim, end_dim); Keras's Flatten and Reshape. Raises ShapeError if there are no such axes.

    >>> import nn
    >>> import numpy as np
    >>> nn.Flatten()(np.zeros((5, 2, 3, 4))).shape
    (5, 24)
    """

    def __init__(self, start_axis: int = 1, end_axis: int = -1):
        self.start_axis, self.end_axis = start_axis, end_axis

    def forward(self, x: Any) -> Tensor:
        x = given(self, x)
        shape = x.shape
        axes = range(len(shape))
        try:
            start, end = axes[self.start_axis], axes[self.end_axis]
        except IndexError:
            start, end = 1, 0
        if start > end:
            joined = f"axes {self.start_axis} to {self.end_axis} to join"
            raise ShapeError(f"{self.title()}: got an input of shape {shape}, wants {joined}")
        return reshape(x, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))

    def extra_repr(self) -> str:
        standard = (self.start_axis, self.end_axis) == (1, -1)
        return "" if standard else f"start_axis={self.start_axis}, end_axis={self.end_axis}"


class Residual(Module):
    """A way around a module: f(x) = x + module(x), or shortcut(x) + module(x).

    shortcut: a module that gives x the shape of the module's output, such as a Linear layer without bias.

    PyTorch and Keras have none: there one writes x + f(x). Raises ShapeError if the two shapes differ.
    He et al. (2016), Deep residual learning for image recognition.

    >>> import nn
    >>> nn.Residual(nn.Lambda(lambda x: 10 * x))(2.0)
    22.0
    """

    def __init__(self, module: Module, shortcut: Module | None = None):
        self.module = _module(module, "what a Residual leads around")
        self.shortcut = None if shortcut is None else _module(shortcut, "the shortcut of a Residual")

    def forward(self, x: Any) -> Any:
        around = x if self.shortcut is None else self.shortcut(x)
        through = self.module(x)
        if _shape(around) != _shape(through):
            what = "the input" if self.shortcut is None else "the shortcut's output"
            raise ShapeError(
                f"{self.title()}: {what} has shape {_shape(around)} and the module's output {_shape(through)}, which cannot be "
                "added; give a shortcut that makes them equal, such as Linear"
            )
        return around + through


def _part(empty: Any, layers: list[Module]) -> Any:
    """A list of some layers of another, in whose messages they keep their paths."""
    empty.layers = layers
    return empty


def _module(value: Any, what: str) -> Module:
    """The module that is given; raises TypeError, with the cure, for what people give in its place."""
    if isinstance(value, Module):
        return value
    cure = ""
    if isinstance(value, type) and issubclass(value, Module):
        cure = f"; write {value.__name__}()"
    elif isinstance(value, list | tuple):
        cure = "; give the modules one by one, as in Sequential(*layers)"
    elif callable(value):
        cure = "; nn.Lambda makes a module of a function"
    raise TypeError(f"{what} must be a module, such as nn.Tanh(), not {brief(value)}{cure}")


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Tensor) else np.shape(x)
