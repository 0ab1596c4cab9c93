"""The programs in examples/ run on small data, and each is on the site's page of examples."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


@pytest.fixture
def run(capsys):
    """A function that runs a program with arguments and returns its output."""

    def run_program(name, *arguments):
        runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]([str(argument) for argument in arguments])
        return capsys.readouterr().out

    return run_program


def number(text, pattern):
    """The number in the text at the group of a pattern."""
    return float(re.search(pattern, text)[1])


@pytest.mark.slow
def test_digits_cnn(run, tmp_path):
    output = run("digits_cnn", "--epochs", 1, "--save", tmp_path / "digits.safetensors")
    assert number(output, r"held-out accuracy ([\d.]+)") > 0.4
    assert (tmp_path / "digits.safetensors").exists()


@pytest.mark.slow
def test_names_lstm(run):
    output = run("names_lstm", "--epochs", 2, "--write", 3)
    before, after = map(float, re.search(r"loss ([\d.]+) → ([\d.]+)", output).groups())
    assert after < before
    assert len(output.splitlines()) == 1 + 3


@pytest.mark.slow
def test_a_gpt_of_a_text(run, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("to be or not to be\n" * 200, encoding="utf-8")
    output = run("shakespeare", path, "--minutes", "0.05", "--width", "16", "--context", "16", "--lr", "0.01", "--sample", "40")
    assert output.startswith("3800 characters, 8 different; ")
    assert number(output, r"validation loss ([\d.]+)") < 2  # that of equal probabilities is 2.08
    assert len(output.split("per character\n")[1]) == 1 + 40 + 1


@pytest.mark.slow
def test_table_pandas(run):
    pytest.importorskip("pandas")
    output = run("table_pandas", "--epochs", 6)
    assert number(output, r"R² ([\d.]+)") > 0.9


@pytest.mark.slow
def test_pinn(run):
    output = run("pinn", "--steps", 60, "--points", 100)
    assert number(output, r"largest error of the temperature (\S+)") < 0.05


@pytest.mark.slow
def test_gaussian_process(run):
    pytest.importorskip("scipy")
    output = run("gaussian_process", "--points", 40)
    assert number(output, r"mean error ([\d.]+)") < 0.15
    assert 0.1 < number(output, r"noise ([\d.]+)") < 0.4


@pytest.mark.slow
def test_scipys_lbfgs_and_ours(run):
    pytest.importorskip("scipy")
    output = run("lbfgs", "--hidden", 4, "--iterations", 12)
    losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", output)]
    assert re.findall(r"^\w+", output, re.MULTILINE)[:2] == ["SciPy", "ours"]
    assert max(losses) < 1.5  # that of equal probabilities is 2.3
    assert max(losses) < 1.3 * min(losses)


@pytest.mark.slow
def test_neural_ode(run):
    pytest.importorskip("scipy")
    output = run("neural_ode", "--steps", 8)
    errors = [float(error) for error in re.findall(r"mean squared error ([\d.]+)", output)]
    assert errors[1] < errors[0]


@pytest.mark.slow
def test_hyper_gradient(run):
    output = run("hyper_gradient", "--rounds", 4)
    losses = [float(loss) for loss in re.findall(r"test loss ([\d.]+)", output)]
    assert losses[1] < losses[0]


@pytest.mark.slow
def test_finetune_onnx(run):
    pytest.importorskip("onnx")
    output = run("finetune_onnx", "--epochs", 5)
    assert number(output, r"images: ([\d.]+)") > number(output, r"from the file: accuracy ([\d.]+)")
    assert number(output, r"at most (\S+)") < 1e-12


@pytest.mark.slow
def test_many_ranks(run):
    checksums = {run("many_ranks", "--threads", ranks, "--epochs", 1).split()[-1] for ranks in (1, 2)}
    assert len(checksums) == 1


def test_each_program_is_on_the_site_and_short():
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert f"../examples/{path.name}" in page, path.name
        assert 40 <= len(path.read_text(encoding="utf-8").splitlines()) <= 120, path.name


@pytest.mark.slow
def test_lbfgs(run):
    pytest.importorskip("scipy")
    output = run("lbfgs", "--hidden", 4, "--iterations", 12)
    losses = [float(loss) for loss in re.findall(r"^(?:SciPy|ours): .*loss (\S+)", output, re.MULTILINE)]
    assert len(losses) == 2
    assert max(losses) < 1.5  # that of equal probabilities is 2.3
    assert max(losses) < 1.3 * min(losses)
