"""Proofs round by round: whatever the grid, the bound is above every game and nothing false is proved."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import Rational

from bounds.certificates.certify import excess
from bounds.prover import intervals, rounds
from bounds.prover.intervals import Intervals
from bounds.prover.outcome import ProofOutcome
from bounds.prover.points import as_counterexample, confirmed, hunt
from bounds.prover.prove import prove
from bounds.prover.question import Question, against_corners, restate, start_asked
from bounds.prover.reductions import scale_free
from bounds.prover.region import region
from bounds.prover.rounds import RoundByRound
from bounds.prover.search import BoxSearch, excess_of
from levels import mostly_slow
from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.registry import algorithm
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.parameters import alpha
from theory.printing.base import UnknownNodeError
from theory.statement import Assumption, Reading
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import SHARP
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.realisable import BY_ROOT
from theory.theorems.registry import theorems
from theory.theorems.repaired import R

HALF = {"alpha": "1/2", "beta1": "1/2", "beta2": "9/10"}
ONE = {"alpha": 1}


def times(theorem, reading, factor):
    """The theorem with its right side multiplied."""
    rhs = theorem.reading(reading).rhs * factor
    return replace(theorem, readings=(Reading(reading, rhs, "multiplied"),))


def asked(theorem, reading, recurrence, horizon, given, *, last=False, **where):
    """(the question against the first or the last corner, whether the scale is free)."""
    theorem = theorem if theorem.about(recurrence.name)[0] else theorem.asked_of(recurrence.name)
    options = {"dimension": 1, "lower": -1, "upper": 1, "gradient": 1, "start": None, **where}
    found = region(recurrence, given, **options)
    statement = restate(theorem, reading, found, horizon)
    corner = found.corners()[-1 if last else 0] if against_corners(statement) else None
    return Question(statement, found, horizon, corner), scale_free(theorem, reading, found)


CASES = [
    (SQRT, "stated", SGD, 4, ONE, {}),
    (SQRT, "stated", SGD, 3, {"alpha": ("1/10", 1)}, {"lower": -1, "upper": 3, "last": True}),
    (SQRT, "stated", SGD, 3, {"alpha": "1/3"}, {"lower": 0, "upper": 1, "gradient": 2, "start": ("1/4",)}),
    (SQRT, "stated", SGD, 2, ONE, {"dimension": 2}),
    (CONSTANT, "stated", SGD_CONSTANT, 3, ONE, {}),
    (R, "D", ADAL_R1, 3, HALF, {}),
    (R, "D", ADAL_R2, 2, {**HALF, "beta1": ("1/4", "1/2")}, {"lower": 0, "upper": 2}),
    (R, "D", ADAL_R3, 3, HALF, {"last": True}),
    (SHARP, "stated", AMSGRAD, 3, HALF, {}),
    (BY_ROOT, "D", ADAL_R2, 2, HALF, {}),
    (THEOREM1, "C", ADAL, 3, {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}, {"gradient": (1, 3)}),
]


def games(question, scaled, rng, count):
    """Points of the region as floats (n, count): random ones and corners; scaled: one |g| is the largest."""
    pieces = list(question.unknowns.values())
    points = np.empty((len(pieces), count))
    for k, union in enumerate(pieces):
        chosen = [union[int(j)] for j in rng.integers(0, len(union), count)]
        low, high = (np.array([float(piece[end]) for piece in chosen]) for end in (0, 1))
        share = rng.random(count)
        points[k] = low + (high - low) * np.where(rng.random(count) < 0.4, np.round(share), share)
    if scaled:
        places = [k for k, name in enumerate(question.unknowns) if name[0] == "g"]
        largest = float(pieces[places[0]][-1][1])
        points[rng.choice(places, count), np.arange(count)] = largest * rng.choice([-1, 1], count)
    return points


def excess_at(question, points):
    """Certified lower bounds of lhs - rhs at points."""
    sides = question.sides(points, points)
    found = (sides.lhs - sides.rhs).lower
    return np.where(sides.certain, found, -np.inf)


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "horizon", "given", "where"), CASES)
def test_the_bound_over_all_games_is_above_every_game(theorem, reading, recurrence, horizon, given, where):
    """On twelve random grids no random game has a larger lhs - rhs."""
    question, scaled = asked(theorem, reading, recurrence, horizon, given, **where)
    rng = np.random.default_rng(0)
    points = games(question, scaled, rng, 4000)
    worst = excess_at(question, points).max()
    search = RoundByRound(question, F(0), scaled=scaled)
    search.limit = 10**6
    found = []
    for _ in range(12):
        cells = {label: int(rng.integers(1, 5)) for label in search.cells}
        found.append(search.largest_excess(cells))
    found = [bound for bound in found if bound is not None]
    assert len(found) >= 6
    assert min(found) >= worst


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "horizon", "given", "where"), CASES)
def test_every_game_stays_in_the_covers(theorem, reading, recurrence, horizon, given, where, monkeypatch):
    """After each round the states of 300 random games lie in a box of their piece of the constants."""
    question, scaled = asked(theorem, reading, recurrence, horizon, given, **where)
    points = games(question, scaled, np.random.default_rng(1), 300)
    covers = []
    taken = RoundByRound.moves
    monkeypatch.setattr(
        RoundByRound, "moves",
        lambda self, cover, *rest, **last: covers.append(cover) or taken(self, cover, *rest, **last),
    )  # fmt: skip
    search = RoundByRound(question, F(0), scaled=scaled)
    search.limit = 10**6
    for cells in (1, 3, 2):
        covers.clear()
        search.largest_excess(dict.fromkeys(search.cells, cells))
        assert len(covers) == horizon
        value = dict(zip(question.unknowns, points, strict=True))
        constants = [value[name] for name in search.game.constants]
        d = question.region.dimension
        states = [Intervals(value["x", 1, i], value["x", 1, i]) for i in range(d)]
        touched = np.zeros(points.shape[1], dtype=bool)
        for k, cover in enumerate(covers, start=1):
            middle = np.array([*constants, *((state.lower + state.upper) / 2 for state in states)])
            far = 1e-9 * (1 + np.abs(middle))[:, None, :]  # the enclosures of the points are thin, not points
            inside = (cover.lower[:, :, None] - far <= middle[:, None, :]) & (
                middle[:, None, :] <= cover.upper[:, :, None] + far
            )
            known = cover.touched[:, None] == touched if scaled else True
            assert (inside.all(axis=0) & known).any(axis=0).all()
            g = [Intervals(value["g", k, i], value["g", k, i]) for i in range(d)]
            largest = float(question.unknowns["g", 1, 0][-1][1])
            touched |= np.any([np.abs(value["g", k, i]) == largest for i in range(d)], axis=0)
            if k < horizon:
                with np.errstate(all="ignore"):
                    after = search.game(k, [Intervals(u, u) for u in constants], states, g)
                states = [Intervals(*(np.broadcast_to(e, 300) for e in (s.lower, s.upper))) for s in after]


@pytest.mark.parametrize("share", [F(999, 1000), F(9, 10), F(1, 2)])
@pytest.mark.parametrize(("theorem", "reading", "recurrence", "horizon", "given", "where"), CASES)
def test_a_false_statement_is_never_proved(theorem, reading, recurrence, horizon, given, where, share):
    """With a constant that a game certainly violates, if only by 0.1 per cent, no grid proves it."""
    question, _ = asked(theorem, reading, recurrence, horizon, given, **where)
    _, closest = hunt(question)
    factor = F(closest).limit_denominator(10**6) * share
    below = times(theorem if theorem.about(recurrence.name)[0] else theorem.asked_of(recurrence.name),
                  reading, Rational(factor))  # fmt: skip
    false, scaled = asked(below, reading, recurrence, horizon, given, **where)
    near, ratio = hunt(false)
    point = confirmed(false, near)
    assert ratio > 1
    assert excess(as_counterexample(false, below, reading, point)) > 0
    search = RoundByRound(false, F(0), scaled=scaled)
    assert not search.run(60_000)
    assert not search.proved
    assert search.boxes <= 60_000
    assert not BoxSearch(false, *_cover(false, scaled), F(0)).run(500)


def _cover(question, scaled):
    from bounds.prover.region import boxes, faces

    return (faces if scaled else boxes)(question.unknowns)


def test_parts_cover_what_they_are_cut_from():
    """Random boxes, some unbounded, on edges or thin, cut along two rows: every point stays, in one cell."""
    rng = np.random.default_rng(3)
    centre, width = rng.integers(-8, 9, (2, 3, 400)) / 4
    lower, upper = centre - np.abs(width) * (rng.random(400) < 0.7), centre + np.abs(width)
    lower[0, :9], upper[1, 5:15] = -np.inf, np.inf
    boxes = rounds.Cover(lower, upper, rng.integers(0, 3, 400), rng.random(400) < 0.5)
    grids = [(0, np.array([-1.0, 0.5, 2.0])), (2, np.array([-0.25]))]
    keys, parts = rounds.cut(boxes, grids)
    assert len(keys) == rounds.parts_of(boxes, grids).sum() > 400
    portions = list(rounds.portions(boxes, np.full(400, 3e4)))
    assert len(portions) > 10
    assert np.array_equal(np.concatenate([p.lower for p in portions], axis=1), lower)
    numbers, merged = rounds.hulls(keys, parts)
    assert len(numbers) == len(set(keys.tolist())) < len(keys)
    for cover in (parts, merged):
        for j in range(400):
            alike = (cover.block == boxes.block[j]) & (cover.touched == boxes.touched[j])
            for share in (0, 0.3, 1):
                ends = np.clip([lower[:, j], upper[:, j]], -1e3, 1e3)
                point = ((1 - share) * ends[0] + share * ends[1])[:, None]
                assert ((cover.lower <= point) & (point <= cover.upper)).all(axis=0)[alike].any()


def test_cells_never_share_a_number():
    """A grid with more cells than numbers of 64 bits is not used, in several coordinates either."""
    question, scaled = asked(R, "D", ADAL_R1, 2, HALF, dimension=2)
    search = RoundByRound(question, F(0), scaled=scaled)
    search.limit = 10**9
    many = {**dict.fromkeys(search.cells, 1), "m__prev": 2**31, "v__prev": 2**10}
    assert search.largest_excess(many) is None
    assert search.boxes == 0


def test_a_tie_is_never_proved():
    """The constant step is an equality at every T: no budget proves it; a hundredth more is proved."""
    for horizon in (2, 3):
        question, scaled = asked(CONSTANT, "stated", SGD_CONSTANT, horizon, ONE)
        assert not RoundByRound(question, F(0), scaled=scaled).run(100_000)
    question, scaled = asked(CONSTANT, "stated", SGD_CONSTANT, 2, ONE)
    assert RoundByRound(question, F(1, 10), scaled=scaled).run(200_000)


# Each takes away one condition of the proof.
def _first_box_only(boxes, parts):
    yield rounds.Cover(boxes.lower[:, :1], boxes.upper[:, :1], boxes.block[:1], boxes.touched[:1])


def _halves_of_hulls(keys, parts):
    found, cover = _HULLS(keys, parts)
    middle = (cover.lower + cover.upper) / 2
    return found, rounds.Cover(cover.lower, middle, cover.block, cover.touched)


def _grid_with_an_end(boxes, grids):
    keys, parts = _CUT(boxes, grids)
    kept = np.ones(len(keys), dtype=bool)
    for row, edges in grids[:1]:
        kept = parts.upper[row] <= edges[-1]
    kept[0] |= not kept.any()
    return keys[kept], rounds.Cover(
        parts.lower[:, kept], parts.upper[:, kept], parts.block[kept], parts.touched[kept]
    )


def _all_pieces_but_one(piece, count):
    return _PIECES(piece, count)[:-1] or _PIECES(piece, count)


_HULLS, _CUT, _PIECES = rounds.hulls, rounds.cut, rounds.pieces_of
BROKEN = [
    ("portions", _first_box_only),
    ("hulls", _halves_of_hulls),
    ("cut", _grid_with_an_end),
    ("pieces_of", _all_pieces_but_one),
]


@pytest.mark.parametrize(("name", "broken"), BROKEN, ids=[name for name, _ in BROKEN])
def test_a_planted_gap_in_the_covers_is_noticed(monkeypatch, name, broken):
    """Losing boxes, hulls, cells or pieces proves something false: the tests above can fail."""
    question, scaled = asked(SQRT, "stated", SGD, 4, ONE)
    worst = excess_at(question, hunt(question)[0]).max()
    false, _ = asked(times(SQRT, "stated", Rational(69, 100)), "stated", SGD, 4, ONE)
    assert excess_at(false, hunt(false)[0]).max() > 0
    monkeypatch.setattr(rounds, name, broken)
    search = RoundByRound(question, F(0), scaled=scaled)
    search.limit = 10**6
    bounds = [search.largest_excess(dict.fromkeys(search.cells, cells)) for cells in (2, 8, 32)]
    assert min(bounds) < worst or RoundByRound(false, F(0), scaled=scaled).run(10**5)


def test_a_planted_rounding_bug_proves_a_tie(monkeypatch):
    """One game, an equality that floats do not hit: rounded outwards it stays open, inwards it is proved."""
    given = {"alpha": "10/3"}
    ask = {"start": (F(1, 2),), "lower": F(-1, 2), "upper": F(1, 2), "gradient": (F(3, 10), F(3, 10))}

    def bound():
        question, scaled = asked(SQRT, "stated", SGD, 1, given, **ask)
        search = RoundByRound(question, F(0), scaled=scaled)
        search.run(1000)
        return search.excess

    assert 0 < bound() < 1e-12
    down, up = intervals.down, intervals.up
    monkeypatch.setattr(intervals, "down", up)
    monkeypatch.setattr(intervals, "up", down)
    assert bound() <= 0


def test_assumptions_are_kept_round_by_round():
    """Boxes outside the assumptions prove nothing false, and are told apart from those inside."""
    small = replace(SQRT, assumptions=(*SQRT.assumptions, Assumption("alpha is small", alpha < 1)))
    half = times(small, "stated", Rational(9, 10))
    inside, _ = asked(half, "stated", SGD, 1, {"alpha": ("1/2", 3)})
    search = RoundByRound(inside, F(0), scaled=False)
    assert search.run(300_000)
    assert search.inside
    outside, _ = asked(half, "stated", SGD, 2, {"alpha": ("3/2", 3)})
    empty = RoundByRound(outside, F(0), scaled=False)
    empty.run(1000)
    assert not empty.inside
    with pytest.raises(ValueError, match="nowhere in the region"):
        prove(half, "stated", SGD, horizon=2, parameters={"alpha": ("3/2", 3)})


@pytest.mark.parametrize(
    "where", mostly_slow([{}, {"lower": 0, "upper": 3}, {"start": ("1/2",)}], lambda _, where: not where)
)
def test_long_horizons_are_proved_round_by_round(where):
    """Gradient descent in eight rounds, on boxes around the origin or not; no game has less slack."""
    found = prove(SQRT, "stated", SGD, horizon=8, parameters=ONE, **where)
    assert found.outcome is ProofOutcome.PROVED
    last = found.rounds[-1]
    question, _ = asked(SQRT, "stated", SGD, 8, ONE, **where)
    assert 0 <= last.slack <= -excess_at(question, hunt(question)[0]).max()
    if not where:
        assert last.merged
        assert not found.rounds[0].merged
        again = prove(SQRT, "stated", SGD, horizon=8, parameters=ONE)
        assert again == found


def test_what_only_the_left_side_reads_is_not_cut():
    """The regret so far steers nothing; points, moments and what the right side reads do."""
    question, scaled = asked(R, "D", ADAL_R1, 2, HALF)
    search = RoundByRound(question, F(0), scaled=scaled)
    game = search.game
    assert dict(zip(game.state_labels, game.steering, strict=True)) == {
        "x": True, "m__prev": True, "v__prev": True, "vhat__prev": True,
        "run__0__prev": False, "run__1__prev": True,
    }  # fmt: skip


def test_stepped_and_unrolled_games_agree():
    """Round by round, point games have the sides of the unrolled game."""
    for theorem, reading, recurrence, horizon, given, where in CASES:
        question, scaled = asked(theorem, reading, recurrence, horizon, given, **where)
        points = games(question, scaled, np.random.default_rng(2), 50)
        value = {name: Intervals(p, p) for name, p in zip(question.unknowns, points, strict=True)}
        game = RoundByRound(question, F(0), scaled=scaled).game
        states = [value["x", 1, i] for i in range(question.region.dimension)]
        with np.errstate(all="ignore"):
            for k in range(1, horizon + 1):
                g = [value["g", k, i] for i in range(question.region.dimension)]
                states = game(k, [value[name] for name in game.constants], states, g)
        both = question.sides(points, points)
        assert np.array_equal(np.broadcast_to(states[0].upper, 50), both.lhs.upper)
        assert np.array_equal(np.broadcast_to(states[1].lower, 50), both.rhs.lower)


def test_the_excess_counts_undefined_as_open():
    """A right side that may be infinite settles nothing."""
    from bounds.prover.question import over_boxes

    one = np.ones(2)
    rhs = Intervals(np.array([5.0, 5.0]), np.array([6.0, np.inf]))
    sides = over_boxes((Intervals(one, one), rhs, []), 2)
    assert list(excess_of(sides, Intervals(np.float64(1), np.float64(1))) > 0) == [False, True]


@pytest.mark.slow
def test_sixteen_rounds():
    """Boxes of whole games would take about 10^13."""
    found = prove(SQRT, "stated", SGD, horizon=16, parameters=ONE)
    assert found.outcome is ProofOutcome.PROVED
    assert found.rounds[-1].boxes < 2_000_000


@pytest.mark.slow
def test_no_game_of_any_theorem_exceeds_a_bound_over_all_games():
    """Random theorems of the package, parameters, boxes and grids: the bound is above every game."""
    rng = np.random.default_rng(7)
    values = {"alpha": ("1/3", "2"), "beta1": ("0", "9/10"), "beta2": ("99/100", "9/10"), "eps": ("0", "1/9")}
    readings = [(theorem, r.key) for theorem in theorems().values() for r in theorem.readings]
    tried = set()
    for _ in range(150):
        theorem, key = readings[rng.integers(len(readings))]
        lower, upper = ((-1, 1), (0, 1), (-1, 3))[rng.integers(3)]
        try:
            recurrence = algorithm(theorem.algorithms[0])
            given = {p.name: rng.choice(values.get(p.name, ("1/2",))) for p in recurrence.parameters}
            start = start_asked(theorem, (F(lower),), (F(upper),))
            question, scaled = asked(
                theorem,
                key,
                recurrence,
                int(rng.integers(1, 4)),
                given,
                lower=lower,
                upper=upper,
                start=start,
            )
        except (ValueError, UnknownNodeError, IndexError):  # not a statement that can be decided
            continue
        with np.errstate(all="ignore"):
            worst = np.nanmax([-np.inf, *excess_at(question, games(question, scaled, rng, 1000))])
        search = RoundByRound(question, F(0), scaled=scaled)
        search.limit = 30_000
        for _ in range(4):
            bound = search.largest_excess({label: int(rng.integers(1, 5)) for label in search.cells})
            if bound is not None:
                assert bound >= worst
                tried.add((theorem.id, key))
    assert len(tried) > 20
