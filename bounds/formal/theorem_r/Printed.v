(* Theorem R and Corollary V for epsilon as printed, on a box: the rest of Relatives.v, proved. On other sets the
   statements are false. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Algorithms Relatives Sums Moments Regret Orders Fits Runs Bounds
  TheoremR.
From TheoremR Require Import Variants Boxes.
Open Scope R_scope.

(* The third term, as the statements write it. *)
Lemma eps_noise_sum d T alpha h : SumCoords d (eps_noise T alpha h)
  = CumSum (fun t => alpha * SumCoords d (fun i => h t i ^ 2) / sqrt (INR t)) T.
Proof.
  unfold eps_noise. rewrite <- CumSum_SumCoords. apply CumSum_ext. intros t Ht. rewrite SumCoords_scale.
  unfold Rdiv. ring.
Qed.

Section Problem.
Variables (d T : nat) (alpha beta1 beta2 eps gamma : R) (X : point -> Prop) (lower upper D_i : point).
Variables (f : nat -> point -> R) (x g ghat m v mhat vhat : nat -> point) (z : point).
Hypothesis HT : (1 <= T)%nat.
Hypothesis Hgamma : gamma = beta1 ^ 2 / beta2.
Hypothesis Ha : 0 < alpha.
Hypothesis Hb1 : 0 <= beta1.
Hypothesis Hb1' : beta1 < 1.
Hypothesis Hb2 : 0 < beta2.
Hypothesis Hb2' : beta2 < 1.
Hypothesis He : 0 <= eps.
Hypothesis Hg : gamma < 1.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis Hbox : X = box d lower upper.
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hz : X z.
Notation norm := (fun t => Norm1 d (g t)).
Notation metric := (fun t i => damped eps (sqrt (vhat t i))).
Notation printed b := (printed_lines d T alpha beta1 beta2 eps b X x g ghat m v mhat vhat norm).

Definition third_term : R := (1 + beta1) / (2 * (1 - beta1)) * eps
  * CumSum (fun t => alpha * SumCoords d (fun i => ghat t i ^ 2) / sqrt (INR t)) T.

Lemma noises : (1 + beta1) / (2 * (1 - beta1)) * SumCoords d (fun i =>
    (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))) * length_of T ghat i
    + eps * eps_noise T alpha ghat i)
  = second_term d T alpha beta1 beta2 gamma ghat + third_term.
Proof.
  rewrite SumCoords_plus, !SumCoords_scale, eps_noise_sum. unfold second_term, third_term, noise.
  fold (lengths d T ghat).
  assert (0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra).
  change (SumCoords d (length_of T ghat)) with (lengths d T ghat). field. lra.
Qed.

Lemma printed_bound b : printed b -> running d T beta2 b v vhat \/ corrected_last d T beta2 b v vhat ->
  Regret norm f x z T <= first_term d T alpha beta1 D_i metric
    + second_term d T alpha beta1 beta2 gamma ghat + third_term.
Proof.
  intros HL HM. rewrite Rplus_assoc, <- noises.
  pose proof (maximum_enough d T beta2 b v vhat (conj Hb2 Hb2') HM) as Henough.
  assert (B : Regret norm f x z T <= correction b beta1 T * first_term d T alpha beta1 D_i metric
    + (1 + beta1) / (2 * (1 - beta1)) * SumCoords d (fun i =>
      (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))) * length_of T ghat i
      + eps * eps_noise T alpha ghat i)).
  { apply (T1 d T alpha beta1 beta2 b X x g ghat m v metric norm D_i f z HT Ha (conj Hb1 Hb1')); try assumption.
    - apply (printed_fits d T alpha beta1 beta2 eps b X lower upper) with (mhat :=
        mhat); (assumption || now split).
    - intros. apply Norm1_nonneg.
    - apply (printed_grows d T alpha beta1 beta2 eps b X) with (x := x) (g := g) (h := ghat) (m := m) (v := v)
        (mhat := mhat) (n := norm); (assumption || now split).
    - apply (printed_energy d T alpha beta1 beta2 eps b X) with (x := x) (g := g) (v := v) (mhat :=
        mhat) (n := norm);
        (assumption || now split). }
  apply Rle_trans with (1 := B). apply Rplus_le_compat_r.
  pose proof (correction_bounds b beta1 T (conj Hb1 Hb1') HT) as C.
  assert (P : 0 <= first_term d T alpha beta1 D_i metric).
  { apply Rmult_le_pos.
    - apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply sqrt_pos]|].
      apply Rlt_le, Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra.
    - apply SumCoords_nonneg. intros. apply Rmult_le_pos; [apply pow2_ge_0|].
      apply damped_nonneg; [assumption | apply sqrt_pos]. }
  nra.
Qed.

Lemma printed_increments (V : nat -> point) : printed true -> no_maximum d T beta2 true v vhat ->
  (forall i, (i < d)%nat -> V O i = 0) ->
  (forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> V t i =
    sqrt (INR t) * sqrt (vhat t i) * (1 - beta1 ^ t) / (alpha * (eps * sqrt (vhat t i) + 1))) ->
  Regret norm f x z T <= / 2
    * CumSum (fun t => SumCoords d (fun i => D_i i ^ 2 * Rmax (V t i - V (pred t) i) 0)) T
    + beta1 * (1 - beta1 ^ T) * sqrt (INR T) / (4 * alpha * (1 - beta1))
      * SumCoords d (fun i => D_i i ^ 2 * damped eps (sqrt (vhat T i)))
    + second_term d T alpha beta1 beta2 gamma ghat + third_term.
Proof.
  intros HL HM HV0 HV. rewrite (Rplus_assoc _ (second_term _ _ _ _ _ _ _)), <- noises.
  pose proof (no_maximum_enough d T beta2 true v vhat HM) as Henough.
  eapply Rle_trans.
  { apply (T1_increments d T alpha beta1 beta2 true X x g ghat m v metric norm D_i f z) with (E := fun i =>
      (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))) * length_of T ghat i
      + eps * eps_noise T alpha ghat i); try assumption; try (now split).
    - apply (printed_fits d T alpha beta1 beta2 eps true X lower upper) with (mhat :=
        mhat); (assumption || now split).
    - intros. apply Norm1_nonneg.
    - apply (printed_energy d T alpha beta1 beta2 eps true X) with (x := x) (g := g) (v := v) (mhat :=
        mhat) (n := norm);
        (assumption || now split). }
  assert (S : forall t, (1 <= t)%nat -> 0 < sqrt (INR t)) by (intros; apply sqrt_lt_R0, lt_0_INR; lia).
  assert (E : forall t i, (t <= T)%nat -> (i < d)%nat -> Regret.V metric (raw_step alpha beta1 true) t i
    = V t i).
  { intros [|t] i Ht Hi; [now rewrite HV0|]. rewrite HV by (assumption || lia).
    unfold Regret.V, raw_step, correction, damped.
    pose proof (S (Datatypes.S t) ltac:(lia)). pose proof (sqrt_pos (vhat (Datatypes.S t) i)) as P.
    pose proof (Rmult_le_pos _ _ He P).
    pose proof (correction_positive beta1 (Datatypes.S t) ltac:(lra) ltac:(lia)).
    field. lra. }
  apply Req_le. f_equal. f_equal.
  - f_equal. rewrite CumSum_SumCoords. apply SumCoords_ext. intros i Hi. rewrite <- CumSum_scale.
    apply CumSum_ext. intros t Ht. now rewrite !E by (assumption || lia).
  - unfold raw_step, correction. pose proof (S T HT). pose proof (correction_positive beta1 T ltac:(lra) HT).
    field. lra.
Qed.

Lemma printed_adal : AdaL_R1_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
  AdaL_R2_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat \/
  AdaL_R3_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat ->
  Regret norm f x z T <= first_term d T alpha beta1 D_i metric
    + second_term d T alpha beta1 beta2 gamma ghat + third_term.
Proof.
  intros [run | [run | run]].
  - assert (L : printed false /\ running d T beta2 false v vhat) by run_lines run.
    apply (printed_bound false); tauto.
  - assert (L : printed true /\ running d T beta2 true v vhat) by run_lines run.
    apply (printed_bound true); tauto.
  - assert (L : printed true /\ corrected_last d T beta2 true v vhat) by run_lines run.
    apply (printed_bound true); tauto.
Qed.

Lemma printed_adal_lines : AdaL_printed d T alpha beta1 beta2 eps X x g ghat m v mhat vhat ->
  printed true /\ no_maximum d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.
End Problem.

(* The metric in the way in which the statements write it. *)
Lemma damped_sum d D_i (u : point) eps :
  SumCoords d (fun i => D_i i ^ 2 * damped eps (u i))
    = SumCoords d (fun i => D_i i ^ 2 * u i / (eps * u i + 1)).
Proof. apply SumCoords_ext. intros. unfold damped, Rdiv. ring. Qed.

Ltac same_printed := apply Req_le; unfold first_term, second_term, third_term, noise, lengths;
  rewrite ?SumCoords_D, ?damped_sum, ?(Rplus_comm (ln _) 1) by lra; unfold damped;
  field; repeat split; try lra; apply Rgt_not_eq, sqrt_lt_R0; lra.

Theorem R_printed_D_i : theoremR_printed_D_i.
Proof. by_bound printed_adal. same_printed. Qed.

Theorem R_printed_D : theoremR_printed_D.
Proof. by_bound printed_adal. same_printed. Qed.

Theorem V_printed_D_i : corollaryV_printed_D_i.
Proof.
  intros d T alpha beta1 beta2 eps gamma X D_i lower upper f x g ghat m v mhat vhat V z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' He Hg HV0 HV Hf Hbox HX HD Hz run.
  destruct (printed_adal_lines _ _ _ _ _ _ _ _ _ _ _ _ _ _ run) as [HL HM].
  apply Rle_trans with (1 :=
    printed_increments d T alpha beta1 beta2 eps gamma X lower upper D_i f x g ghat m v mhat
    vhat z HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' He Hg Hf Hbox HX HD Hz V HL HM HV0 HV).
  same_printed.
Qed.

Theorem V_printed_D : corollaryV_printed_D.
Proof.
  intros d T alpha beta1 beta2 eps gamma D X lower upper f x g ghat m v mhat vhat V z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' He Hg HV0 HV Hf Hbox HX HD Hz run.
  destruct (printed_adal_lines _ _ _ _ _ _ _ _ _ _ _ _ _ _ run) as [HL HM].
  apply Rle_trans with (1 :=
    printed_increments d T alpha beta1 beta2 eps gamma X lower upper _ f x g ghat m v mhat
    vhat z HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' He Hg Hf Hbox HX HD Hz V HL HM HV0 HV).
  rewrite (CumSum_D d D (fun t i => Rmax (V t i - V (pred t) i) 0)). same_printed.
Qed.
