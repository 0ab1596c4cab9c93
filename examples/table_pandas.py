"""Predict prices from a table with numbers, categories and gaps: pandas for the table, a network for the prediction.

    python examples/table_pandas.py [--csv FILE --target COLUMN] [--epochs 60]

Without a file the program makes a table of apartments whose prices follow a known rule with noise, so that the best possible
error is known.
"""

import argparse
import sys

import numpy as np
import pandas as pd

import nn
from nn.metrics import r2_score
from optim import AdamW, EarlyStopping, MiniBatch, fit, predict
from optim.data import OneHotEncoder, StandardScaler, split

NOISE = 10.0


def apartments(n, rng):
    """A table of n apartments; a tenth of the years is missing."""
    table = pd.DataFrame(
        {
            "area": rng.uniform(25, 140, n).round(1),
            "year": np.where(rng.random(n) < 0.1, np.nan, rng.integers(1900, 2025, n)),
            "district": rng.choice(["center", "harbor", "hills", "north"], n),
        }
    )
    factor = table["district"].map({"center": 1.6, "harbor": 1.3, "hills": 1.2, "north": 1.0})
    age = 2025 - table["year"].fillna(1960)
    table["price"] = factor * table["area"] * (4 - age / 60) + NOISE * rng.normal(size=n)
    return table


class Features:
    """Columns as numbers, by statistics of the training rows: scaled numbers with a mark for gaps, and one-hot categories."""

    def __init__(self, table):
        self.numeric = list(table.select_dtypes("number"))
        self.medians = table[self.numeric].median()
        self.scaler = StandardScaler.fit(table[self.numeric].fillna(self.medians).to_numpy())
        others = [column for column in table if column not in self.numeric]
        self.encoders = {column: OneHotEncoder.fit(table[column].to_numpy(str)) for column in others}

    def __call__(self, table):
        numbers = self.scaler.apply(table[self.numeric].fillna(self.medians).to_numpy())
        gaps = table[self.numeric].isna().to_numpy(float)
        categories = [encoder.apply(table[column].to_numpy(str)) for column, encoder in self.encoders.items()]
        return np.concatenate([numbers, gaps, *categories], axis=1)


def main(arguments):
    """Train on four fifths of the rows, and print the error on the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--csv", metavar="FILE", help="a table; the first row has the names of the columns")
    parser.add_argument("--target", default="price", metavar="COLUMN", help="the column to predict (default: price)")
    parser.add_argument("--epochs", type=int, default=60)
    options = parser.parse_args(arguments)

    table = pd.read_csv(options.csv) if options.csv else apartments(1200, np.random.default_rng(0))
    prices = table.pop(options.target).to_numpy(float)[:, None]
    train, test = split(len(table), [0.8, 0.2], rng=0)
    features, scaler = Features(table.iloc[train]), StandardScaler.fit(prices[train])
    inputs, targets = features(table), scaler.apply(prices)

    model = nn.MLP([inputs.shape[1], 32, 32, 1], activation="silu", rng=0)
    fit(
        model, nn.MSELoss(), (inputs[train], targets[train]), optimizer=AdamW(model.parameters(), lr=0.01),
        batching=MiniBatch(32), epochs=options.epochs, validation=(inputs[test], targets[test]),
        early_stopping=EarlyStopping(patience=15), rng=0, progress=False,
    )  # fmt: skip

    predictions = scaler.undo(predict(model, inputs[test]))
    error = float(np.sqrt(np.mean((predictions - prices[test]) ** 2)))
    print(f"{len(table)} rows, {inputs.shape[1]} features; held-out R² {r2_score(predictions, prices[test]):.3f}")
    print(f"root mean squared error {error:.1f}" + ("" if options.csv else f"; that of the noise is {NOISE:.1f}"))


if __name__ == "__main__":
    main(sys.argv[1:])
