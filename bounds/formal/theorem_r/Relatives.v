(* What is proved besides: Theorem R without the condition on gamma, with epsilon (as printed only on a box),
   and without the maximum; plain regret against a point that is as good as every point played.
   Printed by bounds/formal/repaired.py from this package's theorems; a test compares the two. *)
From Coq Require Import Reals.
From TheoremR Require Import Definitions Algorithms.
Open Scope R_scope.

(* Theorem R without the condition on gamma, reading D. *)
Definition theoremR_any_gamma_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 factor D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 ->
  (beta2 > beta1 ^ 2 -> factor = Rmin ((1 - beta1) / sqrt (1 - beta1 ^ 2 / beta2)) 1) ->
  (~ (beta2 > beta1 ^ 2) -> factor = 1) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i)) / (4 * alpha * (1 - beta1))
      + alpha * factor * (beta1 + 1) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * (2 - 2 * beta1)).

(* Theorem R without the condition on gamma, reading D_i. *)
Definition theoremR_any_gamma_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 factor : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 ->
  (beta2 > beta1 ^ 2 -> factor = Rmin ((1 - beta1) / sqrt (1 - beta1 ^ 2 / beta2)) 1) ->
  (~ (beta2 > beta1 ^ 2) -> factor = 1) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i))
      / (4 * alpha * (1 - beta1))
      + alpha * factor * (beta1 + 1) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * (2 - 2 * beta1)).

(* Theorem R with Adam's epsilon, reading D. *)
Definition theoremR_eps_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 eps gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> 0 <= eps -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (AdaL_R1_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R2_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R3_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => eps + sqrt (vhat T i))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Theorem R with Adam's epsilon, reading D_i. *)
Definition theoremR_eps_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 eps gamma : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> 0 <= eps -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  (AdaL_R1_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R2_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R3_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => D_i i ^ 2 * (eps + sqrt (vhat T i)))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Corollary V (a posteriori, no maximum), reading D. *)
Definition corollaryV_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat V : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) * (1 - beta1 ^ t) / alpha) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  AdaL d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * beta1 * (1 - beta1 ^ T) * SumCoords d (fun i => sqrt (vhat T i))
      / (alpha * (4 - 4 * beta1))
      + D ^ 2 * CumSum (fun t => SumCoords d (fun i => Rmax (V t i - V (pred t) i) 0)) T / 2
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Corollary V (a posteriori, no maximum), reading D_i. *)
Definition corollaryV_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat V : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) * (1 - beta1 ^ t) / alpha) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  AdaL d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * beta1 * (1 - beta1 ^ T) * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i))
      / (alpha * (4 - 4 * beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))
      + CumSum (fun t => SumCoords d (fun i => D_i i ^ 2 * Rmax (V t i - V (pred t) i) 0)) T / 2.

(* Corollary V without bias correction, reading D. *)
Definition corollaryV_uncorrected_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat V : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) / alpha) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  AdaL_uncorrected d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * beta1 * SumCoords d (fun i => sqrt (vhat T i)) / (alpha * (4 - 4 * beta1))
      + D ^ 2 * CumSum (fun t => SumCoords d (fun i => Rmax (V t i - V (pred t) i) 0)) T / 2
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Corollary V without bias correction, reading D_i. *)
Definition corollaryV_uncorrected_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat V : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) / alpha) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  AdaL_uncorrected d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * beta1 * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i)) / (alpha * (4 - 4 * beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))
      + CumSum (fun t => SumCoords d (fun i => D_i i ^ 2 * Rmax (V t i - V (pred t) i) 0)) T / 2.

(* Theorem R with the printed epsilon, on a box, reading D. *)
Definition theoremR_printed_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 eps gamma D : R) (X : point -> Prop) (lower upper : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> 0 <= eps -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  X = box d lower upper ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (AdaL_R1_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R2_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R3_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i) / (eps * sqrt (vhat T i) + 1))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))
      + eps * (beta1 + 1) * CumSum (fun t => alpha * SumCoords d (fun i => ghat t i ^ 2) / sqrt (INR t)) T
        / (2 - 2 * beta1).

(* Theorem R with the printed epsilon, on a box, reading D_i. *)
Definition theoremR_printed_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 eps gamma : R) (X : point -> Prop) (D_i lower upper : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> 0 <= eps -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  X = box d lower upper ->
  convex_set X -> sides d X D_i -> X z ->
  (AdaL_R1_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R2_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
    AdaL_R3_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * (2 - beta1)
      * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i) / (eps * sqrt (vhat T i) + 1))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))
      + eps * (beta1 + 1) * CumSum (fun t => alpha * SumCoords d (fun i => ghat t i ^ 2) / sqrt (INR t)) T
        / (2 - 2 * beta1).

(* Corollary V for AdaL as printed, on a box, reading D. *)
Definition corollaryV_printed_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 eps gamma D : R) (X : point -> Prop) (lower upper : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat V : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> 0 <= eps -> gamma < 1 ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) * (1 - beta1 ^ t) / (alpha * (eps * sqrt (vhat t i) + 1))) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  X = box d lower upper ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  AdaL_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * beta1 * (1 - beta1 ^ T)
      * SumCoords d (fun i => sqrt (vhat T i) / (eps * sqrt (vhat T i) + 1)) / (alpha * (4 - 4 * beta1))
      + D ^ 2 * CumSum (fun t => SumCoords d (fun i => Rmax (V t i - V (pred t) i) 0)) T / 2
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))
      + eps * (beta1 + 1) * CumSum (fun t => alpha * SumCoords d (fun i => ghat t i ^ 2) / sqrt (INR t)) T
        / (2 - 2 * beta1).

(* Corollary V for AdaL as printed, on a box, reading D_i. *)
Definition corollaryV_printed_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 eps gamma : R) (X : point -> Prop) (D_i lower upper : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat V : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> 0 <= eps -> gamma < 1 ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) * (1 - beta1 ^ t) / (alpha * (eps * sqrt (vhat t i) + 1))) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  X = box d lower upper ->
  convex_set X -> sides d X D_i -> X z ->
  AdaL_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * beta1 * (1 - beta1 ^ T)
      * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i) / (eps * sqrt (vhat T i) + 1))
      / (alpha * (4 - 4 * beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))
      + eps * (beta1 + 1) * CumSum (fun t => alpha * SumCoords d (fun i => ghat t i ^ 2) / sqrt (INR t)) T
        / (2 - 2 * beta1)
      + CumSum (fun t => SumCoords d (fun i => D_i i ^ 2 * Rmax (V t i - V (pred t) i) 0)) T / 2.

(* Corollary P (i): divided by the smallest weight, reading D. *)
Definition corollaryP_smallest : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma B_T smallest D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  0 < smallest ->
  (forall t, (1 <= t <= T)%nat ->
    0 < SumCoords d (fun i => Rabs (g t i)) -> smallest <= SumCoords d (fun i => Rabs (g t i))) ->
  B_T
    = D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i)) / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (forall t, (1 <= t <= T)%nat -> f t z <= f t (x t)) ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => f t (x t) - f t z) T
    <= B_T / smallest.

(* Corollary P (ii): the root of D T B_T, reading D. *)
Definition corollaryP_root : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma B_T D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  B_T
    = D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i)) / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (forall t, (1 <= t <= T)%nat -> f t z <= f t (x t)) ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => f t (x t) - f t z) T
    <= sqrt B_T * sqrt D * sqrt (INR T).

(* Corollary P (iii): the weighted average point, reading D. *)
Definition corollaryP_average : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma B_T D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  B_T
    = D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i)) / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  (forall t y, f t y = f 1%nat y) -> convex_on X (f 1%nat) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  0 < CumSum (fun t => SumCoords d (fun i => Rabs (g t i))) T ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  f 1%nat (fun i =>
    CumSum (fun t => x t i * SumCoords d (fun i => Rabs (g t i))) T
      / CumSum (fun t => SumCoords d (fun i => Rabs (g t i))) T) - f 1%nat z
    <= B_T / CumSum (fun t => SumCoords d (fun i => Rabs (g t i))) T.
