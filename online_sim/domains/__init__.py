"""Feasible sets: weighted projection, support function, diameters, membership, and the conformance check."""

from online_sim.domains.base import Domain as Domain
from online_sim.domains.base import ProjectionKernel as ProjectionKernel
from online_sim.domains.base import Vector as Vector
from online_sim.domains.box import Box as Box
from online_sim.domains.conformance import ConformanceError as ConformanceError
from online_sim.domains.conformance import check_domain as check_domain
from online_sim.domains.l1_ball import L1Ball as L1Ball
from online_sim.domains.l2_ball import L2Ball as L2Ball
from online_sim.domains.simplex import Simplex as Simplex

__all__ = [
    "Box",
    "ConformanceError",
    "Domain",
    "L1Ball",
    "L2Ball",
    "ProjectionKernel",
    "Simplex",
    "Vector",
    "check_domain",
]
