(* Theorem R and its relatives: the propositions of Statement.v, proved. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Moments Orders Runs Statement.
Open Scope R_scope.

Definition Norm1 (d : nat) (u : point) : R := SumCoords d (fun i => Rabs (u i)).

Lemma Norm1_nonneg d u : 0 <= Norm1 d u.
Proof. apply SumCoords_nonneg. intros. apply Rabs_pos. Qed.

(* AdaL is the algorithm with the weights ||g t||_1, and AMSGrad the one with the weights 1. *)
Lemma R1_weights d T alpha beta1 beta2 X x g h m v mhat vhat :
  AdaL_R1 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  AdaL_R1_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat (fun t => Norm1 d (g t)).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. destruct (L i Hi) as [E E']. split; [rewrite Rmult_comm|]; assumption.
Qed.

Lemma R2_weights d T alpha beta1 beta2 X x g h m v mhat vhat :
  AdaL_R2 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  AdaL_R2_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat (fun t => Norm1 d (g t)).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. destruct (L i Hi) as [E E']. split; [rewrite Rmult_comm|]; assumption.
Qed.

Lemma R3_weights d T alpha beta1 beta2 X x g h m v mhat vhat :
  AdaL_R3 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  AdaL_R3_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat (fun t => Norm1 d (g t)).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. destruct (L i Hi) as [E E']. split; [rewrite Rmult_comm|]; assumption.
Qed.

Lemma AMSGrad_weights d T alpha beta1 beta2 X x g m v mhat vhat :
  AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
  AdaL_R1_any_weights d T alpha beta1 beta2 X x g g m v mhat vhat (fun _ => 1).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. split; [ring | now apply L].
Qed.

(* The right side with one diameter for all coordinates. *)
Lemma SumCoords_D d D u : SumCoords d (fun i => D ^ 2 * u i) = D ^ 2 * SumCoords d u.
Proof. apply SumCoords_scale. Qed.

(* Both sides are brought to the same form: the one of `right_side`. *)
Ltac same_form := unfold right_side; rewrite ?SumCoords_D, (Rplus_comm (ln _) 1); field; repeat split; try lra;
  apply Rgt_not_eq, sqrt_lt_R0; lra.

Theorem R_any_weights : theoremR_any_weights.
Proof.
  intros d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat n z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hn Hf HX HD Hz Hrun.
  apply Rle_trans with (right_side d T alpha beta1 beta2 gamma 1 D_i ghat vhat).
  - apply (bound_any d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat n z); try assumption; lra.
  - apply Req_le. same_form.
Qed.

(* Theorem R for AdaL, before its right side is written as in the statement. *)
Lemma adal_bound d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat z : (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 -> 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) -> convex_set X ->
    sides d X D_i -> X z ->
  AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat
    \/ AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat
    \/ AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= right_side d T alpha beta1 beta2 gamma 1 D_i ghat vhat.
Proof.
  intros. apply (bound_any d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat (fun t => Norm1 d (g t))
    z); try assumption.
  - intros. apply Norm1_nonneg.
  - match goal with H : _ \/ _ |- _ => destruct H as [H | [H | H]] end;
      [left; now apply R1_weights | right; left; now apply R2_weights | right; right; now apply R3_weights].
Qed.

Lemma adal_corrected_bound d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat z : (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 -> 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) -> convex_set X ->
    sides d X D_i -> X z ->
  AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat
    \/ AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat ->
  CumSum (fun t => SumCoords d (fun i => Rabs (g t i)) * (f t (x t) - f t z)) T
    <= right_side d T alpha beta1 beta2 gamma (1 - beta1 ^ T) D_i ghat vhat.
Proof.
  intros. match goal with H : _ \/ _ |- _ => destruct H end.
  - apply (bound_R2 d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat (fun t => Norm1 d (g t)) z);
      try assumption.
    + intros. apply Norm1_nonneg.
    + now apply R2_weights.
  - apply (bound_R3 d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat (fun t => Norm1 d (g t)) z);
      try assumption.
    + intros. apply Norm1_nonneg.
    + now apply R3_weights.
Qed.

Theorem R_D_i : theoremR_D_i.
Proof.
  intros d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    adal_bound d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun). apply Req_le. same_form.
Qed.

Theorem R_D : theoremR_D.
Proof.
  intros d T alpha beta1 beta2 gamma D X f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    adal_bound d T alpha beta1 beta2 gamma X (fun _ => D) f x g ghat m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun). apply Req_le. same_form.
Qed.

Theorem R_corrected_D_i : theoremR_corrected_D_i.
Proof.
  intros d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    adal_corrected_bound d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun). apply Req_le. same_form.
Qed.

Theorem R_corrected_D : theoremR_corrected_D.
Proof.
  intros d T alpha beta1 beta2 gamma D X f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    adal_corrected_bound d T alpha beta1 beta2 gamma X (fun _ => D) f x g ghat m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun). apply Req_le. same_form.
Qed.

Lemma amsgrad_bound d T alpha beta1 beta2 gamma X D_i f x g m v mhat vhat z : (1 <= T)%nat ->
  gamma = beta1 ^ 2 / beta2 -> 0 < alpha -> 0 <= beta1 < 1 -> 0 < beta2 < 1 -> gamma < 1 ->
  (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) -> convex_set X ->
    sides d X D_i -> X z ->
  AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
  CumSum (fun t => f t (x t) - f t z) T <= right_side d T alpha beta1 beta2 gamma 1 D_i g vhat.
Proof.
  intros. rewrite (CumSum_ext _ (fun t => 1 * (f t (x t) - f t z))) by (intros; ring).
  apply (bound_R1 d T alpha beta1 beta2 gamma X D_i f x g g m v mhat vhat (fun _ => 1) z); try assumption.
  - intros. lra.
  - now apply AMSGrad_weights.
Qed.

(* The root of a product in the older statements, and their larger constants. *)
Lemma right_side_printed d T alpha beta1 beta2 gamma D h vhat (lengths : R) : 0 < alpha -> 0 <= beta1 < 1 ->
  beta2 < 1 -> gamma < 1 ->
  (1 <= T)%nat -> SumCoords d (fun i => sqrt (CumSum (fun t => h t i ^ 2) T)) <= lengths ->
  right_side d T alpha beta1 beta2 gamma 1 (fun _ => D) h vhat
    <= D ^ 2 * sqrt (INR T) * SumCoords d (fun i => sqrt (vhat T i)) / (2 * alpha * (1 - beta1))
      + alpha * sqrt (ln (INR T) + 1) * lengths / sqrt ((1 - beta2) * (1 - gamma)).
Proof.
  intros Ha Hb1 Hb2 Hg HT Hl. unfold right_side. rewrite SumCoords_D, sqrt_mult_alt, (Rplus_comm 1 (ln _))
    by lra.
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
    replace (1 * ((2 - beta1) * sqrt (INR T) / (4 * alpha * (1 - beta1)) * (D ^ 2 * A)))
      with ((2 - beta1) / 2 * F)
      by (unfold F; field; lra).
    apply (Rmult_le_compat_r F ((2 - beta1) / 2) 1) in HF; lra.
  - set (K := alpha * sqrt (ln (INR T) + 1) / (sqrt (1 - beta2) * sqrt (1 - gamma))).
    assert (HK : 0 <= K).
    { apply Rmult_le_pos; [apply Rmult_le_pos; lra|].
      apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; assumption. }
    apply Rle_trans with (K * lengths); [|apply Req_le; unfold K; field; lra].
    apply Rle_trans with (K * B); [|now apply Rmult_le_compat_l].
    pose proof (Rmult_le_pos _ _ HK S2) as HKB.
    apply (Rmult_le_compat_r (K * B) ((1 + beta1) / 2) 1) in HKB; lra.
Qed.

Theorem sharp : amsgrad_sharp.
Proof.
  intros d T alpha beta1 beta2 gamma D X f x g m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    amsgrad_bound d T alpha beta1 beta2 gamma X (fun _ => D) f x g m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun).
  apply Req_le. rewrite sqrt_mult_alt by lra. same_form.
Qed.

Theorem alacaoglu : amsgrad_alacaoglu.
Proof.
  intros d T alpha beta1 beta2 gamma D X f x g m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    amsgrad_bound d T alpha beta1 beta2 gamma X (fun _ => D) f x g m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun).
  apply right_side_printed; auto; lra.
Qed.

(* The printed bound, reading C: M bounds the weights. *)
Theorem printed_C : theorem1_C_weighted.
Proof.
  intros d T alpha beta1 beta2 M gamma D X f x g ghat m v mhat vhat z
    HT HM Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hf HX HD Hz Hrun.
  apply Rle_trans with (1 :=
    adal_bound d T alpha beta1 beta2 gamma X (fun _ => D) f x g ghat m v mhat vhat z HT Hgamma Ha
    (conj Hb1 Hb1') (conj Hb2 Hb2') Hg Hf HX HD Hz Hrun).
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
