(* Theorem R and its consequences: the propositions of Statement.v, proved. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Algorithms Statement Sums Energy Fits Runs Bounds.
Open Scope R_scope.

(* The metric without epsilon. *)
Notation root vhat := (fun t i => sqrt (vhat t i)).

(* One diameter for all coordinates. *)
Lemma SumCoords_D d D u : SumCoords d (fun i => D ^ 2 * u i) = D ^ 2 * SumCoords d u.
Proof. apply SumCoords_scale. Qed.

(* Both sides of an inequality that differ only in the way in which they are written. *)
Ltac same_form := apply Req_le; unfold first_term, noise, lengths;
  rewrite ?SumCoords_D, ?(Rplus_comm (ln _) 1), ?sqrt_mult_alt by lra;
  field; repeat split; try lra; apply Rgt_not_eq, sqrt_lt_R0; lra.

Section Problem.
Variables (d T : nat) (alpha beta1 beta2 gamma : R) (X : point -> Prop) (D_i : point) (f : nat -> point -> R).
Variables (x g ghat m v mhat vhat : nat -> point) (z : point).
Hypothesis HT : (1 <= T)%nat.
Hypothesis Hgamma : gamma = beta1 ^ 2 / beta2.
Hypothesis Ha : 0 < alpha.
Hypothesis Hb1 : 0 <= beta1.
Hypothesis Hb1' : beta1 < 1.
Hypothesis Hb2 : 0 < beta2.
Hypothesis Hb2' : beta2 < 1.
Hypothesis Hg : gamma < 1.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hz : X z.

Definition second_term : R := (1 + beta1) / 2 * (noise T alpha beta2 / sqrt (1 - gamma)) * lengths d T ghat.

(* The bound of a run whose lines and maximum are known; w is the metric without epsilon. *)
Lemma of_lines n b : lines d T alpha beta1 beta2 b X x g ghat m v mhat (root vhat) n ->
  running d T beta2 b v vhat \/ corrected_last d T beta2 b v vhat ->
  (forall t, (1 <= t <= T)%nat -> 0 <= n t) ->
  Regret n f x z T <= first_term d T alpha beta1 D_i (root vhat) + second_term /\
  Regret n f x z T <= Moments.correction b beta1 T * first_term d T alpha beta1 D_i (root vhat) + second_term.
Proof.
  intros HL HM Hn. split.
  - apply (bound d T alpha beta1 beta2 0 b X x g ghat m v mhat vhat (root vhat) n D_i f z);
      try assumption; try lra.
    intros. ring.
  - apply (bound_corrected d T alpha beta1 beta2 0 b X x g ghat m v mhat vhat (root vhat) n D_i f z);
      try assumption; try lra.
    intros. ring.
Qed.

Lemma any_weights n : (forall t, (1 <= t <= T)%nat -> 0 <= n t) ->
  AdaL_R1_any_weights d T alpha beta1 beta2 X x g ghat m v mhat vhat n \/
  AdaL_R2_any_weights d T alpha beta1 beta2 X x g ghat m v mhat vhat n \/
  AdaL_R3_any_weights d T alpha beta1 beta2 X x g ghat m v mhat vhat n ->
  Regret n f x z T <= first_term d T alpha beta1 D_i (root vhat) + second_term.
Proof.
  intros Hn [run | [run | run]].
  - apply R1_weights in run. apply (of_lines n false); tauto.
  - apply R2_weights in run. apply (of_lines n true); tauto.
  - apply R3_weights in run. apply (of_lines n true); tauto.
Qed.

Lemma adal : AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  Regret (fun t => Norm1 d (g t)) f x z T <= first_term d T alpha beta1 D_i (root vhat) + second_term.
Proof.
  intros [run | [run | run]].
  - apply R1_lines in run. apply (of_lines _ false); try tauto. intros. apply Norm1_nonneg.
  - apply R2_lines in run. apply (of_lines _ true); try tauto. intros. apply Norm1_nonneg.
  - apply R3_lines in run. apply (of_lines _ true); try tauto. intros. apply Norm1_nonneg.
Qed.

Lemma adal_corrected : AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  Regret (fun t => Norm1 d (g t)) f x z T
    <= (1 - beta1 ^ T) * first_term d T alpha beta1 D_i (root vhat) + second_term.
Proof.
  intros [run | run].
  - apply R2_lines in run. apply (of_lines _ true); try tauto. intros. apply Norm1_nonneg.
  - apply R3_lines in run. apply (of_lines _ true); try tauto. intros. apply Norm1_nonneg.
Qed.
End Problem.

Lemma amsgrad d T alpha beta1 beta2 gamma X D_i f x g m v mhat vhat z : (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 -> 0 < alpha -> 0 <= beta1 -> beta1 < 1 -> 0 < beta2 -> beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) -> convex_set X ->
    sides d X D_i -> X z ->
  AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
  CumSum (fun t => f t (x t) - f t z) T
    <= first_term d T alpha beta1 D_i (root vhat) + second_term d T alpha beta1 beta2 gamma g.
Proof.
  intros HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz run. apply AMSGrad_lines in run.
  rewrite (CumSum_ext _ (fun t => 1 * (f t (x t) - f t z))) by (intros; ring).
  apply (of_lines d T alpha beta1 beta2 gamma X D_i f x g g m v mhat vhat z) with (n := fun _ => 1) (b :=
    false);
    try assumption; try tauto.
  intros. lra.
Qed.

(* The run, which is the last premise, tells all variables. *)
Ltac by_bound lemma := red; intros; eapply Rle_trans;
  [eapply lemma; cycle -1; [eassumption | eassumption..] | unfold second_term].

Theorem R_any_weights : theoremR_any_weights.
Proof. by_bound any_weights. same_form. Qed.

Theorem R_D_i : theoremR_D_i.
Proof. by_bound adal. same_form. Qed.

Theorem R_D : theoremR_D.
Proof. by_bound adal. same_form. Qed.

Theorem R_corrected_D_i : theoremR_corrected_D_i.
Proof. by_bound adal_corrected. same_form. Qed.

Theorem R_corrected_D : theoremR_corrected_D.
Proof. by_bound adal_corrected. same_form. Qed.

Theorem sharp : amsgrad_sharp.
Proof. by_bound amsgrad. same_form. Qed.

(* The root of a product in the older statements, and their larger constants. *)
Lemma right_side_printed d T alpha beta1 beta2 gamma D h vhat (L : R) : 0 < alpha -> 0 <= beta1 < 1 ->
  beta2 < 1 -> gamma < 1 ->
  (1 <= T)%nat -> SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T)) <= L ->
  first_term d T alpha beta1 (fun _ => D) (root vhat) + second_term d T alpha beta1 beta2 gamma h
    <= D ^ 2 * sqrt (INR T) * SumCoords d (fun i => sqrt (vhat T i)) / (2 * alpha * (1 - beta1))
      + alpha * sqrt (ln (INR T) + 1) * L / sqrt ((1 - beta2) * (1 - gamma)).
Proof.
  intros Ha Hb1 Hb2 Hg HT Hl. unfold first_term, second_term, noise, lengths.
  rewrite SumCoords_D, sqrt_mult_alt, (Rplus_comm 1 (ln _)) by lra.
  assert (P2 : 0 < sqrt (1 - beta2)) by (apply sqrt_lt_R0; lra).
  assert (P3 : 0 < sqrt (1 - gamma)) by (apply sqrt_lt_R0; lra).
  assert (S1 : 0 <= SumCoords d (fun i => sqrt (vhat T i))) by (apply SumCoords_nonneg; intros; apply sqrt_pos).
  assert (S2 : 0 <= SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T)))
    by (apply SumCoords_nonneg; intros; apply sqrt_pos).
  set (A := SumCoords d (fun i => sqrt (vhat T i))) in *.
  set (B := SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T))) in *.
  pose proof (sqrt_pos (INR T)) as PT. pose proof (sqrt_pos (ln (INR T) + 1)) as PL.
  pose proof (pow2_ge_0 D) as PD.
  apply Rplus_le_compat.
  - set (F := D ^ 2 * sqrt (INR T) * A / (2 * alpha * (1 - beta1))).
    assert (HF : 0 <= F).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [apply Rmult_le_pos|]; assumption|].
      apply Rlt_le, Rinv_0_lt_compat. apply Rmult_lt_0_compat; lra. }
    replace ((2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1)) * (D ^ 2 * A))
      with ((2 - beta1) / 2 * F)
      by (unfold F; field; lra).
    apply (Rmult_le_compat_r F ((2 - beta1) / 2) 1) in HF; lra.
  - set (K := alpha * sqrt (ln (INR T) + 1) / (sqrt (1 - beta2) * sqrt (1 - gamma))).
    assert (HK : 0 <= K).
    { apply Rmult_le_pos; [apply Rmult_le_pos; lra|].
      apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; assumption. }
    apply Rle_trans with (K * L); [|apply Req_le; unfold K; field; lra].
    apply Rle_trans with (K * B); [|now apply Rmult_le_compat_l].
    pose proof (Rmult_le_pos _ _ HK S2) as HKB.
    replace ((1 + beta1) / 2 * (alpha * sqrt (ln (INR T) + 1) / sqrt (1 - beta2) / sqrt (1 - gamma)) * B)
      with ((1 + beta1) / 2 * (K * B)) by (unfold K; field; lra).
    apply (Rmult_le_compat_r (K * B) ((1 + beta1) / 2) 1) in HKB; lra.
Qed.

Theorem alacaoglu : amsgrad_alacaoglu.
Proof.
  red. intros. eapply Rle_trans; [eapply amsgrad; cycle -1; [eassumption | eassumption..]|].
  apply right_side_printed; try assumption; [lra | apply Rle_refl].
Qed.

(* The printed bound, reading C: M bounds the weights. *)
Theorem printed_C : theorem1_C_weighted.
Proof.
  intros d T alpha beta1 beta2 M gamma D X f x g ghat m v mhat vhat z
    HT HM Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  eapply Rle_trans; [eapply adal; cycle -1; [eassumption | eassumption..]|].
  assert (Hn : forall t, (1 <= t <= T)%nat -> 0 <= Norm1 d (g t) <= M).
  { intros t Ht. split; [apply Norm1_nonneg|]. rewrite HM. now apply (CumMax_upper (fun t => Norm1 d (g t))). }
  assert (H0 : 0 <= M) by (destruct (Hn T ltac:(lia)); lra).
  assert (Hh : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> ghat t i = Norm1 d (g t) * g t i).
  { intros t i Ht Hi. destruct Hrun as [(_ & _ & H) | [(_ & _ & H) | (_ & _ & H)]];
      destruct (proj1 (H t Ht) i Hi) as [-> _]; apply Rmult_comm. }
  replace (M * alpha * sqrt (ln (INR T) + 1) * SumCoords d (fun i => sqrt (CumSum (fun t => g t i ^ 2) T)))
    with (alpha * sqrt (ln (INR T) + 1) * (M * SumCoords d (fun i => sqrt (CumSum (fun t => g t i ^ 2) T))))
      by ring.
  apply right_side_printed; try assumption; try lra.
  rewrite <- SumCoords_scale. apply SumCoords_le. intros i Hi.
  rewrite (CumSum_ext _ (fun t => (Norm1 d (g t) * g t i) ^ 2)) by (intros; now rewrite Hh).
  now apply (L12 (fun t => Norm1 d (g t)) (fun t => g t i)).
Qed.
