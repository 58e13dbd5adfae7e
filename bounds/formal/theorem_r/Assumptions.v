(* The axioms on which the theorems rest: those of Coq's real numbers and functional extensionality, which that
   library uses. Coq prints them when it compiles this file. *)
From TheoremR Require Import Ogd TheoremR Variants Printed Realisable Existence.

Print Assumptions R_any_weights.
Print Assumptions R_D.
Print Assumptions R_D_i.
Print Assumptions R_corrected_D.
Print Assumptions R_corrected_D_i.
Print Assumptions sharp.
Print Assumptions alacaoglu.
Print Assumptions printed_C.
Print Assumptions constant_step.
Print Assumptions sqrt_step.
Print Assumptions R_any_gamma_D.
Print Assumptions R_any_gamma_D_i.
Print Assumptions R_eps_D.
Print Assumptions R_eps_D_i.
Print Assumptions V_D.
Print Assumptions V_D_i.
Print Assumptions V_uncorrected_D.
Print Assumptions V_uncorrected_D_i.
Print Assumptions R_printed_D.
Print Assumptions R_printed_D_i.
Print Assumptions V_printed_D.
Print Assumptions V_printed_D_i.
Print Assumptions P_smallest.
Print Assumptions P_root.
Print Assumptions P_average.
Print Assumptions R1_runs.
