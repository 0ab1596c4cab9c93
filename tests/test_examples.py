"""The programs in examples/ run."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.slow
def test_a_gpt_of_a_text(tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text("to be or not to be\n" * 200, encoding="utf-8")
    main = runpy.run_path(str(EXAMPLES / "shakespeare.py"))["main"]
    main([str(path), "--minutes", "0.05", "--width", "16", "--context", "16", "--sample", "40"])
    output = capsys.readouterr().out
    assert output.startswith("3800 characters, 8 different; ")
    loss = float(output.split("validation loss ")[1].split()[0])
    assert loss < 2  # that of equal probabilities is 2.08
    assert len(output.split("per character\n")[1]) == 1 + 40 + 1


def test_scipys_lbfgs_and_ours(capsys):
    pytest.importorskip("scipy", reason="pip install 'chainrule[scipy]'")
    main = runpy.run_path(str(EXAMPLES / "lbfgs.py"))["main"]
    main(["--hidden", "4", "--iterations", "12"])
    lines = capsys.readouterr().out.splitlines()
    losses = [float(line.split("loss ")[1].split()[0]) for line in lines[:2]]
    assert [line.split(":")[0] for line in lines[:2]] == ["SciPy", "ours"]
    assert max(losses) < 1.5  # that of equal probabilities is 2.3
    assert max(losses) < 1.3 * min(losses)
