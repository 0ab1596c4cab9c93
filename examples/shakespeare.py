"""Train a small GPT on the characters of a text, and let it write.

    python examples/shakespeare.py TEXT [--minutes 10] [--layers 2] [--width 64] [--sample 500]

TEXT is any text file of some hundred thousand characters, such as the works of Shakespeare. The last tenth of it is held out.
AdamW with a linear warm-up and a cosine decay over the given time; the steps are compiled.
"""

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np

import autograd
import nn
from optim import AdamW, clip_grad_norm
from optim.data import CharTokenizer, Windows


def main(arguments):
    """Train, print the validation loss and a sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path, metavar="TEXT", help="a text file")
    parser.add_argument("--minutes", type=float, default=10.0, help="training time (default: 10)")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--context", type=int, default=64)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=3e-3, help="the largest learning rate (default: 0.003)")
    parser.add_argument("--sample", type=int, default=500, help="characters to write at the end (default: 500)")
    options = parser.parse_args(arguments)

    text = options.text.read_text(encoding="utf-8")
    tokenizer = CharTokenizer.fit(text)
    tokens = tokenizer.encode(text)
    split = len(tokens) * 9 // 10
    training = Windows(tokens[:split], options.context)
    validation = Windows(tokens[split:], options.context, step=options.context)
    model = nn.GPT(len(tokenizer), options.width, options.layers, options.heads, options.context, rng=0).astype("float32")
    print(f"{len(text)} characters, {len(tokenizer)} different; {sum(p.size for p in model.parameters())} parameters")

    steps = train(model, training, validation, options)
    print(f"{steps} steps; validation loss {mean_loss(model, validation):.3f} nats per character")
    start = tokenizer.encode("\n") if "\n" in tokenizer.characters else tokens[:1]
    print(tokenizer.decode(nn.generate(model, start, options.sample, temperature=0.8, rng=0)))


def train(model, training, validation, options):
    """Train for the given time and return the number of steps."""
    optimizer = AdamW(model.parameters(), lr=options.lr, betas=(0.9, 0.99))

    @autograd.compile
    def step(inputs, targets):
        optimizer.zero_grad()
        error = next_token_loss(model(inputs), targets)
        error.backward()
        clip_grad_norm(model.parameters(), 1.0)
        optimizer.step()
        return error

    rng = np.random.default_rng(0)
    start, seconds, steps, report = time.perf_counter(), 60 * options.minutes, 0, 1
    while (progress := (time.perf_counter() - start) / seconds) < 1:
        optimizer.lr = options.lr * min(1.0, (steps + 1) / 200) * (0.05 + 0.95 * (1 + math.cos(math.pi * progress)) / 2)
        error = step(*training[rng.integers(len(training), size=options.batch)])
        steps += 1
        if progress * 10 >= report:
            print(
                f"{progress:4.0%}  {steps} steps  loss {error.item():.3f}  validation {mean_loss(model, validation):.3f}",
                flush=True,
            )
            report += 1
    return steps


def next_token_loss(scores, targets):
    """The mean cross-entropy over all positions."""
    return nn.functional.cross_entropy(scores.reshape(-1, scores.shape[-1]), targets.reshape(-1))


def mean_loss(model, windows):
    """The mean loss over all windows."""
    batches = [windows[i : i + 100] for i in range(0, len(windows), 100)]
    with autograd.no_grad():
        losses = [next_token_loss(model(inputs), targets).item() for inputs, targets in batches]
    return float(np.average(losses, weights=[len(inputs) for inputs, _ in batches]))


if __name__ == "__main__":
    main(sys.argv[1:])
