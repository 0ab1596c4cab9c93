"""A wrong answer to each exercise of each notebook, in order: its check must refuse it."""

WRONG_ANSWERS = {
    "01-the-chain-rule-seen": (
        "df_dx, df_dy, df_dz = 2, 3, 0",
        "def local_derivative(s):\n    return s * (1 + s)",
        "options = {'axis'}",
    ),
    "02-an-engine-in-100-lines": (
        "def relu(x):\n    return Value(np.maximum(x.data, 0), (x, lambda g: g))",
        "scale = 1.0",
        "def second_derivative(x):\n    return 3 * x**2",
    ),
    "03-check-your-own-gradients": (
        "def slope(x):\n    return logistic(x)",
        "at = 1.0",
        "def hessian_of_sum(w):\n    return np.diag(np.tanh(w))",
    ),
    "04-from-perceptron-to-xor": (),
    "05-universal-approximation": (),
    "06-activations": (),
    "07-losses-and-least-squares": (),
    "08-three-batchings": (),
    "09-optimizers-on-surfaces": (),
    "10-learning-rates-and-schedules": (),
    "12-vanishing-exploding-initialization": (),
    "13-batch-normalization": (),
    "14-clipping-and-cliffs": (),
    "15-over-fitting-and-its-cures": (),
    "16-dropout-as-an-ensemble": (),
    "17-digits-from-start-to-finish": (
        "softmax_accuracy = 0.5",
        "threshold = 1.0",
        "images_needed = 359",
    ),
    "18-convolution-and-pooling": (),
    "19-recurrent-nets-and-the-lstm": (),
    "20-attention-and-a-small-gpt": (),
    "21-debug-this-training": ("first_loss = np.log(10)", "section = 8", "loss_of_the_shares = np.log(2)"),
    "22-capstone": (
        "deviation_in_percent = 1.4",
        "ratio = (first.mean() - second.mean()) / first.std(ddof=1)",
        "def dropout(x, p, rng):\n    return x * (rng.random(x.data.shape) >= p)",
    ),
}
