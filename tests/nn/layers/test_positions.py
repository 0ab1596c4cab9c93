import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, gradcheck
from nn import functional as F  # noqa: N812

X = np.random.default_rng(0).normal(size=(2, 5, 6))


def test_sinusoidal_positions_follow_the_formula():
    table = F.sinusoidal_positions(7, 6, base=100.0)
    for t in range(7):
        for i in range(3):
            assert table[t, 2 * i] == pytest.approx(np.sin(t / 100 ** (2 * i / 6)))
            assert table[t, 2 * i + 1] == pytest.approx(np.cos(t / 100 ** (2 * i / 6)))
    assert F.sinusoidal_positions(3, 5).shape == (3, 5)


@pytest.mark.parametrize("layer", [nn.SinusoidalPositions(6), nn.LearnedPositions(9, 6, rng=0), nn.RotaryPositions()])
def test_start_moves_the_positions(layer):
    padded = np.concatenate([np.zeros((2, 3, 6)), X], axis=1)
    np.testing.assert_allclose(layer(Tensor(X), start=3).numpy(), layer(Tensor(padded)).numpy()[:, 3:])


def test_learned_positions_have_the_gradient_of_their_sum():
    layer = nn.LearnedPositions(7, 6, rng=0)
    layer(X, 1).sum().backward()
    assert layer.weight.grad.numpy().tolist() == [[2.0 * (1 <= t < 6)] * 6 for t in range(7)]


def test_learned_positions_agree_with_an_embedding_of_torch(torch):
    layer, embedding = nn.LearnedPositions(8, 6, rng=0), torch.nn.Embedding(8, 6).double()
    embedding.load_state_dict({"weight": torch.from_numpy(nn.to_pytorch(layer)["weight"])})
    np.testing.assert_array_equal(layer(X).numpy(), (torch.tensor(X) + embedding(torch.arange(5))).detach().numpy())


def test_product_of_rotated_vectors_depends_on_their_distance_only():
    q, k = np.random.default_rng(1).normal(size=(2, 6))
    rotated_q, rotated_k = (F.rotary_positions(np.tile(x, (20, 1))) for x in (q, k))
    scores = rotated_q @ rotated_k.T
    for distance in range(-5, 6):
        np.testing.assert_allclose(np.diagonal(scores, distance), scores[10, 10 + distance], rtol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(rotated_q, axis=1), np.linalg.norm(q))


def test_rotation_follows_the_formula_of_complex_numbers():
    z = X[..., :3] + 1j * X[..., 3:]
    rotated = z * np.exp(1j * np.arange(5)[:, None] * 10000 ** (-np.arange(3) / 3))
    np.testing.assert_allclose(F.rotary_positions(X), np.concatenate([rotated.real, rotated.imag], axis=-1), rtol=1e-12)


@pytest.mark.parametrize("f", [lambda x: F.rotary_positions(x, 2) ** 2, lambda x: nn.SinusoidalPositions(6)(x) ** 2])
def test_gradients_are_right_to_second_order(f):
    assert gradcheck(f, Tensor(X, requires_grad=True), order=2)


@pytest.mark.parametrize("layer", [nn.SinusoidalPositions(6), nn.LearnedPositions(5, 6, rng=0), nn.RotaryPositions()])
def test_float32_stays(layer):
    assert layer.astype("float32")(Tensor(X.astype("float32"))).dtype == np.float32


@pytest.mark.parametrize(
    ("layer", "arguments", "message"),
    [
        (nn.LearnedPositions(4, 6), (X,), "expected (…, T, 6) with at most 4 positions"),
        (nn.LearnedPositions(6, 6), (X, 2), "got an input of shape (2, 5, 6) after 2 positions, expected (…, T, 6) with at"),
        (nn.LearnedPositions(6, 5), (X,), "expected (…, T, 5)"),
        (nn.SinusoidalPositions(4), (X,), "got an input of shape (2, 5, 6), expected (…, T, 4)"),
        (nn.RotaryPositions(), (X[..., :5],), "got an input of shape (2, 5, 5), expected (…, T, d) with an even d"),
    ],
)
def test_wrong_shapes_are_reported_with_the_path(layer, arguments, message):
    model = nn.Sequential(layer)
    with pytest.raises(ShapeError) as caught:
        model[0](*arguments)
    assert str(caught.value).startswith(f"{type(layer).__name__} '0': ")
    assert message in str(caught.value)


@pytest.mark.parametrize("call", [lambda: nn.SinusoidalPositions(64, 8), lambda: nn.RotaryPositions(8)])
def test_a_length_or_width_is_not_taken_for_the_base(call):
    with pytest.raises(TypeError, match="positional argument"):
        call()


def test_repr_shows_sizes_and_another_base():
    layers = [
        nn.LearnedPositions(4, 6),
        nn.SinusoidalPositions(6),
        nn.SinusoidalPositions(6, base=100),
        nn.RotaryPositions(base=100),
    ]
    assert [repr(layer) for layer in (*layers, nn.RotaryPositions())] == [
        "LearnedPositions(4, 6)",
        "SinusoidalPositions(6)",
        "SinusoidalPositions(6, base=100)",
        "RotaryPositions(base=100)",
        "RotaryPositions()",
    ]
