"""This library with autograd.reuse_memory: large arrays get the memory of freed ones."""

import autograd
from benchmarks.engines import chainrule
from benchmarks.measurement import serve
from benchmarks.workloads import MLP, Elementwise

WORKLOADS = {MLP: chainrule.mlp, Elementwise: chainrule.elementwise}

if __name__ == "__main__":
    autograd.reuse_memory()
    serve(WORKLOADS)
