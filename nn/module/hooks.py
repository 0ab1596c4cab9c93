"""Hooks: functions that run before or after every call of a module."""

from collections.abc import Callable
from itertools import count
from typing import Any

_keys = count()


class Handle:
    """A registered hook; `remove()` removes it."""

    def __init__(self, module: Any, attribute: str, hook: Callable):
        if not callable(hook):
            raise TypeError(f"a hook must be a function, not {hook!r}")
        self._module, self._attribute, self._key = module, attribute, next(_keys)
        _set_hooks(module, attribute, getattr(module, attribute) | {self._key: hook})

    def remove(self) -> None:
        """Remove the hook; does nothing if it is already removed."""
        hooks = getattr(self._module, self._attribute)
        if self._key in hooks:
            _set_hooks(self._module, self._attribute, {key: hook for key, hook in hooks.items() if key != self._key})


def _set_hooks(module: Any, attribute: str, hooks: dict[int, Callable]) -> None:
    """Give a module a new dict of hooks. A call in progress keeps the dict that it started with."""
    setattr(module, attribute, hooks)
    module._has_hooks = bool(module._forward_pre_hooks or module._forward_hooks)


def forward_with_hooks(module: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """`module.forward`, with the module's hooks before and after it."""
    pre_hooks, hooks = module._forward_pre_hooks, module._forward_hooks
    for hook in pre_hooks.values():
        result = hook(module, args)
        if result is not None:
            args = result if isinstance(result, tuple) else (result,)
    output = module.forward(*args, **kwargs)
    for hook in hooks.values():
        result = hook(module, args, output)
        if result is not None:
            output = result
    return output
