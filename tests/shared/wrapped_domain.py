"""A set that passes everything on to another one."""

from __future__ import annotations

from dataclasses import dataclass

from online_sim.domains.base import Domain


@dataclass(frozen=True)
class Wrapped(Domain):
    """A set that passes everything on to another; what a test changes is one method of a subclass."""

    inner: Domain

    @property
    def name(self):
        """The inner set's name, marked."""
        return f"toy {self.inner.name}"

    @property
    def dimension(self):
        """The inner set's dimension."""
        return self.inner.dimension

    def _project(self, point, weight):
        """The inner set's projection."""
        return self.inner.project(point, weight)

    def _support(self, direction):
        """The inner set's support function."""
        return self.inner.support(direction)

    def _maximiser(self, direction):
        """The inner set's maximiser."""
        return self.inner.maximiser(direction)

    def _widths(self):
        """The inner set's widths."""
        return self.inner.coordinate_diameter_bounds()

    def _two_diameter(self):
        """The inner set's diameter."""
        return self.inner.diameter_bounds("2")

    def _farthest_pair(self, norm):
        """The inner set's pair."""
        return self.inner.farthest_pair(norm)

    def _contains(self, point, tolerance):
        """The inner set's membership."""
        return self.inner.contains(point, tolerance=tolerance)

    def start(self):
        """The inner set's start."""
        return self.inner.start()

    def cvxpy_constraints(self, variable):
        """The inner set's constraints."""
        return self.inner.cvxpy_constraints(variable)

    def kernel(self):
        """The inner set's kernel."""
        return self.inner.kernel()
