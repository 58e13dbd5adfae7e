"""AdaL as printed on an l1 ball: is the projected step (F3) right in the printed metric?"""

from paper_checks.audit import Audit

AUDIT = Audit("diabetes", note="The set is not a box; epsilon = 1e-8 is added to vhat^{-1/2}, as printed.")
