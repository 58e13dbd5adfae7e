"""The data sets by name, and where each is looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from online_sim.streams.data_files import DATA_VARIABLE, data_folder
from paper_checks.experiments.images import cifar, mnist
from paper_checks.experiments.images.base import Images, MissingData
from theory.borders import one_of

READERS: Mapping[str, Callable[[str, Path], Images]] = MappingProxyType(
    {"mnist": mnist.read, "cifar10": cifar.read, "cifar100": cifar.read}
)
EXPECTED: Mapping[str, str] = MappingProxyType(
    {"mnist": mnist.EXPECTED, **{name: layout.expected for name, layout in cifar.LAYOUTS.items()}}
)
ALSO = {"cifar100": ("cifar100_test",)}
"""Other names of a data set's folder."""


def root(folder: Path | None = None) -> Path:
    """The folder of all data, which need not exist.

    Args:
        folder: The one to take; None: the one that the environment variable REGRETCHECK_DATA names, or else
            the user's folder of the package's data.

    Raises:
        ValueError: the variable names no folder.
    """
    from platformdirs import user_data_path

    chosen = folder if folder is not None else data_folder()
    return chosen if chosen is not None else user_data_path("regretcheck", appauthor=False)


def places(name: str, folder: Path | None = None) -> tuple[Path, ...]:
    """The folders in which a data set is looked for, in this order.

    Args:
        name: The data set.
        folder: The folder of all data; None: see `root`.
    """
    one_of("name", name, tuple(READERS))
    return tuple(root(folder) / sub for sub in (name, *ALSO.get(name, ())))


def load(name: str, folder: Path | None = None) -> Images:
    """A data set.

    Args:
        name: "mnist", "cifar10" or "cifar100".
        folder: The folder that holds one folder for each data set; None: see `root`.

    Raises:
        MissingData: it is not there; the message names the places and the files.
        ValueError: a file is damaged.
    """
    return _load(name, places(name, folder))


@lru_cache(maxsize=4)
def _load(name: str, looked: tuple[Path, ...]) -> Images:
    first: MissingData | None = None
    for place in looked:
        if place.is_dir():
            try:
                return READERS[name](name, place)
            except MissingData as error:  # it may be in the next place
                first = first or error
    if first is not None:
        raise first
    raise MissingData(
        f"the images of {name} are not here (looked in {', '.join(map(str, looked))}); put them there, or "
        f"give --data or {DATA_VARIABLE} a folder that holds a folder {name} with {EXPECTED[name]}"
    )
