"""An exhibit of the gallery: a counterexample that is worth keeping, with the file of its certificate."""

from dataclasses import dataclass
from pathlib import Path

from bounds import Counterexample

FOLDER = Path(__file__).resolve().parents[1] / "certificates"
"""Where the certificates of the gallery are kept."""


@dataclass(frozen=True)
class Exhibit:
    """A counterexample with a name for its file and one line that says what it shows."""

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
