"""The optimizers that the paper compares, and others that a reader would ask for, with constant schedules.

The decays are those of section 3: beta1 = 0.9, beta2 = 0.999. Step decay is the task's.
"""

from paper_checks.experiments.contender import Contender
from theory.algorithms.adabelief import ADABELIEF
from theory.algorithms.adadelta import ADADELTA
from theory.algorithms.adagrad import ADAGRAD
from theory.algorithms.adal import adal
from theory.algorithms.adam import ADAM
from theory.algorithms.adax import adax
from theory.algorithms.amsgrad import AMSGRAD_PYTORCH
from theory.algorithms.momentum import MOMENTUM
from theory.algorithms.nesterov import NESTEROV
from theory.algorithms.nosadam import nosadam
from theory.algorithms.radam import RADAM_PYTORCH
from theory.algorithms.rmsprop import RMSPROP_EPS_ADAM
from theory.algorithms.sgd import SGD_CONSTANT

ADAL = Contender("AdaL", adal(schedule="constant"))
"""AdaL as printed, with one norm for each tensor, as section 2.3 computes it."""
ADAL_GLOBAL = Contender("AdaL, one norm", adal(schedule="constant"), norm="all")
"""AdaL with the norm of the whole gradient, as Algorithm 1 prints it."""
ADAL_EPS_ADAM = Contender("AdaL, Adam's epsilon", adal(schedule="constant", eps_mode="adam"))
ADAM_CONTENDER = Contender("Adam", ADAM)
ADAMW_CONTENDER = Contender("AdamW", ADAM, decoupled=True)
AMSGRAD = Contender("AMSGrad", AMSGRAD_PYTORCH)
NOSADAM = Contender("NosAdam", nosadam(eps_mode="adam", schedule="constant"))
ADAX = Contender("AdaX", adax(eps_mode="uncorrected", schedule="constant"))
RADAM = Contender("RAdam", RADAM_PYTORCH)
ADABELIEF_CONTENDER = Contender("AdaBelief", ADABELIEF)
RMSPROP = Contender("RMSprop", RMSPROP_EPS_ADAM)
ADAGRAD_CONTENDER = Contender("AdaGrad", ADAGRAD)
ADADELTA_CONTENDER = Contender("Adadelta", ADADELTA)
SGD = Contender("SGD", SGD_CONSTANT)
SGDM = Contender("SGD with momentum", MOMENTUM, {"mu": 0.9})
NESTEROV_CONTENDER = Contender("Nesterov", NESTEROV, {"mu": 0.9})

NAMED = (ADAM_CONTENDER, NOSADAM, AMSGRAD)
"""The baselines that section 3 names."""
ALL = (
    ADAL, ADAL_GLOBAL, ADAL_EPS_ADAM, *NAMED, ADAMW_CONTENDER, ADAX, RADAM, ADABELIEF_CONTENDER, RMSPROP,
    ADAGRAD_CONTENDER, ADADELTA_CONTENDER, SGD, SGDM, NESTEROV_CONTENDER,
)  # fmt: skip
