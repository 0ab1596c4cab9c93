"""The first guesses of users of PyTorch, Keras, scikit-learn and NumPy: each works, or the error states our name."""

import warnings

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor
from optim import fit
from optim.data import DataLoader

X = np.linspace(-1, 1, 20)[:, None]
Y = 3 * X[:, 0]
LABELS = (Y > 0).astype(int)
DATA, CLASSES = (X, Y), (X, LABELS)
MSE, ENTROPY = nn.MSELoss(), nn.CrossEntropyLoss()


def model(outputs=1):
    return nn.Linear(1, outputs, rng=0)


def tensor():
    return Tensor([1.0, 2.0], requires_grad=True)


def sgd():
    return optim.SGD(model().parameters(), lr=0.1)


WORKS = {
    "PyTorch: optim.Adam(lr, betas)": lambda: optim.Adam(model().parameters(), lr=0.01, betas=(0.9, 0.99)),
    "PyTorch: SGD(weight_decay)": lambda: optim.SGD(
        model().parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, nesterov=True
    ),
    "PyTorch: zero_grad, backward, step": lambda: (sgd().zero_grad(), MSE(model()(X), X).backward(), sgd().step()),
    "PyTorch: CrossEntropyLoss(label_smoothing)": lambda: nn.CrossEntropyLoss(label_smoothing=0.1)(model(2)(X), LABELS),
    "PyTorch: x.detach().numpy()": lambda: tensor().detach().numpy(),
    "PyTorch: no_grad, train, eval": lambda: (autograd.no_grad(), model().train(), model().eval()),
    "PyTorch: state_dict": lambda: model().load_state_dict(model().state_dict()),
    "PyTorch: DataLoader(shuffle, drop_last)": lambda: next(iter(DataLoader(DATA, shuffle=True, drop_last=False))),
    "PyTorch: LSTM(batch_first)": lambda: nn.LSTM(input_size=2, hidden_size=3, batch_first=True),
    "PyTorch: Sequential": lambda: nn.Sequential(nn.Linear(1, 4), nn.ReLU(), nn.Dropout(p=0.5), nn.Linear(4, 1))(X),
    "Keras: fit(batch_size, validation_split)": lambda: fit(model(), MSE, DATA, epochs=1, batch_size=4, validation_split=0.2),
    "Keras: fit(class_weight)": lambda: fit(model(2), ENTROPY, CLASSES, epochs=1, class_weight={0: 1.0, 1: 2.0}),
    "Keras: history['loss']": lambda: fit(model(), MSE, DATA, epochs=1)["loss"],
    "scikit-learn: 1-d targets": lambda: fit(model(), MSE, (X, Y), epochs=1),
    "scikit-learn: text labels": lambda: fit(model(2), ENTROPY, (X, np.where(LABELS, "yes", "no")), epochs=1),
    "scikit-learn: fit(sample_weight)": lambda: fit(model(), MSE, DATA, epochs=1, sample_weight=np.ones(20)),
    "NumPy: np.exp(t), t.mean(axis), t.shape": lambda: (np.exp(tensor()), tensor().mean(axis=0), tensor().shape),
}

ANSWERED = {
    "Keras: model.fit": (lambda: model().fit(X, Y), "optim.fit(model, loss, data)"),
    "Keras: model.compile": (lambda: model().compile(optimizer="adam", loss="mse"), "optim.fit"),
    "Keras: model.predict": (lambda: model().predict(X), "optim.predict(model, inputs)"),
    "Keras: model.evaluate": (lambda: model().evaluate(X, Y), "optim.evaluate(model, loss, data)"),
    "Keras: model.summary": (lambda: model().summary(), "nn.summary(model"),
    "Keras: model.save": (lambda: model().save("model.keras"), "nn.save_model(model, path)"),
    "Keras: model.get_weights": (lambda: model().get_weights(), "state_dict()"),
    "Keras: Dense": (lambda: nn.Dense(4), "Linear"),
    "Keras: Dropout(rate)": (lambda: nn.Dropout(rate=0.5), "p"),
    "Keras: history.history": (lambda: fit(model(), MSE, DATA, epochs=1).history["loss"], "history[column]"),
    "Keras: fit(validation_data)": (lambda: fit(model(), MSE, DATA, validation_data=DATA), "validation"),
    "Keras: fit(verbose)": (lambda: fit(model(), MSE, DATA, verbose=1), "progress"),
    "Keras: fit(optimizer='adam')": (lambda: fit(model(), MSE, DATA, optimizer="adam"), "Adam(model.parameters())"),
    "Keras: fit(loss='mse')": (lambda: fit(model(), "mse", DATA), "nn.MSELoss()"),
    "Keras: fit(metrics=['accuracy'])": (
        lambda: fit(model(), MSE, DATA, metrics=["accuracy"]),
        '{"accuracy": nn.metrics.accuracy}',
    ),
    "Keras: fit(steps_per_epoch)": (lambda: fit(model(), MSE, DATA, steps_per_epoch=3), "batch_size"),
    "Keras: EarlyStopping(val_loss)": (lambda: optim.EarlyStopping(monitor="val_loss"), "validation_loss"),
    "Keras: ModelCheckpoint": (lambda: optim.ModelCheckpoint("best.keras"), "Checkpoint"),
    "Keras: Adam(learning_rate)": (lambda: optim.Adam(model().parameters(), learning_rate=0.01), "lr"),
    "PyTorch: x.cuda()": (lambda: tensor().cuda(), "everything runs on the CPU"),
    "PyTorch: model.to('cuda')": (lambda: model().to("cuda"), "astype"),
    "PyTorch: x.mean(dim=0)": (lambda: tensor().mean(dim=0), "axis"),
    "PyTorch: x.view": (lambda: tensor().view(2, 1), "reshape"),
    "PyTorch: x.unsqueeze": (lambda: tensor().unsqueeze(0), "expand_dims"),
    "PyTorch: ReLU(inplace)": (lambda: nn.ReLU(inplace=True), "nothing (activations return new tensors)"),
    "PyTorch: DataLoader(batch_size)": (lambda: DataLoader(DATA, batch_size=4), "batching=MiniBatch(size)"),
    "PyTorch: DataLoader(num_workers)": (lambda: DataLoader(DATA, num_workers=2), "prefetch"),
    "PyTorch: optim.lr_scheduler": (lambda: optim.lr_scheduler.StepLR, "optim.StepLR"),
    "PyTorch: nn.utils.clip_grad_norm_": (lambda: nn.utils.clip_grad_norm_(()), "optim.clip_grad_norm"),
    "PyTorch: nn.init.xavier_uniform_": (lambda: nn.init.xavier_uniform_(tensor()), "xavier_uniform"),
    "PyTorch: manual_seed": (lambda: autograd.manual_seed(0), "nn.seed"),
    "PyTorch: fit(criterion)": (lambda: fit(model(), MSE, DATA, criterion=MSE), "loss"),
    "scikit-learn: fit(X, y)": (lambda: fit(model(), X=X, y=Y), "data=(inputs, targets)"),
    "scikit-learn: MLP(hidden_layer_sizes)": (lambda: nn.MLP(hidden_layer_sizes=(100,)), "sizes"),
    "scikit-learn: fit(max_iter)": (lambda: fit(model(), MSE, DATA, max_iter=100), "epochs"),
    "scikit-learn: fit(seed)": (lambda: fit(model(), MSE, DATA, seed=0), "rng"),
    "scikit-learn: fit(random_state)": (lambda: fit(model(), MSE, DATA, random_state=0), "rng"),
    "scikit-learn: fit(learning_rate)": (
        lambda: fit(model(), MSE, DATA, learning_rate=0.1),
        "optimizer=SGD(",
    ),
    "scikit-learn: model.score": (lambda: model().score(X, Y), "optim.evaluate"),
    "scikit-learn: accuracy_score": (lambda: nn.metrics.accuracy_score(LABELS, LABELS), "accuracy"),
    "scikit-learn: train_test_split": (lambda: optim.train_test_split(X, Y), "optim.data.split"),
    "scikit-learn: MLPClassifier": (lambda: optim.MLPClassifier, "optim.integrations.MLPClassifier"),
    "scikit-learn: the order (model, X, y)": (lambda: fit(model(), X, Y), "(model, loss, (inputs, targets))"),
    "NumPy: zeros": (lambda: autograd.zeros((2, 3)), "Tensor(np.zeros(shape))"),
    "NumPy: array": (lambda: autograd.array([1.0]), "Tensor"),
    "NumPy: random.randn": (lambda: autograd.randn(3), "rng.normal(size=shape)"),
    "JAX: vmap": (lambda: autograd.vmap(np.exp), "nn.per_example_gradients"),
    "TensorFlow: GradientTape": (lambda: autograd.GradientTape(), "y.backward() or grad"),
    "a small letter: optim.adam": (lambda: optim.adam, "Adam"),
    "a small letter: nn.relu": (lambda: nn.relu(tensor()), "ReLU"),
}


def test_there_are_more_than_thirty():
    assert len(WORKS) + len(ANSWERED) > 30


@pytest.mark.parametrize("guess", WORKS)
def test_a_guess_works(guess):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        WORKS[guess]()


@pytest.mark.parametrize("guess", ANSWERED)
def test_a_guess_is_answered_with_our_name(guess):
    call, ours = ANSWERED[guess]
    with pytest.raises((AttributeError, TypeError, ValueError)) as caught:
        call()
    _, hint, answer = str(caught.value).partition("; write ")
    assert ours in (answer if hint else str(caught.value))


@pytest.mark.parametrize("name", ["fit", "predict", "to", "score"])
def test_a_model_of_ones_own_may_have_methods_of_these_names(name):
    cls = type("Own", (nn.Module,), {name: lambda self: "own", "forward": lambda self, x: x})
    assert getattr(cls(), name)() == "own"
    assert not hasattr(nn.Linear(1, 1), name)
