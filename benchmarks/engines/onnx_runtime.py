"""onnxruntime: networks in ONNX files."""

import onnxruntime

from benchmarks.inputs import onnx_network
from benchmarks.measurement import serve
from benchmarks.workloads import OnnxNetwork


def outputs(workload):
    path, x = onnx_network(workload)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (item,) = session.get_inputs()
    return lambda: session.run(None, {item.name: x})[0]


WORKLOADS = {OnnxNetwork: outputs}

if __name__ == "__main__":
    serve(WORKLOADS)
