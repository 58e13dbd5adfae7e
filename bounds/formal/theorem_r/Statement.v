(* What is proved: Theorem R and its consequences.
   Printed by bounds/formal/repaired.py from this package's theorems; a test compares the two.

   A convex loss enters by its subgradient g t at the point x t, as far as the points of X can tell. *)
From Coq Require Import Reals.
From TheoremR Require Import Definitions Algorithms.
Open Scope R_scope.

(* Theorem R (weighted regret with a maximum), reading D_i; with any weights. *)
Definition theoremR_any_weights : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (n : nat -> R) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> 0 <= n t) ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  (AdaL_R1_any_weights d T alpha beta1 beta2 X x g ghat m v mhat vhat n \/
    AdaL_R2_any_weights d T alpha beta1 beta2 X x g ghat m v mhat vhat n \/
    AdaL_R3_any_weights d T alpha beta1 beta2 X x g ghat m v mhat vhat n) ->
  CumSum (fun t => n t * (f t (x t) - f t z)) T
    <= sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Theorem R (weighted regret with a maximum), reading D. *)
Definition theoremR_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i)) / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Theorem R (weighted regret with a maximum), reading D_i. *)
Definition theoremR_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Theorem R with bias correction, reading D. *)
Definition theoremR_corrected_D : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * (1 - beta1 ^ T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Theorem R with bias correction, reading D_i. *)
Definition theoremR_corrected_D_i : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X D_i -> X z ->
  (AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= sqrt (INR T) * (1 - beta1 ^ T) * (2 - beta1) * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i))
      / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => ghat t i ^ 2) T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)).

(* Theorem 1 (convergence in convex optimization), reading C; weighted, with a maximum. *)
Definition theorem1_C_weighted : Prop :=
  forall (d T : nat) (alpha beta1 beta2 M gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  M = CumMax (fun t => SumCoords d (fun i => Rabs (g t i))) T ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  (AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
    AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat) ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= D ^ 2 * sqrt (INR T) * SumCoords d (fun i => sqrt (vhat T i)) / (2 * alpha * (1 - beta1))
      + M * alpha * sqrt (ln (INR T) + 1) * SumCoords d (fun i => sqrt (CumSum (fun t => g t i ^ 2) T))
        / sqrt ((1 - beta2) * (1 - gamma)).

(* AMSGrad with sharp constants, reading stated. *)
Definition amsgrad_sharp : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
  CumSum (fun t => f t (x t) - f t z) T
    <= D ^ 2 * sqrt (INR T) * (2 - beta1) * SumCoords d (fun i => sqrt (vhat T i)) / (4 * alpha * (1 - beta1))
      + alpha * (beta1 / 2 + (1 / 2)) * sqrt (ln (INR T) + 1)
        * SumCoords d (fun i => sqrt (CumSum (fun t => g t i ^ 2) T)) / sqrt ((1 - beta2) * (1 - gamma)).

(* AMSGrad with a constant beta1, reading stated. *)
Definition amsgrad_alacaoglu : Prop :=
  forall (d T : nat) (alpha beta1 beta2 gamma D : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g m v mhat vhat : nat -> point) (z : point),
  (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 ->
  0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> sides d X (fun _ => D) -> X z ->
  AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
  CumSum (fun t => f t (x t) - f t z) T
    <= D ^ 2 * sqrt (INR T) * SumCoords d (fun i => sqrt (vhat T i)) / (2 * alpha * (1 - beta1))
      + alpha * sqrt (ln (INR T) + 1) * SumCoords d (fun i => sqrt (CumSum (fun t => g t i ^ 2) T))
        / sqrt ((1 - beta2) * (1 - gamma)).

(* Online gradient descent with step alpha/sqrt(t), reading stated. *)
Definition ogd_sqrt : Prop :=
  forall (d T : nat) (alpha G_2 D_2 : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g : nat -> point) (z : point),
  (1 <= T)%nat ->
  G_2 = sqrt (CumMax (fun t => SumCoords d (fun i => g t i ^ 2)) T) ->
  0 < alpha ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> diameter2 d X D_2 -> X z ->
  OGD d T alpha X x g ->
  CumSum (fun t => f t (x t) - f t z) T
    <= D_2 ^ 2 * sqrt (INR T) / (2 * alpha)
      + G_2 ^ 2 * alpha * (sqrt (INR T) - (1 / 2)).

(* Online gradient descent with a constant step, reading stated. *)
Definition ogd_constant : Prop :=
  forall (d T : nat) (alpha G_2 D_2 : R) (X : point -> Prop)
    (f : nat -> point -> R) (x g : nat -> point) (z : point),
  (1 <= T)%nat ->
  G_2 = sqrt (CumMax (fun t => SumCoords d (fun i => g t i ^ 2)) T) ->
  0 < alpha ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  convex_set X -> diameter2 d X D_2 -> X z ->
  OGD_constant d T alpha X x g ->
  CumSum (fun t => f t (x t) - f t z) T
    <= D_2 ^ 2 / (2 * alpha)
      + G_2 ^ 2 * INR T * alpha / 2.
