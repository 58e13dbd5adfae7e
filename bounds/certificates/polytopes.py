"""Replays games over polytopes in balls, outside the trusted checker.

The format of certificates has no polytopes other than boxes, segments, simplices and l1 balls: their
projection would not fit into a checker of its size. So such a counterexample is replayed by the checker's own
machine, with a projection of this module, and is not certified.

The nearest point of a polytope lies in the relative interior of the hull of some affinely independent
corners, a face, and is the nearest point of the affine hull of that face. So of all these points that are
convex combinations of their face with positive shares, it is the one at the smallest distance. What balls
leave open is kept: as the nearest point is unique, two candidates at the same distance are one point, and
their common ball is narrow.
"""

from functools import reduce
from itertools import chain
from typing import Any

from bounds.certificates.checker.formulas import SMALLER, SUM, BallProgram, Value
from bounds.certificates.checker.reading import read
from bounds.games import ExactPolytope

SHARE = "SumCoords(w * up * over) / sqrt(SumCoords(w * up**2))**2"
FAR = "SumCoords(w * (point - y)**2)"
CLOSER = "where(least > 0, new, old)"


class PolytopeProgram(BallProgram):
    """A certificate's program with the projection onto a polytope in place of the set of the file."""

    def __init__(self, file: dict[str, Any], polytope: ExactPolytope) -> None:
        """Translate the algorithm, then the statement."""
        self.polytope = polytope
        super().__init__(file)

    def projected(self, algorithm: dict[str, Any]) -> Value:
        """The nearest point in the metric of the algorithm; undefined where that is not positive."""
        y = self.value(algorithm["point"], self.d)
        given = {"y": y, "w": self.own("sqrt(w)**2", w=self.value(algorithm["metric"], self.d))}
        corners = [self.exact(*corner) for corner in self.polytope.corners]
        points, known = [*corners, y], dict[tuple[int, tuple[int, ...]], tuple[list[Value], Value]]()

        def near(k: int, face: tuple[int, ...]) -> tuple[list[Value], Value]:
            """The shares of a face in the point of its affine hull nearest to points[k], and that point."""
            if (k, face) not in known:
                *rest, last = face
                shares = [self.exact(1)]
                if rest:
                    (below, foot), (beside, base) = near(last, face[:-1]), near(k, face[:-1])
                    up, over = (self.line("{} - {}", points[j], u) for j, u in ((last, foot), (k, base)))
                    share = self.own(SHARE, w=given["w"], up=up, over=over)
                    pairs = zip(beside, below, strict=True)
                    shares = [self.line("{} - {} * {}", a, share, b) for a, b in pairs] + [share]
                parts = [self.line("{} * {}", s, corners[j]) for s, j in zip(shares, face, strict=True)]
                known[k, face] = shares, reduce(lambda a, b: self.line(SUM, a, b), parts)
            return known[k, face]

        best = corners[0]
        # Not computed from `best`, which is wide while two corners are equally far.
        distance = self.own(FAR, **given, point=best)
        for face in self.polytope.faces[1:]:
            shares, point = near(len(corners), face)
            far = self.own(FAR, **given, point=point)
            least = self.fold(SMALLER, [*self.line("{} - {}", distance, far), *chain(*shares)])
            best = self.own(CLOSER, least=least, new=point, old=best)
            distance = self.own(CLOSER, least=least, new=far, old=distance)
        return best


def polytope_program(entry: dict[str, Any], polytope: ExactPolytope, write: Any) -> tuple[Any, BallProgram]:
    """The file and the program of a game over a polytope.

    entry: the certificate of the game; write: certificate -> bytes. It is read with the box around the
    polytope, which has the same D and D_i and contains the same points, and gets the D_2 of the polytope.
    """
    columns = [*zip(*polytope.corners, strict=True)]
    ends = {"begin": [str(min(c)) for c in columns], "end": [str(max(c)) for c in columns]}
    boxed = {**entry, "game": {**entry["game"], "set": {"kind": "box", **ends}}}
    file = read(write(boxed))
    ways = [[a - b for a, b in zip(u, v, strict=True)] for u in polytope.corners for v in polytope.corners]
    file["game"]["given"]["D_2"] = [max(sum(a * a for a in way) for way in ways)]
    return file, PolytopeProgram(file, polytope)
