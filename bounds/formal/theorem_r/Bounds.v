(* The bounds for runs of the algorithms, before they are written as in the statements. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Moments Regret Fits Runs.
Open Scope R_scope.

(* The first term of Theorem R without its factor 1 or 1 - beta1^T; the second term is a multiple of `noise`. *)
Definition first_term (d T : nat) (alpha beta1 : R) (D_i : point) (w : nat -> point) : R :=
  (2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1)) * SumCoords d (fun i => D_i i ^ 2 * w T i).
Definition noise (T : nat) (alpha beta2 : R) : R := alpha * sqrt (1 + ln (INR T)) / sqrt (1 - beta2).

Section Bounds.
Variables (d T : nat) (alpha beta1 beta2 eps : R) (b : bool) (X : point -> Prop).
Variables (x g h m v mhat vhat w : nat -> point) (n : nat -> R) (D_i : point).
Variables (f : nat -> point -> R) (z : point).
Hypothesis HT : (1 <= T)%nat.
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.
Hypothesis Heps : 0 <= eps.
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hz : X z.
Hypothesis Hn : forall t, (1 <= t <= T)%nat -> 0 <= n t.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis Hw : forall t i, w t i = eps + sqrt (vhat t i).
Hypothesis Hlines : lines d T alpha beta1 beta2 b X x g h m v mhat w n.

Lemma averages_of_lines : averages d T beta1 beta2 g h m v n.
Proof. apply Hlines. Qed.

Lemma first_term_nonneg : 0 <= first_term d T alpha beta1 D_i w.
Proof.
  apply Rmult_le_pos.
  - apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply sqrt_pos]|].
    apply Rlt_le, Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra.
  - apply SumCoords_nonneg. intros. rewrite Hw. pose proof (sqrt_pos (vhat T i)).
    apply Rmult_le_pos; [apply pow2_ge_0 | lra].
Qed.

Lemma lengths_scaled N : SumCoords d (fun i => N * length_of T h i) = N * lengths d T h.
Proof. apply SumCoords_scale. Qed.

Lemma noise_gamma gamma : gamma < 1 ->
  (1 + beta1) / (2 * (1 - beta1))
      * ((1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))))
    = (1 + beta1) / 2 * (noise T alpha beta2 / sqrt (1 - gamma)).
Proof.
  intros Hg. assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra). unfold noise. field. lra.
Qed.

Section Maximum.
Hypothesis Hmax : running d T beta2 b v vhat \/ corrected_last d T beta2 b v vhat.

(* Theorem R, with the factor of the bias correction. *)
Lemma bound_corrected gamma : gamma = beta1 ^ 2 / beta2 -> gamma < 1 ->
  Regret n f x z T <= correction b beta1 T * first_term d T alpha beta1 D_i w
    + (1 + beta1) / 2 * (noise T alpha beta2 / sqrt (1 - gamma)) * lengths d T h.
Proof.
  intros Hgamma Hgamma1. rewrite <- noise_gamma, Rmult_assoc, <- lengths_scaled by assumption.
  pose proof (maximum_enough d T beta2 b v vhat Hbeta2 Hmax) as Henough. pose proof averages_of_lines.
  apply (T1 d T alpha beta1 beta2 b X x g h m v w n D_i f z HT Halpha Hbeta1); try assumption.
  - now apply (lines_fit d T alpha beta1 beta2 eps b X x g h m v mhat vhat w n).
  - now apply (maximum_grows d T alpha beta1 beta2 eps b g h m v vhat w n).
  - apply (energy_gamma d T alpha beta1 beta2 b g h m v w n); try assumption;
      [intros; eapply metric_nonneg; eassumption|].
    now apply (lines_large d T beta2 eps b v vhat w).
Qed.

Lemma bound gamma : gamma = beta1 ^ 2 / beta2 -> gamma < 1 ->
  Regret n f x z T <= first_term d T alpha beta1 D_i w
    + (1 + beta1) / 2 * (noise T alpha beta2 / sqrt (1 - gamma)) * lengths d T h.
Proof.
  intros Hgamma Hgamma1. pose proof (bound_corrected gamma Hgamma Hgamma1).
  pose proof (correction_bounds b beta1 T Hbeta1 HT). pose proof first_term_nonneg. nra.
Qed.

(* Without the condition on gamma. *)
Lemma bound_any : Regret n f x z T <= first_term d T alpha beta1 D_i w
  + (1 + beta1) / (2 * (1 - beta1)) * noise T alpha beta2 * lengths d T h.
Proof.
  rewrite Rmult_assoc, <- lengths_scaled.
  pose proof (maximum_enough d T beta2 b v vhat Hbeta2 Hmax) as Henough. pose proof averages_of_lines.
  assert (B : Regret n f x z T <= correction b beta1 T * first_term d T alpha beta1 D_i w
    + (1 + beta1) / (2 * (1 - beta1)) * SumCoords d (fun i => noise T alpha beta2 * length_of T h i)).
  { apply (T1 d T alpha beta1 beta2 b X x g h m v w n D_i f z HT Halpha Hbeta1); try assumption.
    - now apply (lines_fit d T alpha beta1 beta2 eps b X x g h m v mhat vhat w n).
    - now apply (maximum_grows d T alpha beta1 beta2 eps b g h m v vhat w n).
    - apply (energy_any d T alpha beta1 beta2 b g h m v w n); try assumption.
      + intros; eapply metric_nonneg; eassumption.
      + now apply (lines_large d T beta2 eps b v vhat w).
      + now apply (maximum_grows d T alpha beta1 beta2 eps b g h m v vhat w n). }
  pose proof (correction_bounds b beta1 T Hbeta1 HT). pose proof first_term_nonneg. nra.
Qed.
End Maximum.

(* Without a maximum: Corollary V. *)
Lemma bound_increments gamma : no_maximum d T beta2 b v vhat -> gamma = beta1 ^ 2 / beta2 -> gamma < 1 ->
  Regret n f x z T
    <= / 2 * SumCoords d (fun i => D_i i ^ 2 *
        CumSum (fun t => Rmax (V w (raw_step alpha beta1 b) t i - V w (raw_step alpha beta1 b) (pred t) i) 0) T)
      + beta1 / (1 - beta1) * (/ (4 * raw_step alpha beta1 b T) * SumCoords d (fun i => D_i i ^ 2 * w T i))
      + (1 + beta1) / 2 * (noise T alpha beta2 / sqrt (1 - gamma)) * lengths d T h.
Proof.
  intros Hno Hgamma Hgamma1. rewrite <- noise_gamma, Rmult_assoc, <- lengths_scaled by assumption.
  pose proof (no_maximum_enough d T beta2 b v vhat Hno) as Henough. pose proof averages_of_lines.
  apply (T1_increments d T alpha beta1 beta2 b X x g h m v w n D_i f z HT Halpha Hbeta1); try assumption.
  - now apply (lines_fit d T alpha beta1 beta2 eps b X x g h m v mhat vhat w n).
  - apply (energy_gamma d T alpha beta1 beta2 b g h m v w n); try assumption;
      [intros; eapply metric_nonneg; eassumption|].
    now apply (lines_large d T beta2 eps b v vhat w).
Qed.
End Bounds.
