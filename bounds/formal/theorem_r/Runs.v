(* The regret of a run of the algorithms of Statement.v with any weights, in each order of the maximum. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent Moments Regret Orders Statement.
Open Scope R_scope.

(* The right side of Theorem R; c is 1, or the bias correction 1 - beta1^T. *)
Definition right_side (d T : nat) (alpha beta1 beta2 gamma c : R) (D_i : point) (h vhat : nat -> point) : R :=
  c * ((2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1))
    * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i)))
  + (1 + beta1) / 2 * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)))
    * SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T)).

Section Runs.
Variables (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point) (f : nat -> point -> R).
Variables (x g h m v mhat vhat : nat -> point) (n : nat -> R) (z : point).
Hypothesis HT : (1 <= T)%nat.
Hypothesis Hgamma : gamma = beta1 ^ 2 / beta2.
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.
Hypothesis Hgamma1 : gamma < 1.
Hypothesis Hn : forall t, (1 <= t <= T)%nat -> 0 <= n t.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hz : X z.

Lemma uncorrected t u : (1 <= t <= T)%nat -> mhat t u = m t u ->
  alpha * mhat t u * pinv (sqrt (vhat t u)) / sqrt (INR t)
    = raw_step alpha (fun _ => 1) t * (m t u * pinv (sqrt (vhat t u))).
Proof.
  intros Ht ->. unfold raw_step. assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
Qed.

Lemma corrected t u : (1 <= t <= T)%nat -> mhat t u = m t u / (1 - beta1 ^ t) ->
  alpha * mhat t u * pinv (sqrt (vhat t u)) / sqrt (INR t)
    = raw_step alpha (fun t => 1 - beta1 ^ t) t * (m t u * pinv (sqrt (vhat t u))).
Proof.
  intros Ht ->. unfold raw_step. assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia).
  pose proof (correction_positive beta1 t Hbeta1 ltac:(lia)). field. lra.
Qed.

Lemma bound_R1 : AdaL_R1_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  Regret n f x z T <= right_side d T alpha beta1 beta2 gamma 1 D_i h vhat.
Proof.
  intros [Hx1 [H0 Hrun]].
  assert (Hline : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> h t i = n t * g t i /\
    m t i = beta1 * m (pred t) i + (1 - beta1) * h t i /\
      v t i = beta2 * v (pred t) i + (1 - beta2) * h t i ^ 2 /\
    mhat t i = m t i /\ v t i <= vhat t i /\ vhat (pred t) i <= vhat t i).
  { intros t i Ht Hi. destruct (proj1 (Hrun t Ht) i Hi) as (E1 & E2 & E3 & E4 & E5).
    repeat split; try lra; rewrite E5; [apply Rmax_r | apply Rmax_l]. }
  assert (Hv : forall t i, (t <= T)%nat -> (i < d)%nat -> 0 <= v t i).
  { intros t i Ht Hi. apply (v_nonneg beta2 (fun t => h t i) (fun t => v t i) T); try assumption.
    - now apply H0.
    - intros s Hs. now apply Hline. }
  apply (T1 d X D_i T alpha beta1 beta2 gamma (fun _ => 1) n f x g h m vhat z); try assumption;
    try (intros; now apply Hline); try (intros; now apply H0); try (intros; lra).
  - intros t Ht. destruct (Hrun t Ht) as [_ P]. revert P. apply projection_ext; [reflexivity|].
    intros i Hi. rewrite uncorrected; [reflexivity | assumption | now apply Hline].
  - intros t i Ht Hi E.
    apply (L_zero beta1 beta2 gamma (fun t => h t i) (fun t => m t i) (fun t => v t i) T Hbeta1 Hbeta2 Hgamma
      Hgamma1)
      with (w := sqrt (vhat t i)) (s := 1); try assumption; try lia; try (now apply H0).
    + intros. now apply Hline.
    + intros. now apply Hline.
    + rewrite Rmult_1_l. apply sqrt_le_1_alt. now apply Hline.
  - intros t i Ht Hi. apply (slope_running alpha (fun t => vhat t i) (fun _ => 1)); try assumption; try lra.
    + lia.
    + apply Rle_trans with (v (pred t) i); [apply Hv; [lia | assumption]|]. apply Hline; [lia | assumption].
    + apply Hline; [lia | assumption].
  - intros t i Ht Hi. unfold raw_step.
    replace (alpha / sqrt (INR t) / 1) with (alpha / sqrt (INR t)) by (unfold Rdiv; rewrite Rinv_1; ring).
    apply (L8 alpha beta1 beta2 gamma (fun t => h t i) (fun t => m t i) (fun t => v t i) T); try assumption;
      try (now apply H0); try (intros; now apply Hline).
Qed.

(* With bias correction, for any vhat that is large enough and makes the metric grow fast enough. *)
Lemma bound_corrected : X (x 1%nat) ->
  (forall i, (i < d)%nat -> m 0%nat i = 0 /\ v 0%nat i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> h t i = n t * g t i /\
    m t i = beta1 * m (pred t) i + h t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + h t i ^ 2 * (1 - beta2) /\
    mhat t i = m t i / (1 - beta1 ^ t) /\ v t i / (1 - beta2 ^ t) <= vhat t i) ->
  (forall t i, (2 <= t <= T)%nat -> (i < d)%nat ->
    sqrt (vhat (pred t) i) / raw_step alpha (fun t => 1 - beta1 ^ t) (pred t)
      <= sqrt (vhat t i) / raw_step alpha (fun t => 1 - beta1 ^ t) t) ->
  (forall t, (1 <= t <= T)%nat -> projection d X (fun i => sqrt (vhat t i))
    (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t)) (x (S t))) ->
  Regret n f x z T <= right_side d T alpha beta1 beta2 gamma (1 - beta1 ^ T) D_i h vhat.
Proof.
  intros Hx1 H0 Hrun Hslope Hproj.
  assert (Hline : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> h t i = n t * g t i /\
    m t i = beta1 * m (pred t) i + (1 - beta1) * h t i /\
      v t i = beta2 * v (pred t) i + (1 - beta2) * h t i ^ 2 /\
    mhat t i = m t i / (1 - beta1 ^ t) /\ v t i / (1 - beta2 ^ t) <= vhat t i).
  { intros t i Ht Hi. destruct (Hrun t i Ht Hi) as (E1 & E2 & E3 & E4 & E5). repeat split; lra. }
  apply (T1 d X D_i T alpha beta1 beta2 gamma (fun t => 1 - beta1 ^ t) n f x g h m vhat z); try assumption;
    try (intros; now apply Hline); try (intros; now apply H0); try lra.
  - intros t Ht. apply correction_positive; [assumption | lia].
  - intros t Ht. specialize (Hproj t Ht). revert Hproj. apply projection_ext; [reflexivity|].
    intros i Hi. rewrite corrected; [reflexivity | assumption | now apply Hline].
  - intros t i Ht Hi E. pose proof (correction_positive beta2 t ltac:(lra) ltac:(lia)) as P.
    apply (L_zero beta1 beta2 gamma (fun t => h t i) (fun t => m t i) (fun t => v t i) T Hbeta1 Hbeta2 Hgamma
      Hgamma1)
      with (w := sqrt (vhat t i)) (s := sqrt (1 - beta2 ^ t)); try assumption; try lia; try (now apply H0).
    + intros. now apply Hline.
    + intros. now apply Hline.
    + rewrite <- sqrt_mult_alt by lra. apply sqrt_le_1_alt. destruct (Hline t i Ht Hi) as (_ & _ & _ & _ & L).
      apply (Rmult_le_compat_l (1 - beta2 ^ t)) in L; [|lra].
      replace ((1 - beta2 ^ t) * (v t i / (1 - beta2 ^ t))) with (v t i) in L by (field; lra). assumption.
  - intros t i Ht Hi. unfold raw_step.
    apply (L8_corrected alpha beta1 beta2 gamma (fun t => h t i) (fun t => m t i) (fun t => v t i) T);
      try assumption;
      try (now apply H0); try (intros; now apply Hline).
Qed.

Lemma v_is_nonneg t i : (t <= T)%nat -> (i < d)%nat -> v 0%nat i = 0 ->
  (forall s, (1 <= s <= T)%nat -> v s i = beta2 * v (pred s) i + h s i ^ 2 * (1 - beta2)) -> 0 <= v t i.
Proof.
  intros Ht Hi H0 Hv. apply (v_nonneg beta2 (fun t => h t i) (fun t => v t i) T); try assumption.
  intros s Hs. rewrite Hv by assumption. ring.
Qed.

Lemma corrections_grow t : (2 <= t)%nat -> 0 < 1 - beta1 ^ pred t <= 1 - beta1 ^ t.
Proof.
  intros Ht. split; [apply correction_positive; [assumption | lia] | now apply correction_grows].
Qed.

Lemma bound_R2 : AdaL_R2_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  Regret n f x z T <= right_side d T alpha beta1 beta2 gamma (1 - beta1 ^ T) D_i h vhat.
Proof.
  intros [Hx1 [H0 Hrun]]. apply bound_corrected; [assumption | intros i Hi; split; now apply H0| | |].
  - intros t i Ht Hi. destruct (proj1 (Hrun t Ht) i Hi) as (E1 & E2 & E3 & E4 & E5).
    repeat split; try assumption. rewrite E5. apply Rmax_r.
  - intros t i Ht Hi.
    apply (slope_running alpha (fun t => vhat t i) (fun t => 1 - beta1 ^ t));
      [assumption | lia | | apply corrections_grow; lia |].
    + destruct (proj1 (Hrun (pred t) ltac:(lia)) i Hi) as (_ & _ & _ & _ & E). rewrite E.
      apply Rle_trans with (2 := Rmax_r _ _). apply Rmult_le_pos.
      * apply v_is_nonneg; [lia | assumption | now apply H0|]. intros s Hs. now apply (proj1 (Hrun s Hs)).
      * apply Rlt_le, Rinv_0_lt_compat, correction_positive; [lra | lia].
    + destruct (proj1 (Hrun t ltac:(lia)) i Hi) as (_ & _ & _ & _ & E). rewrite E. apply Rmax_l.
  - intros t Ht. now apply Hrun.
Qed.

Lemma bound_R3 : AdaL_R3_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  Regret n f x z T <= right_side d T alpha beta1 beta2 gamma (1 - beta1 ^ T) D_i h vhat.
Proof.
  intros [Hx1 [H0 Hrun]].
  assert (Hv : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> 0 <= CumMax (fun t => v t i) t).
  { intros t i Ht Hi. apply Rle_trans with (v t i); [|apply (CumMax_last (fun t => v t i)); lia].
    apply v_is_nonneg; [lia | assumption | now apply H0|]. intros s Hs. now apply (proj1 (Hrun s Hs)). }
  apply bound_corrected; [assumption | assumption | | |].
  - intros t i Ht Hi. destruct (proj1 (Hrun t Ht) i Hi) as (E1 & E2 & E3 & E4 & E5).
    repeat split; try assumption. rewrite E5.
    apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, correction_positive; [lra | lia]|].
    apply (CumMax_last (fun t => v t i)). lia.
  - intros t i Ht Hi.
    destruct (proj1 (Hrun t ltac:(lia)) i Hi) as (_ & _ & _ & _ & ->).
    destruct (proj1 (Hrun (pred t) ltac:(lia)) i Hi) as (_ & _ & _ & _ & ->).
    apply (slope_corrected alpha beta2 (fun t => v t i));
      [assumption | lra | lia | | apply corrections_grow; lia].
    intros s Hs. apply Hv; [lia | assumption].
  - intros t Ht. now apply Hrun.
Qed.

Lemma first_term_nonneg : 0 <= (2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1))
  * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i)).
Proof.
  apply Rmult_le_pos.
  - apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply sqrt_pos]|].
    apply Rlt_le, Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra.
  - apply SumCoords_nonneg. intros. apply Rmult_le_pos; [apply pow2_ge_0 | apply sqrt_pos].
Qed.

(* The three orders at once, without the factor of the bias correction. *)
Lemma bound_any : AdaL_R1_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n
    \/ AdaL_R2_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n
    \/ AdaL_R3_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  Regret n f x z T <= right_side d T alpha beta1 beta2 gamma 1 D_i h vhat.
Proof.
  assert (W : right_side d T alpha beta1 beta2 gamma (1 - beta1 ^ T) D_i h vhat
    <= right_side d T alpha beta1 beta2 gamma 1 D_i h vhat).
  { unfold right_side. apply Rplus_le_compat_r, Rmult_le_compat_r; [apply first_term_nonneg|].
    pose proof (pow_le beta1 T ltac:(lra)). lra. }
  intros [H | [H | H]]; [now apply bound_R1 | |]; apply Rle_trans with (2 := W);
    [now apply bound_R2 | now apply bound_R3].
Qed.
End Runs.
