"""Modules: functions with parameters, which nest."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Self

import numpy as np

from autograd import DataError, Tensor
from nn.module.hooks import Handle, forward_with_hooks
from nn.module.parameter import Buffer, Parameter
from nn.module.state_dict import Mismatch, matched
from nn.random import generator_states, restore_generators
from nn.validation import brief

PLAIN = (list, tuple, dict, set)


class Module:
    """A part of a model: subclass it, set parameters and modules as attributes, and write `forward`.

    Lists and dicts of modules are ModuleList and ModuleDict; a plain list as an attribute raises when parameters are
    asked for, because its modules would not learn. PyTorch's Module; Keras's Layer and Model.

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

    training = True
    _forward_pre_hooks: Mapping[int, Callable] = {}
    _forward_hooks: Mapping[int, Callable] = {}
    _has_hooks = False  # one attribute to ask at every call
    _path = ""  # from the outermost module that holds this one

    def forward(self, *inputs: Any) -> Any:
        """What the module computes; calling the module calls this."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, …)")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        if self._has_hooks:
            return forward_with_hooks(self, inputs, options)
        return self.forward(*inputs, **options)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "forward":
            raise AttributeError(f"forward of one {type(self).__name__} cannot be replaced; write a subclass")
        held = vars(self).get(name)
        if isinstance(held, Parameter | Buffer) and not isinstance(value, Tensor | Module | None):
            raise TypeError(
                f"{type(self).__name__}.{name} is a {type(held).__name__}, which {brief(value)} would not be; "
                f"write .{name}.data = … to change its values, or assign an nn.{type(held).__name__}(…)"
            )
        super().__setattr__(name, value)
        if isinstance(value, Module):
            self._set_path(name, value)

    def _set_path(self, name: str, child: "Module") -> None:
        """Set the paths of a child and of all inside it; a module in several places has the path given last."""
        for path, module in _inside(child, f"{self._path}.{name}" if self._path else name):
            vars(module)["_path"] = path

    # What is inside

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """The modules directly inside this one, with their attribute names."""
        return ((name, value) for name, value in vars(self).items() if isinstance(value, Module))

    def children(self) -> Iterator["Module"]:
        """The modules directly inside this one."""
        return (child for _, child in self.named_children())

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """This module and all inside it, each once, with dotted names.

        Raises TypeError if one of them keeps modules, parameters or buffers in a plain list or dict.
        """
        for path, module in _inside(self, prefix, set()):
            _check_lists(module)
            yield path, module

    def modules(self) -> Iterator["Module"]:
        """This module and all inside it, each once."""
        return (module for _, module in self.named_modules())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names, each once."""
        return self._named(Parameter)

    def parameters(self) -> Iterator[Parameter]:
        """All parameters, each once: what an optimizer is given."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """All buffers with dotted names, each once."""
        return self._named(Buffer)

    def buffers(self) -> Iterator[Buffer]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers())

    def _named(self, kind: Any) -> Iterator[tuple[str, Any]]:
        seen = set()
        for path, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, kind) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    # What is done to all that is inside

    def apply(self, function: Callable[["Module"], Any]) -> Self:
        """Call a function with this module and with all inside it.

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
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def requires_grad_(self, on: bool = True) -> Self:
        """Let all parameters learn, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad = on
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch this module and all inside it to training behavior."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch this module and all inside it to evaluation behavior."""
        return self.train(False)

    def astype(self, dtype: Any) -> Self:
        """Convert all parameters and buffers that hold floats, and their gradients, in place.

        Do this before an optimizer is made of the parameters. Raises DataError for anything but a float type.

        >>> import nn
        >>> nn.Linear(2, 1).astype("float32").weight.dtype
        dtype('float32')
        """
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise DataError(f"{type(self).__name__}.astype: a float type such as 'float32' is needed, not '{dtype}'")
        for _, tensor in self._named((Parameter, Buffer)):
            if tensor.dtype.kind == "f":
                tensor.data = tensor.data.astype(dtype)
                if tensor.grad is not None:
                    tensor.grad = tensor.grad.numpy()
        return self

    # Hooks

    def register_forward_hook(self, hook: Callable[["Module", tuple, Any], Any]) -> Handle:
        """Call hook(module, inputs, output) after every call of this module; what it returns takes the output's place.

        Hooks run in the order of their registration. The handle's `remove()` takes the hook off.

        >>> import nn
        >>> layer = nn.ReLU()
        >>> handle = layer.register_forward_hook(lambda module, inputs, output: print(inputs[0], "→", output))
        >>> _ = layer(-1.0)
        -1.0 → 0.0
        >>> handle.remove()
        """
        return Handle(self, "_forward_hooks", hook)

    def register_forward_pre_hook(self, hook: Callable[["Module", tuple], Any]) -> Handle:
        """Call hook(module, inputs) before every call of this module; what it returns takes the place of the inputs.

        Several inputs are returned as a tuple, one as it is.
        """
        return Handle(self, "_forward_pre_hooks", hook)

    # State

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of the values of all parameters and buffers by dotted name."""
        return {name: np.array(tensor.data) for name, tensor in self._named((Parameter, Buffer))}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Mismatch:
        """Copy values in by name.

        strict: all names and shapes must be those of the model; otherwise what fits is loaded, the rest is returned.

        Raises StateError, before changing anything, listing every name and shape that does not fit, or, strict or
        not, whatever is not numbers.
        """
        own = dict(self._named((Parameter, Buffer)))
        fitting, mismatch = matched(own, state, strict, type(self).__name__)
        for name, array in fitting.items():
            own[name].data = array
        return mismatch

    def random_state(self) -> dict[str, Any]:
        """The states of all generators that modules draw random numbers from, by dotted name."""
        return generator_states(self)

    def set_random_state(self, states: Mapping[str, Any]) -> None:
        """Let all generators go on from these states, as if nothing had been drawn since."""
        restore_generators(self, states)

    # How it is shown

    def title(self) -> str:
        """The name of this module in messages: its class and its path in the model that holds it, such as `Linear '1.0'`."""
        return f"{type(self).__name__} {self._path!r}" if self._path else type(self).__name__

    def extra_repr(self) -> str:
        """What `repr` shows between the parentheses."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        inside = "\n  " + "\n  ".join(lines) + "\n" if lines else self.extra_repr()
        return f"{type(self).__name__}({inside})"


def _inside(module: Module, path: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Module]]:
    """A module and all inside it, each once, with dotted names."""
    seen = set() if seen is None else seen
    if id(module) not in seen:
        seen.add(id(module))
        yield path, module
        for name, child in module.named_children():
            yield from _inside(child, f"{path}.{name}" if path else name, seen)


def _check_lists(module: Module) -> None:
    """Raise TypeError if an attribute is a plain list or dict of modules or tensors that are found nowhere else."""
    plain = {name: value for name, value in vars(module).items() if isinstance(value, PLAIN)}
    if not plain:
        return
    found = {id(value) for value in vars(module).values()} | {id(child) for child in module.children()}
    for name, value in plain.items():
        for one in _elements(value):
            if isinstance(one, Module | Parameter | Buffer) and id(one) not in found:
                cure = f"nn.{'ModuleDict' if isinstance(value, dict) else 'ModuleList'}(…)"
                if not isinstance(one, Module):
                    cure = "an attribute for each"
                what = f"the {type(value).__name__} {type(module).__name__}.{name} holds a {type(one).__name__}"
                raise TypeError(f"{what}, which would not be learned or saved from there; write self.{name} = {cure}")


def _elements(value: Any, depth: int = 2) -> Iterator[Any]:
    """The first elements of a list or dict, and of lists inside it: a long list of modules begins with modules."""
    for one in islice(value.values() if isinstance(value, dict) else value, 8):
        if not isinstance(one, PLAIN):
            yield one
        elif depth > 1:
            yield from _elements(one, depth - 1)
