"""The reference: the same algorithms written in NumPy, with all buffers allocated once.

The nets keep the batch as the last axis, (C, H, W, N), and the layer alone has images (N, C, H, W).
"""

import numpy as np

from benchmarks.convolutions.workloads import ConvLayer, ConvNet, layer_inputs, net_inputs
from benchmarks.reference_updates import make_update


def windows(padded, kernel, shape):
    """The windows of padded images (C, rows, …): (C, kernel, kernel, *shape), which may end behind the images."""
    c, h, w, *rest = padded.strides
    return np.ndarray((len(padded), kernel, kernel, *shape), np.float32, padded.base, 0, (c, h, w, h, w, *rest))


def empty_padded(*shape):
    """Zeros as a view of memory with room for windows that end behind them."""
    size = int(np.prod(shape))
    return np.zeros(size + 4 * shape[-1] * int(np.prod(shape[3:])), np.float32)[:size].reshape(shape)


class Folding:
    """The gradient of the input: one sum over shifted rows of columns, for images (C, H, W, n)."""

    def __init__(self, channels, outputs, kernel, padding, size, batch):
        self.padding, self.size, self.out = padding, size, size + 2 * padding - kernel + 1
        side = size + 2 * padding
        positions, gap = side * side * batch, ((kernel - 1) * side + kernel - 1) * batch
        self.gradients = np.zeros((outputs, side, side, batch), np.float32)
        columns = np.zeros((channels * kernel**2, gap + positions), np.float32)
        row = columns.strides[0]
        strides = (row * kernel**2, row * kernel - side * batch * 4, row - batch * 4, 4)
        self.shifted = np.ndarray((channels, kernel, kernel, positions), np.float32, columns, gap * 4, strides)
        self.columns, self.sums = columns[:, gap:], np.empty((channels, side, side, batch), np.float32)

    def __call__(self, weight, g):
        """The gradient for (C·k·k, out) weights and gradients (out, H, W, n)."""
        p = self.padding
        self.gradients[:, : self.out, : self.out] = g
        np.matmul(weight, self.gradients.reshape(len(g), -1), out=self.columns)
        np.add.reduce(self.shifted, axis=(1, 2), out=self.sums.reshape(len(self.sums), -1))
        return self.sums[:, p : p + self.size, p : p + self.size]


class Convolution:
    """A convolution of images (C, H, W, N), in blocks of rows, followed by ReLU."""

    def __init__(self, weight, bias, padding, size, batch, has_input_gradient):
        outputs, channels, kernel, _ = weight.shape
        self.weight, self.bias, self.padding, self.size = weight.reshape(outputs, -1), bias[:, None], padding, size
        self.kernel, self.out = kernel, size + 2 * padding - kernel + 1
        column = channels * kernel**2
        positions = 2**20 // column if column * outputs > 256 else min(2**20 // column, 2**19 // (column * outputs))
        count = -(-self.out // max(1, positions // (self.out * batch)))
        self.rows = -(-self.out // count)
        self.padded = empty_padded(channels, self.rows + kernel - 1, size + 2 * padding, batch)
        self.windows = windows(self.padded, kernel, (self.rows, self.out, batch))
        self.columns = np.empty(self.windows.shape, np.float32)
        self.matrix = self.columns.reshape(column, -1)
        self.y = np.empty((outputs, self.out, self.out, batch), np.float32)
        self.mask = np.empty(self.y.shape, bool)
        self.product, self.total = np.empty((column, outputs), np.float32), np.empty((column, outputs), np.float32)
        self.fold = Folding(channels, outputs, kernel, padding, size, batch) if has_input_gradient else None

    def blocks(self):
        """Columns of each block of rows, as a matrix, and the part of the output."""
        p = self.padding
        for row in range(0, self.out, self.rows):
            rows, start = min(self.rows, self.out - row), row - p
            low, high = max(0, -start), min(self.rows + self.kernel - 1, self.size - start)
            self.padded[:, :low] = self.padded[:, high:] = 0
            self.padded[:, low:high, p : p + self.size] = self.x[:, start + low : start + high]
            np.copyto(self.columns[:, :, :, :rows], self.windows[:, :, :, :rows])
            yield self.matrix[:, : rows * self.out * self.y.shape[-1]], (slice(None), slice(row, row + rows))

    def forward(self, x):
        self.x = x
        for columns, part in self.blocks():
            target = self.y[part].reshape(len(self.y), -1)
            np.matmul(self.weight, columns, out=target)
            target += self.bias
        np.maximum(self.y, 0, out=self.y)
        return self.y

    def backward(self, g, weight_gradient, bias_gradient):
        np.greater(self.y, 0, out=self.mask)
        np.multiply(g, self.mask, out=g)
        self.total.fill(0)
        for columns, part in self.blocks():
            np.matmul(columns, g[part].reshape(len(g), -1).T, out=self.product)
            self.total += self.product
        weight_gradient.reshape(len(g), -1)[...] = self.total.T
        np.add.reduce(g, axis=(1, 2, 3), out=bias_gradient)
        return self.fold(self.weight.T, g) if self.fold else None


class Pooling:
    """The largest of 2 × 2 elements of images (C, H, W, N)."""

    def __init__(self, shape):
        channels, height, width, batch = shape
        self.y = np.empty((channels, height // 2, width // 2, batch), np.float32)
        self.rows = np.empty((channels, height // 2, width, batch), np.float32)
        self.mask, self.g = np.empty(self.y.shape, bool), np.empty(shape, np.float32)

    def forward(self, x):
        self.x = x
        np.maximum(x[:, ::2], x[:, 1::2], out=self.rows)
        return np.maximum(self.rows[:, :, ::2], self.rows[:, :, 1::2], out=self.y)

    def backward(self, g):
        for i in (0, 1):
            for j in (0, 1):
                np.equal(self.x[:, i::2, j::2], self.y, out=self.mask)
                np.multiply(g, self.mask, out=self.g[:, i::2, j::2])
        return self.g


def net(workload):
    x, y, convolutions, linear = net_inputs(workload)
    batch, last = workload.batch, len(linear) - 1
    arrays = [array for pair in (*convolutions, *linear) for array in pair]
    flat = np.concatenate([array.ravel() for array in arrays])
    flat_gradient = np.empty_like(flat)
    weights, gradients = views(flat, arrays), views(flat_gradient, arrays)
    layers, size = [], workload.size
    for i, padding in enumerate(workload.padding):
        layers.append(Convolution(weights[2 * i], weights[2 * i + 1], padding, size, batch, i > 0))
        size = layers[-1].out
        if workload.pool:
            layers.append(Pooling(layers[-1].y.shape))
            size //= 2
    matrices, matrix_gradients = weights[2 * len(convolutions) :], gradients[2 * len(convolutions) :]
    features = np.empty((batch, workload.linear[0]), np.float32)
    outputs, deltas = ([np.empty((batch, n), np.float32) for n in workload.linear[1:]] for _ in range(2))
    feature_gradient, image_gradient = np.empty_like(features), np.empty(layers[-1].y.shape, np.float32)
    column, examples, update = np.empty((batch, 1), np.float32), np.arange(batch), make_update("sgd", [flat])
    images = np.ascontiguousarray(np.moveaxis(x, 0, -1))

    def step():
        images[...] = np.moveaxis(x, 0, -1)
        a = images
        for layer in layers:
            a = layer.forward(a)
        if workload.pool:
            features.reshape(batch, *a.shape[:-1])[...] = np.moveaxis(a, -1, 0)
        else:
            np.mean(a, axis=(1, 2), out=features.T)
        h = features
        for i in range(last + 1):
            np.matmul(h, matrices[2 * i], out=outputs[i])
            outputs[i] += matrices[2 * i + 1]
            h = outputs[i] if i == last else np.maximum(outputs[i], 0, out=outputs[i])
        p = deltas[last]
        np.maximum.reduce(h, axis=1, keepdims=True, out=column)
        np.exp(np.subtract(h, column, out=p), out=p)
        np.add.reduce(p, axis=1, keepdims=True, out=column)
        np.divide(p, column, out=p)
        loss = -np.add.reduce(np.log(p[examples, y])) / batch
        p[examples, y] -= 1
        p *= 1 / batch
        for i in range(last, -1, -1):
            h = outputs[i - 1] if i else features
            np.matmul(h.T, deltas[i], out=matrix_gradients[2 * i])
            np.add.reduce(deltas[i], axis=0, out=matrix_gradients[2 * i + 1])
            below = np.matmul(deltas[i], matrices[2 * i].T, out=deltas[i - 1] if i else feature_gradient)
            if i:
                below *= h > 0
        if workload.pool:
            image_gradient[...] = np.moveaxis(feature_gradient.reshape(batch, *image_gradient.shape[:-1]), 0, -1)
        else:
            scaled = feature_gradient.T / (image_gradient.shape[1] * image_gradient.shape[2])
            image_gradient[...] = scaled[:, None, None]
        g, i = image_gradient, len(convolutions)
        for layer in layers[::-1]:
            if isinstance(layer, Pooling):
                g = layer.backward(g)
            else:
                i -= 1
                g = layer.backward(g, gradients[2 * i], gradients[2 * i + 1])
        update([flat_gradient])
        return loss

    return step


def views(flat, arrays):
    """Views of the arrays that are stored one after another in `flat`."""
    ends = np.cumsum([array.size for array in arrays])
    return [flat[end - array.size : end].reshape(array.shape) for end, array in zip(ends, arrays)]


def layer(workload):
    x, g, weight, bias = layer_inputs(workload)
    channels, kernel, size, side = workload.channels, workload.kernel, workload.size, workload.size + 2
    matrix = weight.reshape(channels, -1)
    padded = empty_padded(channels, side, side)
    image_windows = windows(padded, kernel, (side, side))
    columns = np.empty((matrix.shape[1], side * side), np.float32)
    products, gradients = (np.zeros((channels, side, side), np.float32) for _ in range(2))
    y, x_gradient = np.empty_like(x), np.empty_like(x)
    fold = Folding(channels, channels, kernel, 1, size, 1)
    total, product = (np.empty((matrix.shape[1], channels), np.float32) for _ in range(2))
    weight_gradient, bias_gradient = np.empty_like(weight), np.empty_like(bias)
    update = make_update("sgd", [weight, bias])

    def gather(image):
        padded[:, 1:-1, 1:-1] = image
        np.copyto(columns.reshape(image_windows.shape), image_windows)

    def step():
        for image, out in zip(x, y):
            gather(image)
            np.matmul(matrix, columns, out=products.reshape(channels, -1))
            np.add(products[:, :size, :size], bias[:, None, None], out=out)
        first = y[0, 0, 0, 0].copy()
        total.fill(0)
        for image, gradient, image_gradient in zip(x, g, x_gradient):
            gather(image)
            gradients[:, :size, :size] = gradient
            np.matmul(columns, gradients.reshape(channels, -1).T, out=product)
            np.add(total, product, out=total)
            image_gradient[...] = fold(matrix.T, gradient[..., None])[..., 0]
        weight_gradient.reshape(channels, -1)[...] = total.T
        np.add.reduce(g, axis=(0, 2, 3), out=bias_gradient)
        update([weight_gradient, bias_gradient])
        return first

    return step


WORKLOADS = {ConvNet: net, ConvLayer: layer}
