(* ---- A function with a piecewise linear derivative: pieces of these lengths and slopes, from k on; the first
   and the last one go on for ever. *)

Fixpoint piecewise (first : bool) (k : R) (lengths bends : list R) (u : R) : R :=
  match lengths, bends with
  | l :: ls, b :: bs =>
    b * (if first then Rmin (u - k) l else Rmin (Rmax (u - k) 0) l) + piecewise false (k + l) ls bs u
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
Definition gap first k ls bs u v := rise first k ls bs v - rise first k ls bs u - piecewise first k ls bs u * (v - u).
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
  piecewise first k ls (ones ls) u = if first then u - k else Rmax (u - k) 0.
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

Definition phi (y k : R) ls bs (u : R) : R := y * (u - k) + rise true k ls bs u.
Definition dphi (y k : R) ls bs (u : R) : R := y + piecewise true k ls bs u.

Lemma phi_gap L y k ls bs : Forall (Rle 0) ls -> Forall (fun b => Rabs b <= L) bs -> length bs = S (length ls) ->
  forall u v, Rabs (phi y k ls bs v - phi y k ls bs u - dphi y k ls bs u * (v - u)) <= L / 2 * (v - u) ^ 2.
Proof.
  intros Hl Hb Hlen u v. assert (H := gap_bounds L ls Hl bs Hb Hlen true k u v). unfold gap in H at 2.
  rewrite !rise_ones, !slope_ones in H by assumption. unfold phi, dphi.
  replace (_ - _ - _) with (gap true k ls bs u v) by (unfold gap; ring).
  replace (L / 2 * (v - u) ^ 2) with (L * ((v - k) ^ 2 / 2 - (u - k) ^ 2 / 2 - (u - k) * (v - u))) by field. exact H.
Qed.

Theorem phi_is_smooth d L y k ls bs : Forall (Rle 0) ls -> Forall (fun b => Rabs b <= L) bs ->
  length bs = S (length ls) ->
  smooth d L (fun x => SumCoords d (fun i => phi y k ls bs (x i))) (fun x i => dphi y k ls bs (x i)).
Proof.
  intros Hl Hb Hlen x z.
  assert (H := phi_gap L y k ls bs Hl Hb Hlen).
  induction d as [|n IH]; simpl.
  - rewrite !Rminus_0_r, Rabs_R0. lra.
  - replace (_ - _ - _) with ((SumCoords n (fun i => phi y k ls bs (z i)) - SumCoords n (fun i => phi y k ls bs (x i))
      - SumCoords n (fun i => dphi y k ls bs (x i) * (z i - x i)))
      + (phi y k ls bs (z n) - phi y k ls bs (x n) - dphi y k ls bs (x n) * (z n - x n))) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rmult_plus_distr_l.
    apply Rplus_le_compat; [ exact IH | exact (H (x n) (z n)) ].
Qed.

Lemma quotient_not_negative a b : 0 <= a -> 0 < b -> 0 <= a / b.
Proof. intros Ha Hb. apply Rmult_le_pos; [ exact Ha | left; now apply Rinv_0_lt_compat ]. Qed.

Lemma above r : 0 <= r -> exists n, r < INR n.
Proof.
  intros Hr. destruct (archimed r) as [Hup _]. exists (Z.to_nat (up r)).
  rewrite INR_IZR_INZ, Z2Nat.id; [ exact Hup | ]. apply le_IZR. lra.
Qed.

(* A function with |f v - f u - f' u (v - u)| <= L/2 (v - u)^2 does not rise along n steps h on which f' h <= 0,
   except by n L/2 h^2; many small steps show that it does not rise at all. *)
Lemma falls_by_steps L (f df : R -> R) h :
  (forall u v, Rabs (f v - f u - df u * (v - u)) <= L / 2 * (v - u) ^ 2) ->
  forall n u, (forall k, (k < n)%nat -> df (u + INR k * h) * h <= 0) -> f (u + INR n * h) - f u <= INR n * (L / 2 * h ^ 2).
Proof.
  intros H. induction n as [|n IH]; intros u Hn.
  - simpl. rewrite Rmult_0_l, Rplus_0_r. lra.
  - specialize (IH u (fun k Hk => Hn k (Nat.lt_lt_succ_r _ _ Hk))).
    assert (Hs := H (u + INR n * h) (u + INR (S n) * h)). assert (Hd := Hn n (Nat.lt_succ_diag_r n)).
    rewrite S_INR in *. replace (u + (INR n + 1) * h - (u + INR n * h)) with h in Hs by ring.
    assert (Hle := Rle_abs (f (u + (INR n + 1) * h) - f (u + INR n * h) - df (u + INR n * h) * h)). lra.
Qed.
Lemma falls L (f df : R -> R) u v : 0 <= L ->
  (forall u v, Rabs (f v - f u - df u * (v - u)) <= L / 2 * (v - u) ^ 2) ->
  (forall s, 0 <= s <= 1 -> df (u + s * (v - u)) * (v - u) <= 0) -> f v <= f u.
Proof.
  intros HL H Hs. apply Rnot_lt_le. intros Hlt. set (c := L / 2 * (v - u) ^ 2).
  assert (Hc : 0 <= c) by (unfold c; assert (H2 := pow2_ge_0 (v - u)); nra).
  destruct (above (c / (f v - f u))) as [n Hn]; [ apply quotient_not_negative; lra | ].
  assert (Hn0 : 0 < INR n).
  { apply Rle_lt_trans with (2 := Hn). apply quotient_not_negative; [ exact Hc | lra ]. }
  assert (Hf := falls_by_steps L f df ((v - u) / INR n) H n u).
  replace (u + INR n * ((v - u) / INR n)) with v in Hf by (field; lra).
  replace (INR n * (L / 2 * ((v - u) / INR n) ^ 2)) with (c / INR n) in Hf by (unfold c; field; lra).
  assert (Hle : f v - f u <= c / INR n).
  { apply Hf. intros k Hk. apply lt_INR in Hk. assert (Hk0 := pos_INR k).
    replace (u + INR k * ((v - u) / INR n)) with (u + INR k / INR n * (v - u)) by (field; lra).
    assert (Hd : df (u + INR k / INR n * (v - u)) * (v - u) <= 0).
    { apply Hs. split; [ apply quotient_not_negative; lra | ]. apply Rmult_le_reg_r with (INR n); [ lra | field_simplify; lra ]. }
    replace (df (u + INR k / INR n * (v - u)) * ((v - u) / INR n))
      with (df (u + INR k / INR n * (v - u)) * (v - u) * / INR n) by (field; lra).
    assert (Hi := Rinv_0_lt_compat _ Hn0). nra. }
  apply Rmult_le_compat_r with (r := INR n) in Hle; [ | lra ].
  replace (c / INR n * INR n) with c in Hle by (field; lra).
  apply Rmult_lt_compat_r with (r := f v - f u) in Hn; [ | lra ].
  replace (c / (f v - f u) * (f v - f u)) with c in Hn by (field; lra). lra.
Qed.

Theorem phi_has_minimum d L y k ls bs u : Forall (Rle 0) ls -> Forall (fun b => Rabs b <= L) bs ->
  length bs = S (length ls) -> 0 <= L ->
  (forall v, v <= u -> dphi y k ls bs v <= 0) -> (forall v, u <= v -> 0 <= dphi y k ls bs v) ->
  minimum (fun x => SumCoords d (fun i => phi y k ls bs (x i))) (SumCoords d (fun _ => phi y k ls bs u)).
Proof.
  intros Hl Hb Hlen HL Hleft Hright. split; [ exists (fun _ => u); reflexivity | ]. intros x. apply SumCoords_le. intros i _.
  apply falls with L (dphi y k ls bs); [ exact HL | now apply phi_gap | ].
  intros s Hs. destruct (Rle_dec (x i) u) as [H|H].
  - assert (Hd := Hleft (x i + s * (u - x i))). nra.
  - assert (Hd := Hright (x i + s * (u - x i))). nra.
Qed.
