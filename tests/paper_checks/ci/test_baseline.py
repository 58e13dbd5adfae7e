"""Baselines: what counts as a change, what the files look like, and where the tolerances come from."""

import functools
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bounds.verdict import Check, Verdict
from paper_checks.ci.baseline import (
    ALGORITHMS,
    DIGITS,
    PLACES,
    RATE,
    RELATIVE,
    Entry,
    algorithm_rows,
    differences,
    entry_of,
    text_of,
)
from paper_checks.ci.baseline_file import (
    FOLDER,
    baseline_path,
    block_header,
    dump_baseline,
    line_of,
    read_baseline,
    write_baseline,
)
from paper_checks.ci.comparison import EntryStatus, compare, updated
from paper_checks.playing import play_plan
from paper_checks.run.algorithm_lines import algorithm_lines, lines_digest
from paper_checks.run.own_file import load_file
from paper_checks.run.rate import is_settled, measured_rate
from paper_checks.run.registry import scenarios
from paper_checks.run.results import GameDetail, GameSummary, ProofDetail, Result
from paper_checks.scenario import Options, Scenario
from theory.quantities import CumSum, Expectation, Norm2Squared, Regret
from theory.statement import Reading, Theorem
from theory.symbols import T, df
from theory.theorems.adal import THEOREM1

HERE = Path(__file__).parents[1]
ENTRY = Entry("VIOLATED", 7, 0.123456, 9, 0.5)
LINES = ("m: g / 2", 'point: "x" - m')
ENTRIES = {
    ("b", "theorem.B"): ENTRY,
    ("b", "theorem.A"): Entry("HOLDS", None, 123456.7, 1000, -1.0),
    ("a.1-x_y", "plain"): Entry("VACUOUS"),
    ("b", "audit.theorem"): Entry(
        "BREAKS", breaks=("L2 breaks in round 3", "L5 is undefined in round 1"), arguments="2 checked"
    ),
    ("certificates", "certificate.x"): Entry("CERTIFIED", 1, 0.5, 1, statement="STATED", digest="0" * 64),
    (ALGORITHMS, "Own[beta=1]"): Entry("", digest=lines_digest(LINES), lines=LINES),
}


def row(scenario="s", reading="t.A", verdict="HOLDS", reason="", *, played=None, detail=None, **values):
    """A row of results; values: of its `GameDetail`."""
    return Result(
        reading, "t", "", scenario, "", verdict, reason, played or GameSummary(),
        detail or GameDetail(**values), error=reason if verdict is None else None,
    )  # fmt: skip


def test_a_file_holds_what_was_written(tmp_path):
    """Reading gives the entries back, to the digits written; writing those again gives the same text."""
    path = tmp_path / "x.toml"
    write_baseline(path, ENTRIES)
    back = read_baseline(path)
    assert back.keys() == ENTRIES.keys()
    assert back["b", "theorem.A"] == replace(ENTRIES["b", "theorem.A"], margin=123457.0)
    assert back["b", "theorem.B"] == ENTRY
    assert dump_baseline(back) == path.read_text()


def test_the_text_does_not_depend_on_the_order():
    """Blocks are sorted: a diff shows only what changed."""
    assert dump_baseline(dict(reversed(ENTRIES.items()))) == dump_baseline(ENTRIES)


def test_one_change_is_one_line_of_diff():
    """Changing one margin changes one line of the text."""
    before = dump_baseline(ENTRIES).splitlines()
    after = dump_baseline({**ENTRIES, ("b", "theorem.B"): replace(ENTRY, margin=0.2)}).splitlines()
    assert [(x, y) for x, y in zip(before, after, strict=True) if x != y] == [
        ("margin = 0.123456", "margin = 0.2")
    ]


@pytest.mark.parametrize("name", ['qu"ote', "back\\slash", "two words", "ünï", "dot.ted", "\x7f", "a\tb", ""])
def test_any_name_can_be_a_key(tmp_path, name):
    """Names with quotes, spaces and control characters come back as they were."""
    write_baseline(tmp_path / "x.toml", {(name, name): ENTRY})
    assert read_baseline(tmp_path / "x.toml") == {(name, name): ENTRY}
    assert line_of(tmp_path / "x.toml", name, name) == 7


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 0.0, 1e300, 1e-300, 5e-324, 3.0, 1e6])
def test_any_number_can_be_a_margin(tmp_path, value):
    """Infinities, NaN and extreme numbers are written and compare as themselves."""
    write_baseline(tmp_path / "x.toml", {("s", "r"): Entry("HOLDS", margin=value)})
    (back,) = read_baseline(tmp_path / "x.toml").values()
    assert differences(back, Entry("HOLDS", margin=value)) == ()
    assert [c.field for c in differences(back, Entry("HOLDS", margin=1.5))] == ["margin"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("format = ", "cannot read the baseline .*x.toml: Invalid value"),
        ('format = "other"\nseed = 0', "must begin with format = 'regretcheck-baseline-1' and seed = 0"),
        ('format = "regretcheck-baseline-1"\nseed = 1', "got 'regretcheck-baseline-1' and 1"),
        ("scenarios = 3", "`scenarios` in the baseline .* is 3"),
        ("[scenarios.a]\nb = 1", "`b` in the baseline .* is 1; expected a table"),
        ("[scenarios.a.b]\nmargin = 1.0", "`verdict` is missing in .*x.toml: a b"),
        ('[scenarios.a.b]\nverdict = "HOLDS"\nmargn = 1.0', "`margn` in .* is unknown; known: verdict"),
        ('[scenarios.a.b]\nverdict = "HOLDS"\nmargin = "1"', "`margin` = '1' in .* must be a float"),
        ('[algorithms.a]\ndigest = "0"\nlines = ["m: g"]', "`digest` in .*: algorithm a is not that of its"),
        ("[algorithms.a]\nlines = []", "`digest` in .*: algorithm a is not that of its `lines`"),
        ('[algorithms.a]\nverdict = "HOLDS"', "`verdict` in .* is unknown; known: digest, lines"),
        ('[scenarios.a.b]\nverdict = "HOLDS"\nlines = ["m: g"]', "`lines` in .* is unknown; known: verdict"),
        ('[scenarios.a.b]\nverdict = "HOLDS"\nbreaks = [1]', "`breaks` = .1. in .* must be a list of texts"),
        ("[scenario.a.b]", "`scenario` in the baseline .* is unknown; known: scenarios, algorithms"),
        ('[scenarios.a.b]\nverdict = "HOLDS"\nat = true', "`at` = True in .* must be a int"),
    ],
)
def test_a_garbled_file_is_one_sentence(tmp_path, text, sentence):
    """Whatever is wrong with a file is a ValueError that names the file and the place."""
    if "format" not in text:
        text = f'format = "regretcheck-baseline-1"\nseed = 0\n{text}'
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(ValueError, match=sentence):
        read_baseline(tmp_path / "x.toml")


def test_no_file_is_no_entry(tmp_path):
    """A baseline that is not there is empty, and writing no entries removes the file."""
    path = tmp_path / "x.toml"
    assert read_baseline(path) == {}
    write_baseline(path, ENTRIES)
    write_baseline(path, {})
    assert not path.exists()
    assert line_of(path, "a", "b") == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"verdict": "HOLDS"}, "verdict"),
        ({"first_violation": 8}, "first violation"),
        ({"first_violation": None}, "first violation"),
        ({"margin": None}, "margin"),
        ({"margin": math.nan}, "margin"),
        ({"margin": 0.123456 + 0.5e-6 + 2 * RELATIVE * 0.123456}, "margin"),
        ({"breaks": ("L2 breaks in round 4",)}, "broken steps"),
        ({"arguments": "1 failed"}, "arguments"),
        ({"statement": "FOREIGN"}, "statement"),
        ({"digest": "1" * 64}, "digest"),
        ({"lines": ("m: g", "point: x")}, "line m"),
        ({"lines": ("point: x", "m: 2*g")}, "order of the lines"),
        ({"rate": None}, "rate"),
        ({"rate": 0.5 + 2 * RATE + 0.5e-5}, "rate"),
    ],
)
def test_each_field_is_compared(changed, field):
    """A field that moved by more than its tolerance is reported, alone."""
    known = replace(ENTRY, breaks=("L2 breaks in round 3",), lines=("m: 2*g", "point: x"))
    assert [c.field for c in differences(known, replace(known, **changed))] == [field]


@pytest.mark.parametrize(
    "changed",
    [
        {"margin": 0.123456 + 0.5e-6 + 0.9 * RELATIVE * 0.123456},
        {"margin": 0.123456 - 0.5e-6 - 0.9 * RELATIVE * 0.123456},
        {"rate": 0.5 + 0.9 * RATE + 0.5e-5},
        {"at": 8},
    ],
)
def test_what_rounding_explains_is_no_change(changed):
    """Within half a written digit and the tolerance nothing is reported; two rounds may tie."""
    assert differences(ENTRY, replace(ENTRY, **changed)) == ()


@pytest.mark.parametrize("seed", range(20))
def test_writing_down_loses_at_most_half_a_digit(seed, tmp_path):
    """A margin that is written, read and measured again on the same machine is unchanged."""
    rng = np.random.default_rng(seed)
    margin, rate = float(10 ** rng.uniform(-12, 12)), float(rng.normal())
    entry = Entry("HOLDS", None, margin, 1, rate)
    write_baseline(tmp_path / "x.toml", {("s", "r"): entry})
    (back,) = read_baseline(tmp_path / "x.toml").values()
    assert differences(back, entry) == ()
    written = f"{margin:.{DIGITS}g}", f"{rate:.{PLACES}f}"
    assert (back.margin, back.rate) == tuple(map(float, written))


def test_comparison_finds_new_missing_changed_and_crashed():
    """Every entry of either side is told, with its status, sorted by name."""
    stored = {
        ("s", "t.A"): Entry("HOLDS"),
        ("s", "t.gone"): Entry("HOLDS"),
        ("down", "t.A"): Entry("HOLDS"),
        ("down", "t.B"): Entry("HOLDS"),
        ("same", "t.A"): Entry("HOLDS"),
    }
    rows = [
        row(verdict="VIOLATED", first_violation=3, reason="seen"),
        row(reading="t.fresh"),
        row("down", "t", None, reason="ValueError: no"),
        row("also_down", "t", None, reason="ValueError: neither"),
        row("same"),
    ]
    found = {(c.scenario, c.reading): c for c in compare(stored, rows)}
    assert {key: c.status.name for key, c in found.items()} == {
        ("also_down", "t"): "CRASHED",
        ("down", "t.A"): "CRASHED",
        ("down", "t.B"): "CRASHED",
        ("s", "t.A"): "CHANGED",
        ("s", "t.fresh"): "NEW",
        ("s", "t.gone"): "MISSING",
        ("same", "t.A"): "SAME",
    }
    assert list(found) == sorted(found)
    assert found["s", "t.A"].sentence == "verdict was HOLDS, is VIOLATED; first violation was none, is 3"
    assert found["down", "t.B"].sentence == "crashed: ValueError: no"
    assert "nothing produces it now: s t.gone (HOLDS); run" in found["s", "t.gone"].sentence


def test_entries_that_were_not_asked_for_are_left_alone():
    """What `expected` excludes is neither missing nor told."""
    stored = {("s", "t.A"): Entry("HOLDS"), ("other", "t.A"): Entry("HOLDS")}
    found = compare(stored, [row()], expected=lambda key: key[0] == "s")
    assert [(c.name, c.status) for c in found] == [("s t.A", EntryStatus.SAME)]


def test_an_update_touches_only_what_differs():
    """Same and crashed entries keep their old numbers to the last digit; the others follow the run."""
    stored = {
        ("s", "t.A"): Entry("HOLDS", margin=2.0),
        ("s", "t.gone"): Entry("HOLDS"),
        ("down", "t.A"): Entry("HOLDS"),
        ("elsewhere", "t.A"): Entry("HOLDS"),
    }
    rows = [row(margin=2.0 + 1e-7), row(reading="t.fresh"), row("down", "t", None, reason="no")]
    fresh = updated(stored, compare(stored, rows, expected=lambda key: key[0] != "elsewhere"))
    assert fresh == {
        ("s", "t.A"): Entry("HOLDS", margin=2.0),
        ("s", "t.fresh"): Entry("HOLDS"),
        ("down", "t.A"): Entry("HOLDS"),
        ("elsewhere", "t.A"): Entry("HOLDS"),
    }


def test_a_crash_has_no_entry():
    """A row without a verdict cannot be written down."""
    with pytest.raises(ValueError, match="crashed"):
        entry_of(row(verdict=None, reason="no"))


def test_an_entry_in_words():
    """The words name verdict, first round, margin and rate."""
    assert text_of(ENTRY) == "VIOLATED, from round 7, margin 0.123456, rate 0.50000"
    assert text_of(None) == "nothing"


def test_where_a_scenario_keeps_its_entries(tmp_path):
    """One file for each package of scenarios; beside the file for a file of one's own."""
    one = next(s for s in scenarios() if s.id == "one_round")
    assert baseline_path(one) == FOLDER / "adal.toml"
    wrapped = replace(one, build=functools.partial(one.build))
    assert baseline_path(wrapped) == FOLDER / "adal.toml"
    own = load_file(HERE / "toys.py")[0]
    assert baseline_path(own) == HERE / "toys.baseline.toml"
    assert baseline_path(own, tmp_path) == tmp_path / "toys.baseline.toml"
    assert baseline_path(Scenario("x", "x", (), json.loads), tmp_path) == tmp_path / "json.toml"


def test_the_shipped_baselines_are_as_the_tool_writes_them():
    """Every file is the text of its entries; nobody edited it by hand into another form."""
    files = sorted(FOLDER.glob("*.toml"))
    assert files
    for path in files:
        entries = read_baseline(path)
        assert dump_baseline(entries) == path.read_text(encoding="utf-8")
        assert line_of(path, *min(entries)) > 1
        assert block_header(*min(entries)) in path.read_text(encoding="utf-8")


FAST = ("one_round", "one_step", "four_rounds", "wrong_end", "reddi_stream", "rosenbrock", "intersection")


@pytest.mark.parametrize("name", FAST)
def test_the_margin_tolerance_covers_rounding_and_enclosure(name):
    """A regret's enclosure and 4 (T + d) eps, by which a margin can move, are ten times below `RELATIVE`."""
    from bounds.evaluate import checks

    scenario = next(s for s in scenarios() if s.id == name)
    plan = scenario.build(Options())
    trace = play_plan(plan)
    for theorem in plan.theorems:
        for c in checks(theorem, trace, constants=plan.constants):
            k = int(np.flatnonzero(c.rounds == c.at)[0])
            width = (c.lhs_upper[k] - c.lhs_lower[k]) / c.lhs_upper[k]
            rounding = 4 * (trace.horizon + trace.dimension) * np.finfo(float).eps
            assert is_settled(c, theorem)
            assert width + rounding < RELATIVE / 10


def test_another_order_of_summation_moves_nothing():
    """The readable engine adds in another order than the compiled one, and every entry agrees with it."""
    from bounds.evaluate import checks

    plan = next(s for s in scenarios() if s.id == "reddi_stream").build(Options())
    plan = plan.with_game(horizon=3000)
    found = []
    for engine in ("numba", "numpy"):
        trace = play_plan(replace(plan, engine=engine))
        found.append(
            [
                Entry(c.verdict.name, c.first_violation, c.margin, c.at, measured_rate(c, plan.theorems[0]))
                for c in checks(plan.theorems[0], trace)
            ]
        )
    assert found[0][0].rate is not None
    for one, other in zip(*found, strict=True):
        assert differences(one, other) == ()


ROUNDS = np.array([1, 10, 20, 50, 100])


def curve(lower, upper):
    """A check with this interval as its measured side, its margin at the last round."""
    rounds = ROUNDS.astype(np.int64)
    rhs = np.full(rounds.shape, 10.0)
    return Check("t.A", Verdict.HOLDS, "", rounds, lower, upper, rhs, rhs, rhs, 1.0, 100, None)


def of(lhs):
    """A theorem with this left side."""
    return Theorem("t", "T", THEOREM1.source, ("AdaL",), lhs, (Reading("A", T, ""),))


REGRET, MEAN = of(Regret(1)), of(Expectation(CumSum(Norm2Squared(df))) / T)


def test_a_power_law_has_its_exponent():
    """The rate of T^(3/4) is 3/4, for a regret and for a mean."""
    y = ROUNDS**0.75
    for theorem in (REGRET, MEAN):
        assert is_settled(curve(y, y), theorem)
        # Least squares of five exact points: the error is a few eps.
        assert measured_rate(curve(y, y), theorem) == pytest.approx(0.75, abs=1e-14)


@pytest.mark.parametrize(
    ("lower", "upper", "regret", "mean"),
    [
        (1 - 0.9 * RELATIVE, 1.0, True, True),
        (1 - 1.1 * RELATIVE, 1.0, False, True),  # the ends of a confidence interval are functions of the seed
        (0.0, 1e-3, False, False),
        (-1e-9, 1e-9, False, False),
        (-np.inf, np.inf, False, False),
        (np.inf, np.inf, False, False),
    ],
)
def test_what_is_not_measured_is_not_compared(lower, upper, regret, mean):
    """A regret known to less than the tolerance, or anything around 0, keeps neither margin nor rate."""
    c = curve(np.full(5, lower), np.full(5, upper))
    for theorem, wanted in ((REGRET, regret), (MEAN, mean)):
        assert is_settled(c, theorem) is wanted
        assert (measured_rate(c, theorem) is not None) is wanted
    assert entry_of(row(margin=2.0, at=3, settled=regret)).margin == (2.0 if regret else None)


def test_a_game_shorter_than_a_decade_has_no_rate():
    """Over 9 rounds growth cannot be told from its start; without a margin nothing is settled."""
    c = curve(np.ones(5), np.ones(5))
    short = replace(c, rounds=np.array([1, 2, 3, 6, 9]), margin=None, at=None)
    assert measured_rate(short, MEAN) is None
    assert not is_settled(short, MEAN)


def audit_row(*steps):
    """The row of an audited proof with steps (key, outcome, round, status)."""
    names = ("key", "outcome", "at", "status")
    verdict = "BREAKS" if any(s[1] == "BREAKS" for s in steps) else "INTACT"
    detail = ProofDetail(audit={"steps": [dict(zip(names, s, strict=True)) for s in steps]})
    return row(reading="audit.t", verdict=verdict, detail=detail)


def test_the_entry_of_an_audit_names_the_steps():
    """Which steps break, in the order of the proof, in which rounds, and how many arguments are confirmed."""
    good, broken = ("L1", "HOLDS", None, "CHECKED"), ("L2", "BREAKS", 7, "CITED")
    undefined = ("L3", "UNDEFINED", 2, "CHECKED")
    entry = entry_of(audit_row(good, broken, undefined))
    assert entry.breaks == ("L2 breaks in round 7", "L3 is undefined in round 2")
    assert entry.arguments == "2 checked, 1 cited"
    assert text_of(entry) == "BREAKS, first L2 breaks in round 7"
    later = entry_of(audit_row(good, ("L2", "BREAKS", 8, "CITED"), undefined))
    assert [c.field for c in differences(entry, later)] == ["broken steps"]
    assert entry_of(audit_row(good)) == Entry("INTACT", arguments="1 checked")


def test_an_algorithm_is_all_that_decides_what_it_plays():
    """A step, the point, the metric, a first value, a range, a default: each changes a line; a name none."""
    from theory.algorithms.adal import ADAL_R1
    from theory.parameters import alpha, beta1
    from theory.symbols import vhat

    lines = algorithm_lines(ADAL_R1)
    labels = [line.partition(": ")[0] for line in lines]
    assert len(set(labels)) == len(labels)
    (symbol, step), *steps = ADAL_R1.steps
    first, *parameters = ADAL_R1.parameters
    for changed in (
        {"steps": ((symbol, 2 * step), *steps)},
        {"point": 2 * ADAL_R1.point},
        {"metric": 2 * ADAL_R1.metric},
        {"initial": {vhat: alpha}},
        {"initial": {vhat: beta1}},
        {"parameters": (replace(first, upper=7.0), *parameters)},
        {"parameters": (replace(first, lower_open=not first.lower_open), *parameters)},
        {"parameters": (replace(first, default=0.125), *parameters)},
    ):
        other = algorithm_lines(replace(ADAL_R1, **changed))
        assert other != lines, changed
        assert lines_digest(other) != lines_digest(lines)
    assert algorithm_lines(replace(ADAL_R1, name="another")) == lines


def test_every_algorithm_of_the_package_has_lines():
    """No two of them have the same; every line is a label and a formula."""
    from theory.algorithms.registry import algorithms

    found = {name: algorithm_lines(r) for name, r in algorithms().items()}
    assert len(found) > 20
    assert all(": " in line for lines in found.values() for line in lines)
    for lines in found.values():
        labels = [line.partition(": ")[0] for line in lines]
        assert len(set(labels)) == len(labels)


def test_algorithms_of_one_name_are_one_row_or_an_error():
    """Two scenarios that play the same have one row; two that differ have one with an error."""
    own = GameSummary("Own", recurrence=LINES)
    one, two = row("a", played=own), row("b", played=own)
    (found,) = algorithm_rows([one, two, row("c")])
    assert (found.scenario, found.id, found.error) == (ALGORITHMS, "Own", None)
    assert entry_of(found) == Entry("", digest=lines_digest(LINES), lines=LINES)
    (found,) = algorithm_rows([one, replace(two, played=replace(own, recurrence=("m: g", LINES[1])))])
    assert found.error.startswith("two algorithms are called Own: those of a and b differ in line m;")
    # Beside another algorithm that is as it was, and without an entry of its own, it is red all the same.
    other = row("d", played=replace(own, algorithm="Other"))
    rows = [found, *algorithm_rows([other])]
    known = {(ALGORITHMS, "Other"): entry_of(rows[1])}
    assert [c.status.name for c in compare(known, rows)] == ["SAME", "CRASHED"]
