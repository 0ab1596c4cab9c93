"""The classes and functions that a model file may name: those of `nn`, NumPy's ufuncs, and the classes of `register`."""

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from autograd.extend import short_repr
from nn import functional
from nn.init import INITIALIZERS
from nn.interchange.serialization import WeightsFileError
from nn.module.module import Module

C = TypeVar("C", bound=type[Module])
_registered: dict[str, type[Module]] = {}


class ModelFileError(WeightsFileError):
    """A model cannot be written to a file, or a file does not describe a model.

    >>> import nn
    >>> nn.save_model(nn.Sequential(nn.Lambda(lambda x: 2 * x)), "model.safetensors")
    Traceback (most recent call last):
    nn.interchange.model_classes.ModelFileError: Lambda '0' cannot be written: function is <lambda>, which a file cannot name; \
write a Module subclass with this computation in forward, and register it with @nn.register
    """


def register(cls: C) -> C:
    """Allow a Module class in model files: `save_model` writes its name and arguments, `load_model` calls its constructor.

    Decorate the class, in the program that saves and in the program that loads. A file may contain any arguments of the
    constructor: sizes are checked if it makes its weights with nn layers or functions of nn.init.

    PyTorch's torch.serialization.add_safe_globals; Keras's keras.saving.register_keras_serializable. Raises TypeError for other
    objects, ValueError for the name of another class of `nn` or of another module.

    >>> import nn
    >>> @nn.register
    ... class Doubled(nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    """
    if not isinstance(cls, type) or not issubclass(cls, Module):
        raise TypeError(f"register takes a subclass of nn.Module, not {short_repr(cls)}")
    other = _class_of_nn(cls.__name__) or _registered.get(cls.__name__)
    if other is not None and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
        raise ValueError(f"there is another class {cls.__name__} in {other.__module__}; rename {short_repr(cls)}")
    _registered[cls.__name__] = cls
    return cls


def find_class(name: str) -> type[Module]:
    """The class of a name; raises ModelFileError for an unknown one."""
    cls = _class_of_nn(name) or _registered.get(name)
    if cls is None:
        raise ModelFileError(f"unknown class {name!r:.60}; register the class with @nn.register before loading")
    return cls


def class_name(cls: type[Module]) -> str | None:
    """The name of a class in files, or None if a file cannot name it."""
    is_known = _class_of_nn(cls.__name__) is cls or _registered.get(cls.__name__) is cls
    return cls.__name__ if is_known else None


def _class_of_nn(name: str) -> type[Module] | None:
    package = sys.modules[__name__.partition(".")[0]]
    value = getattr(package, name) if name in package.__all__ else None
    return value if isinstance(value, type) and issubclass(value, Module) else None


def find_function(name: str) -> Callable[..., Any]:
    """The function of a name; raises ModelFileError for an unknown one."""
    package, _, short_name = name.rpartition(".")
    function = INITIALIZERS.get(short_name) if package == "nn.init" else vars(_PACKAGES.get(package, object)).get(short_name)
    if short_name.startswith("_") or not isinstance(function, FunctionType if package != "numpy" else np.ufunc):
        raise ModelFileError(f"unknown function {name!r:.60}")
    return function


_PACKAGES: dict[str, Any] = {"nn.functional": functional, "numpy": np}


def function_name(function: Any) -> str | None:
    """The name of a function in files, or None if a file cannot name it."""
    for package in ("nn.init", *_PACKAGES):
        try:
            name = f"{package}.{function.__name__}"
            if find_function(name) is function:
                return name
        except (AttributeError, ModelFileError):
            continue
    return None
