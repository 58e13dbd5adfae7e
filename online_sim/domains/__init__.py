"""Feasible sets: weighted projection, support function, diameters, membership, and the conformance check."""

from online_sim.contract import ConformanceError as ConformanceError
from online_sim.domains.base import Domain as Domain
from online_sim.domains.base import ProjectionKernel as ProjectionKernel
from online_sim.domains.box import Box as Box
from online_sim.domains.box_hyperplane import BoxHyperplane as BoxHyperplane
from online_sim.domains.conformance import check_domain as check_domain
from online_sim.domains.cvxpy_set import CvxpySet as CvxpySet
from online_sim.domains.ellipsoid import Ellipsoid as Ellipsoid
from online_sim.domains.half_space import HalfSpace as HalfSpace
from online_sim.domains.l1_ball import L1Ball as L1Ball
from online_sim.domains.l2_ball import L2Ball as L2Ball
from online_sim.domains.polytope import Polytope as Polytope
from online_sim.domains.rounding import Vector as Vector
from online_sim.domains.simplex import Simplex as Simplex

__all__ = [
    "Box",
    "BoxHyperplane",
    "ConformanceError",
    "CvxpySet",
    "Domain",
    "Ellipsoid",
    "HalfSpace",
    "L1Ball",
    "L2Ball",
    "Polytope",
    "ProjectionKernel",
    "Simplex",
    "Vector",
    "check_domain",
]
