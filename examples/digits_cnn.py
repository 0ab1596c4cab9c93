"""Classify handwritten digits with a convolutional network, and save the trained model.

    python examples/digits_cnn.py [--epochs 12] [--save digits.safetensors]

1797 images of 8×8 pixels come with the library. A fifth of them is held out, stratified by class.
"""

import argparse
import sys

import nn
from nn.metrics import accuracy, confusion_matrix
from optim import AdamW, MiniBatch, OneCycleLR, evaluate, fit, predict
from optim.data import Compose, Noise, Rotate, as_images, digits, split


def make_model():
    """Two convolutions with batch normalization, and a linear classifier."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=0),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 24, 3, padding=1, rng=1),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        nn.GlobalAvgPool2d(),
        nn.Dropout(0.1, rng=2),
        nn.Linear(24, 10, rng=3),
    ).astype("float32")


def main(arguments):
    """Train, print the held-out accuracy and the most frequent confusion, and save the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--save", metavar="FILE", help="where to write the model, such as digits.safetensors")
    options = parser.parse_args(arguments)

    images, labels = digits()
    images = as_images(images.astype("float32"), (8, 8))
    train, test = split(labels, [0.8, 0.2], rng=0)
    training, held_out = (images[train], labels[train]), (images[test], labels[test])

    model, loss, batching = make_model(), nn.CrossEntropyLoss(label_smoothing=0.05), MiniBatch(32)
    optimizer = AdamW(model.parameters(), lr=0.01)
    steps = options.epochs * -(-len(train) // 32)
    fit(
        model,
        loss,
        training,
        optimizer=optimizer,
        batching=batching,
        epochs=options.epochs,
        schedule=OneCycleLR(optimizer, max_lr=0.01, total_steps=steps),
        transform=Compose(Rotate(8, shape=(8, 8)), Noise(0.05)),
        rng=0,
        progress=False,
    )

    scores = evaluate(model, loss, held_out, {"accuracy": accuracy})
    print(f"held-out accuracy {scores['accuracy']:.3f} of {len(test)} images")
    confusions = confusion_matrix(predict(model, held_out[0]), held_out[1])
    confusions[range(10), range(10)] = 0
    truth, predicted = divmod(int(confusions.argmax()), 10)
    print(f"most frequent confusion: {truth} read as {predicted}, {confusions.max()} times")
    if options.save:
        nn.save_model(model, options.save)
        print(f"saved as {options.save}")


if __name__ == "__main__":
    main(sys.argv[1:])
