(* The sum over the rounds: L9 to L12 of Theorem R. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Decayed Moments.
Open Scope R_scope.

(* The sum over s of the weights of |h s| in the later rounds. *)
Lemma L9_last a beta1 h T : 0 <= beta1 < 1 -> (forall t, (1 <= t)%nat -> 0 <= a t) ->
  (forall t, (1 <= t)%nat -> a (S t) <= a t) ->
  CumSum (fun t => a t * H beta1 h t) T + beta1 / (1 - beta1) * (a T * H beta1 h T)
    <= CumSum (fun s => a s * Rabs (h s)) T / (1 - beta1).
Proof.
  intros Hb Ha Hslow.
  assert (P : 0 < / (1 - beta1)) by (apply Rinv_0_lt_compat; lra).
  induction T as [|T IH]; cbn [CumSum]; [unfold H, decayed; simpl; unfold Rdiv; lra|].
  pose proof (H_nonneg beta1 h T ltac:(lra)) as HH.
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
  pose proof (Rmult_le_pos _ _ (Ha T HT) (H_nonneg beta1 h T ltac:(lra))) as P.
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
