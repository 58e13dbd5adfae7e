"""Keep which certificates Coq accepts, as `paper_checks/gallery/coq.json`, which the report shows.

    regretcheck formalize --gallery --longest 1000 --compile --json > coq.json
    python docs/tables/formal.py coq.json

Four minutes on one core. A certificate that is refused or too long is left out.
"""

import argparse
import json
from pathlib import Path

from online_sim.files import write_bytes
from paper_checks.run.coq_checked import STORED

FIELDS = ("certificate", "horizon", "seconds", "reason", "digest")


def main() -> None:
    """Write the rows of accepted certificates and print their number and seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path, help="the output of `regretcheck formalize --compile --json`")
    rows = json.loads(parser.parse_args().file.read_text(encoding="utf-8"))
    kept = [{field: row[field] for field in FIELDS} for row in rows if not row["reason"]]
    text = ",\n".join(json.dumps(row) for row in kept)
    write_bytes(STORED, f"[\n{text}\n]\n".encode())
    print(f"{len(kept)} of {len(rows)} certificates, {sum(row['seconds'] for row in kept):.0f} s")


if __name__ == "__main__":
    main()
