
(* ---- A verdict by computation: the conditions that hold in every round, and those that hold at the end. *)

(* Exact rationals as points; the empty list is the point 0. *)
Definition vector (l : list Q) : point :=
  match l with nil => fun _ => 0 | _ => fun i => Q2R (nth i l 0%Q) end.
Definition enclosed_number (prec : F.precision) (q : Q) : I.type :=
  match Qden q with
  | 1%positive => I.fromZ prec (Qnum q)
  | _ => I.div prec (I.fromZ prec (Qnum q)) (I.fromZ prec (Zpos (Qden q)))
  end.
Definition enclosed_vector (prec : F.precision) (l : list Q) : list I.type :=
  match l with nil => map (fun _ => I.fromZ prec 0) (seq 0 100) | _ => map (enclosed_number prec) l end.
(* The data of the rounds, counted in binary. *)
Definition rows (data : N -> list Q) (t : nat) : point := fun i => Q2R (nth i (data (N.of_nat t)) 0%Q).

Lemma inn_number prec q : inn (enclosed_number prec q) (Q2R q).
Proof.
  unfold enclosed_number, Q2R. assert (H : inn (I.div prec (I.fromZ prec (Qnum q)) (I.fromZ prec (Zpos (Qden q))))
    (IZR (Qnum q) / IZR (Zpos (Qden q)))) by (apply inn_over; apply inn_int).
  destruct (Qden q); try exact H. replace (IZR (Qnum q) * / 1) with (IZR (Qnum q)) by field. apply inn_int.
Qed.
Lemma within_map prec l : within (map (enclosed_number prec) l) (fun i => Q2R (nth i l 0%Q)).
Proof.
  intros i. destruct (Nat.lt_ge_cases i (length l)) as [H|H].
  - rewrite nth_indep with (d' := enclosed_number prec 0%Q) by now rewrite map_length.
    rewrite map_nth. apply inn_number.
  - rewrite nth_overflow by now rewrite map_length. apply inn_nai.
Qed.
Lemma within_vector prec l : within (enclosed_vector prec l) (vector l).
Proof.
  destruct l as [|q l]; [ | apply within_map ]. intros i. unfold enclosed_vector, vector.
  destruct (Nat.lt_ge_cases i 100) as [H|H]; [ rewrite nth_map_seq by exact H; apply inn_int | ].
  rewrite nth_overflow by now rewrite map_length, seq_length. apply inn_nai.
Qed.
Lemma all_within_vectors prec ls : all_within (map (enclosed_vector prec) ls) (map vector ls).
Proof. induction ls; constructor; auto using within_vector. Qed.

Section Verdict.
Variables (P : program) (prec : F.precision) (data : N -> list Q) (constants start : list (list Q)).
(* A condition: a term that is positive, or (false, a) one that is not negative. *)
Variables (always final : list (bool * term)).

Definition state (t : nat) : list point := states P (map vector constants) (rows data) (map vector start) t.
Definition term_at (t : nat) (i : nat) (a : term) : R :=
  value P t (rows data t) (map vector constants ++ state t) i a.
Definition holds (t : nat) (c : bool * term) : Prop :=
  match c with (true, a) => 0 < term_at t O a | (false, a) => 0 <= term_at t O a end.

Definition certain (enclosed_constants : list (list I.type)) (t : N) (st : list (list I.type)) (c : bool * term) :=
  let a := enclosed P prec (Z.of_N t) (map (enclosed_number prec) (data t)) (enclosed_constants ++ st) O (snd c) in
  if fst c then match I.sign_strict a with Xgt => true | _ => false end
  else match I.sign_large a with Xgt | Xeq => true | _ => false end.
Fixpoint play (enclosed_constants : list (list I.type)) (n : nat) (t : N) (ok : bool) (st : list (list I.type)) :=
  match n with
  | O => (ok, st)
  | S k =>
    let st := played_enclosed P prec enclosed_constants (Z.of_N t) (map (enclosed_number prec) (data t)) st in
    play enclosed_constants k (t + 1)%N (ok && forallb (certain enclosed_constants t st) always) st
  end.
Definition verdict (T : N) : bool :=
  let enclosed_constants := map (enclosed_vector prec) constants in
  match play enclosed_constants (N.to_nat T) 1%N true (map (enclosed_vector prec) start) with
  | (ok, st) => ok && forallb (certain enclosed_constants T st) final
  end.

Let cs := map (enclosed_vector prec) constants.
Lemma certain_holds t st c : all_within st (state t) -> certain cs (N.of_nat t) st c = true -> holds t c.
Proof.
  intros Hst. unfold certain, holds, term_at. rewrite nat_N_Z.
  assert (H : forall a, inn (enclosed P prec (Z.of_nat t) (map (enclosed_number prec) (data (N.of_nat t))) (cs ++ st) O a)
    (value P t (rows data t) (map vector constants ++ state t) O a)).
  { intros a. apply value_enclosed; [ apply within_map | ]. apply Forall2_app; [ apply all_within_vectors | exact Hst ]. }
  destruct c as [[] a]; simpl; specialize (H a); intros Hc.
  - assert (Hs := I.sign_strict_correct (enclosed P prec (Z.of_nat t) (map (enclosed_number prec) (data (N.of_nat t)))
      (cs ++ st) O a)).
    destruct I.sign_strict; try discriminate. exact (proj2 (Hs _ H)).
  - assert (Hs := I.sign_large_correct (enclosed P prec (Z.of_nat t) (map (enclosed_number prec) (data (N.of_nat t)))
      (cs ++ st) O a)).
    destruct I.sign_large; try discriminate; [ | exact (proj2 (Hs _ H)) ].
    specialize (Hs _ H). injection Hs as ->. lra.
Qed.

Lemma play_correct n : forall t ok st, all_within st (state t) ->
  let (ok', st') := play cs n (N.of_nat (S t)) ok st in
  all_within st' (state (t + n)) /\
  (ok' = true -> ok = true /\ forall s, (t < s <= t + n)%nat -> Forall (holds s) always).
Proof.
  induction n as [|n IH]; intros t ok st Hst.
  - simpl. rewrite Nat.add_0_r. split; [ exact Hst | ]. intros H. split; [ exact H | intros; lia ].
  - set (st1 := played_enclosed P prec cs (Z.of_N (N.of_nat (S t)))
      (map (enclosed_number prec) (data (N.of_nat (S t)))) st).
    assert (H1 : all_within st1 (state (S t))).
    { unfold st1. rewrite nat_N_Z. apply played_within; [ apply all_within_vectors | apply within_map | exact Hst ]. }
    specialize (IH (S t) (ok && forallb (certain cs (N.of_nat (S t)) st1) always) st1 H1).
    change (play cs (S n) (N.of_nat (S t)) ok st) with
      (play cs n (N.of_nat (S t) + 1) (ok && forallb (certain cs (N.of_nat (S t)) st1) always) st1).
    replace (N.of_nat (S t) + 1)%N with (N.of_nat (S (S t))) by lia.
    destruct (play cs n (N.of_nat (S (S t))) _ st1) as [ok' st'].
    replace (t + S n)%nat with (S t + n)%nat by lia. destruct IH as [HA HB]. split; [ exact HA | ].
    intros H. destruct (HB H) as [Hok Hrest]. apply andb_prop in Hok. destruct Hok as [Hok Hhere].
    split; [ exact Hok | ]. intros s Hs. destruct (Nat.eq_dec s (S t)) as [->|]; [ | apply Hrest; lia ].
    rewrite forallb_forall in Hhere. apply Forall_forall. intros c Hc.
    apply certain_holds with st1; auto.
Qed.

Theorem verdict_correct T : verdict (N.of_nat T) = true ->
  (forall t, (1 <= t <= T)%nat -> Forall (holds t) always) /\ Forall (holds T) final.
Proof.
  unfold verdict. rewrite Nat2N.id. fold cs.
  assert (H := play_correct T O true (map (enclosed_vector prec) start) (all_within_vectors prec start)).
  change (N.of_nat 1) with 1%N in H. destruct play as [ok st]. destruct H as [HA HB].
  intros H. apply andb_prop in H. destruct H as [Hok Hf]. split.
  - intros t Ht. apply HB; [ exact Hok | lia ].
  - rewrite forallb_forall in Hf. apply Forall_forall. intros c Hc. apply certain_holds with st; auto.
Qed.
End Verdict.

(* ---- What a program adds up over the rounds is CumSum and CumMax. *)

Lemma CumSum_line (e a : nat -> R) : a O = 0 -> (forall s, a (S s) = a s + e (S s)) -> forall t, CumSum e t = a t.
Proof. intros H0 HS t. induction t; simpl; [ now rewrite H0 | rewrite IHt, HS; reflexivity ]. Qed.
Lemma CumMax_line (e a : nat -> R) : a O = 0 ->
  (forall s, a (S s) = if Nat.ltb (S s) 2 then e (S s) else Rmax (a s) (e (S s))) -> forall t, CumMax e t = a t.
Proof.
  intros H0 HS t. induction t as [|[|s] IH]; [ now rewrite H0 | now rewrite HS | ].
  rewrite HS. change (CumMax e (S (S s))) with (Rmax (CumMax e (S s)) (e (S (S s)))). now rewrite IH.
Qed.

#[global] Instance SumCoords_proper d : Proper (pointwise_relation nat eq ==> eq) (SumCoords d).
Proof. intros e e' H. apply SumCoords_ext. intros i _. apply H. Qed.
#[global] Instance MaxCoords_proper d : Proper (pointwise_relation nat eq ==> eq) (MaxCoords d).
Proof. intros e e' H. induction d as [|[|n] IH]; simpl in *; [ reflexivity | apply H | now rewrite IH, H ]. Qed.
#[global] Instance CumSum_proper : Proper (pointwise_relation nat eq ==> eq ==> eq) CumSum.
Proof. intros e e' H t _ <-. induction t; simpl; [ reflexivity | now rewrite IHt, H ]. Qed.
#[global] Instance CumMax_proper : Proper (pointwise_relation nat eq ==> eq ==> eq) CumMax.
Proof. intros e e' H t _ <-. induction t as [|[|s] IH]; simpl in *; [ reflexivity | apply H | now rewrite IH, H ]. Qed.

Lemma MaxCoords_largest d e i : (i < d)%nat -> e i <= MaxCoords d e.
Proof.
  induction d as [|[|n] IH]; intros H; [ lia | replace i with O by lia; apply Rle_refl | ].
  change (MaxCoords (S (S n)) e) with (Rmax (MaxCoords (S n) e) (e (S n))).
  destruct (Nat.eq_dec i (S n)) as [->|]; [ apply Rmax_r | ].
  apply Rle_trans with (2 := Rmax_l _ _). apply IH. lia.
Qed.
Lemma smallest_not_negative d e : 0 <= - MaxCoords d (fun i => - e i) -> forall i, (i < d)%nat -> 0 <= e i.
Proof. intros H i Hi. assert (Hm := MaxCoords_largest d (fun i => - e i) i Hi). simpl in Hm. lra. Qed.

Lemma vector_nth l i : vector l i = Q2R (nth i l 0%Q).
Proof. destruct l; [ | reflexivity ]. simpl. unfold Q2R. destruct i; simpl; lra. Qed.
Lemma vector_le d l u : forallb (fun i => Qle_bool (nth i l 0%Q) (nth i u 0%Q)) (seq 0 d) = true ->
  forall i, (i < d)%nat -> vector l i <= vector u i.
Proof.
  intros H i Hi. rewrite forallb_forall in H. rewrite !vector_nth. apply Qle_Rle, Qle_bool_iff, H, in_seq. lia.
Qed.
