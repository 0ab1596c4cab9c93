"""Containers of modules, and the layers Lambda, Flatten, Unflatten and Residual."""

import math
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any, Self

import numpy as np

from autograd import DataError, GraphError, ShapeError, Tensor, reshape
from autograd.extend import short_repr
from nn.module.module import Module
from nn.validation import as_input


class ModuleList(Module, records_arguments=False):
    """A list of modules, registered under the names "0", "1", …; the `forward` of the containing module calls them.

    PyTorch's ModuleList; in Keras a plain list.

    >>> import nn
    >>> layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
    >>> len(layers), layers[-1], [name for name, _ in layers[:1].named_parameters()]
    (3, Linear(2, 2), ['0.weight', '0.bias'])
    """

    def __init__(self, modules: Iterable[Module] = ()):
        self.layers: list[Module] = []
        self.extend(modules)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self.qualified_name()} only holds modules and cannot be called; loop over it, or use Sequential")

    def append(self, module: Module) -> Self:
        """Append a module."""
        return self.extend([module])

    def extend(self, modules: Iterable[Module]) -> Self:
        """Append several modules."""
        start = len(self)
        self.layers += [self._require_module(module, start + i) for i, module in enumerate(modules)]
        self._set_paths_from(start)
        return self

    def insert(self, i: int, module: Module) -> Self:
        """Insert a module before index i."""
        self.layers.insert(i, self._require_module(module, i))
        self._set_paths_from(0)
        return self

    def _set_paths_from(self, start: int) -> None:
        for i, layer in enumerate(self.layers[start:], start):
            self._set_path(str(i), layer)

    def _require_module(self, module: Any, i: int) -> Module:
        return _require_module(module, f"layer {i} of a {type(self).__name__}")

    def named_children(self) -> Iterator[tuple[str, Module]]:
        yield from ((str(i), layer) for i, layer in enumerate(self.layers))
        yield from super().named_children()

    def __getitem__(self, i: Any) -> Any:
        return _slice_as(ModuleList(), self.layers[i]) if isinstance(i, slice) else self.layers[i]

    def __setitem__(self, i: int, module: Module) -> None:
        self.layers[i] = self._require_module(module, i)
        self._set_path(str(range(len(self))[i]), module)

    def __delitem__(self, i: int | slice) -> None:
        del self.layers[i]
        self._set_paths_from(0)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)


class Sequential(ModuleList, records_arguments=False):
    """Modules applied in sequence: f(x) = fₙ(… f₂(f₁(x))).

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
            try:
                x = layer(x)
            except (GraphError, DataError):
                if not isinstance(x, tuple):
                    raise
                raise TypeError(
                    f"{layer.qualified_name()}: got a tuple of {len(x)}; a recurrent layer returns outputs and last state, "
                    "of which nn.Lambda(lambda result: result[0]) after it takes the outputs"
                ) from None
        return x

    def __getitem__(self, i: Any) -> Any:
        return _slice_as(Sequential(), self.layers[i]) if isinstance(i, slice) else self.layers[i]


class ModuleDict(Module, records_arguments=False):
    """A dict of modules, registered under their keys; the `forward` of the containing module calls them.

    PyTorch's ModuleDict; in Keras a plain dict.

    >>> import nn
    >>> heads = nn.ModuleDict({"digit": nn.Linear(8, 10), "parity": nn.Linear(8, 2)})
    >>> heads["parity"], [name for name, _ in heads.named_parameters()][0]
    (Linear(8, 2), 'digit.weight')
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] = ()):
        self.layers: dict[str, Module] = {}
        self.update(modules)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self.qualified_name()} only holds modules and cannot be called; call its modules")

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules; those of the same names are replaced."""
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
            raise KeyError(f"no module {name!r}; the names are {', '.join(self.layers) or 'none yet'}")
        return self.layers[name]

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(
                f"a module's name must be a nonempty string without dots, not {name!r}; dots separate the names in a path"
            )
        self.layers[name] = _require_module(module, f"{name!r} in a ModuleDict")
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

    name: the name in the repr; by default that of the function.

    Keras's Lambda; PyTorch has none.

    >>> import nn
    >>> nn.Lambda(lambda x: x / 255, "scale")
    Lambda(scale)
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None):
        if not callable(function):
            raise TypeError(f"the function of a Lambda layer must be callable, not {function!r}")
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__) if name is None else name

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def extra_repr(self) -> str:
        return self.name


class Flatten(Module):
    """Merge adjacent axes into one: (n, a, b, c) → (n, abc).

    start_axis, end_axis: the first and the last axis to merge; by default all except the first axis.

    PyTorch's Flatten(start_dim, end_dim); Keras's Flatten and Reshape. Raises ShapeError if the input has no such axes.

    >>> import nn
    >>> import numpy as np
    >>> nn.Flatten()(np.zeros((5, 2, 3, 4))).shape
    (5, 24)
    """

    def __init__(self, start_axis: int = 1, end_axis: int = -1):
        self.start_axis, self.end_axis = start_axis, end_axis

    def forward(self, x: Any) -> Tensor:
        x = as_input(self, x)
        shape = x.shape
        axes = range(len(shape))
        try:
            start, end = axes[self.start_axis], axes[self.end_axis]
        except IndexError:
            start, end = 1, 0
        if start > end:
            axes_to_merge = f"axes {self.start_axis} to {self.end_axis} to merge"
            raise ShapeError(f"{self.qualified_name()}: got an input of shape {shape}, expected {axes_to_merge}")
        return reshape(x, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))

    def extra_repr(self) -> str:
        is_default = (self.start_axis, self.end_axis) == (1, -1)
        return "" if is_default else f"start_axis={self.start_axis}, end_axis={self.end_axis}"


class Unflatten(Module):
    """Split an axis into several, the inverse of Flatten: (n, abc) → (n, a, b, c).

    axis:  the axis to split; by default the last one.
    sizes: the sizes of the new axes, such as (channels, height, width) for flat rows of images.

    PyTorch's Unflatten(dim, unflattened_size); Keras's Reshape. Raises ShapeError if the sizes do not fit the axis.

    >>> import nn
    >>> import numpy as np
    >>> nn.Unflatten((2, 3, 4))(np.zeros((5, 24))).shape
    (5, 2, 3, 4)
    """

    def __init__(self, sizes: Sequence[int], axis: int = -1):
        if not isinstance(sizes, Sequence) or not all(isinstance(n, int | np.integer) and n > 0 for n in sizes):
            raise TypeError(f"Unflatten: sizes must be positive integers, such as (1, 28, 28), not {short_repr(sizes)}")
        self.sizes, self.axis = tuple(sizes), axis

    def forward(self, x: Any) -> Tensor:
        x = as_input(self, x)
        shape = x.shape
        axis = range(len(shape))[self.axis] if -len(shape) <= self.axis < len(shape) else None
        if axis is None or shape[axis] != math.prod(self.sizes):
            expected = f"{math.prod(self.sizes)} elements along axis {self.axis} for sizes {self.sizes}"
            raise ShapeError(f"{self.qualified_name()}: got an input of shape {shape}, expected {expected}")
        return reshape(x, (*shape[:axis], *self.sizes, *shape[axis + 1 :]))

    def extra_repr(self) -> str:
        return repr(self.sizes) + ("" if self.axis == -1 else f", axis={self.axis}")


class Residual(Module):
    """Residual connection around a module: f(x) = x + module(x), or shortcut(x) + module(x).

    shortcut: a module that maps x to the shape of the module's output, such as a Linear layer without bias.

    PyTorch and Keras have none; write x + f(x) there. Raises ShapeError if the shapes of the two terms differ.
    He et al. (2016), Deep residual learning for image recognition.

    >>> import nn
    >>> nn.Residual(nn.Lambda(lambda x: 10 * x))(2.0)
    22.0
    """

    def __init__(self, module: Module, shortcut: Module | None = None):
        self.module = _require_module(module, "the module of a Residual")
        self.shortcut = None if shortcut is None else _require_module(shortcut, "the shortcut of a Residual")

    def forward(self, x: Any) -> Any:
        identity = x if self.shortcut is None else self.shortcut(x)
        residual = self.module(x)
        if _shape(identity) != _shape(residual):
            label = "the input" if self.shortcut is None else "the shortcut's output"
            raise ShapeError(
                f"{self.qualified_name()}: cannot add {label} of shape {_shape(identity)} and the module's output of shape "
                f"{_shape(residual)}; pass a shortcut that maps the input to the output's shape, such as Linear"
            )
        return identity + residual


def _slice_as(empty: Any, layers: list[Module]) -> Any:
    """A container with some layers of another container; the layers keep their paths."""
    empty.layers = layers
    return empty


def _require_module(value: Any, label: str) -> Module:
    """The value itself if it is a module; raises TypeError with a hint otherwise."""
    if isinstance(value, Module):
        return value
    hint = ""
    if isinstance(value, type) and issubclass(value, Module):
        hint = f"; write {value.__name__}()"
    elif isinstance(value, list | tuple):
        hint = "; pass the modules as separate arguments, as in Sequential(*layers)"
    elif callable(value):
        hint = "; nn.Lambda makes a module from a function"
    raise TypeError(f"{label} must be a module, such as nn.Tanh(), not {short_repr(value)}{hint}")


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Tensor) else np.shape(x)
