"""The base class of all optimizers: parameter groups, steps, and a state that can be saved.

Each optimizer adds one idea. In order: weight_perturbation (no gradient), perceptron_rule, sgd (momentum), rprop (signs),
adagrad, rmsprop and adadelta (squares), adam (momentum and squares), adamax, nadam and radam (variants of Adam), lion (the sign
of a momentum), lars and lamb (norms of layers), lbfgs (curvature).
"""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypedDict

from autograd import Tensor, enable_grad
from autograd.extend import side_effect, suggest
from optim.optimizers.hyperparameters import check_option
from optim.optimizers.param_group import ParamGroup
from optim.optimizers.state_dict import get_state, load_state
from optim.regularizers.constraints import Constraint
from optim.regularizers.penalties import ElasticNet
from optim.validation import KeywordHints, brief_list, plural

Parameters = Iterable[Tensor | Mapping[str, Any]]
#: Options that consist of functions or parameters, and so are not part of a state.
NOT_SAVED = {"penalty", "constraint"}


class CommonOptions(TypedDict, total=False):
    """The options of every optimizer."""

    maximize: bool
    penalty: ElasticNet | None
    constraint: Constraint | None


class Optimizer(KeywordHints):
    """Moves parameters against their gradients; subclasses implement `update`.

    params:     leaf tensors of one dtype, such as model.parameters(); or groups, as in PyTorch: dicts of "params" and of
                options that differ from those given here, [{"params": …, "lr": 0.1}, …].
    lr:         learning rate η, above 0. `optimizer.lr` reads that of the first group; assignment sets that of all groups,
                where 0 is allowed.
    options:    other options that a subclass reads from its groups, by name, with the values for groups that set no other.
    maximize:   climb instead, w ← w + …
    penalty:    such as L2(1e-4): its gradient is added to that of each parameter that has one. It shrinks weights also with
                maximize.
    constraint: such as MaxNorm(3): applied after each step to the parameters that were moved.

    The parameters of a group become views into one buffer, so an update is a few NumPy calls however many parameters there are.
    If the data of a parameter is replaced, the next step packs it again. A parameter without a gradient keeps its value, its
    state and its number of steps.

    A new optimizer implements `update`:

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from optim import Optimizer
    >>> class SignDescent(Optimizer):
    ...     def update(self, group):
    ...         for w, g in group.chunks():
    ...             w -= group["lr"] * np.sign(g)
    >>> w = Tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = SignDescent([w], lr=0.25)
    >>> w.grad = [100.0, -0.1]
    >>> optimizer.step()
    >>> w.tolist()
    [0.75, 2.25]
    >>> optimizer
    SignDescent(lr=0.25, 1 parameter, 2 elements)
    """

    allows_groups: ClassVar[bool] = True

    def __init__(
        self,
        params: Parameters,
        lr: float,
        options: Mapping[str, Any] | None = None,
        *,
        maximize: bool = False,
        penalty: ElasticNet | None = None,
        constraint: Constraint | None = None,
    ):
        if isinstance(params, Tensor):
            raise ValueError("an optimizer needs a list of parameters, not a single tensor w; write [w]")
        if isinstance(params, Mapping):
            raise ValueError("an optimizer needs a list of groups, not a single dict group; write [group]")
        if not isinstance(params, Iterable):
            raise ValueError(f"an optimizer needs a list of parameters, such as model.parameters(), not {params!r:.80}")
        self.defaults = {"lr": lr, **(options or {}), "maximize": maximize, "penalty": penalty, "constraint": constraint}
        self.parameters: list[Tensor] = []
        self.param_groups: list[ParamGroup] = []
        items: list[Any] = list(params)
        has_groups = any(isinstance(item, Mapping) for item in items)
        if has_groups and not self.allows_groups:
            raise ValueError(
                f"{type(self).__name__} moves all parameters together; give it a list of parameters, not of groups"
            )
        self._add_groups(items if has_groups else [{"params": items}])

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Add a parameter group: a dict of "params" and of options that differ from the optimizer's defaults.

        Raises ValueError, before any change, for an unknown option, a value that is not allowed, or a parameter that the
        optimizer has already.
        """
        if not self.allows_groups:
            raise ValueError(f"{type(self).__name__} moves all parameters together and has no groups")
        self._add_groups([group])

    def _add_groups(self, groups: Iterable[Any]) -> None:
        new_groups: list[dict[str, Any]] = []
        for group in groups:
            present = [p for other in (*self.param_groups, *new_groups) for p in other["params"]]
            new_groups.append(self._complete(group, present))
        for options in new_groups:
            parameters = options.pop("params")
            self.param_groups.append(ParamGroup(parameters, options))
            self.parameters += parameters

    def _complete(self, group: Any, present: list[Tensor]) -> dict[str, Any]:
        """A group with defaults for missing options; raises ValueError if it is not allowed together with the present ones."""
        if not isinstance(group, Mapping) or "params" not in group:
            raise ValueError(f'each group must be a dict of "params" and options, not {group!r}')
        unknown = sorted(map(str, set(group) - {"params", *self.defaults}))
        if unknown:
            names = ", ".join(self.defaults)
            hint = suggest(unknown[0]) or f"; a group may have params, {names}"
            raise ValueError(f"{type(self).__name__} has no option {unknown[0]!r}{hint}")
        params = group["params"]
        parameters = [params] if isinstance(params, Tensor) else list(params)
        _check_parameters(params, parameters, present)
        options = {**self.defaults, **group, "params": parameters}
        self.check_options(options)
        return options | {"lr": float(options["lr"])}

    def __repr__(self) -> str:
        classes = [cls for cls in reversed(type(self).__mro__) if issubclass(cls, Optimizer)]
        signatures = [inspect.signature(cls).parameters for cls in classes]
        usual = {name: parameter.default for signature in signatures for name, parameter in signature.items()}
        texts = []
        for name in self.defaults:
            values = list({repr(group[name]): group[name] for group in self.param_groups}.values())
            if name == "lr" or any(value != usual.get(name) for value in values):
                texts.append(f"{name}={brief_list(values)}")
        if len(self.param_groups) > 1:
            texts.append(f"{len(self.param_groups)} groups")
        texts.append(plural(len(self.parameters), "parameter"))
        texts.append(plural(sum(parameter.size for parameter in self.parameters), "element"))
        return f"{type(self).__name__}({', '.join(texts)})"

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Raise ValueError if the value of an option is not allowed."""
        for name, value in options.items():
            check_option(name, value)

    @property
    def lr(self) -> float:
        """The learning rate of the first group. Assignment sets that of all groups."""
        lr: float = self.param_groups[0]["lr"]
        return lr

    @lr.setter
    def lr(self, lr: float) -> None:
        if not 0 <= lr < math.inf:
            raise ValueError(f"the learning rate must be 0 or more and finite, not {lr}")
        for group in self.param_groups:
            group["lr"] = float(lr)

    @property
    def state_nbytes(self) -> int:
        """Bytes of the arrays kept between steps, without scratch memory. The first step allocates them."""
        return sum(array.nbytes for group in self.param_groups for array in group.state.values())

    @side_effect
    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    @side_effect
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once; those without a gradient keep their values.

        closure: called first; usually it calls zero_grad(), computes the loss, calls backward() and returns the loss.

        Returns what the closure returns.
        """
        loss = None if closure is None else self.evaluate(closure)
        for group in self.param_groups:
            if group.begin_step():
                self.update(group)
                group.end_step()
            else:
                for _ in group.segments():
                    self.update(group)
        return loss

    def evaluate(self, closure: Any) -> Any:
        """Call a closure with gradients enabled; raises TypeError if it is not a function."""
        if not callable(closure):
            raise TypeError(f"step takes a closure, a function that computes the loss and returns it, not {closure!r:.80}")
        with enable_grad():
            return closure()

    def update(self, group: ParamGroup) -> None:
        """Change the values of the group's current segment in place: loop over group.chunks(…) or group.tensors(…)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update(self, group)")

    def state_dict(self) -> dict[str, Any]:
        """The state as Python values and copies of arrays, laid out as in PyTorch.

        {"optimizer": name of the class, "state": {index of a parameter: {"step": …, name: array, …}}, "param_groups":
        [{"params": indices, option: value, …}]}. Penalties and constraints are not part of it: give them to the new optimizer.
        """
        return get_state(type(self).__name__, self.param_groups, NOT_SAVED)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from the state of an optimizer of this class with parameters of the same shapes; results are bit-identical.

        Raises ValueError, before any change, if the class, the groups, the names of options or the shapes differ.

        >>> from autograd import Tensor
        >>> from optim import SGD
        >>> w, v = Tensor([1.0], requires_grad=True), Tensor([1.0], requires_grad=True)
        >>> first, second = SGD([w], lr=0.5, momentum=0.9), SGD([v], lr=0.1)
        >>> w.grad = [1.0]
        >>> first.step()
        >>> second.load_state_dict(first.state_dict())
        >>> second.lr, second.state_dict()["state"]
        (0.5, {0: {'step': 1, 'momentum_buffer': array([1.])}})
        """
        load_state(state, type(self).__name__, self.param_groups, set(self.defaults) - NOT_SAVED, self.check_options)


def _check_parameters(params: Any, parameters: list[Any], present: list[Tensor]) -> None:
    """Raise ValueError unless an optimizer of the parameters `present` can add `params`, as a list `parameters`."""
    if not parameters:
        raise ValueError("an optimizer needs parameters, but the list is empty")
    if isinstance(params, set | frozenset):
        raise ValueError("a set of parameters has no order, which a state needs; give a list")
    others = [p for p in parameters if not isinstance(p, Tensor) or not p.is_leaf]
    if others:
        raise ValueError(f"an optimizer moves leaf tensors, such as model.parameters(), not {others[0]!r:.80}")
    if len({id(p) for p in (*present, *parameters)}) < len(present) + len(parameters):
        raise ValueError("a parameter is in the list twice; it would be moved twice")
    not_float = [p for p in parameters if p.dtype.kind != "f"]
    if not_float:
        hint = "; make a complex parameter of two real ones, x + 1j * y" if not_float[0].dtype.kind == "c" else ""
        raise ValueError(f"an optimizer moves parameters of a floating dtype, not {not_float[0]!r}{hint}")
    dtypes = {p.dtype for p in parameters}
    if len(dtypes) > 1:
        raise ValueError(f"the parameters of a group must share one dtype, not {sorted(map(str, dtypes))}")
