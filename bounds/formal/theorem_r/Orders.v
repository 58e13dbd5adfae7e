(* The three orders of AMSGrad's maximum: in each, vhat t is at least v t with its bias correction, and the
   slope of the metric, sqrt (vhat t) / a t, never decreases. Here a t = alpha / sqrt t / c t, where
   c t is 1 or the bias correction of m t. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent Moments Regret.
Open Scope R_scope.

(* The step that multiplies the raw moment m t. *)
Definition raw_step (alpha : R) (c : nat -> R) (t : nat) : R := alpha / sqrt (INR t) / c t.

(* 1 - b^t, a bias correction. *)
Lemma correction_positive b t : 0 <= b < 1 -> (1 <= t)%nat -> 0 < 1 - b ^ t.
Proof. intros Hb Ht. pose proof (pow_lt_1_compat b t Hb Ht). lra. Qed.

Lemma correction_grows b t : 0 <= b < 1 -> 1 - b ^ pred t <= 1 - b ^ t.
Proof.
  intros Hb. destruct t as [|t]; [simpl; lra|]. cbn [pred]. pose proof (pow_le b t ltac:(lra)). simpl. nra.
Qed.

(* t/(1 - b^t) never decreases, because 1 - b^t is concave in t and 0 at 0. *)
Lemma concave b t : 0 <= b <= 1 -> INR (S t) * b ^ t - INR t * b ^ S t <= 1.
Proof.
  intros Hb. induction t as [|t IH]; [simpl; lra|].
  rewrite !S_INR in *. pose proof (pow_le b t ltac:(lra)) as P. pose proof (pos_INR t) as N.
  enough (0 <= (INR t + 1) * b ^ t * (1 - b) ^ 2) by (simpl in *; nra).
  apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0].
Qed.

Lemma rounds_over_correction b t : 0 <= b < 1 -> (2 <= t)%nat ->
  INR (pred t) / (1 - b ^ pred t) <= INR t / (1 - b ^ t).
Proof.
  intros Hb Ht. destruct t as [|t]; [lia|]. cbn [pred].
  pose proof (correction_positive b t Hb ltac:(lia)) as P.
  pose proof (correction_positive b (S t) Hb ltac:(lia)) as P'.
  apply Rmult_le_reg_r with (1 - b ^ t); [assumption|]. apply Rmult_le_reg_r with (1 - b ^ S t); [assumption|].
  replace (INR t / (1 - b ^ t) * (1 - b ^ t) * (1 - b ^ S t)) with (INR t * (1 - b ^ S t)) by (field; lra).
  replace (INR (S t) / (1 - b ^ S t) * (1 - b ^ t) * (1 - b ^ S t)) with (INR (S t) * (1 - b ^ t))
    by (field; lra).
  pose proof (concave b t ltac:(lra)). rewrite S_INR in *. lra.
Qed.

(* The slope of the metric sqrt p: it is enough that p t * t and the correction c t never decrease. *)
Lemma slope_grows alpha (p c : nat -> R) t : 0 < alpha -> (2 <= t)%nat -> 0 <= p (pred t) -> 0 <= p t ->
  0 < c (pred t) <= c t -> p (pred t) * INR (pred t) <= p t * INR t ->
  sqrt (p (pred t)) / raw_step alpha c (pred t) <= sqrt (p t) / raw_step alpha c t.
Proof.
  intros Ha Ht Hp Hp' Hc Hgrow.
  assert (E : forall s, (1 <= s)%nat -> 0 <= p s -> 0 < c s ->
    sqrt (p s) / raw_step alpha c s = sqrt (p s * INR s) * c s / alpha).
  { intros s Hs P C. rewrite sqrt_mult_alt by assumption. unfold raw_step.
    assert (0 < sqrt (INR s)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra. }
  rewrite !E by (lia || lra). apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; assumption|].
  apply Rmult_le_compat; [apply sqrt_pos | lra | now apply sqrt_le_1_alt | lra].
Qed.

(* R1 and R2: vhat t is a maximum that includes vhat (t - 1). *)
Lemma slope_running alpha (p c : nat -> R) t : 0 < alpha -> (2 <= t)%nat -> 0 <= p (pred t) ->
  0 < c (pred t) <= c t -> p (pred t) <= p t ->
  sqrt (p (pred t)) / raw_step alpha c (pred t) <= sqrt (p t) / raw_step alpha c t.
Proof.
  intros Ha Ht Hp Hc Hgrow. apply slope_grows; try assumption; [lra|].
  apply Rmult_le_compat; [assumption | apply pos_INR | assumption | apply le_INR; lia].
Qed.

(* R3: the maximum of the v s, then the bias correction. *)
Lemma slope_corrected alpha beta2 (v c : nat -> R) t : 0 < alpha -> 0 <= beta2 < 1 -> (2 <= t)%nat ->
  (forall s, (1 <= s <= t)%nat -> 0 <= CumMax v s) -> 0 < c (pred t) <= c t ->
  sqrt (CumMax v (pred t) / (1 - beta2 ^ pred t)) / raw_step alpha c (pred t)
    <= sqrt (CumMax v t / (1 - beta2 ^ t)) / raw_step alpha c t.
Proof.
  intros Ha Hb Ht Hv Hc.
  pose proof (correction_positive beta2 (pred t) Hb ltac:(lia)).
  pose proof (correction_positive beta2 t Hb ltac:(lia)).
  pose proof (Hv (pred t) ltac:(lia)). pose proof (Hv t ltac:(lia)).
  apply (slope_grows alpha (fun t => CumMax v t / (1 - beta2 ^ t))); try assumption.
  - apply Rmult_le_pos; [assumption | now apply Rlt_le, Rinv_0_lt_compat].
  - apply Rmult_le_pos; [assumption | now apply Rlt_le, Rinv_0_lt_compat].
  - pose proof (rounds_over_correction beta2 t Hb Ht) as R. unfold Rdiv in *.
    rewrite !Rmult_assoc, (Rmult_comm (/ (1 - beta2 ^ pred t))), (Rmult_comm (/ (1 - beta2 ^ t))).
    apply Rmult_le_compat; [assumption | | now apply CumMax_grows | assumption].
    apply Rmult_le_pos; [apply pos_INR | now apply Rlt_le, Rinv_0_lt_compat].
Qed.

Section Bound.
Variables (d : nat) (X : point -> Prop) (D_i : point) (T : nat) (alpha beta1 beta2 gamma : R) (c n : nat -> R).
Variables (f : nat -> point -> R) (x g h m vhat : nat -> point) (z : point).
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis HT : (1 <= T)%nat.
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : beta2 < 1.
Hypothesis Hgamma1 : gamma < 1.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis Hn : forall t, (1 <= t <= T)%nat -> 0 <= n t.
Hypothesis Hz : X z.
Hypothesis Hx1 : X (x 1%nat).
Hypothesis Hm0 : forall i, (i < d)%nat -> m 0%nat i = 0.
Hypothesis Hh : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> h t i = n t * g t i.
Hypothesis Hm : forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  m t i = beta1 * m (pred t) i + (1 - beta1) * h t i.
Hypothesis Hc : forall t, (1 <= t <= T)%nat -> 0 < c t.
Hypothesis Hx : forall t, (1 <= t <= T)%nat -> projection d X (fun i => sqrt (vhat t i))
  (fun i => x t i - raw_step alpha c t * (m t i * pinv (sqrt (vhat t i)))) (x (S t)).
(* What the order of the maximum has to give. *)
Hypothesis Hzero : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> sqrt (vhat t i) = 0 -> m t i = 0.
Hypothesis Hslope : forall t i, (2 <= t <= T)%nat -> (i < d)%nat ->
  sqrt (vhat (pred t) i) / raw_step alpha c (pred t) <= sqrt (vhat t i) / raw_step alpha c t.
Hypothesis Hq : forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  raw_step alpha c t * (m t i ^ 2 * pinv (sqrt (vhat t i)))
    <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))
      * (alpha / sqrt (INR t) * H beta1 (fun t => h t i) t).

Lemma raw_step_positive t : (1 <= t <= T)%nat -> 0 < raw_step alpha c t.
Proof.
  intros Ht. apply Rdiv_lt_0_compat; [|auto]. apply Rdiv_lt_0_compat; [assumption|].
  apply sqrt_lt_R0, lt_0_INR. lia.
Qed.

Lemma T1 : Regret n f x z T
  <= c T * ((2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1))
    * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i)))
    + (1 + beta1) / 2 * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)))
      * SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T)).
Proof.
  apply Rle_trans with (1 := L0 d X f n g x z T Hf Hn Hz).
  rewrite (CumSum_ext _ (fun t => dot d (h t) (fun i => x t i - z i)))
    by (intros; apply SumCoords_ext; intros; now rewrite Hh).
  pose proof (T0 d X D_i beta1 T h m x (fun t i => sqrt (vhat t i)) (raw_step alpha c) z HX HD Hbeta1 HT Hm0 Hm
    raw_step_positive ltac:(intros; apply sqrt_pos) Hzero Hx1 Hx Hz Hslope) as B.
  apply Rle_trans with (1 := B). apply Rplus_le_compat.
  - apply Req_le.
    rewrite (SumCoords_ext d _ (fun i => sqrt (INR T) * c T / alpha * (D_i i ^ 2 * sqrt (vhat T i)))).
    + rewrite SumCoords_scale. field. lra.
    + intros i Hi. unfold raw_step. pose proof (Hc T ltac:(lia)).
      assert (0 < sqrt (INR T)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
  - set (K := alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))).
    apply Rle_trans with ((1 + beta1) / (2 * (1 - beta1)) *
      SumCoords d (fun i => (1 - beta1) * K * sqrt (CumSum (fun t => h t i ^ 2) T))).
    + apply Rmult_le_compat_l; [apply Rlt_le, Rdiv_lt_0_compat; lra|].
      unfold steps2, dual2. rewrite (CumSum_ext _ (fun t => SumCoords d (fun i =>
        raw_step alpha c t * (m t i ^ 2 * pinv (sqrt (vhat t i)))))) by (intros; now rewrite SumCoords_scale).
      rewrite CumSum_SumCoords. apply SumCoords_le. intros i Hi.
      apply (L11 alpha beta1 beta2 gamma (fun t => h t i)); try assumption. intros; now apply Hq.
    + rewrite SumCoords_scale. apply Req_le. field. lra.
Qed.
End Bound.
