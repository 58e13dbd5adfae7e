"""What a round computes with a full matrix: the trace of its root, and a step in its metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from online_sim.domains.base import Domain
from online_sim.domains.full_metric import eigen, project_in_metric


@dataclass(frozen=True)
class Matrices:
    """The two values on a set; the columns of a matrix come as d vectors (d,).

    Args:
        domain: X, or None for R^d.
        project: Its projection for diagonal weights, called with (round, point, weight).
    """

    domain: Domain | None
    project: Callable[[int, Any, Any], Any] | None

    def trace_root(self, columns: Sequence[Any]) -> Any:
        """See `theory.quantities.TraceRoot`."""
        values, _ = eigen(np.array(columns))
        return np.sqrt(np.maximum(values, 0)).sum()

    def step(
        self, round_: int, columns: Sequence[Any], centre: Any, push: Any, ridge: Any, root: bool
    ) -> Any:
        """See `theory.quantities.FullMatrixStep`.

        Raises:
            RuntimeError: The metric is not positive and finite, or the projection stops short of its
                accuracy; with the round.
        """
        try:
            values, vectors = eigen(np.array(columns))
            values = np.maximum(values, 0)
            metric = ridge + (np.sqrt(values) if root else values)
            if not metric.min() > 0:
                raise RuntimeError(f"the metric has the eigenvalue {float(metric.min()):.3g}; raise delta")
            free = centre - vectors @ ((vectors.T @ push) / metric)
            if self.domain is None or self.project is None:
                return free
            return project_in_metric(self.domain, free, metric, vectors, partial(self.project, round_))
        except RuntimeError as error:
            raise RuntimeError(f"the full-matrix step failed in round {round_}: {error}") from error
