from online_sim.comparator.hindsight import best_in_hindsight as best_in_hindsight
from online_sim.comparator.minimising import minimise as minimise
from online_sim.comparator.minimum import Minimum as Minimum
from online_sim.comparator.smoothness import smoothness_constant as smoothness_constant
from online_sim.comparator.smoothness import smoothness_in_cube as smoothness_in_cube
