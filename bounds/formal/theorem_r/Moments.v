(* The two exponential means of one coordinate: L6 to L11 of Theorem R, and L-zero.

   h is the gradient handed to the means, m and v are the means of h and of h^2, and w is the metric, for which
   only sqrt (v t) <= s w is used, s a factor of the bias correction. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent.
Open Scope R_scope.

(* The sum over s = 1, ..., t of b^(t-s) u s. *)
Definition decayed (b : R) (u : nat -> R) (t : nat) : R := CumSum (fun s => b ^ (t - s) * u s) t.

Lemma decayed_S b u t : decayed b u (S t) = b * decayed b u t + u (S t).
Proof.
  unfold decayed. cbn [CumSum]. rewrite Nat.sub_diag, <- CumSum_scale.
  rewrite (CumSum_ext _ (fun s => b * (b ^ (t - s) * u s))); [simpl; ring|].
  intros s Hs. replace (S t - s)%nat with (S (t - s)) by lia. simpl. ring.
Qed.

Lemma decayed_nonneg b u t : 0 <= b -> (forall s, 0 <= u s) -> 0 <= decayed b u t.
Proof. intros. apply CumSum_nonneg. intros. apply Rmult_le_pos; [now apply pow_le | auto]. Qed.

(* An exponential mean that starts at 0 is a decayed sum. *)
Lemma mean_is_decayed b u k T : k 0%nat = 0 ->
  (forall t, (1 <= t <= T)%nat -> k t = b * k (pred t) + (1 - b) * u t) ->
  forall t, (t <= T)%nat -> k t = (1 - b) * decayed b u t.
Proof.
  intros H0 H. induction t as [|t IH]; intros Ht; [rewrite H0; unfold decayed; simpl; ring|].
  rewrite H, decayed_S by lia. cbn [pred]. rewrite IH by lia. ring.
Qed.

Lemma decayed_abs b u t : 0 <= b -> Rabs (decayed b u t) <= decayed b (fun s => Rabs (u s)) t.
Proof.
  intros Hb. induction t as [|t IH]; [unfold decayed; simpl; rewrite Rabs_R0; lra|].
  rewrite !decayed_S. apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat_r.
  rewrite Rabs_mult, (Rabs_pos_eq b) by assumption. now apply Rmult_le_compat_l.
Qed.

Section Coordinate.
Variables (alpha beta1 beta2 gamma : R) (h m v : nat -> R) (T : nat).
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.
Hypothesis Hgamma : gamma = beta1 ^ 2 / beta2.
Hypothesis Hgamma1 : gamma < 1.
Hypothesis Hm0 : m 0%nat = 0.
Hypothesis Hv0 : v 0%nat = 0.
Hypothesis Hm : forall t, (1 <= t <= T)%nat -> m t = beta1 * m (pred t) + (1 - beta1) * h t.
Hypothesis Hv : forall t, (1 <= t <= T)%nat -> v t = beta2 * v (pred t) + (1 - beta2) * h t ^ 2.

Lemma gamma_beta2 : gamma * beta2 = beta1 ^ 2.
Proof. rewrite Hgamma. field. lra. Qed.

Lemma gamma_nonneg : 0 <= gamma.
Proof. pose proof gamma_beta2. pose proof (pow2_ge_0 beta1). nra. Qed.

Lemma v_nonneg t : (t <= T)%nat -> 0 <= v t.
Proof.
  intros Ht. rewrite (mean_is_decayed beta2 (fun s => h s ^ 2) v T Hv0 Hv t Ht).
  apply Rmult_le_pos; [lra|]. apply decayed_nonneg; [lra|]. intros. apply pow2_ge_0.
Qed.

(* Cauchy and Schwarz for decayed sums; the only place where beta1^2/beta2 counts. *)
Lemma decayed_Cauchy t : decayed beta1 h t ^ 2
  <= (1 - gamma ^ t) / (1 - gamma) * decayed beta2 (fun s => h s ^ 2) t.
Proof.
  induction t as [|t IH]; [unfold decayed; simpl; lra|].
  rewrite !decayed_S. pose proof gamma_beta2 as E. pose proof gamma_nonneg as Hg.
  assert (HW : 0 <= decayed beta2 (fun s => h s ^ 2) t)
    by (apply decayed_nonneg; [lra | intros; apply pow2_ge_0]).
  replace ((1 - gamma ^ S t) / (1 - gamma)) with (gamma * ((1 - gamma ^ t) / (1 - gamma)) + 1)
    by (simpl; field; lra).
  assert (HG : 0 <= (1 - gamma ^ t) / (1 - gamma)).
  { apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat; lra].
    pose proof (pow_incr gamma 1 t ltac:(lra)) as P. rewrite pow1 in P. lra. }
  set (A := decayed beta1 h t) in *. set (W := decayed beta2 (fun s => h s ^ 2) t) in *.
  set (G := (1 - gamma ^ t) / (1 - gamma)) in *. set (y := h (S t)).
  pose proof (Rmult_le_compat_l _ _ _ (pow2_ge_0 beta1) IH) as HA.
  pose proof (f_equal (Rmult (G * W)) E) as EGW.
  enough (2 * (beta1 * A * y) <= beta2 * W + gamma * G * y ^ 2) by lra.
  apply Rle_trans with (1 := Rle_abs _). apply Rsqr_incr_0_var.
  2: { pose proof (pow2_ge_0 y). pose proof (Rmult_le_pos _ _ Hg HG). nra. }
  rewrite <- Rsqr_abs. unfold Rsqr.
  pose proof (pow2_ge_0 (beta2 * W - gamma * G * y ^ 2)) as P.
  assert (4 * (beta1 ^ 2 * y ^ 2 * A ^ 2) <= 4 * (beta1 ^ 2 * y ^ 2 * (G * W))).
  { apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; [|assumption].
    apply Rmult_le_pos; apply pow2_ge_0. }
  pose proof (f_equal (Rmult (y ^ 2 * (G * W))) E). lra.
Qed.

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
  - rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr. pose proof (decayed_Cauchy t). lra.
  - apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat; lra].
    pose proof (pow_incr gamma 1 t ltac:(pose proof gamma_nonneg; lra)) as P. rewrite pow1 in P. lra.
Qed.

Definition H (t : nat) : R := decayed beta1 (fun s => Rabs (h s)) t.

Lemma H_nonneg t : 0 <= H t.
Proof. apply decayed_nonneg; [lra | intros; apply Rabs_pos]. Qed.

Lemma L7 t : (t <= T)%nat -> Rabs (m t) <= (1 - beta1) * H t.
Proof.
  intros Ht. rewrite (mean_is_decayed beta1 h m T Hm0 Hm t Ht), Rabs_mult, Rabs_pos_eq by lra.
  apply Rmult_le_compat_l; [lra|]. apply decayed_abs. lra.
Qed.

(* Where the metric is 0, so is the moment. *)
Lemma L_zero t w s : (t <= T)%nat -> sqrt (v t) <= s * w -> w = 0 -> m t = 0.
Proof.
  intros Ht Hs ->. rewrite Rmult_0_r in Hs. pose proof (sqrt_pos (v t)). pose proof (L6 t Ht) as L.
  replace (sqrt (v t)) with 0 in L by lra. rewrite Rmult_0_r in L.
  pose proof (Rabs_pos (m t)). destruct (Req_dec (m t) 0) as [|N]; [assumption|].
  pose proof (Rabs_pos_lt _ N). lra.
Qed.

Lemma geometric t : 0 <= gamma ^ t <= 1.
Proof.
  pose proof gamma_nonneg as Hg. split; [now apply pow_le|].
  pose proof (pow_incr gamma 1 t ltac:(lra)) as P. now rewrite pow1 in P.
Qed.

(* L8 before the steps come in: L6 times L7, with the metric w in place of sqrt v. *)
Lemma L6_L7 t w s : (t <= T)%nat -> 0 <= s -> 0 <= w -> sqrt (v t) <= s * w ->
  m t ^ 2 * pinv w <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))
    * (s * sqrt (1 - gamma ^ t)) * H t.
Proof.
  intros Ht Hs Hw Hsw.
  assert (P2 : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (P3 : 0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra).
  pose proof (H_nonneg t) as HH. pose proof (sqrt_pos (1 - gamma ^ t)) as Pg.
  set (c := (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma)) * (s * sqrt (1 - gamma ^ t)) * H t).
  assert (Hc : 0 <= c).
  { unfold c. repeat apply Rmult_le_pos; try assumption; try lra.
    apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; assumption. }
  destruct (Req_dec w 0) as [E|N]; [rewrite E, pinv_zero; lra|].
  rewrite pinv_inv by assumption. apply Rmult_le_reg_r with w; [lra|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by assumption.
  pose proof (L6 t Ht) as B6. pose proof (L7 t Ht) as B7.
  rewrite sqrt_div_alt in B6 by lra.
  set (k := (1 - beta1) / sqrt (1 - beta2) * (sqrt (1 - gamma ^ t) / sqrt (1 - gamma))) in *.
  assert (Hk : 0 <= k).
  { unfold k. repeat apply Rmult_le_pos; try assumption; try lra; apply Rlt_le, Rinv_0_lt_compat; assumption. }
  replace (c * w) with (k * (s * w) * ((1 - beta1) * H t)) by (unfold c, k; field; lra).
  replace (m t ^ 2) with (Rabs (m t) * Rabs (m t))
    by (rewrite <- Rabs_mult, Rabs_pos_eq; [ring | apply Rle_0_sqr]).
  apply Rmult_le_compat; try apply Rabs_pos; [|assumption].
  apply Rle_trans with (1 := B6). now apply Rmult_le_compat_l.
Qed.

(* Without bias correction: all that is needed of the maximum is that it is at least v t. *)
Lemma L8 t vhat : (1 <= t <= T)%nat -> v t <= vhat ->
  alpha / sqrt (INR t) * (m t ^ 2 * pinv (sqrt vhat))
    <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma)) * (alpha / sqrt (INR t) * H t).
Proof.
  intros Ht Hvhat.
  assert (St : 0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia).
  assert (At : 0 < alpha / sqrt (INR t)) by now apply Rdiv_lt_0_compat.
  pose proof (L6_L7 t (sqrt vhat) 1 ltac:(lia) ltac:(lra) (sqrt_pos _)
    ltac:(rewrite Rmult_1_l; now apply sqrt_le_1_alt)) as B.
  set (K := (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))) in *.
  assert (HK : 0 <= K).
  { apply Rmult_le_pos; [apply pow2_ge_0|].
    apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; apply sqrt_lt_R0; lra. }
  apply Rle_trans with (alpha / sqrt (INR t) * (K * 1 * H t)); [|apply Req_le; ring].
  apply Rmult_le_compat_l; [lra|]. apply Rle_trans with (1 := B). apply Rmult_le_compat_r; [apply H_nonneg|].
  apply Rmult_le_compat_l; [assumption|].
  rewrite Rmult_1_l. apply Rle_trans with (sqrt 1); [|rewrite sqrt_1; lra].
  apply sqrt_le_1_alt. pose proof (geometric t). lra.
Qed.

(* The factor of the bias correction is at most 1: (1 - beta2^t)(1 - gamma^t) <= (1 - beta1^t)^2. *)
Lemma correction_factor t : sqrt (1 - beta2 ^ t) * sqrt (1 - gamma ^ t) <= 1 - beta1 ^ t.
Proof.
  pose proof (geometric t) as Hg.
  assert (B1 : 0 <= beta1 ^ t <= 1).
  { split; [apply pow_le; lra|]. pose proof (pow_incr beta1 1 t ltac:(lra)) as P. now rewrite pow1 in P. }
  assert (B2 : 0 <= beta2 ^ t <= 1).
  { split; [apply pow_le; lra|]. pose proof (pow_incr beta2 1 t ltac:(lra)) as P. now rewrite pow1 in P. }
  assert (E : gamma ^ t * beta2 ^ t = beta1 ^ t * beta1 ^ t).
  { rewrite <- Rpow_mult_distr, gamma_beta2, <- Rpow_mult_distr. f_equal. ring. }
  rewrite <- sqrt_mult_alt by lra. apply Rsqr_incr_0_var; [|lra].
  rewrite Rsqr_sqrt by (apply Rmult_le_pos; lra). unfold Rsqr.
  enough (2 * beta1 ^ t <= beta2 ^ t + gamma ^ t) by lra.
  apply Rsqr_incr_0_var; [|lra]. unfold Rsqr. pose proof (pow2_ge_0 (beta2 ^ t - gamma ^ t)). lra.
Qed.

Lemma L8_corrected t vhat : (1 <= t <= T)%nat -> v t / (1 - beta2 ^ t) <= vhat ->
  alpha / sqrt (INR t) / (1 - beta1 ^ t) * (m t ^ 2 * pinv (sqrt vhat))
    <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma)) * (alpha / sqrt (INR t) * H t).
Proof.
  intros Ht Hvhat.
  assert (St : 0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia).
  assert (At : 0 < alpha / sqrt (INR t)) by now apply Rdiv_lt_0_compat.
  assert (B1 : 0 < 1 - beta1 ^ t) by (pose proof (pow_lt_1_compat beta1 t ltac:(lra) ltac:(lia)); lra).
  assert (B2 : 0 < 1 - beta2 ^ t) by (pose proof (pow_lt_1_compat beta2 t ltac:(lra) ltac:(lia)); lra).
  assert (R : sqrt (v t) <= sqrt (1 - beta2 ^ t) * sqrt vhat).
  { rewrite <- sqrt_mult_alt by lra. apply sqrt_le_1_alt.
    apply (Rmult_le_compat_l (1 - beta2 ^ t)) in Hvhat; [|lra].
    replace ((1 - beta2 ^ t) * (v t / (1 - beta2 ^ t))) with (v t) in Hvhat by (field; lra). assumption. }
  pose proof (L6_L7 t (sqrt vhat) _ ltac:(lia) (sqrt_pos _) (sqrt_pos _) R) as B.
  set (K := (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))) in *.
  assert (HK : 0 <= K).
  { apply Rmult_le_pos; [apply pow2_ge_0|].
    apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; apply sqrt_lt_R0; lra. }
  apply Rle_trans with (alpha / sqrt (INR t) / (1 - beta1 ^ t) * (K * (1 - beta1 ^ t) * H t)).
  - apply Rmult_le_compat_l; [apply Rlt_le; now apply Rdiv_lt_0_compat|].
    apply Rle_trans with (1 := B). apply Rmult_le_compat_r; [apply H_nonneg|].
    apply Rmult_le_compat_l; [assumption | apply correction_factor].
  - apply Req_le. field. lra.
Qed.
End Coordinate.

(* The sum over s of the weights of |h s| in the later rounds. *)
Lemma L9_last a beta1 h T : 0 <= beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= a t) ->
  (forall t, (1 <= t)%nat -> a (S t) <= a t) ->
  CumSum (fun t => a t * H beta1 h t) T + beta1 / (1 - beta1) * (a T * H beta1 h T)
    <= CumSum (fun s => a s * Rabs (h s)) T / (1 - beta1).
Proof.
  intros Hb Ha Hslow.
  assert (P : 0 < / (1 - beta1)) by (apply Rinv_0_lt_compat; lra).
  induction T as [|T IH]; cbn [CumSum]; [unfold H, decayed; simpl; unfold Rdiv; lra|].
  pose proof (H_nonneg beta1 h ltac:(lra) T) as HH.
  unfold H at 2 3. rewrite decayed_S. fold (H beta1 h T).
  assert (Q : a (S T) * H beta1 h T <= a T * H beta1 h T).
  { destruct T as [|T]; [unfold H, decayed; simpl; lra|].
    apply Rmult_le_compat_r; [assumption | apply Hslow; lia]. }
  apply (Rmult_le_compat_l (beta1 / (1 - beta1))) in Q; [|apply Rmult_le_pos; lra].
  rewrite Rplus_assoc. replace (a (S T) * (beta1 * H beta1 h T + Rabs (h (S T))) + beta1 / (1 - beta1)
    * (a (S T) * (beta1 * H beta1 h T + Rabs (h (S T)))))
    with (beta1 / (1 - beta1) * (a (S T) * H beta1 h T) + a (S T) * Rabs (h (S T)) / (1 - beta1))
      by (field; lra).
  unfold Rdiv in *. lra.
Qed.

Lemma L9 a beta1 h T : 0 <= beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= a t) ->
  (forall t, (1 <= t)%nat -> a (S t) <= a t) -> (1 <= T)%nat ->
  CumSum (fun t => a t * H beta1 h t) T <= CumSum (fun s => a s * Rabs (h s)) T / (1 - beta1).
Proof.
  intros Hb Ha Hslow HT. pose proof (L9_last a beta1 h T Hb Ha Hslow) as B.
  pose proof (Rmult_le_pos _ _ (Ha T HT) (H_nonneg beta1 h ltac:(lra) T)) as P.
  assert (0 <= beta1 / (1 - beta1)) by (apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]).
  pose proof (Rmult_le_pos (beta1 / (1 - beta1)) _ ltac:(assumption) P). lra.
Qed.

(* The harmonic sum. *)
Lemma harmonic T : (1 <= T)%nat -> CumSum (fun t => / INR t) T <= 1 + ln (INR T).
Proof.
  induction T as [|[|T] IH]; intros HT; [lia| |].
  - cbn [CumSum]. change (INR 1) with 1. rewrite ln_1, Rinv_1. lra.
  - specialize (IH ltac:(lia)). remember (S T) as n eqn:En. cbn [CumSum]. rewrite S_INR.
    assert (Hn : 0 < INR n) by (apply lt_0_INR; lia).
    pose proof (exp_ineq1_le (- / (INR n + 1))) as E.
    assert (Q : 1 + - / (INR n + 1) = INR n / (INR n + 1)) by (field; lra).
    assert (L : ln (INR n / (INR n + 1)) <= - / (INR n + 1)).
    { rewrite <- (ln_exp (- / (INR n + 1))). rewrite Q in E. destruct E as [E|E]; [|rewrite E; lra].
      apply Rlt_le, ln_increasing; [apply Rdiv_lt_0_compat; lra | assumption]. }
    unfold Rdiv in L. rewrite ln_mult, ln_Rinv in L; [lra|lra|lra|apply Rinv_0_lt_compat; lra].
Qed.

Lemma L10 alpha h T : 0 < alpha -> (1 <= T)%nat ->
  CumSum (fun s => alpha / sqrt (INR s) * Rabs (h s)) T
    <= alpha * sqrt (1 + ln (INR T)) * sqrt (CumSum (fun s => h s ^ 2) T).
Proof.
  intros Ha HT.
  rewrite (CumSum_ext _ (fun s => alpha * (/ sqrt (INR s) * Rabs (h s)))) by (intros; unfold Rdiv; ring).
  rewrite CumSum_scale, Rmult_assoc. apply Rmult_le_compat_l; [lra|].
  apply Rle_trans with (1 := CumSum_Cauchy_Schwarz _ _ _).
  rewrite (CumSum_ext (fun t => Rabs (h t) ^ 2) (fun t => h t ^ 2)) by (intros; apply pow2_abs).
  apply Rmult_le_compat_r; [apply sqrt_pos|]. apply sqrt_le_1_alt.
  rewrite (CumSum_ext _ (fun t => / INR t)); [now apply harmonic|].
  intros t Ht. assert (0 < INR t) by (apply lt_0_INR; lia).
  rewrite pow_inv. f_equal. apply pow2_sqrt. lra.
Qed.

(* L8, L9 and L10 together; q t is a t (m t)^2 / sqrt (vhat t) in any of the three orders of the maximum. *)
Lemma L11 alpha beta1 beta2 gamma h q T : 0 < alpha -> 0 <= beta1 < 1 -> beta2 < 1 -> gamma < 1 ->
  (1 <= T)%nat ->
  (forall t, (1 <= t <= T)%nat ->
    q t <= (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma)) * (alpha / sqrt (INR t) * H beta1 h t)) ->
  CumSum q T <= (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma)))
    * sqrt (CumSum (fun t => h t ^ 2) T).
Proof.
  intros Ha Hb1 Hb2 Hg HT Hq.
  assert (P2 : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (P3 : 0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra).
  set (K := (1 - beta1) ^ 2 / (sqrt (1 - beta2) * sqrt (1 - gamma))) in *.
  assert (HK : 0 <= K).
  { apply Rmult_le_pos; [apply pow2_ge_0|]. apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; assumption. }
  apply Rle_trans with (1 := CumSum_le _ _ _ Hq). rewrite CumSum_scale.
  assert (St : forall t, (1 <= t)%nat -> 0 < sqrt (INR t)) by (intros; apply sqrt_lt_R0, lt_0_INR; lia).
  pose proof (L9 (fun t => alpha / sqrt (INR t)) beta1 h T Hb1) as B9.
  specialize (B9 ltac:(intros; apply Rlt_le, Rdiv_lt_0_compat; auto)).
  specialize (B9 ltac:(intros t Ht; apply Rmult_le_compat_l; [lra|]; apply Rinv_le_contravar;
    [auto | apply sqrt_le_1_alt, le_INR; lia]) HT).
  pose proof (L10 alpha h T Ha HT) as B10.
  apply Rle_trans with (K * (alpha * sqrt (1 + ln (INR T)) * sqrt (CumSum (fun s => h s ^ 2) T) / (1 - beta1))).
  - apply Rmult_le_compat_l; [assumption|]. apply Rle_trans with (1 := B9).
    apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; lra | assumption].
  - apply Req_le. unfold K. field. lra.
Qed.

(* With weights n t on the gradients g t, M an upper bound of the weights. *)
Lemma L12 (n g : nat -> R) M T : (forall t, (1 <= t <= T)%nat -> 0 <= n t <= M) -> 0 <= M ->
  sqrt (CumSum (fun t => (n t * g t) ^ 2) T) <= M * sqrt (CumSum (fun t => g t ^ 2) T).
Proof.
  intros Hn HM. rewrite <- (sqrt_pow2 M) at 1 by assumption. rewrite <- sqrt_mult_alt by apply pow2_ge_0.
  apply sqrt_le_1_alt. rewrite <- CumSum_scale. apply CumSum_le. intros t Ht.
  rewrite Rpow_mult_distr. apply Rmult_le_compat_r; [apply pow2_ge_0|]. apply pow_incr. now apply Hn.
Qed.
