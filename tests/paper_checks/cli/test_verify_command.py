"""`regretcheck verify` of many files: each has its outcome, foreign ones say so, nothing is printed raw."""

import json
import os
import re
from pathlib import Path

import pytest

from certificate_fields import with_field
from levels import mostly_slow
from paper_checks.cli.main import main
from paper_checks.gallery.exhibit import FOLDER
from theory.printable import printable
from warm_python import MAIN

GOOD = FOLDER / "theorem1_one_round_C.json"
FILE = json.loads(GOOD.read_bytes())


def run(capsys, *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    code = main(["verify", *arguments])
    return code, capsys.readouterr().out


def changed(path: list, value) -> dict:
    """The certificate with one field set."""
    return with_field(FILE, path, value)


def written(folder: Path, name: str, content: dict) -> str:
    """The path of a file with this content."""
    path = folder / name
    path.write_bytes(json.dumps(content).encode())
    return str(path)


BATCH = {
    "unknown_node": (changed(["algorithm", "name"], "AdaL[norm=group]"), "CERTIFIED"),
    "no_number": (changed(["statement", "lhs"], "Regret(1 / 0)"), "UNDECIDED"),
    "endless": (changed(["statement", "rhs"], "exp(exp(exp(exp(9))))"), "UNDECIDED"),
    "surrogate": (changed(["title"], "\ud800"), "REFUSED"),
    "deep": (changed(["statement", "rhs"], "(" * 900 + "1" + ")" * 900), "REFUSED"),
    "exponent": (changed(["statement", "rhs"], "2 ** 10 ** 30"), "REFUSED"),
    "long": (changed(["game", "horizon"], 10**8), "REFUSED"),
}


def test_each_file_has_its_own_outcome(capsys, tmp_path: Path) -> None:
    """None of these keeps the next from being examined; the table and the JSON list all of them."""
    paths = [written(tmp_path, f"{name}.json", content) for name, (content, _) in BATCH.items()]
    paths += [str(tmp_path / "missing.json"), str(tmp_path), str(GOOD)]
    code, out = run(capsys, *paths, "--json")
    rows = json.loads(out)
    assert code == 2
    assert [row["outcome"] for row in rows[:-3]] == [outcome for _, outcome in BATCH.values()]
    assert [row["outcome"] for row in rows[-3:]] == ["REFUSED", "REFUSED", "CERTIFIED"]
    assert [row["accepted"] for row in rows] == [False] * (len(rows) - 1) + [True]
    code, out = run(capsys, *paths)
    assert code == 2
    assert f"1 of {len(rows)} accepted" in out
    for path in paths[:-1]:
        # One sentence for each, on a line of its own that begins with the file's name.
        assert any(line.startswith(Path(path).name) for line in out.splitlines())


def test_a_batch_without_a_refused_file_ends_with_one(capsys, tmp_path: Path) -> None:
    """2 is for what is not a certificate, 1 for what is not accepted, 0 for all accepted."""
    open_one = written(tmp_path, "open.json", BATCH["endless"][0])
    assert run(capsys, open_one, str(GOOD))[0] == 1
    assert run(capsys, str(GOOD), str(GOOD))[0] == 0


@pytest.mark.parametrize(
    "columns", mostly_slow([20, 40, 80, 109, 110, 200], lambda _, columns: columns in {20, 109, 110})
)
def test_foreign_is_said_at_every_width(tmp_path: Path, columns: int, warm) -> None:
    """Also where the table has no room for it, and in the exit code."""
    own = written(tmp_path, "own.json", changed(["statement", "theorem"], "nobody.knows"))
    environment = {**os.environ, "COLUMNS": str(columns)}
    for more, code in (([], 1), (["--allow-foreign"], 0)):
        done = warm.text(MAIN, "verify", own, str(GOOD), *more, environment=environment)
        assert done.returncode == code, done.stderr
        assert "own.json: foreign: the statement or the algorithm is the file's own" in done.stdout
        assert f"{2 - code} of 2 accepted, 1 foreign" in " ".join(done.stdout.split())
        assert ("--allow-foreign accepts it" in done.stdout) == (code == 1)


def test_foreign_is_said_as_json(capsys, tmp_path: Path) -> None:
    """`accepted` follows the option, `statement` and `foreign` the content."""
    own = written(tmp_path, "own.json", changed(["algorithm", "name"], "AdaL (mine)"))
    for more, code in (([], 1), (["--allow-foreign"], 0)):
        found, out = run(capsys, own, "--json", *more)
        (row,) = json.loads(out)
        assert found == code
        assert (row["accepted"], row["statement"], row["foreign"]) == (not code, "FOREIGN", True)
        assert row["outcome"] == "CERTIFIED"


def test_an_altered_statement_is_never_accepted(capsys, tmp_path: Path) -> None:
    """No option makes another text the package's theorem."""
    altered = written(tmp_path, "altered.json", changed(["statement", "rhs"], "0"))
    code, out = run(capsys, altered, "--allow-foreign")
    assert code == 1
    assert "! altered" in out
    assert "statement.rhs" in out


def test_letters_and_asked_statements_are_named(capsys, tmp_path: Path, monkeypatch) -> None:
    """What vhat_0 stands for, and that a statement is asked of another algorithm."""
    monkeypatch.setenv("COLUMNS", "200")
    file = json.loads((FOLDER / "theorem2_skewed_round.json").read_bytes())
    number = next(u for u in file["statement"]["letters"] if u["name"] == "vhat_0")
    number["formula"] = "1000000000 / 7"
    paths = [str(FOLDER / "theorem2_skewed_round.json"), written(tmp_path, "number.json", file)]
    paths.append(str(FOLDER / "theorem1_maximum_R2_A.json"))
    code, out = run(capsys, *paths)
    assert code == 0
    assert "adal.theorem2.sqrtT (vhat_0 = vhat_1)" in out
    assert "adal.theorem2.sqrtT (vhat_0 = 1000000000/7)" in out
    assert re.search(r"adal\.theorem1\.A asked of AdaL\[.*maximum=R2\]", out)
    rows = json.loads(run(capsys, *paths, "--json")[1])
    assert [row["chosen"] for row in rows] == [{"vhat_0": "vhat_1"}, {"vhat_0": "1000000000/7"}, {}]
    assert [row["games"] for row in rows[1:]] == [
        "one smooth function, noise of 2 letters",
        "linear losses over a box",
    ]


def test_nothing_of_a_file_reaches_the_terminal_raw(capsys, tmp_path: Path) -> None:
    """Names of files and what they hold are shown, not obeyed."""
    paths = [
        written(tmp_path, "a\x1b[31mb.json", FILE),
        written(tmp_path, "name.json", changed(["algorithm", "name"], "Ada\x1b[2JL")),
        written(tmp_path, "title.json", changed(["title"], "\u202egnp.exe")),
        written(tmp_path, "field.json", {**FILE, "\x1b]0;title\x07": 1}),
        written(tmp_path, "formula.json", changed(["statement", "rhs"], "\x1b[2J")),
    ]
    for more in ((), ("--json",)):
        _, out = run(capsys, *paths, *more)
        assert printable(out, lines=True) == out
        assert "\\x1b[31m" in out


def test_text_is_made_printable() -> None:
    """Each character that does not print becomes its number; letters of any script stay."""
    assert printable("a\x1b[2Jb\x00\x7f\x85") == "a\\x1b[2Jb\\x00\\x7f\\x85"
    assert printable("x\u200by\u202ez\ud800\U000e0041") == "x\\u200by\\u202ez\\ud800\\U000e0041"
    assert printable("a\nb\tc") == "a\\nb\\tc".replace("\\n", "\\x0a").replace("\\t", "\\x09")
    assert printable("a\nb\tc\r", lines=True) == "a\nb\tc\\x0d"
    assert printable("Ångström α √2 日本 '\"\\") == "Ångström α √2 日本 '\"\\"
    assert printable(ValueError("\x1b")) == "\\x1b"


def test_an_old_certificate_is_verified_and_written_again(capsys, tmp_path: Path) -> None:
    """`verify` reads format 2, `certify` writes it in the current format, and a false one is not written."""
    game = {key: value for key, value in FILE["game"].items() if key != "stream"}
    game |= {"lead": [], "pattern": [{"times": 1, "gradient": ["2/5"]}], "norms": {"least": "0", "most": "1"}}
    old = {**FILE, "format": "regretcheck certificate 2", "game": game}
    path = written(tmp_path, "old.json", old)
    assert run(capsys, path)[0] == 0
    out = tmp_path / "new"
    assert main(["certify", path, "--out", str(out)]) == 0
    assert (out / "old.json").read_bytes() == GOOD.read_bytes()
    assert main(["certify", str(out / "old.json"), "--out", str(out)]) == 0
    assert "in the current format already" in capsys.readouterr().out
    false = written(tmp_path, "false.json", with_field(old, ["claim", "rhs_at_most"], "1/10"))
    assert main(["certify", false, "--out", str(out)]) == 2
    assert not (out / "false.json").exists()
    assert main(["certify", str(tmp_path / "missing.json")]) == 2
