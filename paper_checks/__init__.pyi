from paper_checks.claim import Claim as Claim
from paper_checks.claim import ClaimVerdict as ClaimVerdict
from paper_checks.claim import Finding as Finding
from paper_checks.scenario import Options as Options
from paper_checks.scenario import Plan as Plan
from paper_checks.scenario import Scenario as Scenario
