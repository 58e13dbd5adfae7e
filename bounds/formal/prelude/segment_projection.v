
(* ---- On a segment the projection is a share of the way, by the weighted inner product. *)

Lemma distance_on_segment d w y b c s :
  SumCoords d (fun i => w i * (b i + s * (c i - b i) - y i) ^ 2) =
  s ^ 2 * SumCoords d (fun i => w i * (c i - b i) ^ 2)
  - 2 * s * SumCoords d (fun i => w i * (c i - b i) * (y i - b i)) + SumCoords d (fun i => w i * (y i - b i) ^ 2).
Proof. induction d as [|n IH]; cbn [SumCoords]; [ ring | rewrite IH; ring ]. Qed.

Lemma share_is_projection d begin finish w y p :
  0 < SumCoords d (fun i => w i * (finish i - begin i) ^ 2) ->
  (forall i, (i < d)%nat -> p i = begin i +
    clip 0 1 (SumCoords d (fun i => w i * (finish i - begin i) * (y i - begin i))
              / SumCoords d (fun i => w i * (finish i - begin i) ^ 2)) * (finish i - begin i)) ->
  projection d (segment d begin finish) w y p.
Proof.
  intros HA Hp. set (A := SumCoords d (fun i => w i * (finish i - begin i) ^ 2)) in *.
  set (B := SumCoords d (fun i => w i * (finish i - begin i) * (y i - begin i))) in *. set (r := clip 0 1 (B / A)) in *.
  split.
  - exists r. split; [ apply clip_inside; lra | exact Hp ].
  - intros q [s [Hs Hq]]. unfold distance.
    rewrite (SumCoords_ext d _ (fun i => w i * (begin i + r * (finish i - begin i) - y i) ^ 2))
      by (intros i Hi; now rewrite Hp).
    rewrite (SumCoords_ext d (fun i => w i * (q i - y i) ^ 2) (fun i => w i * (begin i + s * (finish i - begin i) - y i) ^ 2))
      by (intros i Hi; now rewrite Hq).
    rewrite !distance_on_segment. fold A B. apply Rplus_le_compat_r.
    assert (H : (r - B / A) ^ 2 <= (s - B / A) ^ 2) by (apply clip_nearest; exact Hs).
    apply Rmult_le_compat_l with (r := A) in H; [ | lra ].
    replace (A * (r - B / A) ^ 2) with (r ^ 2 * A - 2 * r * B + B ^ 2 / A) in H by (field; lra).
    replace (A * (s - B / A) ^ 2) with (s ^ 2 * A - 2 * s * B + B ^ 2 / A) in H by (field; lra). lra.
Qed.
