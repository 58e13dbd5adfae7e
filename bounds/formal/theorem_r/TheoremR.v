(* Theorem R and its relatives: the propositions of Statement.v, proved. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Moments Runs Statement.
Open Scope R_scope.

Definition Norm1 (d : nat) (u : point) : R := SumCoords d (fun i => Rabs (u i)).

Lemma Norm1_nonneg d u : 0 <= Norm1 d u.
Proof. apply SumCoords_nonneg. intros. apply Rabs_pos. Qed.

(* AdaL is the algorithm with the weights ||g t||_1, and AMSGrad the one with the weights 1. *)
Lemma R1_weights d T alpha beta1 beta2 X x g h m v mhat vhat : AdaL_R1 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  AdaL_R1_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat (fun t => Norm1 d (g t)).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. destruct (L i Hi) as [E E']. split; [rewrite Rmult_comm|]; assumption.
Qed.

Lemma R2_weights d T alpha beta1 beta2 X x g h m v mhat vhat : AdaL_R2 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  AdaL_R2_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat (fun t => Norm1 d (g t)).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. destruct (L i Hi) as [E E']. split; [rewrite Rmult_comm|]; assumption.
Qed.

Lemma R3_weights d T alpha beta1 beta2 X x g h m v mhat vhat : AdaL_R3 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  AdaL_R3_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat (fun t => Norm1 d (g t)).
Proof.
  intros (H1 & H2 & H3). split; [assumption | split; [assumption|]]. intros t Ht. destruct (H3 t Ht) as [L P].
  split; [|assumption]. intros i Hi. destruct (L i Hi) as [E E']. split; [rewrite Rmult_comm|]; assumption.
Qed.

Lemma AMSGrad_weights d T alpha beta1 beta2 X x g m v mhat vhat : AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
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
  unfold theoremR_any_weights. intros. eapply Rle_trans; [eapply bound_any; eauto; lra|].
  apply Req_le. same_form.
Qed.

Theorem R_D_i : theoremR_D_i.
Proof.
  unfold theoremR_D_i. intros. eapply Rle_trans.
  - eapply (bound_any d T alpha beta1 beta2 gamma X D_i f x g ghat m v mhat vhat (fun t => Norm1 d (g t))); eauto; try lra.
    + intros. apply Norm1_nonneg.
    + destruct H10 as [H' | [H' | H']]; [left | right; left | right; right].
      * now apply R1_weights. * now apply R2_weights. * now apply R3_weights.
  - apply Req_le. same_form.
Qed.
