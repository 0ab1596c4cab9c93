"""Hooks: functions that are called before or after every call of one module."""

from collections.abc import Callable
from itertools import count
from typing import Any

_numbers = count()


class Handle:
    """A hook that was registered, until `remove()`."""

    def __init__(self, module: Any, place: str, hook: Callable):
        if not callable(hook):
            raise TypeError(f"a hook is a function, not {hook!r}")
        self._module, self._place, self._number = module, place, next(_numbers)
        _replace(module, place, getattr(module, place) | {self._number: hook})

    def remove(self) -> None:
        """Take the hook off; harmless if it is off already."""
        hooks = getattr(self._module, self._place)
        if self._number in hooks:
            _replace(self._module, self._place, {number: hook for number, hook in hooks.items() if number != self._number})


def _replace(module: Any, place: str, hooks: dict[int, Callable]) -> None:
    """Give a module a new dict of hooks: a call in progress continues with the hooks that it began with."""
    setattr(module, place, hooks)
    module._has_hooks = bool(module._forward_pre_hooks or module._forward_hooks)


def forward_with_hooks(module: Any, inputs: tuple, options: dict[str, Any]) -> Any:
    """`module.forward`, with the module's hooks before and after it."""
    before, after = module._forward_pre_hooks, module._forward_hooks
    for hook in before.values():
        replaced = hook(module, inputs)
        if replaced is not None:
            inputs = replaced if isinstance(replaced, tuple) else (replaced,)
    output = module.forward(*inputs, **options)
    for hook in after.values():
        replaced = hook(module, inputs, output)
        if replaced is not None:
            output = replaced
    return output
