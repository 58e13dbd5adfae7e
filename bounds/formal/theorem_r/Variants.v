(* Theorem R without the condition on gamma, with epsilon, and without a maximum: Relatives.v, proved. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Algorithms Relatives Sums Moments Regret Fits Runs Bounds TheoremR.
Open Scope R_scope.

Section Problem.
Variables (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop) (D_i : point) (f : nat -> point -> R).
Variables (x g ghat m v mhat vhat : nat -> point) (z : point).
Hypothesis HT : (1 <= T)%nat.
Hypothesis Ha : 0 < alpha.
Hypothesis Hb1 : 0 <= beta1.
Hypothesis Hb1' : beta1 < 1.
Hypothesis Hb2 : 0 < beta2.
Hypothesis Hb2' : beta2 < 1.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hz : X z.
Notation norm := (fun t => Norm1 d (g t)).
Notation regret := (Regret norm f x z T).

(* The factor is the smaller of two numbers, for each of which the bound holds. *)
Lemma adal_any_gamma factor :
  (beta2 > beta1 ^ 2 -> factor = Rmin ((1 - beta1) / sqrt (1 - beta1 ^ 2 / beta2)) 1) ->
  (~ (beta2 > beta1 ^ 2) -> factor = 1) ->
  AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  regret <= first_term d T alpha beta1 D_i (root vhat)
    + (1 + beta1) / (2 * (1 - beta1)) * factor * noise T alpha beta2 * lengths d T ghat.
Proof.
  intros F1 F2 run.
  assert (B : regret <= first_term d T alpha beta1 D_i (root vhat)
    + (1 + beta1) / (2 * (1 - beta1)) * 1 * noise T alpha beta2 * lengths d T ghat).
  { assert (any : forall b, lines d T alpha beta1 beta2 b X x g ghat m v mhat (root vhat) norm /\
      (running d T beta2 b v vhat \/ corrected_last d T beta2 b v vhat) ->
      regret <= first_term d T alpha beta1 D_i (root vhat)
        + (1 + beta1) / (2 * (1 - beta1)) * 1 * noise T alpha beta2 * lengths d T ghat).
    { intros b [HL HM]. rewrite Rmult_1_r.
      apply (bound_any d T alpha beta1 beta2 0 b X x g ghat m v mhat vhat (root vhat) norm D_i f z);
        try assumption; try lra; intros; [apply Norm1_nonneg | ring]. }
    destruct run as [run | [run | run]].
    - apply R1_lines in run. apply (any false). tauto.
    - apply R2_lines in run. apply (any true). tauto.
    - apply R3_lines in run. apply (any true). tauto. }
  destruct (Rlt_le_dec (beta1 ^ 2) beta2) as [L | L]; [|rewrite F2 by lra; assumption].
  rewrite F1 by assumption. apply Rmin_case; [|assumption].
  assert (Hg : beta1 ^ 2 / beta2 < 1).
  { apply Rmult_lt_reg_r with beta2; [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; lra. }
  apply Rle_trans with (first_term d T alpha beta1 D_i (root vhat)
    + second_term d T alpha beta1 beta2 (beta1 ^ 2 / beta2) ghat); [now apply (adal d T alpha beta1 beta2 _ X)
        with (m := m) (v := v) (mhat := mhat)|].
  apply Req_le. unfold second_term. assert (0 < sqrt (1 - beta1 ^ 2 / beta2)) by (apply sqrt_lt_R0; lra).
  field. lra.
Qed.

Section Gamma.
Variable gamma : R.
Hypothesis Hgamma : gamma = beta1 ^ 2 / beta2.
Hypothesis Hg : gamma < 1.
Notation second := (second_term d T alpha beta1 beta2 gamma ghat).

Lemma adal_eps eps : 0 <= eps ->
  AdaL_R1_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
  AdaL_R2_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
  AdaL_R3_eps d T alpha beta1 beta2 eps X x g ghat m v mhat vhat ->
  regret <= first_term d T alpha beta1 D_i (fun t i => eps + sqrt (vhat t i)) + second.
Proof.
  intros He run.
  assert (any : forall b, lines d T alpha beta1 beta2 b X x g ghat m v mhat
      (fun t i => eps + sqrt (vhat t i)) norm /\
    (running d T beta2 b v vhat \/ corrected_last d T beta2 b v vhat) ->
    regret <= first_term d T alpha beta1 D_i (fun t i => eps + sqrt (vhat t i)) + second).
  { intros b [HL HM].
    apply (bound d T alpha beta1 beta2 eps b X x g ghat m v mhat vhat
      (fun t i => eps + sqrt (vhat t i)) norm D_i f z);
      try assumption; try lra; intros; [apply Norm1_nonneg | reflexivity]. }
  destruct run as [run | [run | run]].
  - apply R1_eps_lines in run. apply (any false). tauto.
  - apply R2_eps_lines in run. apply (any true). tauto.
  - apply R3_eps_lines in run. apply (any true). tauto.
Qed.

(* Without a maximum: V is the slope of the metric, V 0 = 0. *)
Lemma adal_increments b (V : nat -> point) :
  lines d T alpha beta1 beta2 b X x g ghat m v mhat (root vhat) norm /\ no_maximum d T beta2 b v vhat ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) * correction b beta1 t / alpha) ->
  regret <= / 2 * CumSum (fun t => SumCoords d (fun i => D_i i ^ 2 * Rmax (V t i - V (pred t) i) 0)) T
    + beta1 * correction b beta1 T * sqrt (INR T) / (4 * alpha * (1 - beta1))
      * SumCoords d (fun i => D_i i ^ 2 * sqrt (vhat T i))
    + second.
Proof.
  intros [HL HM] HV0 HV.
  eapply Rle_trans;
    [eapply (bound_increments d T alpha beta1 beta2 0 b X x g ghat m v mhat vhat (root vhat) norm D_i f z)
    with (gamma := gamma); try assumption; try lra; intros; [apply Norm1_nonneg | ring]|].
  assert (S : forall t, (1 <= t)%nat -> 0 < sqrt (INR t)) by (intros; apply sqrt_lt_R0, lt_0_INR; lia).
  assert (E : forall t i, (t <= T)%nat -> (i < d)%nat ->
    Regret.V (root vhat) (raw_step alpha beta1 b) t i = V t i).
  { intros [|t] i Ht Hi; [now rewrite HV0|]. rewrite HV by (assumption || lia). unfold Regret.V, raw_step.
    pose proof (S (Datatypes.S t) ltac:(lia)).
    pose proof (correction_bounds b beta1 (Datatypes.S t) ltac:(lra) ltac:(lia)).
    field. lra. }
  apply Req_le. unfold second_term. f_equal. f_equal.
  - f_equal. rewrite CumSum_SumCoords. apply SumCoords_ext. intros i Hi. rewrite <- CumSum_scale.
    apply CumSum_ext. intros t Ht. now rewrite !E by (assumption || lia).
  - unfold raw_step. pose proof (S T HT). pose proof (correction_bounds b beta1 T ltac:(lra) HT). field. lra.
Qed.
End Gamma.
End Problem.

Theorem R_any_gamma_D_i : theoremR_any_gamma_D_i.
Proof. by_bound adal_any_gamma. same_form. Qed.

Theorem R_any_gamma_D : theoremR_any_gamma_D.
Proof. by_bound adal_any_gamma. same_form. Qed.

Theorem R_eps_D_i : theoremR_eps_D_i.
Proof. by_bound adal_eps. same_form. Qed.

Theorem R_eps_D : theoremR_eps_D.
Proof. by_bound adal_eps. same_form. Qed.

Lemma CumSum_D d D (u : nat -> point) T :
  CumSum (fun t => SumCoords d (fun i => D ^ 2 * u t i)) T = D ^ 2 * CumSum (fun t => SumCoords d (u t)) T.
Proof. rewrite <- CumSum_scale. apply CumSum_ext. intros. apply SumCoords_scale. Qed.

Theorem V_D_i : corollaryV_D_i.
Proof.
  intros d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat V z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg HV0 HV Hf HX HD Hz run.
  apply AdaL_lines in run.
  apply Rle_trans with (1 :=
    adal_increments d T alpha beta1 beta2 X D_i f x g ghat m v mhat vhat z HT Ha Hb1 Hb1'
    Hb2 Hb2' Hf HX HD Hz gamma Hgamma Hg true V run HV0 HV).
  unfold second_term, correction. same_form.
Qed.

Theorem V_D : corollaryV_D.
Proof.
  intros d T alpha beta1 beta2 gamma D X f x g ghat m v mhat vhat V z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg HV0 HV Hf HX HD Hz run.
  apply AdaL_lines in run.
  apply Rle_trans with (1 := adal_increments d T alpha beta1 beta2 X _ f x g ghat m v mhat vhat z HT Ha Hb1 Hb1'
    Hb2 Hb2' Hf HX HD Hz gamma Hgamma Hg true V run HV0 HV).
  rewrite (CumSum_D d D (fun t i => Rmax (V t i - V (pred t) i) 0)).
  unfold second_term, correction. same_form.
Qed.

Lemma uncorrected_slope d T alpha beta1 (V vhat : nat -> point) :
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> V t i = sqrt (INR t) * sqrt (vhat t i) / alpha) ->
  forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
    V t i = sqrt (INR t) * sqrt (vhat t i) * correction false beta1 t / alpha.
Proof. intros HV t i Ht Hi. rewrite HV by assumption. unfold correction, Rdiv. ring. Qed.

Theorem V_uncorrected_D_i : corollaryV_uncorrected_D_i.
Proof.
  intros d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat V z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg HV0 HV Hf HX HD Hz run.
  apply AdaL_uncorrected_lines in run. pose proof (uncorrected_slope d T alpha beta1 V vhat HV) as HV'.
  apply Rle_trans with (1 :=
    adal_increments d T alpha beta1 beta2 X D_i f x g ghat m v mhat vhat z HT Ha Hb1 Hb1'
    Hb2 Hb2' Hf HX HD Hz gamma Hgamma Hg false V run HV0 HV').
  unfold second_term, correction. same_form.
Qed.

Theorem V_uncorrected_D : corollaryV_uncorrected_D.
Proof.
  intros d T alpha beta1 beta2 gamma D X f x g ghat m v mhat vhat V z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg HV0 HV Hf HX HD Hz run.
  apply AdaL_uncorrected_lines in run. pose proof (uncorrected_slope d T alpha beta1 V vhat HV) as HV'.
  apply Rle_trans with (1 := adal_increments d T alpha beta1 beta2 X _ f x g ghat m v mhat vhat z HT Ha Hb1 Hb1'
    Hb2 Hb2' Hf HX HD Hz gamma Hgamma Hg false V run HV0 HV').
  rewrite (CumSum_D d D (fun t i => Rmax (V t i - V (pred t) i) 0)).
  unfold second_term, correction. same_form.
Qed.
