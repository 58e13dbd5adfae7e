from bounds import *
from online_sim import *
from theory import *
