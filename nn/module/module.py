"""Modules: functions with parameters, which nest."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Self

import numpy as np

from autograd import DataError, Tensor
from autograd.extend import MODEL_ATTRIBUTES, bind_foreign_attributes, short_repr, suggest_names
from nn.module.constructor import CALL, record_arguments
from nn.module.hooks import Handle, forward_with_hooks
from nn.module.parameter import Buffer, Parameter
from nn.module.state_dict import IncompatibleKeys, match_state
from nn.random import generator_states, restore_generators

PLAIN_CONTAINERS = (list, tuple, dict, set)


def _forward_not_implemented(self: Any, *args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, …)")


class Module:
    """The base class of layers and models: a subclass sets parameters and modules as attributes and defines `forward`.

    Calling a module calls its `forward`, which may have any signature. Lists and dicts of modules are ModuleList and
    ModuleDict. A plain list of modules as an attribute raises TypeError when the parameters are listed, because these modules
    would not be trained. PyTorch's Module; Keras's Layer and Model.

    >>> import nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         self.factor = nn.Parameter(2.0)
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> model = Scale()
    >>> model(3.0).item(), [name for name, _ in model.named_parameters()]
    (6.0, ['factor'])
    """

    __slots__ = (CALL, "__dict__", "__weakref__")

    training = True
    _forward_pre_hooks: Mapping[int, Callable] = {}
    _forward_hooks: Mapping[int, Callable] = {}
    _has_hooks = False  # one attribute lookup for every call
    _path = ""  # from the outermost module that contains this one
    forward: Callable[..., Any] = _forward_not_implemented  # a variable, so that overriding it with any signature is valid

    def __init_subclass__(cls, records_arguments: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            decorate = record_arguments if records_arguments else suggest_names
            cls.__init__ = decorate(cls.__init__)  # type: ignore[method-assign]

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        if self._has_hooks:
            return forward_with_hooks(self, args, kwargs)
        return self.forward(*args, **kwargs) if kwargs else self.forward(*args)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "forward":
            raise AttributeError(f"forward of a {type(self).__name__} instance cannot be replaced; define it in a subclass")
        current = vars(self).get(name)
        if isinstance(current, Parameter | Buffer) and not isinstance(value, Tensor | Module | None):
            raise TypeError(
                f"{type(self).__name__}.{name} is a {type(current).__name__} and cannot be replaced by {short_repr(value)}; "
                f"write .{name}.data = … to change its values, or assign an nn.{type(current).__name__}(…)"
            )
        super().__setattr__(name, value)
        if isinstance(value, Module):
            self._set_path(name, value)

    def _set_path(self, name: str, child: "Module") -> None:
        """Set the paths of a child and its submodules. A module assigned in several places has the path of the last one."""
        for path, module in _walk(child, f"{self._path}.{name}" if self._path else name):
            vars(module)["_path"] = path

    # Submodules, parameters and buffers

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """The direct submodules with their attribute names."""
        return ((name, value) for name, value in vars(self).items() if isinstance(value, Module))

    def children(self) -> Iterator["Module"]:
        """The direct submodules."""
        return (child for _, child in self.named_children())

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """This module and all its submodules, each once, with dotted names.

        Raises TypeError if one of them holds modules, parameters or buffers in a plain list or dict.
        """
        for path, module in _walk(self, prefix):
            _check_containers(module)
            yield path, module

    def modules(self) -> Iterator["Module"]:
        """This module and all its submodules, each once."""
        return (module for _, module in self.named_modules())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names, each once."""
        return self._named(Parameter)

    def parameters(self) -> Iterator[Parameter]:
        """All parameters, each once, for an optimizer."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """All buffers with dotted names, each once."""
        return self._named(Buffer)

    def buffers(self) -> Iterator[Buffer]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers())

    def _named(self, cls: Any) -> Iterator[tuple[str, Any]]:
        seen = set()
        for path, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, cls) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    # Operations on all submodules

    def apply(self, function: Callable[["Module"], Any]) -> Self:
        """Call a function with this module and each of its submodules.

        >>> import nn
        >>> model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        >>> model.apply(lambda module: print(type(module).__name__)) is model
        Sequential
        Linear
        ReLU
        True
        """
        for module in list(self.modules()):
            function(module)
        return self

    def zero_grad(self) -> None:
        """Remove the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def requires_grad_(self, on: bool = True) -> Self:
        """Make all parameters trainable, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad = on
        return self

    def train(self, mode: bool = True) -> Self:
        """Set this module and all its submodules to training mode, or to evaluation mode."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set this module and all its submodules to evaluation mode."""
        return self.train(False)

    def astype(self, dtype: Any) -> Self:
        """Convert all floating-point parameters and buffers, and their gradients, in place.

        Call it before an optimizer is constructed. Raises DataError for other types than floats.

        >>> import nn
        >>> nn.Linear(2, 1).astype("float32").weight.dtype
        dtype('float32')
        """
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise DataError(f"{type(self).__name__}.astype: dtype must be a float type such as 'float32', not '{dtype}'")
        for _, tensor in self._named((Parameter, Buffer)):
            if tensor.dtype.kind == "f":
                tensor.data = tensor.data.astype(dtype)
                if tensor.grad is not None:
                    tensor.grad = tensor.grad.numpy()
        return self

    # Hooks

    def register_forward_hook(self, hook: Callable[["Module", tuple, Any], Any]) -> Handle:
        """Call hook(module, args, output) after every call of this module. A result other than None replaces the output.

        Hooks run in the order of their registration. The handle's `remove()` removes the hook.

        >>> import nn
        >>> layer = nn.ReLU()
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(args[0], "→", output))
        >>> _ = layer(-1.0)
        -1.0 → 0.0
        >>> handle.remove()
        """
        return Handle(self, "_forward_hooks", hook)

    def register_forward_pre_hook(self, hook: Callable[["Module", tuple], Any]) -> Handle:
        """Call hook(module, args) before every call of this module. A result other than None replaces the arguments.

        The hook returns several arguments as a tuple, and a single one as it is.
        """
        return Handle(self, "_forward_pre_hooks", hook)

    # State

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of the values of all parameters and buffers by dotted name."""
        return {name: np.array(tensor.data) for name, tensor in self._named((Parameter, Buffer))}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Copy the values of a state dict into the parameters and buffers of the same names.

        strict: whether all names and shapes must match. If False, those that match are loaded and the others are returned.

        Raises StateError, before any value changes, listing every name and shape that does not match. Values that are not
        numeric raise it in both modes. A state of PyTorch is refused if shapes do not tell which axis is which, as those of
        square weights: PyTorch's tensors, and the results of nn.to_pytorch and of nn.load, which know their layout. A plain
        dict of arrays is taken as it is.
        """
        tensors = dict(self._named((Parameter, Buffer)))
        arrays, incompatible = match_state(tensors, state, strict, type(self).__name__)
        if hasattr(state, "check_layout"):  # nn.interchange.pytorch.MarkedState
            state.check_layout(self)
        for name, array in arrays.items():
            tensors[name].data = array
        return incompatible

    def random_state(self) -> dict[str, Any]:
        """The states of all random number generators of the modules, by dotted name."""
        return generator_states(self)

    def set_random_state(self, states: Mapping[str, Any]) -> None:
        """Set all random number generators to states returned by `random_state`."""
        restore_generators(self, states)

    # Representation

    def qualified_name(self) -> str:
        """The class and the path in the containing model, such as `Linear '1.0'`, for error messages."""
        return f"{type(self).__name__} {self._path!r}" if self._path else type(self).__name__

    def extra_repr(self) -> str:
        """The text that `repr` shows between the parentheses."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        contents = "\n  " + "\n  ".join(lines) + "\n" if lines else self.extra_repr()
        return f"{type(self).__name__}({contents})"


def _walk(module: Module, path: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Module]]:
    """A module and all its submodules, each once, with dotted names."""
    seen = set() if seen is None else seen
    if id(module) not in seen:
        seen.add(id(module))
        yield path, module
        for name, child in module.named_children():
            yield from _walk(child, f"{path}.{name}" if path else name, seen)


bind_foreign_attributes(Module, MODEL_ATTRIBUTES)


def _check_containers(module: Module) -> None:
    """Raise TypeError if a plain list or dict holds modules or tensors that are not attributes of the module themselves."""
    containers = {name: value for name, value in vars(module).items() if isinstance(value, PLAIN_CONTAINERS)}
    if not containers:
        return
    registered = {id(value) for value in vars(module).values()} | {id(child) for child in module.children()}
    for name, container in containers.items():
        for element in _elements(container):
            if isinstance(element, Module | Parameter | Buffer) and id(element) not in registered:
                remedy = f"self.{name} = nn.{'ModuleDict' if isinstance(container, dict) else 'ModuleList'}(…)"
                if not isinstance(element, Module):
                    remedy = "an attribute for each"
                raise TypeError(
                    f"the {type(container).__name__} {type(module).__name__}.{name} holds a {type(element).__name__}, "
                    f"which would not be trained or saved; write {remedy}"
                )


def _elements(container: Any, depth: int = 2) -> Iterator[Any]:
    """The first elements of a list or dict and of the lists in it. They suffice: a long list of modules starts with modules."""
    for element in islice(container.values() if isinstance(container, dict) else container, 8):
        if not isinstance(element, PLAIN_CONTAINERS):
            yield element
        elif depth > 1:
            yield from _elements(element, depth - 1)
