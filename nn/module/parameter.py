"""Parameters and buffers: the tensors of modules."""

from typing import Any

from autograd import Tensor
from autograd.extend import refuse_complex


class Parameter(Tensor):
    """A trainable tensor: it requires gradients, and a module registers it when it is set as an attribute.

    PyTorch's Parameter; Keras's trainable Variable.

    >>> import nn
    >>> nn.Parameter([1.0, 2.0])
    Parameter([1., 2.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True, dtype: Any = None, name: str | None = None):
        super().__init__(data, requires_grad, dtype, name)
        refuse_complex(self, type(self).__name__)


class Buffer(Tensor):
    """A tensor that is part of a model's state but not trained, such as running statistics.

    PyTorch's Buffer, or `register_buffer`; Keras's Variable(trainable=False).

    >>> import nn
    >>> nn.Buffer([0.0, 0.0])
    Buffer([0., 0.])
    """

    __slots__ = ()
