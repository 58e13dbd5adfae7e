"""Move the fragments of this folder into CHANGELOG.md, and write the version where it stands.

    python changes/collect.py 0.2.0 --date 2026-11-29

`make release VERSION=0.2.0` does the same. After a merge run it again: new fragments join their version.
"""

import argparse
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from online_sim.files import write_bytes

ROOT = Path(__file__).resolve().parents[1]
KINDS = {"verdict": "Verdicts that changed", "added": "Added", "changed": "Changed", "fixed": "Fixed"}
FRAGMENT = re.compile(rf"[a-z0-9]+(-[a-z0-9]+){{1,4}}\.({'|'.join(KINDS)})\.md")
UNRELEASED = "\n## Unreleased\n"
PLACES = (
    ("pyproject.toml", re.compile(r'^version = "(.*)"$', re.MULTILINE)),
    ("CITATION.cff", re.compile(r"^version: (.*)$", re.MULTILINE)),
)
"""Where the version stands, besides CHANGELOG.md."""


def main() -> None:
    """Write the changelog and the version, then delete the fragments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("version", nargs="?", default=stated(), help="by default that of pyproject.toml")
    parser.add_argument(
        "--date", default=str(datetime.now(UTC).date()), help="of a new version; by default today"
    )
    given = parser.parse_args()
    if not re.fullmatch(r"\d+\.\d+\.\d+", given.version):
        parser.error(f"`version` = {given.version!r} must be three numbers, such as 0.2.0")
    try:
        day = date.fromisoformat(given.date)
    except ValueError:
        parser.error(f"`--date` = {given.date!r} must be a day, such as 2026-11-29")
    paths = sorted(path for path in (ROOT / "changes").glob("*.md") if path.name != "README.md")
    wrong = [path.name for path in paths if not FRAGMENT.fullmatch(path.name)]
    if wrong:
        parser.error(f"{', '.join(wrong)} must be called <name>.<kind>.md: see changes/README.md")
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    changelog = ROOT / "CHANGELOG.md"
    released = collected(changelog.read_text(encoding="utf-8"), texts, given.version, day)
    write_bytes(changelog, released.encode())
    for name, pattern in PLACES:
        text = (ROOT / name).read_text(encoding="utf-8")
        start, end = pattern.search(text).span(1)
        write_bytes(ROOT / name, f"{text[:start]}{given.version}{text[end:]}".encode())
    for path in paths:
        path.unlink()
    print(f"{given.version}: {len(paths)} fragments moved into CHANGELOG.md")


def stated() -> str:
    """The version of pyproject.toml."""
    name, pattern = PLACES[0]
    return pattern.search((ROOT / name).read_text(encoding="utf-8"))[1]


def collected(changelog: str, fragments: Mapping[str, str], version: str, day: date) -> str:
    """The changelog with the fragments under a version, and nothing under "Unreleased".

    A version that has a part already keeps its date. Entries come first in the section of their kind.

    Args:
        changelog: the text of CHANGELOG.md.
        fragments: the text of each fragment by the name of its file.
        version: the version, such as 0.2.0.
        day: the day of a version that is new.

    Raises:
        ValueError: the changelog has no heading "Unreleased", or a section of no known kind.
    """
    head, unreleased, rest = changelog.partition(UNRELEASED)
    if not unreleased:
        raise ValueError("CHANGELOG.md has no line '## Unreleased'; put it above the newest version")
    waiting, *parts = re.split(r"^(?=## )", rest, flags=re.MULTILINE)
    title, known = f"## {version} ({day})", ""
    if parts and parts[0].startswith(f"## {version} "):
        title, _, known = parts.pop(0).partition("\n")
    sections: dict[str, list[str]] = {name: [] for name in KINDS.values()}
    for text in (waiting, known):
        for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
            name, _, entries = section.partition("\n")
            if name not in sections:
                raise ValueError(f"CHANGELOG.md has a section {name!r}; known: {', '.join(sections)}")
            sections[name].append(entries.strip())
    new: dict[str, list[str]] = {name: [] for name in sections}
    for name, text in fragments.items():
        first, *others = text.strip().splitlines()
        new[KINDS[name.split(".")[1]]].append("\n".join([f"- {first}", *(f"  {line}" for line in others)]))
    lines = [head, UNRELEASED, f"\n{title}\n"]
    for name, entries in sections.items():
        # A list goes on; a group that begins with words is set apart.
        body = "\n".join(new[name])
        for text in entries:
            body += ("\n" if text.startswith("-") or not body else "\n\n") + text
        if body:
            lines.append(f"\n### {name}\n\n{body.strip()}\n")
    return "".join(lines) + "".join(f"\n{part}" for part in parts)


if __name__ == "__main__":
    main()
