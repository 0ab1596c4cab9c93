"""The functions behind the layers, activations and losses. The fused ones are declared with `autograd.operation`."""

from autograd.extend import lazy_attributes

# These have the names of their modules, which would take their place when a layer imports them.
from nn.functional.dropout import dropout as dropout
from nn.functional.embedding import embedding as embedding
from nn.functional.linear import linear as linear
from nn.functional.unfold import unfold as unfold

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
