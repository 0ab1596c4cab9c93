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
    "04-from-perceptron-to-xor": (
        "mistakes_left = 9",
        "xor_net = nn.Sequential(nn.Linear(2, 2, bias=False, rng=0), nn.ReLU(), nn.Linear(2, 1, bias=False, rng=0))",
        "parity_net = nn.Sequential(nn.Perceptron(3, 3), nn.Perceptron(3))",
    ),
    "05-universal-approximation": (
        "def ramps(units):\n    return staircase(units)",
        "square_error = 0.5",
        "fewest_units = 2",
    ),
    "06-activations": (
        "lowest_at = -1.5",
        "ratio_of_slopes = 2",
        "def squareplus(x):\n    return (x + np.sqrt(x**2 + 4)) / 2\n\n\nside, speed = 'left', 'faster'",
    ),
    "07-losses-and-least-squares": (
        "def log_cosh(d):\n    return np.abs(d) - np.log(2)",
        "by_squares, by_absolute_values, by_quantile_loss = 3, 22, 100",
        "ratio = 1",
    ),
    "08-three-batchings": (
        "smallest_size, largest_size = 27, 128",
        "accumulated = [0.0, 0.0]",
        "unused_share = 0.0",
    ),
    "09-optimizers-on-surfaces": (),
    "10-learning-rates-and-schedules": (),
    "11-choosing-an-activation": (
        "outputs_for = {'temperature': 'identity', 'spam': 'sigmoid', 'digit': 'softmax', 'topics': 'softmax'}",
        "tanh_limit, sigmoid_limit = 2.993, 2.993",
        "dead = 500",
    ),
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
