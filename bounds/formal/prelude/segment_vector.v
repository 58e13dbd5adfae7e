
(* ---- Exact points on a segment. *)

Lemma on_segment d b c p s :
  forallb (fun i => Qeq_bool (nth i p 0%Q) (nth i b 0 + s * (nth i c 0 - nth i b 0))%Q) (seq 0 d) = true ->
  Qle_bool 0 s && Qle_bool s 1 = true -> segment d (vector b) (vector c) (vector p).
Proof.
  intros H Hs. apply andb_prop in Hs. destruct Hs as [H0 H1]. exists (Q2R s). split.
  - apply Qle_bool_iff, Qle_Rle in H0, H1. rewrite RMicromega.Q2R_0, RMicromega.Q2R_1 in *. lra.
  - intros i Hi. rewrite forallb_forall in H. rewrite !vector_nth, <- Q2R_minus, <- Q2R_mult, <- Q2R_plus.
    apply Qeq_eqR, Qeq_bool_iff, H, in_seq. lia.
Qed.
