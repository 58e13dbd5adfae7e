(* Decayed sums, which exponential means are: the sum over s = 1, ..., t of b^(t-s) u s. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums.
Open Scope R_scope.

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

Lemma powers_decrease b t : 0 <= b <= 1 -> 0 <= b ^ t <= 1.
Proof.
  intros Hb. split; [apply pow_le; lra|]. pose proof (pow_incr b 1 t Hb) as P. now rewrite pow1 in P.
Qed.

(* Cauchy and Schwarz for decayed sums; gam b2 = b1^2. *)
Lemma decayed_Cauchy b1 b2 gam h t : 0 <= b2 -> 0 <= gam < 1 -> gam * b2 = b1 ^ 2 ->
  decayed b1 h t ^ 2 <= (1 - gam ^ t) / (1 - gam) * decayed b2 (fun s => h s ^ 2) t.
Proof.
  intros Hb2 Hg E. induction t as [|t IH]; [unfold decayed; simpl; lra|].
  rewrite !decayed_S.
  assert (HW : 0 <= decayed b2 (fun s => h s ^ 2) t)
    by (apply decayed_nonneg; [lra | intros; apply pow2_ge_0]).
  replace ((1 - gam ^ S t) / (1 - gam)) with (gam * ((1 - gam ^ t) / (1 - gam)) + 1) by (simpl; field; lra).
  assert (HG : 0 <= (1 - gam ^ t) / (1 - gam)).
  { pose proof (powers_decrease gam t ltac:(lra)).
    apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]. }
  set (A := decayed b1 h t) in *. set (W := decayed b2 (fun s => h s ^ 2) t) in *.
  set (G := (1 - gam ^ t) / (1 - gam)) in *. set (y := h (S t)).
  pose proof (Rmult_le_compat_l _ _ _ (pow2_ge_0 b1) IH) as HA.
  pose proof (f_equal (Rmult (G * W)) E) as EGW.
  enough (2 * (b1 * A * y) <= b2 * W + gam * G * y ^ 2) by lra.
  apply Rle_trans with (1 := Rle_abs _). apply Rsqr_incr_0_var.
  2: { pose proof (pow2_ge_0 y). pose proof (Rmult_le_pos _ _ (proj1 Hg) HG). nra. }
  rewrite <- Rsqr_abs. unfold Rsqr.
  pose proof (pow2_ge_0 (b2 * W - gam * G * y ^ 2)) as P.
  assert (4 * (b1 ^ 2 * y ^ 2 * A ^ 2) <= 4 * (b1 ^ 2 * y ^ 2 * (G * W))).
  { apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; [|assumption].
    apply Rmult_le_pos; apply pow2_ge_0. }
  pose proof (f_equal (Rmult (y ^ 2 * (G * W))) E). lra.
Qed.
