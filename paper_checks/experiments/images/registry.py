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


def places(name: str, folder: Path | None = None) -> tuple[Path, ...]:
    """The folders in which a data set is looked for, in this order.

    Args:
        name: The data set.
        folder: The folder of all data; None: the one that the environment variable names.
    """
    one_of("name", name, tuple(READERS))
    root = folder if folder is not None else data_folder()
    return () if root is None else tuple(root / sub for sub in (name, *ALSO.get(name, ())))


@lru_cache(maxsize=4)
def load(name: str, folder: Path | None = None) -> Images:
    """A data set.

    Args:
        name: "mnist", "cifar10" or "cifar100".
        folder: The folder that holds one folder for each data set; None: that of the environment variable.

    Raises:
        MissingData: it is not there; the message names the places and the files.
        ValueError: a file is damaged.
    """
    looked = places(name, folder)
    for place in looked:
        if place.is_dir():
            return READERS[name](name, place)
    where = f"looked in {', '.join(map(str, looked))}" if looked else f"{DATA_VARIABLE} is not set"
    raise MissingData(
        f"the images of {name} are not here ({where}); give --data a folder that holds a folder {name} with "
        f"{EXPECTED[name]}"
    )
