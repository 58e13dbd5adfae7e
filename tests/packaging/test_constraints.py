"""constraints.txt pins every dependency, exactly and without a local version tag."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def parse_pins(text: str) -> dict[str, Requirement]:
    """Requirement lines of a constraints file by canonical name."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    requirements = [Requirement(line) for line in lines if line]
    return {canonicalize_name(r.name): r for r in requirements}


def is_exact(requirement: Requirement) -> bool:
    """Whether a requirement is `name==release`, with no wildcard, marker, address or local tag."""
    specifiers = list(requirement.specifier)
    return (
        len(specifiers) == 1
        and specifiers[0].operator == "=="
        and not {"*", "+"} & set(specifiers[0].version)
        and requirement.marker is None
        and requirement.url is None
    )


PINS = parse_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))


def declared() -> list[Requirement]:
    """All dependencies of pyproject.toml, of the build and of every extra, the project itself left out."""
    project = PROJECT["project"]
    groups = [PROJECT["build-system"]["requires"], project["dependencies"]]
    groups += project["optional-dependencies"].values()
    requirements = [Requirement(line) for group in groups for line in group]
    return [r for r in requirements if canonicalize_name(r.name) != project["name"]]


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_every_declared_dependency_is_pinned_within_its_bounds(requirement: Requirement) -> None:
    """Each dependency has a pin, and the pin satisfies what pyproject.toml asks for."""
    pin = PINS[canonicalize_name(requirement.name)]
    (specifier,) = pin.specifier
    assert requirement.specifier.contains(specifier.version, prereleases=True)


@pytest.mark.parametrize("name", sorted(PINS))
def test_every_pin_is_exact(name: str) -> None:
    """A pin names one release."""
    assert is_exact(PINS[name])


@pytest.mark.parametrize(
    "line", ["a>=1", "a==1.*", "a==1+cpu", "a", "a==1; python_version>'3'", "a @ file:///a.whl"]
)
def test_a_loose_pin_is_reported(line: str) -> None:
    """The exactness check refuses a range, a wildcard, a local tag, a marker and an address."""
    assert not is_exact(Requirement(line))


def test_torch_pin_is_the_same_in_both_files() -> None:
    """The extra `torch` and its pin are the same release, written without a local tag."""
    (extra,) = map(Requirement, PROJECT["project"]["optional-dependencies"]["torch"])
    assert str(extra) == str(PINS["torch"]) == "torch==2.13.0"


EXTRAS = ("test", "lint", "bench", "torch", "dask", "ray", "pandas", "docs")


def test_installed_closure_of_the_project_is_pinned() -> None:
    """Whatever the installed project pulls in, directly or not, has a pin."""
    pending, seen = ["regretcheck"], set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            extras = EXTRAS if name == "regretcheck" else ("",)
            if requirement.marker and not any(requirement.marker.evaluate({"extra": e}) for e in extras):
                continue
            dependency = canonicalize_name(requirement.name)
            try:
                metadata.distribution(dependency)
            except metadata.PackageNotFoundError:
                continue  # an optional part that this machine's build does without
            pending.append(dependency)
    assert len(seen) > len(PROJECT["project"]["dependencies"])
    assert seen - {"regretcheck"} - set(PINS) == set()
