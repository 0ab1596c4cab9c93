"""Learn to write names, character by character, with an LSTM.

    python examples/names_lstm.py [--names FILE] [--epochs 60] [--write 10]

FILE has one name a line; without it the program knows 72 names. Names have different lengths, so each batch is padded, and the
loss ignores the padding.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import nn
from optim import Adam, MiniBatch, fit
from optim.data import CharTokenizer, PaddedSequences

NAMES = """
ada adele agnes alan albert alice alma amelia anna anton barbara blaise carl carla cecilia charles clara daniel david diana
edith edward elena eliza emil emma emmy ernest eva felix flora frida george gerda grace hanna hedy helen henri hilda ida irene
isaac ivan jacob jane johanna john julia karl kurt laura leon linda lise louis maria marie martha max mina nora olga otto paul
pierre robert rosa sofia thomas viktor
"""
END = "\n"
PADDING = -100  # ignored by the loss


class Writer(nn.Module):
    """Tokens (N, T) → scores of the next token (N, T, vocabulary)."""

    def __init__(self, vocabulary, width=48):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 16, rng=0)
        self.lstm = nn.LSTM(16, width, batch_first=True, rng=1)
        self.head = nn.Linear(width, vocabulary, rng=2)

    def forward(self, tokens):
        return self.step(tokens)[0]

    def step(self, tokens, state=None):
        """Scores and the new state: `nn.generate` then reads one token at a time."""
        outputs, state = self.lstm(self.embedding(tokens), state)
        return self.head(outputs), state


def loss(scores, targets):
    """The mean cross-entropy of the characters, without the padding."""
    return nn.functional.cross_entropy(scores.reshape(-1, scores.shape[-1]), np.reshape(targets, -1), ignore_index=PADDING)


def main(arguments):
    """Train, and write names that are new."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", type=Path, metavar="FILE", help="a text file with one name a line")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--write", type=int, default=10, help="names to write (default: 10)")
    options = parser.parse_args(arguments)

    names = options.names.read_text(encoding="utf-8").split() if options.names else NAMES.split()
    tokenizer = CharTokenizer.fit("".join(names) + END)
    tokens = [tokenizer.encode(f"{END}{name}{END}") for name in names]
    end = int(tokenizer.encode(END)[0])
    data = PaddedSequences([row[:-1] for row in tokens], [row[1:] for row in tokens], value=end, target_value=PADDING)

    model = Writer(len(tokenizer))
    optimizer = Adam(model.parameters(), lr=0.01)
    history = fit(
        model, loss, data, optimizer=optimizer, batching=MiniBatch(16), epochs=options.epochs, clip_norm=1.0, rng=0,
        progress=False,
    )  # fmt: skip
    print(f"{len(names)} names; loss {history['loss'][0]:.2f} → {history['loss'][-1]:.2f} nats per character")

    start = np.full((options.write, 1), end)
    for row in nn.generate(model, start, 12, temperature=0.8, rng=0):
        name = tokenizer.decode(row[1:]).split(END)[0]
        print(f"{name}{'' if name in names else '  (new)'}")


if __name__ == "__main__":
    main(sys.argv[1:])
