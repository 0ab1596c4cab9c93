"""Plots of losses, gradients, activations, decisions and data, in one plain style.

Every function returns a matplotlib Figure, which Jupyter displays and `figure.savefig(path)` saves; with `axes=` it draws into
these axes. A model needs only what a plot uses: to be callable, `named_parameters()` or `named_modules()`. matplotlib is
imported by the first plot: pip install 'chainrule[plots]'.

>>> from autograd.draw import plots
>>> figure = plots.curves({"training": [0.9, 0.4, 0.2], "validation": [1.0, 0.6, 0.5]}, title="A small run")
>>> figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()
('epoch', 'loss')
"""

from autograd.draw.plots.confusion import confusion_matrix
from autograd.draw.plots.densities import activation_densities, layer_outputs
from autograd.draw.plots.functions import descent, function
from autograd.draw.plots.gradients import gradient_norm_curves, gradient_norms, update_ratios
from autograd.draw.plots.grids import images, weight_images
from autograd.draw.plots.lines import curves
from autograd.draw.plots.matrices import matrix
from autograd.draw.plots.regions import decision_regions
from autograd.draw.plots.style import COLORS, legend, style, subplots
from autograd.draw.plots.surfaces import constraint_regions, loss_surface

__all__ = [
    "COLORS",
    "activation_densities",
    "confusion_matrix",
    "constraint_regions",
    "curves",
    "decision_regions",
    "descent",
    "function",
    "gradient_norm_curves",
    "gradient_norms",
    "images",
    "layer_outputs",
    "legend",
    "loss_surface",
    "matrix",
    "style",
    "subplots",
    "update_ratios",
    "weight_images",
]
