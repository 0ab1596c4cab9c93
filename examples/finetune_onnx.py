"""Fine-tune a network from an ONNX file on images of another kind, and export it again.

    python examples/finetune_onnx.py [--model FILE.onnx] [--epochs 40]

FILE maps rows of 64 pixels to 10 scores. Without a file the program first makes one from most of the digits. The new images
are turned by 30 degrees and have less contrast, and there are 9 of each class to learn from.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

import nn
from nn.metrics import accuracy
from optim import Adam, MiniBatch, evaluate, fit
from optim.data import digits, rotate, split


def pretrain(path, images, labels):
    """Train a classifier and write it to a file."""
    model = nn.MLP([64, 64, 10], rng=0)
    optimizer = Adam(model.parameters(), lr=0.003)
    fit(model, nn.CrossEntropyLoss(), (images, labels), optimizer=optimizer, epochs=15, rng=0, progress=False)
    nn.export_onnx(model, path, images[:1])


def other_kind(images):
    """The same images as from another scanner."""
    return 0.3 + 0.5 * rotate(images, 30, shape=(8, 8))


def main(arguments):
    """Fine-tune, compare with a network that only saw the new images, and export the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="an ONNX file that maps rows of 64 pixels to 10 scores")
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args(arguments)

    images, labels = digits()
    old, new, test = split(labels, [0.7, 0.05, 0.25], rng=0)
    training = other_kind(images[new]), labels[new]
    held_out = other_kind(images[test]), labels[test]
    loss = nn.CrossEntropyLoss()

    def accuracy_of(model):
        return evaluate(model, loss, held_out, {"accuracy": accuracy})["accuracy"]

    def tune(model):
        optimizer = Adam(model.parameters(), lr=0.002)
        fit(model, loss, training, optimizer=optimizer, batching=MiniBatch(20), epochs=options.epochs, rng=0, progress=False)
        return accuracy_of(model)

    with tempfile.TemporaryDirectory() as folder:
        path = options.model or Path(folder, "digits.onnx")
        if not options.model:
            pretrain(path, images[old], labels[old])
        model = nn.load_onnx(path)
        print(f"from the file: accuracy {accuracy_of(model):.3f} on images of the other kind")
        alone = tune(nn.MLP([64, 64, 10], rng=1))
        print(f"fine-tuned on {len(new)} images: {tune(model):.3f}; trained on these alone: {alone:.3f}")

        nn.export_onnx(model, Path(folder, "tuned.onnx"), held_out[0][:1])
        again = nn.load_onnx(Path(folder, "tuned.onnx"))
        difference = np.abs(again(held_out[0]).numpy() - model(held_out[0]).numpy()).max()
        print(f"exported and loaded again: scores differ by at most {difference:.0e}")


if __name__ == "__main__":
    main(sys.argv[1:])
