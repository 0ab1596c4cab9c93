"""Layers: modules with parameters, and containers of modules."""
