"""Natural games: the bounds of the atlas on real data, and smaller bounds that these games refute."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sympy import Rational

from bounds.scope import OutOfScope
from paper_checks.atlas.entry import Entry
from paper_checks.atlas.played import Played, natural_games, play_entry, read_played
from paper_checks.atlas.searched import digest_of
from paper_checks.atlas.stored import write_rows
from paper_checks.cli.main import main
from paper_checks.run import atlas
from paper_checks.run.atlas import AtlasVerdict
from theory.theorems.experts import EXPONENTIAL, HEDGE
from theory.theorems.hazan import OGD_STRONG, THEOREM3_3

UNPLAYED = {
    "adabelief.corollary2_1", "adabelief.theorem2_1_decaying", "adam.reddi_1", "bubeck.theorem3_8_set",
    "adam.reddi_2", "adam.reddi_3", "bubeck.theorem4_2", "hazan.theorem4_5", "signsgd.theorem1",
    *(
        f"bubeck.theorem4_2_{average}{psi}"
        for average in ("", "regret_")
        for psi in ("fermi_dirac", "log_barrier", "hyperbolic")
    ),
}  # fmt: skip
"""About one loss on a set, a start at its end, random gradients, or a step or sequence v that no game has."""
EXPERTS = Entry(HEDGE, EXPONENTIAL, proved={"stated": "docs/proofs.md"})
STRONG = Entry(THEOREM3_3, OGD_STRONG)


def with_factor(entry: Entry, factor: Rational) -> Entry:
    """The entry with the right sides of its statement times a factor, and nothing called proved."""
    readings = tuple(replace(r, rhs=factor * r.rhs) for r in entry.theorem.readings)
    return replace(entry, theorem=replace(entry.theorem, readings=readings), proved={})


def test_the_facts_about_a_game_are_those_of_its_loss() -> None:
    """The largest gradients are reached on the set, not exceeded, and no point near the best is better."""
    rng = np.random.default_rng(5)
    value = {
        "quadratic": lambda x, a: np.sum((x - a) ** 2) / 2,
        "absolute": lambda x, a: np.sum(np.abs(x - a)),
        "linear": lambda x, a: np.sum(a * x),
    }
    slope = {
        "quadratic": lambda x, a: x - a,
        "absolute": lambda x, a: np.sign(x - a),
        "linear": lambda _, a: a,
    }
    for game in natural_games():
        d = game.rows.shape[1]
        points = rng.dirichlet(np.ones(d), 50) if game.simplex else rng.uniform(-1, 1, (50, d))
        corners = np.eye(d) if game.simplex else rng.choice([-1.0, 1.0], (50, d))
        for x in (*points, *corners):
            g = slope[game.loss](x, game.rows)
            assert np.abs(g).max() <= game.steepest
            assert np.sqrt((g**2).sum(axis=1)).max() <= game.longest * (1 + 1e-15)
        losses = [value[game.loss](x, game.rows) for x in (game.best, *points, *corners)]
        assert losses[0] <= min(losses[1:]) + 1e-9


def test_a_bound_is_checked_on_the_games_that_it_is_about() -> None:
    """Hedge on the two games of experts; strongly convex losses on the one game that has them."""
    rows = play_entry(EXPERTS)
    assert {row.game for row in rows} == {"experts on diabetes", "two experts in turn"}
    assert {row.reading for row in rows} == {"hedge.stated", "hedge.sharp"}
    assert {row.verdict for row in rows} == {"HOLDS"}
    (row,) = play_entry(STRONG)
    assert (row.game, row.verdict, row.digest) == ("means of diabetes", "HOLDS", digest_of(STRONG, "stated"))
    # The bound is nearly attained by the means of real data.
    assert 0.9 < row.ratio <= 1


@pytest.mark.parametrize(("entry", "factor"), [(EXPERTS, Rational(1, 2)), (STRONG, Rational(9, 10))])
def test_a_smaller_bound_is_violated(entry: Entry, factor: Rational) -> None:
    """The control: natural games refute a bound that is below what they reach."""
    assert "VIOLATED" in {row.verdict for row in play_entry(with_factor(entry, factor))}


def test_an_expectation_on_the_right_is_not_played(capsys, tmp_path) -> None:
    """A played game has no variance; the command says so and goes on."""
    entry = atlas.entries()["signsgd.theorem1"]
    with pytest.raises(OutOfScope, match=r"`signsgd[.]theorem1` reads an expectation"):
        play_entry(entry)
    assert main(["atlas", entry.id, "--play", "--out", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert "signsgd.theorem1: not played" in captured.err


def rows_of(monkeypatch, entry: Entry, *games: Played):
    """The row of the first reading of an entry, with these games on record and no search."""
    monkeypatch.setattr(atlas, "entries", lambda: {entry.id: entry})
    monkeypatch.setattr(atlas, "gaps", dict)
    monkeypatch.setattr(atlas, "read_outcomes", dict)
    monkeypatch.setattr(atlas, "read_played", lambda: {"hedge.stated": list(games)})
    return atlas.statements()["hedge.stated"]()


def test_the_table_tells_the_closest_game(monkeypatch) -> None:
    """With its ratio; a violation makes a statement fall, and is an error where it is proved."""
    made = partial(Played, "hedge.stated", digest=digest_of(EXPERTS, "stated"), horizon=9)
    far, near = made(game="far", verdict="HOLDS", ratio=0.1), made(game="near", verdict="HOLDS", ratio=0.9)
    row = rows_of(monkeypatch, EXPERTS, far, near)
    assert row.finding.endswith("2 natural games: 0.9 on near")
    assert (row.verdict, row.error) == (AtlasVerdict.PROVED, "")
    broken = replace(near, verdict="VIOLATED", ratio=1.5)
    row = rows_of(monkeypatch, EXPERTS, far, broken)
    assert row.finding.endswith("1.5 on near, 1 violated")
    assert row.error == "it is proved, and a natural game violates it"
    unproved = replace(EXPERTS, proved={})
    assert rows_of(monkeypatch, unproved, far, broken).verdict is AtlasVerdict.FALLS
    assert rows_of(monkeypatch, unproved, far, near).verdict is AtlasVerdict.NO_EVIDENCE
    assert "never positive" in rows_of(monkeypatch, unproved, replace(far, ratio=None)).finding
    assert "near" not in rows_of(monkeypatch, unproved, replace(broken, digest="0")).finding


def test_the_command_plays_and_stores(capsys, tmp_path) -> None:
    """Into a folder, with the other rows of the file kept; a damaged file is one clear error."""
    other = Played("a.theorem", "a game", "0", "HOLDS", None, 3)
    write_rows(tmp_path / "played.json", [other])
    assert main(["atlas", "hedge", "--play", "--out", str(tmp_path)]) == 0
    assert "hedge.sharp: holds, largest left/right 0.7722 on experts on diabetes" in capsys.readouterr().out
    found = read_played(tmp_path / "played.json")
    assert found["a.theorem"] == [other]
    assert found["hedge.stated"] == [row for row in play_entry(EXPERTS) if row.reading == "hedge.stated"]
    (tmp_path / "played.json").write_text('[{"reading": "a"}]')
    assert main(["atlas", "hedge", "--play", "--out", str(tmp_path)]) == 2
    assert "is not a file of outcomes" in capsys.readouterr().err
    assert main(["atlas", "hedge.sharp", "--play", "--out", str(tmp_path / "one")]) == 0
    assert list(read_played(tmp_path / "one" / "played.json")) == ["hedge.sharp", "hedge.stated"]
    capsys.readouterr()
    assert main(["atlas", "--play", "--search"]) == 2
    assert "give one of" in capsys.readouterr().err


def test_every_stored_game_is_of_a_statement_as_it_is_now() -> None:
    """A changed statement has to be played again, and a new one for the first time; none is violated."""
    entries = atlas.entries().values()
    known = {f"{e.id}.{r.key}": digest_of(e, r.key) for e in entries for r in e.theorem.readings}
    played = read_played()
    assert [name for name, rows in played.items() if {row.digest for row in rows} != {known[name]}] == []
    assert {row.verdict for rows in played.values() for row in rows} <= {"HOLDS", "VACUOUS", "UNDECIDED"}
    unplayed = {e.id for e in entries} - {n.rpartition(".")[0] for n in played}
    assert unplayed == UNPLAYED
