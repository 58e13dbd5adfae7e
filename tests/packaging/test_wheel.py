"""The built wheel owns the four packages and nothing else."""

import configparser
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"theory", "online_sim", "bounds", "paper_checks"}


def owned(names: list[str]) -> set[str]:
    """Top-level names a wheel installs, its own metadata folder left out."""
    return {name.split("/")[0] for name in names if ".dist-info/" not in name}


def strays(names: list[str]) -> list[str]:
    """Files that are no part of an installed package: tests, caches, compiled leftovers."""
    parts = {"tests", "test", "conftest.py", "__pycache__"}
    return [n for n in names if parts & set(n.split("/")) or n.endswith((".pyc", ".nbi", ".nbc"))]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built in this process from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def names_in(wheel: Path) -> list[str]:
    """File names inside the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_wheel_owns_exactly_the_four_packages(wheel: Path) -> None:
    """Two distributions that own one top-level name overwrite each other silently, so the set is exact."""
    assert owned(names_in(wheel)) == PACKAGES


def test_ownership_check_sees_a_stray_top_level_folder(wheel: Path) -> None:
    """The ownership check fails when a wheel also installs a folder `tests`."""
    assert owned([*names_in(wheel), "tests/test_x.py"]) != PACKAGES


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_wheel_marks_every_package_as_typed(wheel: Path, package: str) -> None:
    """Type checkers read the annotations of an installed package only beside a `py.typed`."""
    assert f"{package}/py.typed" in names_in(wheel)


def test_wheel_carries_every_source_file(wheel: Path) -> None:
    """Each Python file and data file of the four packages in the checkout is in the wheel."""
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix not in {".nbi", ".nbc"}
        and not path.name.startswith(".")
    }
    assert len(expected) >= 2 * len(PACKAGES)
    assert expected - set(names_in(wheel)) == set()


def test_wheel_holds_no_tests_and_no_caches(wheel: Path) -> None:
    """Tests and compiled leftovers stay in the checkout."""
    assert strays(names_in(wheel)) == []


@pytest.mark.parametrize(
    "planted", ["bounds/tests/test_a.py", "theory/conftest.py", "theory/__pycache__/a.pyc"]
)
def test_stray_check_sees_a_planted_file(planted: str) -> None:
    """The stray check reports a test file, a conftest or a cache put among good files."""
    assert strays(["theory/__init__.py", planted]) == [planted]


def test_wheel_declares_the_console_script_and_the_pytest_plugin(wheel: Path) -> None:
    """Installing the wheel creates the command `regretcheck` and the plugin; their files are in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (entry_points,) = [n for n in archive.namelist() if n.endswith(".dist-info/entry_points.txt")]
        parser = configparser.ConfigParser()
        parser.read_string(archive.read(entry_points).decode())
        names = archive.namelist()
    assert dict(parser["console_scripts"]) == {"regretcheck": "paper_checks.cli.main:main"}
    assert dict(parser["pytest11"]) == {"regretcheck": "paper_checks.testing.pytest_plugin"}
    data = {"report/report.html.j2", "baselines/adal.toml", "certificates/adam_reddi.json"}
    for name in ("cli/main.py", "testing/pytest_plugin.py", *data):
        assert f"paper_checks/{name}" in names
