"""Atomic files, the command line, lazy imports, call stacks, and names of other libraries."""
