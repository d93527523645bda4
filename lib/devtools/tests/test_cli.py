import pytest

from lib.devtools import cli
from lib.devtools.console import Problem
from lib.devtools.places import ROOT


def test_overview_has_one_line_for_each_command():
    lines = cli.overview().splitlines()[1:]

    assert [line.split()[1] for line in lines] == list(cli.COMMANDS)
    assert all(len(line.split()) > 2 for line in lines)


def test_unknown_command_is_refused_with_the_list(capsys):
    assert cli.main(["rnu"]) == 2
    assert "./dev run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "rest", "folder"),
    [
        (["check"], ["check"], ROOT / "var"),
        (["check", "--data", "/x"], ["check"], "/x"),
        (["--data=/x", "check", "--json"], ["check", "--json"], "/x"),
        (["shell", "--", "--data", "/x"], ["shell", "--", "--data", "/x"], ROOT / "var"),
    ],
)
def test_data_folder_is_taken_out_of_the_arguments(arguments, rest, folder):
    left, data = cli.take_data(arguments)

    assert left == rest
    assert str(data.folder) == str(folder)


def test_data_without_a_folder_is_refused():
    with pytest.raises(Problem, match="--data needs"):
        cli.take_data(["check", "--data"])


@pytest.mark.parametrize(
    "arguments", [["-n0"], ["-n", "4"], ["-p", "no:xdist"], ["--pdb", "users"]]
)
def test_pytest_arguments_decide_how_many_run_at_once(arguments):
    assert cli.pytest_defaults(arguments) == []


def test_pytest_runs_two_at_once_otherwise():
    assert cli.pytest_defaults(["users", "-k", "name"]) == ["-n", "2", "--dist", "worksteal"]


def test_env_file_fills_in_only_what_is_missing(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# A=0\nA=1\nexport B='two words'\nC=\nno line\n")
    variables = {"A": "given"}

    cli.read_env_file(file, variables)

    assert variables == {"A": "given", "B": "two words", "C": ""}
