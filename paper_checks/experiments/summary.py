"""What is known of each experiment in a line: what it shows, its size, and whether its runs are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paper_checks.experiments import registry
from paper_checks.experiments.results import NotStored, stored


@dataclass(frozen=True)
class Summary:
    """One experiment.

    Args:
        name: Its name on the command line.
        title: What is shown.
        source: The figures and sections of the paper.
        scale: The size at which it is run.
        runs: The number of runs that come with the package; 0 for none.
        seconds: Their time on a processor.
        device: Where they were made; empty for none.
        problem: Why stored runs cannot be used; empty if they can or if there are none.
    """

    name: str
    title: str
    source: str
    scale: str
    runs: int = 0
    seconds: float = 0.0
    device: str = ""
    problem: str = ""


def summaries(names: Sequence[str] | None = None) -> tuple[Summary, ...]:
    """The summaries of the experiments with these names, or of all.

    Raises:
        ValueError: there is no experiment of a name.
    """
    found = []
    for name in registry.experiments() if names is None else names:
        chosen = registry.experiment(name)
        about = (chosen.name, chosen.title, chosen.source, chosen.scale)
        try:
            results = stored(chosen)
        except NotStored:
            found.append(Summary(*about))
        except ValueError as error:
            found.append(Summary(*about, problem=str(error)))
        else:
            found.append(Summary(*about, len(results.runs), results.seconds, results.device))
    return tuple(found)
