(* A run that fits the analysis, and the bounds on its regret: T1, with a metric that grows and with any metric.

   `averages` are exponential means of h t = n t g t and of its square; `fits` adds a projected step in a metric
   w. The raw moment m t is multiplied by the step a t. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent Regret Moments Energy.
Open Scope R_scope.

Set Implicit Arguments.
Record averages (d T : nat) (beta1 beta2 : R) (g h m v : nat -> point) (n : nat -> R) : Prop := {
  avg_m0 : forall i, (i < d)%nat -> m 0%nat i = 0;
  avg_v0 : forall i, (i < d)%nat -> v 0%nat i = 0;
  avg_h : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> h t i = n t * g t i;
  avg_m : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> m t i = beta1 * m (pred t) i + (1 - beta1) * h t i;
  avg_v : forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    v t i = beta2 * v (pred t) i + (1 - beta2) * h t i ^ 2 }.

Record fits (d T : nat) (alpha beta1 beta2 : R) (b : bool) (X : point -> Prop) (x g h m v w : nat -> point)
    (n : nat -> R) : Prop := {
  fit_averages : averages d T beta1 beta2 g h m v n;
  fit_first : X (x 1%nat);
  fit_w : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> 0 <= w t i;
  fit_zero : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> w t i = 0 -> m t i = 0;
  fit_step : forall t, (1 <= t <= T)%nat -> projection d X (w t)
    (fun i => x t i - raw_step alpha beta1 b t * (m t i * pinv (w t i))) (x (S t)) }.
Unset Implicit Arguments.

(* The metric is at least sqrt (v t), with or without bias correction. *)
Definition large (d T : nat) (beta2 : R) (b : bool) (v w : nat -> point) : Prop :=
  forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> sqrt (v t i) <= sqrt (correction b beta2 t) * w t i.

(* The slope of the metric never decreases. *)
Definition grows (d T : nat) (alpha beta1 : R) (b : bool) (w : nat -> point) : Prop :=
  forall t i, (2 <= t <= T)%nat -> (i < d)%nat ->
    w (pred t) i / raw_step alpha beta1 b (pred t) <= w t i / raw_step alpha beta1 b t.

(* The sum over the coordinates of the length of the gradients. *)
Definition lengths (d T : nat) (h : nat -> point) : R :=
  SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T)).

Section Bound.
Variables (d T : nat) (alpha beta1 beta2 : R) (b : bool) (X : point -> Prop) (x g h m v w : nat -> point).
Variables (n : nat -> R) (D_i : point) (f : nat -> point -> R) (z : point).
Hypothesis Havg : averages d T beta1 beta2 g h m v n.
Hypothesis Hw : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> 0 <= w t i.
Hypothesis HT : (1 <= T)%nat.
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.

(* A bound on the squared steps in each coordinate. *)
Definition energy (E : nat -> R) : Prop := forall i, (i < d)%nat ->
  CumSum (fun t => raw_step alpha beta1 b t * (m t i ^ 2 * pinv (w t i))) T <= E i.

Definition length_of (i : nat) : R := sqrt (CumSum (fun t => h t i ^ 2) T).

Lemma energy_gamma gamma : large d T beta2 b v w -> gamma = beta1 ^ 2 / beta2 -> gamma < 1 ->
  energy (fun i => (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)))
    * length_of i).
Proof.
  intros Hlarge Hgamma Hgamma1 i Hi.
  apply (L11 alpha beta1 beta2 gamma (fun t => h t i)); try assumption; [lra|]. intros t Ht.
  apply (L8 alpha beta1 beta2 b (fun t => h t i) (fun t => m t i) (fun t => v t i) (fun t => w t i) T);
    try assumption; intros; now (apply Havg || apply Hlarge || apply Hw).
Qed.

Lemma energy_any : large d T beta2 b v w -> grows d T alpha beta1 false w ->
  energy (fun i => alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2) * length_of i).
Proof.
  intros Hlarge Hgrows i Hi. assert (P : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  apply Rle_trans with (/ sqrt (1 - beta2) * CumSum (fun s => alpha / sqrt (INR s) * Rabs (h s i)) T).
  - apply (L11b alpha beta1 beta2 b (fun t => h t i) (fun t => m t i) (fun t => v t i) (fun t => w t i) T);
      try assumption; try (intros; now (apply Havg || apply Hlarge || apply Hw)).
    intros t Ht. pose proof (Hgrows t i Ht Hi) as G. unfold raw_step, correction in G.
    unfold Rdiv in G. rewrite Rinv_1, !Rmult_1_r in G. exact G.
  - apply Rle_trans with (/ sqrt (1 - beta2) * (alpha * sqrt (1 + ln (INR T)) * length_of i)).
    + apply Rmult_le_compat_l; [now apply Rlt_le, Rinv_0_lt_compat|]. now apply (L10 alpha (fun t => h t i)).
    + apply Req_le. field. lra.
Qed.

Hypothesis Hfit : fits d T alpha beta1 beta2 b X x g h m v w n.
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis Hn : forall t, (1 <= t <= T)%nat -> 0 <= n t.
Hypothesis Hz : X z.

Lemma first_steps : Regret n f x z T <= CumSum (fun t => dot d (h t) (fun i => x t i - z i)) T.
Proof.
  apply Rle_trans with (1 := L0 d X f n g x z T Hf Hn Hz). apply Req_le.
  apply CumSum_ext. intros. apply SumCoords_ext. intros. now rewrite (avg_h (fit_averages Hfit)).
Qed.

Lemma steps_bound E : energy E ->
  (1 + beta1) / (2 * (1 - beta1)) * steps2 d T m w (raw_step alpha beta1 b)
    <= (1 + beta1) / (2 * (1 - beta1)) * SumCoords d E.
Proof.
  intros HE. apply Rmult_le_compat_l; [apply Rlt_le, Rdiv_lt_0_compat; lra|].
  unfold steps2, dual2. rewrite (CumSum_ext _ (fun t => SumCoords d (fun i =>
    raw_step alpha beta1 b t * (m t i ^ 2 * pinv (w t i))))) by (intros; now rewrite SumCoords_scale).
  rewrite CumSum_SumCoords. now apply SumCoords_le.
Qed.

Lemma steps_positive t : (1 <= t <= T)%nat -> 0 < raw_step alpha beta1 b t.
Proof. intros Ht. apply raw_step_positive; (assumption || lia). Qed.

(* Any metric: the increments of its slope V. *)
Theorem T1_increments E : energy E -> Regret n f x z T
  <= / 2 * SumCoords d (fun i => D_i i ^ 2 *
      CumSum (fun t => Rmax (V w (raw_step alpha beta1 b) t i - V w (raw_step alpha beta1 b) (pred t) i) 0) T)
    + beta1 / (1 - beta1) * (/ (4 * raw_step alpha beta1 b T) * SumCoords d (fun i => D_i i ^ 2 * w T i))
    + (1 + beta1) / (2 * (1 - beta1)) * SumCoords d E.
Proof.
  intros HE. apply Rle_trans with (1 := first_steps).
  apply Rle_trans with (1 := T0_increments d X D_i beta1 T h m x w (raw_step alpha beta1 b) z HX HD Hbeta1 HT
    (avg_m0 (fit_averages Hfit)) (avg_m (fit_averages Hfit)) steps_positive
    (fit_w Hfit) (fit_zero Hfit) (fit_first Hfit)
    (fit_step Hfit) Hz).
  apply Rplus_le_compat_l. now apply steps_bound.
Qed.

(* A metric that grows. *)
Theorem T1 E : grows d T alpha beta1 b w -> energy E -> Regret n f x z T
  <= correction b beta1 T * ((2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1))
      * SumCoords d (fun i => D_i i ^ 2 * w T i))
    + (1 + beta1) / (2 * (1 - beta1)) * SumCoords d E.
Proof.
  intros HG HE. apply Rle_trans with (1 := first_steps).
  apply Rle_trans with (1 := T0 d X D_i beta1 T h m x w (raw_step alpha beta1 b) z HX HD Hbeta1 HT
    (avg_m0 (fit_averages Hfit)) (avg_m (fit_averages Hfit)) steps_positive
    (fit_w Hfit) (fit_zero Hfit) (fit_first Hfit)
    (fit_step Hfit) Hz HG).
  apply Rplus_le_compat; [|now apply steps_bound]. apply Req_le.
  rewrite (SumCoords_ext d _ (fun i => sqrt (INR T) * correction b beta1 T / alpha * (D_i i ^ 2 * w T i))).
  - rewrite SumCoords_scale. field. lra.
  - intros i Hi. unfold raw_step. pose proof (correction_bounds b beta1 T Hbeta1 HT).
    assert (0 < sqrt (INR T)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
Qed.
End Bound.
