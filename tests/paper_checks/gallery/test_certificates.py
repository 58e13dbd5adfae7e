"""The gallery's files: each is accepted, says what its entry says, and covers what it should."""

import json
import time
from dataclasses import replace
from itertools import groupby

import jsonschema
import pytest

from bounds.certificates.binding import Bound, bind
from bounds.certificates.certificate import SCHEMA
from bounds.certificates.certify import excess
from bounds.certificates.older_formats import FORMAT_2, current
from paper_checks.gallery.exhibit import FOLDER
from paper_checks.run.examine import examine_certificate
from paper_checks.run.registry import exhibits
from paper_checks.scenario import Options

ENTRIES = {entry.name: entry for entry in exhibits()}
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_every_entry_has_its_file_and_no_file_is_left_over() -> None:
    """`regretcheck certify gallery` writes exactly these."""
    assert {path.name for path in FOLDER.glob("*")} == {entry.path.name for entry in ENTRIES.values()}


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_a_certificate_is_accepted(name: str) -> None:
    """The file is of the documented form, of its entry's game, replays as it claims, and fits in one line."""
    entry = ENTRIES[name]
    file = json.loads(entry.path.read_bytes())
    VALIDATOR.validate(file)
    (row,) = examine_certificate(entry, Options())
    assert row.error is None
    assert row.verdict == "CERTIFIED"
    assert row.reason.startswith("false of ")
    assert "\n" not in row.reason
    assert row.detail.margin is not None
    assert row.detail.margin < 1


def test_every_file_is_small() -> None:
    """Under 64 kB, whatever the number of rounds; and as few bytes as its blocks need."""
    sizes = {entry.name: len(entry.path.read_bytes()) for entry in ENTRIES.values()}
    assert max(sizes.values()) < 64 * 1024, max(sizes, key=sizes.get)
    longest = max(ENTRIES.values(), key=lambda entry: entry.counterexample.game.horizon)
    assert longest.counterexample.game.horizon > 100_000
    assert sizes[longest.name] < 4096


def refuted(theorem: str, *, algorithm: str = "AdaL", **wanted) -> list:
    """Entries against a reading whose parameters have these values."""
    return [
        e
        for e in ENTRIES.values()
        if f"{e.counterexample.theorem.id}.{e.counterexample.reading}" == theorem
        and e.counterexample.game.recurrence.name.startswith(algorithm)
        and all(str(e.counterexample.game.parameters.get(k)) == v for k, v in wanted.items())
    ]


PRACTICE = {"beta1": "9/10", "beta2": "999/1000", "eps": "1/100000000"}


def smallest_norm(entry) -> float:
    """The smallest l1 norm of a gradient."""
    game = entry.counterexample.game
    return float(min(sum(map(abs, row)) for row in game.gradients))


def test_the_gallery_covers_theorem_1() -> None:
    """Each reading: one round, scale-free, in practice both ways, with each maximum; four step sizes."""
    for reading in "ABC":
        of_reading = refuted(f"adal.theorem1.{reading}")
        assert any(e.counterexample.game.horizon == 1 for e in of_reading)
        assert any(smallest_norm(e) >= 1 for e in of_reading)
        in_practice = refuted(f"adal.theorem1.{reading}", **PRACTICE)
        assert any(smallest_norm(e) >= 1 for e in in_practice)
        assert any(smallest_norm(e) < 1 for e in in_practice)
        for form in ("R1", "R2", "R3"):
            with_maximum = [e for e in of_reading if form in e.counterexample.game.recurrence.name]
            assert any(smallest_norm(e) >= 1 for e in with_maximum)
    for alpha in ("1/1000", "1/100", "1/10", "1"):
        assert refuted("adal.theorem1.C", alpha=alpha, **PRACTICE)


def test_the_gallery_covers_the_rest() -> None:
    """Printed epsilon off a box; Theorem 2 in each reading, with noise and without; Adam's own theorem."""
    assert len(refuted("repaired.theoremR_eps_any_set.D_i")) >= 3
    for reading in ("sqrtTM", "sqrtT_M", "sqrtT"):
        assert refuted(f"adal.theorem2.{reading}")
    homogeneous = [e.counterexample.game for e in refuted("adal.theorem2.sqrtT")]
    assert any(len(game.letters) > 1 for game in homogeneous)
    assert any(len(game.letters) == 1 for game in homogeneous)
    for reading in ("stated", "proof"):
        of_reading = refuted(f"adam.theorem4_1.{reading}", algorithm="Adam")
        assert any(smallest_norm(e) >= 1 for e in of_reading)
        assert any(e.counterexample.game.horizon == 1 for e in of_reading)
        assert refuted(f"adam.theorem4_1.{reading}", algorithm="Adam", **PRACTICE)
    assert refuted("amsgrad.reddi_iclr.stated", algorithm="AMSGrad")


def test_the_gallery_is_short_in_practice() -> None:
    """With the parameters of practice and ||g_t||_1 >= 1, each reading falls within 35000 rounds."""
    for reading in "ABC":
        found = [e for e in refuted(f"adal.theorem1.{reading}", **PRACTICE) if smallest_norm(e) >= 1]
        assert min(e.counterexample.game.horizon for e in found) <= 35_000


@pytest.mark.parametrize("reading", ["A", "B", "C"])
def test_what_the_second_moment_still_remembers_is_no_counterexample(reading: str) -> None:
    """The control: stopped a quarter earlier, the same large gradients still weigh on the right side."""
    found = ENTRIES[f"theorem1_forgetting_{reading}_textbook"].counterexample
    sooner = found.game.until(found.game.horizon * 3 // 4)
    assert excess(found) > 0
    assert excess(replace(found, game=sooner)) < 0


def as_format_2(file: dict) -> dict:
    """The same certificate as format 2 wrote it: the last block is the pattern, the others are the lead."""

    def runs(rows: list) -> list[dict]:
        return [{"times": len(list(same)), "gradient": row} for row, same in groupby(rows)]

    *blocks, last = file["game"]["stream"]
    lead = runs([row for block in blocks for row in block["times"] * block["pattern"]])
    fields = {"lead": lead, "pattern": runs(last["pattern"]), "norms": {"least": "0", "most": "1"}}
    game = {key: value for key, value in file["game"].items() if key != "stream"}
    return {**file, "format": FORMAT_2, "game": {**game, **fields}}


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_an_old_file_is_read_as_the_stored_one(name: str) -> None:
    """Every file of the gallery in format 2 becomes the file that is stored, so its verdict is the same."""
    raw = ENTRIES[name].path.read_bytes()
    file = json.loads(raw)
    old = as_format_2(file) if "stream" in file["game"] else {**file, "format": FORMAT_2}
    assert json.loads(current(json.dumps(old).encode())) == file


def test_every_statement_is_the_packages_own() -> None:
    """Stated, or asked of a sibling with the maximum: never a text of the file's own."""
    found = {bind(entry.path.read_bytes()).bound for entry in ENTRIES.values()}
    assert found <= {Bound.STATED, Bound.ASKED}


def test_a_planted_change_is_noticed(tmp_path) -> None:
    """One character of a formula, a sign of a gradient, a missing file: an error that says which."""
    entry = ENTRIES["theorem1_one_round_C"]
    text = entry.path.read_text(encoding="utf-8")

    class Moved:
        """The entry with its file elsewhere."""

        name, title, counterexample = entry.name, entry.title, entry.counterexample
        path = tmp_path / "changed.json"

    Moved.path.write_text(text.replace('"rhs": "', '"rhs": "0 * ', 1), encoding="utf-8")
    assert "statement.rhs" in str(examine_certificate(Moved, Options())[0].error)
    Moved.path.write_text(text.replace('"2/5"', '"-2/5"', 1), encoding="utf-8")
    assert "refuted" in str(examine_certificate(Moved, Options())[0].error)
    Moved.path.write_bytes(ENTRIES["theorem1_one_round_A"].path.read_bytes())
    assert "another game" in str(examine_certificate(Moved, Options())[0].error)
    Moved.path = tmp_path / "missing.json"
    (row,) = examine_certificate(Moved, Options())
    assert row.verdict is None
    assert "missing.json" in str(row.error)


def test_a_replay_is_quick_enough_for_everyday() -> None:
    """The one-round certificates take milliseconds each: no hidden cost per file."""
    quick = [e for e in ENTRIES.values() if e.counterexample.game.horizon == 1]
    began = time.perf_counter()
    for entry in quick:
        examine_certificate(entry, Options())
    # Generous on purpose: it guards against seconds, not against a busy machine.
    assert time.perf_counter() - began < 2.0 * len(quick)
