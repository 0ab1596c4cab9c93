"""Layers and containers of modules."""
