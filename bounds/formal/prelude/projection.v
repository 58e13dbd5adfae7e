(* ---- On a box the projection is clipping, for every positive weight. *)

Definition clip (lower upper y : R) : R := Rmax lower (Rmin upper y).

Lemma SumCoords_le d e e' : (forall i, (i < d)%nat -> e i <= e' i) -> SumCoords d e <= SumCoords d e'.
Proof. induction d; intros H; simpl; [ lra | apply Rplus_le_compat; auto ]. Qed.

Lemma SumCoords_gap d e e' k : (forall i, (i < d)%nat -> e i <= e' i) -> (k < d)%nat ->
  e' k - e k <= SumCoords d e' - SumCoords d e.
Proof.
  induction d as [|n IH]; intros H Hk; [ lia | simpl ]. assert (HS := H n (Nat.lt_succ_diag_r n)).
  assert (Hn : forall i, (i < n)%nat -> e i <= e' i) by auto.
  destruct (Nat.eq_dec k n) as [->|Hne].
  - assert (Hle := SumCoords_le n e e' Hn). lra.
  - assert (Hk' := IH Hn ltac:(lia)). lra.
Qed.

Lemma clip_inside lower upper y : lower <= upper -> lower <= clip lower upper y <= upper.
Proof. unfold clip, Rmax, Rmin. intros H. repeat destruct Rle_dec; lra. Qed.

Lemma clip_nearest lower upper y q : lower <= q <= upper -> (clip lower upper y - y) ^ 2 <= (q - y) ^ 2.
Proof.
  unfold clip, Rmax, Rmin. intros H. assert (Hs := pow2_ge_0 (q - y)).
  repeat destruct Rle_dec; first [ lra | nra ].
Qed.

Lemma clip_unique lower upper y q : lower <= q <= upper -> (q - y) ^ 2 <= (clip lower upper y - y) ^ 2 ->
  q = clip lower upper y.
Proof.
  intros H Hs. destruct (Req_dec q (clip lower upper y)) as [|Hne]; [ assumption | exfalso ].
  revert Hs Hne. unfold clip, Rmax, Rmin. repeat destruct Rle_dec; intros Hs Hne; try lra;
    destruct (Rtotal_order q y) as [Hq|[Hq|Hq]]; nra.
Qed.

Lemma clip_is_projection d lower upper w y p :
  (forall i, (i < d)%nat -> lower i <= upper i) -> (forall i, (i < d)%nat -> 0 <= w i) ->
  (forall i, (i < d)%nat -> p i = clip (lower i) (upper i) (y i)) -> projection d (box d lower upper) w y p.
Proof.
  intros Hbox Hw Hp. split.
  - intros i Hi. rewrite (Hp i Hi). apply clip_inside; auto.
  - intros q Hq. apply SumCoords_le. intros i Hi. rewrite (Hp i Hi).
    apply Rmult_le_compat_l; [ auto | apply clip_nearest; auto ].
Qed.

Theorem projection_is_clip d lower upper w y p :
  (forall i, (i < d)%nat -> 0 < w i) -> (forall i, (i < d)%nat -> lower i <= upper i) ->
  projection d (box d lower upper) w y p -> forall i, (i < d)%nat -> p i = clip (lower i) (upper i) (y i).
Proof.
  intros Hw Hbox [Hin Hmin] i Hi. apply clip_unique; [ auto | ].
  set (c := fun i => clip (lower i) (upper i) (y i)).
  assert (Hc : box d lower upper c) by (intros k Hk; apply clip_inside; auto).
  assert (Hle : forall k, (k < d)%nat -> w k * (c k - y k) ^ 2 <= w k * (p k - y k) ^ 2).
  { intros k Hk. apply Rmult_le_compat_l; [ left; auto | apply clip_nearest; auto ]. }
  assert (Hgap := SumCoords_gap d _ _ i Hle Hi). cbv beta in Hgap.
  assert (Hd := Hmin c Hc). unfold distance in Hd.
  apply Rmult_le_reg_l with (w i); [ auto | fold (c i); lra ].
Qed.

(* ---- A linear function is convex, and its coefficients are its subgradient. *)

Definition linear (d : nat) (g y : point) : R := SumCoords d (fun i => g i * y i).

Lemma SumCoords_ext d e e' : (forall i, (i < d)%nat -> e i = e' i) -> SumCoords d e = SumCoords d e'.
Proof. induction d; intros H; simpl; [ reflexivity | rewrite IHd, (H d); auto ]. Qed.

Lemma linear_is_convex d g : convex (linear d g).
Proof.
  intros x y s _. apply Req_le. unfold linear. induction d as [|n IH]; simpl; [ ring | rewrite IH; ring ].
Qed.

Lemma linear_subgradient d g x : subgradient d (linear d g) x g.
Proof.
  intros y. apply Req_le. unfold linear. induction d as [|n IH]; simpl; [ ring | rewrite <- IH; ring ].
Qed.
