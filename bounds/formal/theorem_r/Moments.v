(* The two exponential means of one coordinate: L6 to L8 and L11b of Theorem R, and L-zero.

   h is the gradient handed to the means, m and v are the means of h and of h^2, and w is the metric. With b the
   means are corrected for their start, without b they are not. Of the metric only `large` is used: w t is at
   least sqrt (v t), corrected or not. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent Decayed.
Open Scope R_scope.

(* The bias correction of a mean with the factor beta. *)
Definition correction (b : bool) (beta : R) (t : nat) : R := if b then 1 - beta ^ t else 1.

(* The step that multiplies the raw moment m t. *)
Definition raw_step (alpha beta1 : R) (b : bool) (t : nat) : R := alpha / sqrt (INR t) / correction b beta1 t.

Lemma correction_bounds b beta t : 0 <= beta < 1 -> (1 <= t)%nat -> 0 < 1 - beta ^ t /\
  1 - beta ^ t <= correction b beta t <= 1.
Proof.
  intros Hb Ht. pose proof (pow_lt_1_compat beta t Hb Ht). unfold correction. destruct b; lra.
Qed.

Lemma step_positive alpha t : 0 < alpha -> (1 <= t)%nat -> 0 < alpha / sqrt (INR t).
Proof. intros Ha Ht. apply Rdiv_lt_0_compat; [assumption|]. apply sqrt_lt_R0, lt_0_INR. lia. Qed.

Lemma raw_step_positive alpha beta1 b t : 0 < alpha -> 0 <= beta1 < 1 -> (1 <= t)%nat ->
  0 < raw_step alpha beta1 b t.
Proof.
  intros Ha Hb Ht. apply Rdiv_lt_0_compat; [now apply step_positive|].
  pose proof (correction_bounds b beta1 t Hb Ht). lra.
Qed.

Definition H (beta1 : R) (h : nat -> R) (t : nat) : R := decayed beta1 (fun s => Rabs (h s)) t.

Lemma H_nonneg beta1 h t : 0 <= beta1 -> 0 <= H beta1 h t.
Proof. intros. apply decayed_nonneg; [assumption | intros; apply Rabs_pos]. Qed.

Section Coordinate.
Variables (alpha beta1 beta2 : R) (b : bool) (h m v w : nat -> R) (T : nat).
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.
Hypothesis Hm0 : m 0%nat = 0.
Hypothesis Hv0 : v 0%nat = 0.
Hypothesis Hm : forall t, (1 <= t <= T)%nat -> m t = beta1 * m (pred t) + (1 - beta1) * h t.
Hypothesis Hv : forall t, (1 <= t <= T)%nat -> v t = beta2 * v (pred t) + (1 - beta2) * h t ^ 2.
Hypothesis Hw : forall t, (1 <= t <= T)%nat -> 0 <= w t.
Hypothesis large : forall t, (1 <= t <= T)%nat -> sqrt (v t) <= sqrt (correction b beta2 t) * w t.

Lemma v_nonneg t : (t <= T)%nat -> 0 <= v t.
Proof.
  intros Ht. rewrite (mean_is_decayed beta2 (fun s => h s ^ 2) v T Hv0 Hv t Ht).
  apply Rmult_le_pos; [lra|]. apply decayed_nonneg; [lra|]. intros. apply pow2_ge_0.
Qed.

(* Where v is 0, all gradients so far are. *)
Lemma v_zero t : (t <= T)%nat -> v t = 0 -> forall s, (1 <= s <= t)%nat -> h s = 0.
Proof.
  induction t as [|t IH]; intros Ht E s Hs; [lia|].
  pose proof (Hv (S t) ltac:(lia)) as Et. cbn [pred] in Et.
  pose proof (v_nonneg t ltac:(lia)) as P. pose proof (pow2_ge_0 (h (S t))) as Q.
  assert (v t = 0) by nra. assert (h (S t) ^ 2 = 0) by nra.
  destruct (Nat.eq_dec s (S t)) as [->|N]; [nra | apply IH; (lia || assumption)].
Qed.

Lemma metric_zero t : (1 <= t <= T)%nat -> w t = 0 -> v t = 0.
Proof.
  intros Ht E. pose proof (large t Ht) as L. rewrite E, Rmult_0_r in L. pose proof (v_nonneg t ltac:(lia)) as P.
  apply sqrt_eq_0; [assumption|]. pose proof (sqrt_pos (v t)). lra.
Qed.

Lemma decayed_zero k u t : (forall s, (1 <= s <= t)%nat -> u s = 0) -> decayed k u t = 0.
Proof.
  intros E. unfold decayed. rewrite (CumSum_ext _ (fun _ => 0 * 0)) by (intros; rewrite E by assumption; ring).
  rewrite CumSum_scale. ring.
Qed.

(* Where the metric is 0, so is the moment. *)
Lemma L_zero t : (1 <= t <= T)%nat -> w t = 0 -> m t = 0.
Proof.
  intros Ht E. rewrite (mean_is_decayed beta1 h m T Hm0 Hm t ltac:(lia)), decayed_zero; [ring|].
  apply v_zero; [lia | now apply metric_zero].
Qed.

Lemma L7 t : (t <= T)%nat -> Rabs (m t) <= (1 - beta1) * H beta1 h t.
Proof.
  intros Ht. rewrite (mean_is_decayed beta1 h m T Hm0 Hm t Ht), Rabs_mult, Rabs_pos_eq by lra.
  apply Rmult_le_compat_l; [lra|]. apply decayed_abs. lra.
Qed.

Section Gamma.
Variable gamma : R.
Hypothesis Hgamma : gamma = beta1 ^ 2 / beta2.
Hypothesis Hgamma1 : gamma < 1.

Lemma gamma_beta2 : gamma * beta2 = beta1 ^ 2.
Proof. rewrite Hgamma. field. lra. Qed.

Lemma gamma_nonneg : 0 <= gamma.
Proof. pose proof gamma_beta2. pose proof (pow2_ge_0 beta1). nra. Qed.

(* The only place where beta1^2/beta2 counts. *)
Lemma L6 t : (t <= T)%nat ->
  Rabs (m t) <= (1 - beta1) / sqrt (1 - beta2) * sqrt ((1 - gamma ^ t) / (1 - gamma)) * sqrt (v t).
Proof.
  intros Ht. rewrite (mean_is_decayed beta1 h m T Hm0 Hm t Ht).
  rewrite (mean_is_decayed beta2 (fun s => h s ^ 2) v T Hv0 Hv t Ht).
  rewrite sqrt_mult_alt, Rabs_mult, (Rabs_pos_eq (1 - beta1)) by lra.
  assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  replace ((1 - beta1) / sqrt (1 - beta2) * sqrt ((1 - gamma ^ t) / (1 - gamma))
    * (sqrt (1 - beta2) * sqrt (decayed beta2 (fun s => h s ^ 2) t)))
    with ((1 - beta1) * (sqrt ((1 - gamma ^ t) / (1 - gamma)) * sqrt (decayed beta2 (fun s => h s ^ 2) t)))
      by (field; lra).
  apply Rmult_le_compat_l; [lra|]. rewrite <- sqrt_mult_alt.
  - rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr.
    pose proof (decayed_Cauchy beta1 beta2 gamma h t ltac:(lra) (conj gamma_nonneg Hgamma1) gamma_beta2). lra.
  - apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat; lra].
    pose proof (powers_decrease gamma t ltac:(pose proof gamma_nonneg; lra)). lra.
Qed.

Lemma L6_L7 t : (1 <= t <= T)%nat ->
  m t ^ 2 * pinv (w t) <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))
    * (sqrt (correction b beta2 t) * sqrt (1 - gamma ^ t)) * H beta1 h t.
Proof.
  intros Ht. pose proof (Hw t Ht) as Hwt. pose proof (large t Ht) as Hsw.
  pose proof (sqrt_pos (correction b beta2 t)) as Hs. set (s := sqrt (correction b beta2 t)) in *.
  assert (P2 : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (P3 : 0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra).
  pose proof (H_nonneg beta1 h t (proj1 Hbeta1)) as HH. pose proof (sqrt_pos (1 - gamma ^ t)) as Pg.
  set (c := (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma)) * (s * sqrt (1 - gamma ^ t)) * H beta1 h t).
  assert (Hc : 0 <= c).
  { unfold c. repeat apply Rmult_le_pos; try assumption; try lra.
    apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; assumption. }
  destruct (Req_dec (w t) 0) as [E|N]; [rewrite E, pinv_zero; lra|].
  rewrite pinv_inv by assumption. apply Rmult_le_reg_r with (w t); [lra|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by assumption.
  pose proof (L6 t ltac:(lia)) as B6. pose proof (L7 t ltac:(lia)) as B7.
  rewrite sqrt_div_alt in B6 by lra.
  set (k := (1 - beta1) / sqrt (1 - beta2) * (sqrt (1 - gamma ^ t) / sqrt (1 - gamma))) in *.
  assert (Hk : 0 <= k).
  { unfold k. repeat apply Rmult_le_pos; try assumption; try lra; apply Rlt_le, Rinv_0_lt_compat; assumption. }
  replace (c * w t) with (k * (s * w t) * ((1 - beta1) * H beta1 h t)) by (unfold c, k; field; lra).
  replace (m t ^ 2) with (Rabs (m t) * Rabs (m t))
    by (rewrite <- Rabs_mult, Rabs_pos_eq; [ring | apply Rle_0_sqr]).
  apply Rmult_le_compat; try apply Rabs_pos; [|assumption].
  apply Rle_trans with (1 := B6). now apply Rmult_le_compat_l.
Qed.

(* The factor of the bias correction is at most 1: (1 - beta2^t)(1 - gamma^t) <= (1 - beta1^t)^2. *)
Lemma correction_factor t : sqrt (1 - beta2 ^ t) * sqrt (1 - gamma ^ t) <= 1 - beta1 ^ t.
Proof.
  pose proof (powers_decrease gamma t ltac:(pose proof gamma_nonneg; lra)) as Hg.
  pose proof (powers_decrease beta1 t ltac:(lra)) as B1. pose proof (powers_decrease beta2 t ltac:(lra)) as B2.
  assert (E : gamma ^ t * beta2 ^ t = beta1 ^ t * beta1 ^ t).
  { rewrite <- Rpow_mult_distr, gamma_beta2, <- Rpow_mult_distr. f_equal. ring. }
  rewrite <- sqrt_mult_alt by lra. apply Rsqr_incr_0_var; [|lra].
  rewrite Rsqr_sqrt by (apply Rmult_le_pos; lra). unfold Rsqr.
  enough (2 * beta1 ^ t <= beta2 ^ t + gamma ^ t) by lra.
  apply Rsqr_incr_0_var; [|lra]. unfold Rsqr. pose proof (pow2_ge_0 (beta2 ^ t - gamma ^ t)). lra.
Qed.

Lemma correction_factor_any t : sqrt (correction b beta2 t) * sqrt (1 - gamma ^ t) <= correction b beta1 t.
Proof.
  unfold correction. destruct b; [apply correction_factor|].
  pose proof (powers_decrease gamma t ltac:(pose proof gamma_nonneg; lra)).
  rewrite sqrt_1, Rmult_1_l. apply Rle_trans with (sqrt 1); [apply sqrt_le_1_alt; lra | rewrite sqrt_1; lra].
Qed.

Lemma L8 t : (1 <= t <= T)%nat ->
  raw_step alpha beta1 b t * (m t ^ 2 * pinv (w t))
    <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma)) * (alpha / sqrt (INR t) * H beta1 h t).
Proof.
  intros Ht. pose proof (step_positive alpha t Halpha ltac:(lia)) as At.
  pose proof (correction_bounds b beta1 t Hbeta1 ltac:(lia)) as C.
  set (K := (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))).
  assert (HK : 0 <= K).
  { apply Rmult_le_pos; [apply pow2_ge_0|].
    apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; apply sqrt_lt_R0; lra. }
  apply Rle_trans with (raw_step alpha beta1 b t * (K * correction b beta1 t * H beta1 h t)).
  - apply Rmult_le_compat_l; [apply Rlt_le, raw_step_positive; (assumption || lia)|].
    apply Rle_trans with (1 := L6_L7 t Ht). apply Rmult_le_compat_r; [apply H_nonneg; lra|].
    apply Rmult_le_compat_l; [assumption | apply correction_factor_any].
  - apply Req_le. unfold raw_step. assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
Qed.
End Gamma.

(* Jensen's inequality: the square of a mean. *)
Lemma square_of_mean t : (t <= T)%nat ->
  m t ^ 2 <= (1 - beta1) * (1 - beta1 ^ t) * decayed beta1 (fun s => h s ^ 2) t.
Proof.
  intros Ht. rewrite (mean_is_decayed beta1 h m T Hm0 Hm t Ht), Rpow_mult_distr.
  pose proof (decayed_Cauchy beta1 beta1 beta1 h t ltac:(lra) Hbeta1 ltac:(ring)) as C.
  apply (Rmult_le_compat_l ((1 - beta1) ^ 2)) in C; [|apply pow2_ge_0].
  apply Rle_trans with (1 := C). apply Req_le. field. lra.
Qed.

(* A gradient is at most a multiple of the metric. *)
Lemma gradient_in_metric t : (1 <= t <= T)%nat -> h t ^ 2 * pinv (w t) <= / sqrt (1 - beta2) * Rabs (h t).
Proof.
  intros Ht. assert (P : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  pose proof (Rinv_0_lt_compat _ P) as PI. pose proof (Rabs_pos (h t)) as HA. pose proof (Hw t Ht) as Hwt.
  destruct (Req_dec (w t) 0) as [E|N]; [rewrite E, pinv_zero, Rmult_0_r; apply Rmult_le_pos; lra|].
  rewrite pinv_inv by assumption. apply Rmult_le_reg_r with (w t); [lra|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by assumption. rewrite <- (pow2_abs (h t)).
  replace (/ sqrt (1 - beta2) * Rabs (h t) * w t) with (Rabs (h t) * (w t / sqrt (1 - beta2))) by (field; lra).
  replace (Rabs (h t) ^ 2) with (Rabs (h t) * Rabs (h t)) by ring. apply Rmult_le_compat_l; [assumption|].
  apply Rmult_le_reg_r with (sqrt (1 - beta2)); [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rle_trans with (sqrt (v t)).
  - rewrite <- (sqrt_Rsqr_abs (h t)), <- sqrt_mult_alt by apply Rle_0_sqr. apply sqrt_le_1_alt.
    pose proof (v_nonneg (pred t) ltac:(lia)). rewrite (Hv t Ht). unfold Rsqr. nra.
  - apply Rle_trans with (1 := large t Ht). rewrite <- (Rmult_1_l (w t)) at 2.
    apply Rmult_le_compat_r; [assumption|]. rewrite <- sqrt_1. apply sqrt_le_1_alt.
    apply (correction_bounds b beta2 t); [lra | lia].
Qed.

(* Without beta1^2 < beta2, where the slope of the metric never decreases. *)
Hypothesis slope : forall t, (2 <= t <= T)%nat ->
  w (pred t) / (alpha / sqrt (INR (pred t))) <= w t / (alpha / sqrt (INR t)).

Lemma L11b_last t : (t <= T)%nat ->
  CumSum (fun t => alpha / sqrt (INR t) * pinv (w t) * decayed beta1 (fun s => h s ^ 2) t) t
    + beta1 / (1 - beta1) * (alpha / sqrt (INR t) * pinv (w t) * decayed beta1 (fun s => h s ^ 2) t)
    <= CumSum (fun s => alpha / sqrt (INR s) * (h s ^ 2 * pinv (w s))) t / (1 - beta1).
Proof.
  assert (P : 0 < / (1 - beta1)) by (apply Rinv_0_lt_compat; lra).
  set (r := fun t => alpha / sqrt (INR t) * pinv (w t)). set (Q := decayed beta1 (fun s => h s ^ 2)).
  induction t as [|t IH]; intros Ht; [unfold Q, decayed; simpl; unfold Rdiv; lra|].
  specialize (IH ltac:(lia)). cbn [CumSum]. fold (r (S t)) (r t) in *.
  assert (HQ : 0 <= Q t) by (apply decayed_nonneg; [lra | intros; apply pow2_ge_0]).
  assert (D : r (S t) * Q t <= r t * Q t).
  { destruct t as [|t]; [unfold Q, decayed; simpl; lra|].
    destruct (Req_dec (w (S t)) 0) as [E|N].
    - unfold Q. rewrite decayed_zero; [lra|]. intros s Hs.
      rewrite (v_zero (S t) ltac:(lia) (metric_zero (S t) ltac:(lia) E) s Hs). ring.
    - apply Rmult_le_compat_r; [assumption|]. pose proof (slope (S (S t)) ltac:(lia)) as G. cbn [pred] in G.
      pose proof (step_positive alpha (S t) Halpha ltac:(lia)) as A1.
      pose proof (step_positive alpha (S (S t)) Halpha ltac:(lia)) as A2.
      pose proof (Hw (S t) ltac:(lia)). unfold r.
      assert (W1 : 0 < w (S t) / (alpha / sqrt (INR (S t)))) by (apply Rdiv_lt_0_compat; lra).
      assert (W2 : w (S (S t)) <> 0) by (intros E; rewrite E in G; unfold Rdiv in G at 3; lra).
      rewrite !pinv_inv by assumption.
      replace (alpha / sqrt (INR (S t)) * / w (S t)) with (/ (w (S t) / (alpha / sqrt (INR (S t)))))
        by (rewrite Rinv_div by lra; reflexivity).
      replace (alpha / sqrt (INR (S (S t))) * / w (S (S t)))
        with (/ (w (S (S t)) / (alpha / sqrt (INR (S (S t))))))
        by (rewrite Rinv_div by lra; reflexivity).
      now apply Rinv_le_contravar. }
  apply (Rmult_le_compat_l (beta1 / (1 - beta1))) in D; [|apply Rmult_le_pos; lra].
  assert (E : Q (S t) = beta1 * Q t + h (S t) ^ 2) by (unfold Q; now rewrite decayed_S).
  rewrite E.
  replace (alpha / sqrt (INR (S t)) * (h (S t) ^ 2 * pinv (w (S t)))) with (r (S t) * h (S t) ^ 2)
    by (unfold r; ring).
  rewrite Rplus_assoc.
  replace (r (S t) * (beta1 * Q t + h (S t) ^ 2) + beta1 / (1 - beta1)
    * (r (S t) * (beta1 * Q t + h (S t) ^ 2)))
    with (beta1 / (1 - beta1) * (r (S t) * Q t) + r (S t) * h (S t) ^ 2 / (1 - beta1)) by (field; lra).
  unfold Rdiv in *. lra.
Qed.

Lemma L11b : (1 <= T)%nat -> CumSum (fun t => raw_step alpha beta1 b t * (m t ^ 2 * pinv (w t))) T
  <= / sqrt (1 - beta2) * CumSum (fun s => alpha / sqrt (INR s) * Rabs (h s)) T.
Proof.
  intros HT. set (Q := decayed beta1 (fun s => h s ^ 2)).
  assert (HQ : forall t, 0 <= Q t) by (intros; apply decayed_nonneg; [lra | intros; apply pow2_ge_0]).
  assert (HP : forall t, (1 <= t <= T)%nat -> 0 <= pinv (w t)) by (intros; now apply pinv_nonneg, Hw).
  apply Rle_trans with ((1 - beta1) * CumSum (fun t => alpha / sqrt (INR t) * pinv (w t) * Q t) T).
  - rewrite <- CumSum_scale. apply CumSum_le. intros t Ht.
    pose proof (correction_bounds b beta1 t Hbeta1 ltac:(lia)) as C.
    pose proof (step_positive alpha t Halpha ltac:(lia)) as A. pose proof (HP t Ht) as P.
    pose proof (HQ t) as PQ.
    pose proof (raw_step_positive alpha beta1 b t Halpha Hbeta1 ltac:(lia)) as RS.
    apply Rle_trans with (raw_step alpha beta1 b t * ((1 - beta1) * correction b beta1 t * Q t * pinv (w t))).
    + apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_r; [assumption|].
      apply Rle_trans with (1 := square_of_mean t ltac:(lia)). apply Rmult_le_compat_r; [assumption|].
      apply Rmult_le_compat_l; lra.
    + apply Req_le. unfold raw_step. assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
  - pose proof (L11b_last T ltac:(lia)) as B. fold Q in B.
    assert (N : 0 <= beta1 / (1 - beta1) * (alpha / sqrt (INR T) * pinv (w T) * Q T)).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]|].
      apply Rmult_le_pos; [apply Rmult_le_pos; [|apply HP; lia] | apply HQ].
      apply Rlt_le, step_positive; [assumption | lia]. }
    apply Rle_trans with (CumSum (fun s => alpha / sqrt (INR s) * (h s ^ 2 * pinv (w s))) T).
    + apply Rle_trans with ((1 - beta1) * (CumSum (fun s => alpha / sqrt (INR s) * (h s ^ 2 * pinv (w s))) T
        / (1 - beta1))).
      * apply Rmult_le_compat_l; lra.
      * apply Req_le. field. lra.
    + rewrite <- CumSum_scale. apply CumSum_le. intros t Ht.
      pose proof (step_positive alpha t Halpha ltac:(lia)) as A. pose proof (gradient_in_metric t Ht) as G.
      apply (Rmult_le_compat_l (alpha / sqrt (INR t))) in G; lra.
Qed.
End Coordinate.
