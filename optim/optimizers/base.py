"""What all optimizers share: groups of parameters, steps, and a state that can be saved.

Each adds an idea to those before; in order: perturbation (no gradient), perceptron, sgd (momentum), rprop (signs), adaptive
(squares), adam (both), adam_variants, lion (a sign again), layerwise (norms), lbfgs (curvature).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypedDict

from autograd import Tensor, enable_grad
from autograd.extend import side_effect
from optim.optimizers.hyperparameters import check
from optim.optimizers.param_group import ParamGroup
from optim.optimizers.state_dict import load, saved
from optim.regularizers.constraints import Constraint
from optim.regularizers.penalties import ElasticNet

Parameters = Iterable[Tensor] | Iterable[Mapping[str, Any]]
#: Options that are made of functions or parameters, and so are no part of a state.
NOT_SAVED = {"penalty", "constraint"}


class Common(TypedDict, total=False):
    """The options that all optimizers have."""

    maximize: bool
    penalty: ElasticNet | None
    constraint: Constraint | None


class Optimizer:
    """Moves parameters against their gradients; subclasses say how in `update`.

    params:     leaf tensors of one dtype, such as model.parameters(); or groups, as in PyTorch: dicts of "params" and of
                options that differ from those given here, [{"params": …, "lr": 0.1}, …].
    lr:         learning rate η, above 0. Reading `optimizer.lr` gives that of the first group, assigning sets all; 0 is
                allowed then.
    options:    what else a subclass reads from its groups, by name, and the values for groups that do not say otherwise.
    maximize:   climb instead, w ← w + …
    penalty:    such as L2(1e-4): its gradient is added to that of the parameters that have one. It shrinks when climbing, too.
    constraint: such as MaxNorm(3): restored after each step on the parameters that were moved.

    The parameters of a group become views of one buffer, so that an update is a handful of NumPy calls however many there are.
    A parameter whose data was replaced is noticed and packed again. One without a gradient stays, and so does what is
    remembered of it, its number of steps too.

    An optimizer of your own needs only its update:

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
    """

    grouped: ClassVar[bool] = True  # whether parameters may be in groups

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
        listed: list[Any] = list(params)
        grouped = any(isinstance(one, Mapping) for one in listed)
        if grouped and not self.grouped:
            raise ValueError(f"{type(self).__name__} moves its parameters together; give it a list of them, without groups")
        self._add(listed if grouped else [{"params": listed}])

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Move these parameters, too: a dict of "params" and of options that differ from the optimizer's own.

        Raises ValueError, before changing anything, for what is no option, cannot be meant, or is moved already.
        """
        if not self.grouped:
            raise ValueError(f"{type(self).__name__} moves its parameters together and takes no groups")
        self._add([group])

    def _add(self, groups: Iterable[Any]) -> None:
        made: list[dict[str, Any]] = []
        for group in groups:
            made.append(self._complete(group, [p for other in (*self.param_groups, *made) for p in other["params"]]))
        for options in made:
            parameters = options.pop("params")
            self.param_groups.append(ParamGroup(parameters, options))
            self.parameters += parameters

    def _complete(self, group: Any, taken: list[Tensor]) -> dict[str, Any]:
        """All that a group holds, its own and the defaults; raises ValueError for what cannot be meant."""
        if not isinstance(group, Mapping) or "params" not in group:
            raise ValueError(f'a group is a dict of "params" and options, and all of them are, not {group!r}')
        unknown = set(group) - {"params", *self.defaults}
        if unknown:
            name, known = type(self).__name__, ", ".join(self.defaults)
            raise ValueError(f"{name} has no option {sorted(map(str, unknown))[0]!r}; a group may have params, {known}")
        given = group["params"]
        parameters = [given] if isinstance(given, Tensor) else list(given)
        _check_parameters(given, parameters, taken)
        options = {**self.defaults, **group, "params": parameters}
        self.check(options)
        return options | {"lr": float(options["lr"])}

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise ValueError for options that cannot be meant."""
        for name, value in options.items():
            check(name, value)

    @property
    def lr(self) -> float:
        """The learning rate: reading gives the first group's, assigning sets that of all."""
        return self.param_groups[0]["lr"]

    @lr.setter
    def lr(self, lr: float) -> None:
        if not 0 <= lr < math.inf:
            raise ValueError(f"the learning rate must be 0 or more and finite, not {lr}")
        for group in self.param_groups:
            group["lr"] = float(lr)

    @property
    def state_nbytes(self) -> int:
        """Bytes of what is remembered between steps, which the first step allocates; scratch memory is not among it."""
        return sum(array.nbytes for group in self.param_groups for array in group.state.values())

    @side_effect
    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    @side_effect
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once; those without a gradient stay as they are.

        closure: called first; usually it computes the loss, calls zero_grad() and backward(), and returns the loss.

        Returns what the closure returns.
        """
        loss = None if closure is None else self.evaluate(closure)
        for group in self.param_groups:
            if group.gathered():
                self.update(group)
                group.updated()
            else:
                for _ in group.stretches():
                    self.update(group)
        return loss

    def evaluate(self, closure: Any) -> Any:
        """Call a closure while operations are recorded; raises TypeError if it is none."""
        if not callable(closure):
            raise TypeError(f"step takes a closure, a function that computes the loss and returns it, not {closure!r:.80}")
        with enable_grad():
            return closure()

    def update(self, group: ParamGroup) -> None:
        """Change the values of the group's current stretch in place: loop over group.chunks(…) or group.tensors(…)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update(self, group)")

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on, as Python values and copies of arrays, laid out as in PyTorch.

        {"optimizer": its class, "state": {number of a parameter: {"step": …, name: array, …}}, "param_groups": [{"params":
        numbers, option: value, …}]}. Penalties and constraints are not part of it: give them to the new optimizer.
        """
        return saved(type(self).__name__, self.param_groups, NOT_SAVED)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state, bit for bit: that of an optimizer of this class with parameters of the same shapes.

        Raises ValueError, before changing anything, if the class, groups, options or shapes differ.

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
        load(state, type(self).__name__, self.param_groups, set(self.defaults) - NOT_SAVED, self.check)


def _check_parameters(given: Any, parameters: list[Any], taken: list[Tensor]) -> None:
    """Raise ValueError for what is no list of parameters that can be moved."""
    if not parameters:
        raise ValueError("an optimizer needs parameters, but the list is empty")
    if isinstance(given, set | frozenset):
        raise ValueError("a set of parameters has no order, which a state needs; give a list")
    strange = [p for p in parameters if not isinstance(p, Tensor) or not p.is_leaf]
    if strange:
        raise ValueError(f"an optimizer moves leaf tensors, such as model.parameters(), not {strange[0]!r:.80}")
    if len({id(p) for p in (*taken, *parameters)}) < len(taken) + len(parameters):
        raise ValueError("a parameter is in the list twice; it would be moved twice")
    whole = [p for p in parameters if p.dtype.kind != "f"]
    if whole:
        raise ValueError(f"an optimizer moves floats, not {whole[0]!r}")
    dtypes = {p.dtype for p in parameters}
    if len(dtypes) > 1:
        raise ValueError(f"the parameters must share one dtype, these have {sorted(map(str, dtypes))}")
