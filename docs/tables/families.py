"""Keep which families of games sympy has checked, as `paper_checks/gallery/families.json`, for the report.

    python docs/tables/families.py

Twenty seconds on one core. A family with a claim that is not shown is left out.
"""

import json

from bounds.families.check import FamilyOutcome, check_family
from online_sim.files import write_bytes
from paper_checks.gallery.families import FAMILIES
from paper_checks.run.families_checked import STORED, digest_of


def main() -> None:
    """Check every family and write the rows of those that are shown."""
    rows = []
    for family in FAMILIES:
        answer = check_family(family)
        print(f"{family.name}: {answer.outcome.value} {answer.reason}")
        if answer.outcome is not FamilyOutcome.NOT_SHOWN:
            row = {"family": family.name, "digest": digest_of(family), "inequalities": answer.inequalities}
            rows.append(json.dumps(row))
    text = ",\n".join(rows)
    write_bytes(STORED, f"[\n{text}\n]\n".encode())


if __name__ == "__main__":
    main()
