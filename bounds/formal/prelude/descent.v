(* ---- A function with a piecewise linear derivative: pieces of these lengths and slopes, from k on; the first
   and the last one go on for ever. *)

Fixpoint slope (first : bool) (k : R) (lengths bends : list R) (u : R) : R :=
  match lengths, bends with
  | l :: ls, b :: bs =>
    b * (if first then Rmin (u - k) l else Rmin (Rmax (u - k) 0) l) + slope false (k + l) ls bs u
  | nil, b :: _ => b * (if first then u - k else Rmax (u - k) 0)
  | _, nil => 0
  end.
Definition area (w s : R) : R := w * s - w ^ 2 / 2.
Fixpoint rise (first : bool) (k : R) (lengths bends : list R) (u : R) : R :=
  match lengths, bends with
  | l :: ls, b :: bs =>
    b * area (if first then Rmin (u - k) l else Rmin (Rmax (u - k) 0) l) (u - k) + rise false (k + l) ls bs u
  | nil, b :: _ => b * area (if first then u - k else Rmax (u - k) 0) (u - k)
  | _, nil => 0
  end.
Definition gap first k ls bs u v := rise first k ls bs v - rise first k ls bs u - slope first k ls bs u * (v - u).
Definition ones (ls : list R) : list R := 1 :: map (fun _ => 1) ls.

Lemma area_gap (first : bool) l s t : 0 <= l -> let w s := if first then Rmin s l else Rmin (Rmax s 0) l in
  0 <= area (w t) t - area (w s) s - w s * (t - s).
Proof.
  intros Hl w. assert (H : 0 <= (w t - w s) * (t - w t)).
  { unfold w. destruct first; unfold Rmin, Rmax; repeat destruct Rle_dec; try (exfalso; lra); nra. }
  assert (Hs := pow2_ge_0 (w t - w s)). unfold area. nra.
Qed.
Lemma area_gap_last (first : bool) s t : let w s := if first then s else Rmax s 0 in
  0 <= area (w t) t - area (w s) s - w s * (t - s).
Proof.
  intros w. assert (H : 0 <= (w t - w s) * (t - w t)).
  { unfold w. destruct first; unfold Rmax; repeat destruct Rle_dec; try (exfalso; lra); nra. }
  assert (Hs := pow2_ge_0 (w t - w s)). unfold area. nra.
Qed.

Lemma slope_ones (first : bool) ls : Forall (Rle 0) ls -> forall k u,
  slope first k ls (ones ls) u = if first then u - k else Rmax (u - k) 0.
Proof.
  intros H. revert first. induction H as [|l ls Hl _ IH]; intros first k u; simpl in *; [ ring | ].
  unfold ones in IH. rewrite (IH false (k + l)). destruct first; unfold Rmin, Rmax; repeat destruct Rle_dec; lra.
Qed.
Lemma rise_ones (first : bool) ls : Forall (Rle 0) ls -> forall k u,
  rise first k ls (ones ls) u = (if first then u - k else Rmax (u - k) 0) ^ 2 / 2.
Proof.
  intros H. revert first. induction H as [|l ls Hl _ IH]; intros first k u; simpl in *.
  - unfold area. destruct first; unfold Rmax; repeat destruct Rle_dec; lra.
  - unfold ones in IH. rewrite (IH false (k + l)). unfold area.
    destruct first; unfold Rmin, Rmax; repeat destruct Rle_dec; try (exfalso; lra); try field; nra.
Qed.

Definition way (first : bool) l s := if first then Rmin s l else Rmin (Rmax s 0) l.
Definition piece (first : bool) k l u v :=
  area (way first l (v - k)) (v - k) - area (way first l (u - k)) (u - k) - way first l (u - k) * (v - u).
Definition way_last (first : bool) s := if first then s else Rmax s 0.
Definition last_piece (first : bool) k u v :=
  area (way_last first (v - k)) (v - k) - area (way_last first (u - k)) (u - k) - way_last first (u - k) * (v - u).
Lemma gap_cons first k l ls b bs u v :
  gap first k (l :: ls) (b :: bs) u v = b * piece first k l u v + gap false (k + l) ls bs u v.
Proof. unfold gap, piece, way. simpl. ring. Qed.
Lemma gap_last first k b u v : gap first k nil [b] u v = b * last_piece first k u v.
Proof. unfold gap, last_piece, way_last. simpl. ring. Qed.
Lemma piece_positive first k l u v : 0 <= l -> 0 <= piece first k l u v.
Proof.
  intros Hl. assert (H := area_gap first l (u - k) (v - k) Hl). cbv zeta in H.
  replace (v - k - (u - k)) with (v - u) in H by ring. exact H.
Qed.
Lemma last_piece_positive first k u v : 0 <= last_piece first k u v.
Proof.
  assert (H := area_gap_last first (u - k) (v - k)). cbv zeta in H.
  replace (v - k - (u - k)) with (v - u) in H by ring. exact H.
Qed.

Lemma gap_bounds L ls : Forall (Rle 0) ls -> forall bs, Forall (fun b => Rabs b <= L) bs ->
  length bs = S (length ls) -> forall first k u v, Rabs (gap first k ls bs u v) <= L * gap first k ls (ones ls) u v.
Proof.
  induction 1 as [|l ls Hl _ IH]; intros bs Hb Hlen first k u v.
  - destruct bs as [|b [|? ?]]; try discriminate. inversion_clear Hb. unfold ones. simpl map. rewrite !gap_last.
    assert (HE := last_piece_positive first k u v). rewrite Rabs_mult, (Rabs_pos_eq _ HE), Rmult_1_l.
    apply Rmult_le_compat_r; assumption.
  - destruct bs as [|b bs]; try discriminate. inversion_clear Hb as [|? ? Hb1 Hb2]. injection Hlen as Hlen.
    specialize (IH bs Hb2 Hlen false (k + l) u v). change (ones (l :: ls)) with (1 :: ones ls).
    rewrite !gap_cons. assert (HE := piece_positive first k l u v Hl).
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rmult_plus_distr_l, Rmult_1_l.
    apply Rplus_le_compat; [ | exact IH ]. rewrite Rabs_mult, (Rabs_pos_eq _ HE). apply Rmult_le_compat_r; assumption.
Qed.

Lemma gap_convex ls : Forall (Rle 0) ls -> forall bs, Forall (Rle 0) bs -> length bs = S (length ls) ->
  forall first k u v, 0 <= gap first k ls bs u v.
Proof.
  induction 1 as [|l ls Hl _ IH]; intros bs Hb Hlen first k u v.
  - destruct bs as [|b [|? ?]]; try discriminate. inversion_clear Hb. rewrite gap_last.
    apply Rmult_le_pos; [ assumption | apply last_piece_positive ].
  - destruct bs as [|b bs]; try discriminate. inversion_clear Hb. injection Hlen as Hlen. rewrite gap_cons.
    apply Rplus_le_le_0_compat; [ apply Rmult_le_pos; [ assumption | now apply piece_positive ] | ].
    apply IH; assumption.
Qed.

Definition phi (y k : R) ls bs (u : R) : R := y * (u - k) + rise true k ls bs u.
Definition dphi (y k : R) ls bs (u : R) : R := y + slope true k ls bs u.

Theorem phi_is_smooth d L y k ls bs : Forall (Rle 0) ls -> Forall (fun b => Rabs b <= L) bs ->
  length bs = S (length ls) ->
  smooth d L (fun x => SumCoords d (fun i => phi y k ls bs (x i))) (fun x i => dphi y k ls bs (x i)).
Proof.
  intros Hl Hb Hlen x z.
  assert (H : forall u v, Rabs (phi y k ls bs v - phi y k ls bs u - dphi y k ls bs u * (v - u)) <= L / 2 * (v - u) ^ 2).
  { intros u v. assert (H := gap_bounds L ls Hl bs Hb Hlen true k u v). unfold gap in H at 2.
    rewrite !rise_ones, !slope_ones in H by assumption. unfold phi, dphi.
    replace (_ - _ - _) with (gap true k ls bs u v) by (unfold gap; ring).
    replace (L / 2 * (v - u) ^ 2) with (L * ((v - k) ^ 2 / 2 - (u - k) ^ 2 / 2 - (u - k) * (v - u))) by field. exact H. }
  induction d as [|n IH]; simpl.
  - rewrite !Rminus_0_r, Rabs_R0. lra.
  - replace (_ - _ - _) with ((SumCoords n (fun i => phi y k ls bs (z i)) - SumCoords n (fun i => phi y k ls bs (x i))
      - SumCoords n (fun i => dphi y k ls bs (x i) * (z i - x i)))
      + (phi y k ls bs (z n) - phi y k ls bs (x n) - dphi y k ls bs (x n) * (z n - x n))) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rmult_plus_distr_l.
    apply Rplus_le_compat; [ exact IH | exact (H (x n) (z n)) ].
Qed.

Theorem phi_has_minimum d y k ls bs u : Forall (Rle 0) ls -> Forall (Rle 0) bs -> length bs = S (length ls) ->
  dphi y k ls bs u = 0 ->
  minimum (fun x => SumCoords d (fun i => phi y k ls bs (x i))) (SumCoords d (fun _ => phi y k ls bs u)).
Proof.
  intros Hl Hb Hlen Hu. split; [ exists (fun _ => u); reflexivity | ]. intros x. apply SumCoords_le. intros i _.
  assert (H := gap_convex ls Hl bs Hb Hlen true k u (x i)). unfold gap in H. unfold phi, dphi in *.
  replace (slope true k ls bs u) with (- y) in H by lra. lra.
Qed.
