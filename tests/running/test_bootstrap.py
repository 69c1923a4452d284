"""The first start on a machine with nothing but Python: in a house of our own with one small dependency.

Real virtual environments and the real pip; the package index is a directory, so that nothing leaves this machine.
"""

import ast
import json
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from console import bootstrap
from tests.running.processes import ROOT, Started, started

BARE_PYTHON = str(Path(sys.base_prefix) / "bin" / "python3")
MANAGE = """
import sys
from console import bootstrap
bootstrap.ensure(sys.argv)
import tinything
print("tinything", tinything.VERSION, sys.prefix, sys.argv[1:])
"""
PROJECT = """
[project]
name = "house"
dependencies = ["tinything>=1"]
[project.optional-dependencies]
test = ["house[more]"]
more = ["tinytest>=1"]
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class House:
    """A project directory with our bootstrap, and an index of packages beside it."""

    def __init__(self, place: Path) -> None:
        self.root = place / "Maison à côté"
        self.index = place / "index"
        self.index.mkdir()
        (self.root / "console").mkdir(parents=True)
        (self.root / "console" / "__init__.py").touch()
        shutil.copy(ROOT / "console" / "bootstrap.py", self.root / "console")
        (self.root / "manage.py").write_text(MANAGE)
        (self.root / "pyproject.toml").write_text(PROJECT)
        for version in ("1.0", "1.1"):
            self.publish("tinything", version)
        self.publish("tinytest", "1.0")
        self.constrain("1.0")

    def publish(self, name: str, version: str) -> None:
        """Puts a package of one line into the index."""
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(self.index / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", "")

    def constrain(self, version: str) -> None:
        (self.root / "console" / "constraints.txt").write_text(f"tinything=={version}\ntinytest==1.0\n")

    def environment(self) -> dict[str, str]:
        """For pip: our index alone."""
        return {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.index.as_uri(),
            "PIP_CONFIG_FILE": "/dev/null",
            "VIRTUAL_ENV": "",
        }

    def start(self, *arguments: str, python: str = BARE_PYTHON, **more: str) -> Started:
        return Started([python, "manage.py", *arguments], self.root, **{**self.environment(), **more})

    def manage(self, *arguments: str, python: str = BARE_PYTHON, **more: str) -> tuple[int, str]:
        return self.start(*arguments, python=python, **more).ended()

    def stamp(self) -> dict[str, object]:
        return json.loads((self.root / ".venv" / "console-installed.json").read_text())  # type: ignore[no-any-return]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_newcomer_types_one_command(house: House) -> None:
    """Also in a directory with spaces and accents, with arguments that have them, and a second time in silence."""
    code, said = house.manage("demo", "--data", "mes données")
    venv = house.root / ".venv"
    assert code == 0
    assert said.splitlines() == [
        f"Making a virtual environment in {venv} ...",
        f"Installing what the console needs into {venv} (about half a minute) ...",
        f"tinything 1.0 {venv} ['demo', '--data', 'mes données']",
    ]
    assert house.manage("demo") == (0, f"tinything 1.0 {venv} ['demo']\n")

    house.constrain("1.1")  # as after `git pull`
    assert "tinything 1.1" in house.manage("demo")[1]
    assert house.stamp()["extras"] == []

    assert house.manage("test")[0] == 0  # extras within extras
    assert house.stamp()["extras"] == ["test"]
    assert house.manage("demo") == (0, f"tinything 1.1 {venv} ['demo']\n")

    direct = house.manage("demo", python=str(venv / "bin" / "python"))
    assert direct == (0, f"tinything 1.1 {venv} ['demo']\n")


def test_two_starts_at_once_install_once(house: House) -> None:
    first, second = house.start("a"), house.start("b")
    ends = [first.ended(), second.ended()]
    said = "".join(text for _, text in ends)
    assert [code for code, _ in ends] == [0, 0]
    assert said.count("Installing what the console needs") == 1
    assert said.count("tinything 1.0") == 2


def test_an_interrupted_installation_is_made_again(house: House) -> None:
    with started([BARE_PYTHON, "manage.py"], house.root, **house.environment()) as first:
        first.line_with("Installing")
        first.send(signal.SIGKILL)
        first.process.wait()
        assert house.stamp()["whole"] is False
        code, said = house.manage("demo")
    assert code == 0
    assert "is not whole" in said
    assert "tinything 1.0" in said


def test_an_active_environment_is_used_and_filled(house: House, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    subprocess.run([BARE_PYTHON, "-m", "venv", mine], check=True)
    code, said = house.manage("demo", python=str(mine / "bin" / "python"))
    assert code == 0
    assert f"tinything 1.0 {mine} ['demo']" in said
    assert not (house.root / ".venv").exists()


def test_a_package_that_cannot_be_had_ends_in_words(house: House) -> None:
    house.constrain("9.9")
    code, said = house.manage("demo")
    assert code == 1
    assert "Cannot install tinything" in said
    assert "Is the Python package index within reach of this machine? The same command tries again." in said
    assert "Traceback" not in said


def test_debians_missing_package_is_named(house: House, tmp_path: Path) -> None:
    """Debian's Python comes without ensurepip until python3-venv is installed."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    code, said = house.manage("demo", PYTHONPATH=str(tmp_path))
    assert code == 1
    assert "has no ensurepip" in said
    assert "apt install python3-venv" in said
    assert not (house.root / ".venv").exists()


def test_somebody_elses_broken_environment_is_not_deleted(house: House) -> None:
    (house.root / ".venv" / "bin").mkdir(parents=True)
    (house.root / ".venv" / "bin" / "mine").touch()
    code, said = house.manage("demo")
    assert (code, said) == (1, f"{house.root / '.venv'} has lost its Python. Delete that directory and try again.\n")
    assert (house.root / ".venv" / "bin" / "mine").exists()


def test_a_python_that_is_too_old_is_told_in_one_sentence() -> None:
    source = (ROOT / "manage.py").read_text()
    ast.parse(source, feature_version=(3, 7))
    pretend = (
        "import runpy, sys; sys.version_info = (3, 8, 18); sys.version = '3.8.18 (old)'; runpy.run_path('manage.py')"
    )
    with started([sys.executable, "-c", pretend]) as process:
        code, said = process.ended()
    assert code == 1
    assert said == f"The console needs Python 3.11 or newer; {sys.executable} is Python 3.8.18.\n"


def test_the_bootstrap_needs_nothing_but_python() -> None:
    """Imported with every installed package out of sight, as on a bare machine."""
    with started(
        [BARE_PYTHON, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import console.bootstrap"]
    ) as bare:
        assert bare.ended() == (0, "")


def test_constraints_name_exact_versions_and_no_address() -> None:
    lines = (ROOT / "console" / "constraints.txt").read_text().splitlines()
    assert lines
    assert [line for line in lines if "==" not in line or "/" in line or "@" in line] == []


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("pytest>=1", True),
        ("pytest>=1,<1000", True),
        ("psycopg[binary,pool]>=3.0", True),
        ("pytest>=1000", False),
        ("Django>=5.2,<5.2.1", False),
        ("no-such-thing", False),
    ],
)
def test_a_python_that_has_everything_is_left_alone(line: str, there: bool) -> None:
    """As in a container: no virtual environment is made where all requirements are met."""
    assert bootstrap._has_all(["pytest", line]) is there
