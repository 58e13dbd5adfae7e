(* The three orders of AMSGrad's maximum: in each, the slope of the metric, (sqrt (vhat t) + eps) / a t, never
   decreases. Here a t is the step that multiplies the raw moment. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Moments.
Open Scope R_scope.

(* 1 - b^t, a bias correction. *)
Lemma correction_positive b t : 0 <= b < 1 -> (1 <= t)%nat -> 0 < 1 - b ^ t.
Proof. intros Hb Ht. pose proof (pow_lt_1_compat b t Hb Ht). lra. Qed.

Lemma correction_grows b beta t : 0 <= beta < 1 -> correction b beta (pred t) <= correction b beta t.
Proof.
  intros Hb. unfold correction. destruct b; [|lra]. destruct t as [|t]; [simpl; lra|]. cbn [pred].
  pose proof (pow_le beta t ltac:(lra)). simpl. nra.
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

Section Slope.
Variables (alpha beta1 : R) (b : bool).
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.

Lemma inverse_step t : (1 <= t)%nat -> / raw_step alpha beta1 b t = sqrt (INR t) * correction b beta1 t / alpha.
Proof.
  intros Ht. unfold raw_step. pose proof (correction_bounds b beta1 t Hbeta1 Ht).
  assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
Qed.

(* The metric sqrt p: it is enough that p t * t never decreases. *)
Lemma slope_grows (p : nat -> R) t : (2 <= t)%nat -> 0 <= p (pred t) -> 0 <= p t ->
  p (pred t) * INR (pred t) <= p t * INR t ->
  sqrt (p (pred t)) / raw_step alpha beta1 b (pred t) <= sqrt (p t) / raw_step alpha beta1 b t.
Proof.
  intros Ht Hp Hp' Hgrow. unfold Rdiv. rewrite !inverse_step by lia. unfold Rdiv.
  rewrite <- !Rmult_assoc. apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; assumption|].
  rewrite <- !sqrt_mult_alt by assumption.
  pose proof (correction_bounds b beta1 (pred t) Hbeta1 ltac:(lia)).
  apply Rmult_le_compat; [apply sqrt_pos | lra | now apply sqrt_le_1_alt | now apply correction_grows].
Qed.

(* R1 and R2: vhat t is a maximum that includes vhat (t - 1). *)
Lemma slope_running (p : nat -> R) t : (2 <= t)%nat -> 0 <= p (pred t) -> p (pred t) <= p t ->
  sqrt (p (pred t)) / raw_step alpha beta1 b (pred t) <= sqrt (p t) / raw_step alpha beta1 b t.
Proof.
  intros Ht Hp Hgrow. apply slope_grows; try assumption; [lra|].
  apply Rmult_le_compat; [assumption | apply pos_INR | assumption | apply le_INR; lia].
Qed.

(* R3: the maximum of the v s, then the bias correction. *)
Lemma slope_corrected beta2 (v : nat -> R) t : 0 <= beta2 < 1 -> (2 <= t)%nat ->
  (forall s, (1 <= s <= t)%nat -> 0 <= CumMax v s) ->
  sqrt (CumMax v (pred t) / (1 - beta2 ^ pred t)) / raw_step alpha beta1 b (pred t)
    <= sqrt (CumMax v t / (1 - beta2 ^ t)) / raw_step alpha beta1 b t.
Proof.
  intros Hb Ht Hv.
  pose proof (correction_positive beta2 (pred t) Hb ltac:(lia)).
  pose proof (correction_positive beta2 t Hb ltac:(lia)).
  pose proof (Hv (pred t) ltac:(lia)). pose proof (Hv t ltac:(lia)).
  apply (slope_grows (fun t => CumMax v t / (1 - beta2 ^ t))); try assumption.
  - apply Rmult_le_pos; [assumption | now apply Rlt_le, Rinv_0_lt_compat].
  - apply Rmult_le_pos; [assumption | now apply Rlt_le, Rinv_0_lt_compat].
  - pose proof (rounds_over_correction beta2 t Hb Ht) as R. unfold Rdiv in *.
    rewrite !Rmult_assoc, (Rmult_comm (/ (1 - beta2 ^ pred t))), (Rmult_comm (/ (1 - beta2 ^ t))).
    apply Rmult_le_compat; [assumption | | now apply CumMax_grows | assumption].
    apply Rmult_le_pos; [apply pos_INR | now apply Rlt_le, Rinv_0_lt_compat].
Qed.

(* A constant in the metric does no harm, because the steps never grow. *)
Lemma slope_plus (u : nat -> R) eps t : (2 <= t)%nat -> 0 <= eps ->
  u (pred t) / raw_step alpha beta1 b (pred t) <= u t / raw_step alpha beta1 b t ->
  (u (pred t) + eps) / raw_step alpha beta1 b (pred t) <= (u t + eps) / raw_step alpha beta1 b t.
Proof.
  intros Ht He Hu.
  pose proof (slope_running (fun _ => eps ^ 2) t Ht (pow2_ge_0 eps) (Rle_refl _)) as E. cbn beta in E.
  rewrite sqrt_pow2 in E by assumption. unfold Rdiv in *. rewrite !Rmult_plus_distr_r. lra.
Qed.
End Slope.
