"""An exhibit of the gallery: a counterexample worth keeping, with the file of its certificate."""

from dataclasses import dataclass
from pathlib import Path

from bounds import Counterexample

FOLDER = Path(__file__).resolve().parents[1] / "certificates"
"""The folder of the gallery's certificates."""


@dataclass(frozen=True)
class Exhibit:
    """A counterexample of the gallery.

    Args:
        name: The name of its certificate's file, without the extension.
        title: One line that describes the game.
        counterexample: The theorem, the refuted reading and the game.
    """

    name: str
    title: str
    counterexample: Counterexample

    @property
    def path(self) -> Path:
        """The file of its certificate."""
        return FOLDER / f"{self.name}.json"

    @property
    def refuted(self) -> str:
        """The reading that it refutes, such as ``adal.theorem1.A``."""
        return f"{self.counterexample.theorem.id}.{self.counterexample.reading}"
