"""What the README says is so."""

import re

import pytest

from stories.bench.processes import ROOT

README = (ROOT / "README.md").read_text()
SOURCES = [
    *(ROOT / "storyloom").glob("*.py"),
    *(ROOT / "training").rglob("*.py"),
    *(ROOT / "users").rglob("*.py"),
]


def test_every_variable_is_explained_and_exists():
    explained = set(re.findall(r"^\| `(STORYLOOM_\w+)` \|", README, re.M))
    read = set()
    for source in SOURCES:
        read |= set(re.findall(r'env\.\w+\(\s*"(STORYLOOM_\w+)"', source.read_text()))
    assert explained == read


def test_a_default_in_the_table_is_the_one_in_the_settings():
    settings = (ROOT / "storyloom" / "settings.py").read_text()
    shown = dict(re.findall(r"^\| `(STORYLOOM_\w+)` \| `([^`]+)` \|", README, re.M))
    assert shown
    said = re.findall(r'env\.(\w+)\(\s*"(\w+)"(?:, ([^()]+?))?\)', settings)
    for kind, name, default in said:
        if name in shown and name != "STORYLOOM_VAR":
            by_kind = {"flag": "0", "number": "", "text": "", "words": ""}[kind]
            value = {"True": "1", "False": "0"}.get(default, default.strip('"'))
            assert shown[name] == (value or by_kind), name


def test_the_tree_names_what_is_there():
    tree = README.partition("## The house")[2].partition("```\n")[2].partition("```")[0]
    folder = top = None
    named = set()
    for line in tree.splitlines():
        indent = len(line) - len(line.lstrip())
        for name in re.findall(r"(?:^|\s{2,})([a-z_]+(?:\.py|/))(?=\s)", line):
            if indent == 0:
                top = folder = ROOT / name
                path = top
                named.add(name)
            elif indent == 2:
                path = top / name
                folder = path if name.endswith("/") else folder
            else:
                path = folder / name
            assert path.exists(), path
    folders = {
        f"{path.name}/"
        for path in ROOT.iterdir()
        if path.is_dir()
        and not path.name.startswith((".", "__"))
        and path.name != "var"
    }
    assert folders - {"prototypes/"} <= named


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`make ([\w-]+)", README))))
def test_a_make_command_exists(command):
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.M)


def test_a_management_command_exists():
    named = set(re.findall(r"manage\.py (\w+)", README))
    named |= set(re.findall(r"`((?:bench|train|read)_\w+)`", README))
    there = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    assert {"weave", "bench_editor"} <= named
    assert named <= there


def test_nothing_names_the_machine_it_was_written_on():
    hosts = re.compile(r"/(root|home|work|tmp)/|pypi\.org|pythonhosted")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile"]:
        assert not hosts.search(path.read_text()), path
