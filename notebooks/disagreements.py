"""Where the lectures and measurement disagree, for the appendix of README.md."""

from typing import NamedTuple


class Disagreement(NamedTuple):
    """A statement of a lecture, and the section of a notebook that shows what holds."""

    lectures: str
    slide: str  # its title
    statement: str
    truth: str
    notebook: str  # its name without number and ending
    heading: str


DISAGREEMENTS = (
    Disagreement(
        "000, 001",
        "Batch Normalization: Training Time",
        "σ² is a mean of deviations",
        "of their squares",
        "batch-normalization",
        "In training: mean and variance of the batch",
    ),
    Disagreement(
        "000, 001",
        "Regularization: Add term to loss",
        "L1 is W², the elastic net has \\|W²\\|",
        "\\|W\\|",
        "over-fitting-and-its-cures",
        "Cure 1: penalties",
    ),
    Disagreement(
        "000, 001",
        "Early Stopping",
        "stop as soon as validation gets worse",
        "wait some epochs, and restore the best",
        "over-fitting-and-its-cures",
        "Cure 2: stop in time",
    ),
    Disagreement(
        "000, 001, 003",
        "Dropout",
        "at test time multiply by the dropout rate",
        "by the keep probability",
        "dropout-as-an-ensemble",
        "Two inputs, four masks",
    ),
    Disagreement(
        "002",
        "Dropout: Test Time",
        "E(test) = ½ E(train)",
        "E(train) = ½ E(test)",
        "dropout-as-an-ensemble",
        "Two inputs, four masks",
    ),
    Disagreement(
        "002",
        "Batch Norm: Test Time",
        "the running averages are trainable parameters",
        "they are buffers; no gradient reaches them",
        "batch-normalization",
        "At test time: running averages",
    ),
    Disagreement("002", "Batch Norm", "folded weights without γ", "γ scales them", "batch-normalization", "Folding it away"),
    Disagreement(
        "002",
        "Batch Norm",
        "no other regularizer is needed",
        "dropout helps where BatchNorm does not",
        "batch-normalization",
        "Is it a regularizer?",
    ),
    Disagreement(
        "003",
        "Batch Normalization",
        "it works by less internal covariate shift",
        "it works with more shift as well",
        "batch-normalization",
        "Internal covariate shift",
    ),
    Disagreement(
        "003",
        "When to Use Batch Normalization?",
        "before the activation of the output or input layer",
        "at every hidden layer",
        "batch-normalization",
        "Where to put it",
    ),
    Disagreement(
        "003",
        "L2 regularization",
        "the square of the sum of all weights",
        "the sum of their squares",
        "over-fitting-and-its-cures",
        "Cure 1: penalties",
    ),
    Disagreement(
        "003",
        "L1 regularization",
        "robust to outliers",
        "the L1 loss is; the penalty does not see outliers",
        "over-fitting-and-its-cures",
        "The lectures' table of L1 and L2",
    ),
    Disagreement(
        "003",
        "Dropout regularization",
        "other units are dropped in every epoch",
        "in every example of every step",
        "dropout-as-an-ensemble",
        "The layer",
    ),
    Disagreement(
        "004",
        "Softmax Function",
        "five sigmoids cannot be used",
        "they can, for classes that are not exclusive",
        "digits-from-start-to-finish",
        "Ten scores, one probability each",
    ),
    Disagreement(
        "004", "Softmax Function", "1 for the largest score and 0 for the others", "that is argmax", "activations", "Softmax"
    ),
    Disagreement(
        "004",
        "RMSProp Optimizer",
        "replaces the learning rate",
        "its steps are proportional to the learning rate",
        "debug-this-training",
        "2. A step of the wrong size",
    ),
    Disagreement(
        "004",
        "Back Propagation",
        "nodes with higher error rates get lower weights",
        "the signs of error and input decide",
        "an-engine-in-100-lines",
        "Which weights become smaller",
    ),
    Disagreement(
        "004",
        "Graphs",
        "a tensor has a node and an edge",
        "nodes are operations, edges are tensors",
        "the-chain-rule-seen",
        "A graph that is saved and run again",
    ),
    Disagreement(
        "004",
        "Linear Activation Function",
        "backpropagation is impossible",
        "it is possible, and finds the best line",
        "from-perceptron-to-xor",
        "Why σ must bend",
    ),
    Disagreement(
        "002",
        "Forward Propagation",
        "a is the weighted sum",
        "that is z; a = σ(z)",
        "from-perceptron-to-xor",
        "The notation of layers",
    ),
    Disagreement(
        "000, 001",
        "Back propagation algorithm",
        "δ = z (1 − z)(t − y)",
        "t − z: the output, not a hidden unit",
        "from-perceptron-to-xor",
        "The δ rules",
    ),
    Disagreement(
        "000, 001",
        "Limitations of Perceptrons",
        "a sufficiently small learning rate",
        "this rule does not depend on it",
        "from-perceptron-to-xor",
        "When it does not stop",
    ),
    Disagreement(
        "003",
        "the table of activations",
        "SQNL is C², with the range (−1, 1)",
        "C¹, [−1, 1]",
        "activations",
        "Order of continuity",
    ),
    Disagreement(
        "003",
        "the table of activations",
        "derivatives of three rows",
        "others, by differentiation",
        "activations",
        "Where the printed formulas are wrong",
    ),
    Disagreement(
        "004",
        "Gradient Descent",
        "squares on two terms of the slope's gradient",
        "none",
        "losses-and-least-squares",
        "Both parameters at once",
    ),
    Disagreement(
        "004",
        "Gradient Descent",
        "the least learning rate is 0.001",
        "steps shorter than that end the descent",
        "losses-and-least-squares",
        "Three points and a line",
    ),
    Disagreement(
        "003",
        "Types of Gradient Descent Algorithms",
        "batch descent reaches the global optimum",
        "only with one valley",
        "three-batchings",
        "Is batch descent sure to find the best?",
    ),
)
