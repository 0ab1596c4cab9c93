"""The base class of models: parameters, submodules, state and hooks."""
