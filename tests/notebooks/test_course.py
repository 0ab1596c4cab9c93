"""The syllabus is complete, and its references exist."""

import ast
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.notebooks.wrong_answers import WRONG_ANSWERS

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "notebooks"))
course, execute, exercises, reading_time = map(import_module, ("course", "execute", "exercises", "reading_time"))

LAST_TOPIC = {"A": 4, "B": 11, "C": 14, "D": 15, "E": 18, "F": 23, "G": 28, "H": 31}  # number of the last topic of each part
MAX_SIZE = 1.5e6  # bytes of a notebook with its pictures
MAX_LINES = 25  # of a cell

each_notebook = pytest.mark.parametrize("path", course.notebooks(), ids=lambda path: path.stem)
each_topic = pytest.mark.parametrize("topic", course.TOPICS)


def test_syllabus_has_exactly_the_topics_of_the_lectures():
    parts, expected = iter(LAST_TOPIC), []
    letter = next(parts)
    for number in range(1, max(LAST_TOPIC.values()) + 1):
        letter = next(parts) if number > LAST_TOPIC[letter] else letter
        expected.append(f"{letter}{number}")
    slides = [topic for topic in course.TOPICS if topic.startswith("S")]
    assert list(course.TOPICS) == expected + slides
    assert list(course.PARTS) == [*LAST_TOPIC, "S"]
    assert all(re.fullmatch(r"S00[0-4]-[a-z-]+", topic) for topic in slides)


@each_topic
def test_every_topic_is_shown_in_a_notebook(topic):
    stems = [path.stem for path in course.notebooks() for name, _ in course.topics(path) if name == topic]
    assert stems or (topic.startswith("H") and course.TOPICS[topic].planned)


@each_topic
def test_every_topic_has_a_test_that_exists(topic):
    assert course.TOPICS[topic].tests
    for reference in course.TOPICS[topic].tests:
        path, name = reference.split("::")
        tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, reference


@each_notebook
def test_every_tag_names_a_topic_and_is_under_a_heading(path):
    for topic, heading in course.topics(path):
        assert topic in course.TOPICS
        assert heading


@each_notebook
def test_a_notebook_ends_with_three_exercises_whose_solutions_are_collapsed(path):
    solutions = [cell for cell in course.read(path)["cells"] if "solution" in course.tags(cell)]
    assert len(solutions) >= 3
    assert all(cell["metadata"].get("jupyter", {}).get("source_hidden") for cell in solutions)


@each_notebook
def test_an_answer_is_followed_by_its_check_and_its_collapsed_solution(path):
    cells = course.read(path)["cells"]
    exercise_cells = list(course.exercises(cells))
    assert len(exercise_cells) == len(WRONG_ANSWERS[path.stem])
    for answer, check, solution in exercise_cells:
        assert "check" in course.tags(check)
        assert "solution" in course.tags(solution)
        assert check["metadata"]["jupyter"] == {"source_hidden": True}
        assert solution["metadata"]["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
        assert execute.output_text(check) == f"{exercises.NOT_ANSWERED}\n"
        assert assigned_names(course.source(answer)) <= assigned_names(course.source(solution))


def assigned_names(code):
    """The names that the statements of a cell assign or define."""
    tree = ast.parse(code)
    functions = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return functions | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@each_notebook
def test_a_notebook_is_small_and_has_an_introduction(path):
    assert path.stat().st_size < MAX_SIZE
    assert course.SUMMARIES[path.stem]
    first = course.source(course.read(path)["cells"][0])
    assert re.match(r"# \D.*\n\n\*\*What you will see", first)  # the number is in the file name only
    assert 2 <= sum(line.startswith("- ") for line in first.splitlines()) <= 6


@each_notebook
def test_a_notebook_is_one_sitting_and_its_cells_are_short(path):
    assert reading_time.workload(path).minutes <= reading_time.SITTING
    for cell in course.read(path)["cells"]:
        if cell["cell_type"] == "code":
            assert len(course.source(cell).splitlines()) <= MAX_LINES, course.source(cell)


def test_reading_time_is_printed_as_a_table(capsys):
    assert reading_time.main(["01"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["minutes", "words", "lines", "pictures", "exercises", "notebook"]
    assert row.split()[-2:] == ["3", "01-the-chain-rule-seen"]
    assert reading_time.main(["nonsense"]) == 2
    assert "there is no notebook 'nonsense'" in capsys.readouterr().err


@each_notebook
def test_cells_that_show_a_picture_are_tagged(path):
    for cell in course.read(path)["cells"]:
        assert bool(execute.picture_formats(cell)) == ("picture" in course.tags(cell)), course.source(cell)


@each_notebook
def test_links_to_other_notebooks_exist(path):
    for cell in course.read(path)["cells"]:
        if cell["cell_type"] == "markdown":
            for name in re.findall(r"\]\(([^)#:]+\.ipynb)", course.source(cell)):
                assert (path.parent / name).exists(), name


@pytest.mark.parametrize("row", course.DISAGREEMENTS, ids=lambda row: f"{row.lectures} {row.slide}")
def test_a_disagreement_is_shown_in_a_section_that_exists(row):
    (path,) = (path for path in course.notebooks() if path.stem.split("-", 1)[1] == row.notebook)
    assert row.heading in course.headings(path)


def test_readme_is_up_to_date():
    assert (course.FOLDER / "README.md").read_text(encoding="utf-8") == course.index(), "python notebooks/execute.py --index"
