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
    "09-optimizers-on-surfaces": (
        "first_step = 1.0",
        "same_path = {'SGD'}",
        "NormalizedDescent = optim.SGD",
    ),
    "10-learning-rates-and-schedules": (
        "largest_rate = 1.0",
        "TriangleLR = optim.ExponentialLR",
        "from_1_to_8, from_8_to_128 = 1, 1",
    ),
    "11-choosing-an-activation": (
        "outputs_for = {'temperature': 'identity', 'spam': 'sigmoid', 'digit': 'softmax', 'topics': 'softmax'}",
        "tanh_limit, sigmoid_limit = 2.993, 2.993",
        "dead = 500",
    ),
    "12-vanishing-exploding-initialization": (
        "breaks_symmetry = False",
        "first_step = 1",
        "def variance(alpha, fan_in):\n    return 2 / fan_in",
    ),
    "13-batch-normalization": (
        "bias_gradient = 1.0",
        "def batches_needed(momentum):\n    return 1 / (1 - momentum)",
        "most_sensitive = 10",
    ),
    "14-clipping-and-cliffs": (
        "degrees = 45, 45, 45",
        "def my_clip(parameters, limit):\n    return sum(clip_each_grad_norm(parameters, limit))",
        "bound = 0.1",
    ),
    "15-over-fitting-and-its-cures": (
        "def best_weights(x, y, strength):\n    return np.linalg.solve(x.T @ x / len(x), x.T @ y / len(x))",
        "def best_l1(a):\n    return a / 2\n\n\ndef best_l2(a):\n    return a / 2",
        "is_lower = True",
    ),
    "16-dropout-as-an-ensemble": (
        "mean_kept, deviation = 30, 4.58",
        "def penalty(w, x, p):\n    return p * (w**2).sum()",
        "varies_more = 'digits'",
    ),
    "17-digits-from-start-to-finish": (
        "softmax_accuracy = 0.5",
        "threshold = 1.0",
        "images_needed = 359",
    ),
    "18-convolution-and-pooling": (
        "def output_size(n, k, p, s, d):\n    return (n - k) // s + 1",
        "matrix = np.zeros((64, 36))",
        "advantage = 'the same place'",
    ),
    "19-recurrent-nets-and-the-lstm": (
        "bias = 1.0",
        "def output_of_both(x):\n    return np.concatenate([forward_layer(x)[0], backward_layer(x)[0]], axis=-1)",
        "rnn_parameters, gru_parameters, lstm_parameters = 1568, 4704, 6272",
    ),
    "20-attention-and-a-small-gpt": (
        "def variance_of_score(d):\n    return d**2",
        "positions = {0, 1}",
        "output = 1.0",
    ),
    "21-debug-this-training": (
        "first_loss = np.log(10)",
        "section = 8",
        "loss_of_the_shares = np.log(2)",
    ),
    "22-capstone": (
        "deviation_in_percent = 1.4",
        "ratio = (first.mean() - second.mean()) / first.std(ddof=1)",
        "def dropout(x, p, rng):\n    return x * (rng.random(x.data.shape) >= p)",
    ),
}
