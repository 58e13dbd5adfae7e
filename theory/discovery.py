"""What the modules of a package define, found by looking: a new object is one new file."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def modules_of(*packages: str, start: str = "") -> Iterator[ModuleType]:
    """The modules of packages, imported: packages in their order, the files of each in alphabetical order.

    start: what the names of the files begin with.
    """
    for package in packages:
        for name in _names_in(package):
            if name.startswith(f"{package}.{start}"):
                yield importlib.import_module(name)


def _names_in(package: str) -> list[str]:
    """The full names of the modules of a package, none of which is imported, in alphabetical order."""
    parent = importlib.import_module(package)
    return sorted(found.name for found in pkgutil.iter_modules(parent.__path__, f"{package}."))


def modules_called(name: str, *packages: str) -> Iterator[ModuleType]:
    """The modules of one name, imported, in the order of packages; none where there is no such file.

    It saves the time of loading all files where the file that defines an object is named after it.
    """
    for package in packages if name.isidentifier() else ():
        if importlib.util.find_spec(f"{package}.{name}") is not None:
            yield importlib.import_module(f"{package}.{name}")


def modules_that_write(text: str, *packages: str) -> Iterator[ModuleType]:
    """The modules whose source holds a text between double quotes, imported, in the order of `modules_of`.

    It saves the time of loading all files where an object's key is written out in the file that defines it.
    """
    quoted = f'"{text}"'
    for package in packages:
        for name in _names_in(package):
            spec = importlib.util.find_spec(name)
            read = getattr(spec and spec.loader, "get_source", None)  # not every loader knows the source
            if read is not None and quoted in (read(name) or ""):
                yield importlib.import_module(name)


def collect(
    modules: Iterable[ModuleType], kind: type[T], nouns: str, *, key: str = "id", name: str | None = None
) -> dict[str, T]:
    """The objects of a kind that modules define, by their key, in the order of modules and lines.

    Args:
        modules: where to look, such as `modules_of("theory.losses")`.
        kind: the class of the objects.
        nouns: what several of them are called, for errors.
        key: the attribute that tells one from another.
        name: the name under which a module offers one object; with an S at its end, several. A module that
            offers none is passed over. None: every public object of the kind counts, and one that a module
            imports from another is not a second one.

    Raises:
        ValueError: two objects have one key, or a module offers something else under the name.
    """
    found: dict[str, T] = {}
    for module in modules:
        for place, value in _public(module, kind) if name is None else _offered(module, kind, name):
            identifier = getattr(value, key)
            if identifier in found and not (name is None and found[identifier] is value):
                raise ValueError(
                    f"two {nouns} have the {key} {identifier!r}, one of them {module.__name__}.{place}; "
                    f"rename or remove one"
                )
            found[identifier] = value
    return found


def _public(module: ModuleType, kind: type[T]) -> Iterator[tuple[str, T]]:
    for place, value in vars(module).items():
        if isinstance(value, kind) and not place.startswith("_"):
            yield place, value


def _offered(module: ModuleType, kind: type[T], name: str) -> Iterator[tuple[str, T]]:
    several = getattr(module, f"{name}S", ())
    if isinstance(several, kind):
        several = (several,)
    if not isinstance(several, list | tuple):
        raise ValueError(
            f"{name}S of {module.__name__} is a {type(several).__name__}; make it a tuple of {kind.__name__}s"
        )
    one = (name, getattr(module, name, None))
    for place, value in (one, *((f"{name}S", value) for value in several)):
        if value is None:
            continue
        if not isinstance(value, kind):
            an = "an" if kind.__name__[0] in "AEIOU" else "a"
            raise ValueError(
                f"{name} of {module.__name__} is a {type(value).__name__}; make it {an} {kind.__name__}"
            )
        yield place, value


__all__ = ["collect", "modules_called", "modules_of", "modules_that_write"]
