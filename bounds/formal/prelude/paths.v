(* ---- Expectations and suprema over the paths of the noise, computed in intervals on the tree of the paths. *)

Definition exact_law (l : list (Q * list Q)) : law_of_noise := map (fun pr => (Q2R (fst pr), vector (snd pr))) l.

Lemma Expectation_ext l n : forall F F', (forall w, length w = n -> F w = F' w) -> Expectation l n F = Expectation l n F'.
Proof.
  induction n as [|n IH]; intros F F' H; simpl; [ now apply H | ]. f_equal. apply map_ext. intros pr. f_equal.
  apply IH. intros w Hw. apply H. simpl. now rewrite Hw.
Qed.
Lemma Supremum_ext l n : forall F F', (forall w, length w = n -> F w = F' w) -> Supremum l n F = Supremum l n F'.
Proof.
  induction n as [|n IH]; intros F F' H; simpl; [ now apply H | ]. f_equal. apply map_ext. intros pr.
  apply IH. intros w Hw. apply H. simpl. now rewrite Hw.
Qed.
#[global] Instance Expectation_proper l n : Proper (pointwise_relation (list point) eq ==> eq) (Expectation l n).
Proof. intros F F' H. apply Expectation_ext. intros w _. apply H. Qed.
#[global] Instance Supremum_proper l n : Proper (pointwise_relation (list point) eq ==> eq) (Supremum l n).
Proof. intros F F' H. apply Supremum_ext. intros w _. apply H. Qed.

Lemma pointwise (A : Type) (e : A -> I.type) (u : A -> R) l : (forall a, inn (e a) (u a)) ->
  Forall2 inn (map e l) (map u l).
Proof. intros H. induction l; constructor; auto. Qed.

Section Paths.
Variables (P : program) (prec : F.precision) (letters : list (Q * list Q)) (constants start : list (list Q)).
(* What is averaged (true) or maximised (false) over the paths after the last round, and the final conditions. *)
Variables (inner : list (bool * term)) (final : list (bool * term)).

Definition path_state (w : list point) (t : nat) : list point :=
  states P (map vector constants) (on_path w) (map vector start) t.
Definition path_term (w : list point) (t : nat) (a : term) : R :=
  value P t (on_path w t) (map vector constants ++ path_state w t) O a.
Definition over_paths (n : nat) (c : bool * term) : R :=
  if fst c then Expectation (exact_law letters) n (fun w => path_term w n (snd c))
  else Supremum (exact_law letters) n (fun w => path_term w n (snd c)).
Definition whole_state (w : list point) (n : nat) : list point :=
  map (fun c _ => over_paths n c) inner ++ map vector constants ++ path_state w n.
Definition whole_term (w : list point) (n : nat) (a : term) : R := value P n (on_path w n) (whole_state w n) O a.
Definition whole_holds (w : list point) (n : nat) (c : bool * term) : Prop :=
  match c with (true, a) => 0 < whole_term w n a | (false, a) => 0 <= whole_term w n a end.

(* Rounds after round t, from a state. *)
Fixpoint along (w : list point) (t : nat) (st : list point) : list point :=
  match w with nil => st | r :: w => along w (S t) (played P (map vector constants) (S t) r st) end.

Lemma along_states w : forall p,
  along w (length p) (path_state (p ++ w) (length p)) = path_state (p ++ w) (length (p ++ w)).
Proof.
  induction w as [|r w IH]; intros p; simpl; [ now rewrite app_nil_r | ].
  specialize (IH (p ++ [r])). rewrite <- app_assoc in IH. simpl in IH. rewrite app_length in IH. simpl in IH.
  rewrite Nat.add_1_r in IH. rewrite <- IH. f_equal. unfold path_state. simpl. f_equal.
  unfold on_path. simpl. now rewrite nth_middle.
Qed.
Lemma path_state_along w : path_state w (length w) = along w O (map vector start).
Proof. symmetry. apply (along_states w nil). Qed.

Definition enclosed_letters := map (fun pr => (enclosed_number prec (fst pr), enclosed_vector prec (snd pr))) letters.
Definition enclosed_constants := map (enclosed_vector prec) constants.
Fixpoint total_enclosed (es : list I.type) : I.type :=
  match es with nil => I.fromZ prec 0 | e :: nil => e | e :: es => I.add prec e (total_enclosed es) end.
Fixpoint largest_enclosed (es : list I.type) : I.type :=
  match es with nil => I.fromZ prec 0 | e :: nil => e | e :: es => larger prec e (largest_enclosed es) end.
Definition joined (rest : list (I.type * list I.type)) (j : nat) (c : bool * term) : I.type :=
  if fst c then total_enclosed (map (fun pr => I.mul prec (fst pr) (nth j (snd pr) I.nai)) rest)
  else largest_enclosed (map (fun pr => nth j (snd pr) I.nai) rest).
Fixpoint tree (els : list (I.type * list I.type)) (ecs : list (list I.type)) (n : nat) (t : Z) (st : list (list I.type))
    : list I.type :=
  match n with
  | O => map (fun c => enclosed P prec t nil (ecs ++ st) O (snd c)) inner
  | S k =>
    let rest := map (fun pr => (fst pr, tree els ecs k (t + 1) (played_enclosed P prec ecs (t + 1) (snd pr) st))) els in
    map (fun jc => joined rest (fst jc) (snd jc)) (combine (seq 0 (length inner)) inner)
  end.
Fixpoint along_enclosed (ecs : list (list I.type)) (row : list I.type) (n : nat) (t : Z) (st : list (list I.type)) :=
  match n with
  | O => st
  | S k => along_enclosed ecs row k (t + 1) (played_enclosed P prec ecs (t + 1) row st)
  end.
Definition certain_at (t : Z) (env : list (list I.type)) (c : bool * term) : bool :=
  let a := enclosed P prec t nil env O (snd c) in
  if fst c then match I.sign_strict a with Xgt => true | _ => false end
  else match I.sign_large a with Xgt | Xeq => true | _ => false end.
Definition verdict_of_paths (T : N) : bool :=
  let els := enclosed_letters in
  let ecs := enclosed_constants in
  let st0 := map (enclosed_vector prec) start in
  let over := tree els ecs (N.to_nat T) 0 st0 in
  let st := along_enclosed ecs (snd (hd (I.nai, nil) els)) (N.to_nat T) 0 st0 in
  forallb (certain_at (Z.of_N T) (map (fun a => [a]) over ++ ecs ++ st)) final.

Lemma total_in es us : Forall2 inn es us -> inn (total_enclosed es) (total us).
Proof.
  induction 1 as [|e u es us He Hs IH]; [ apply inn_int | ]. simpl. destruct Hs; simpl in *.
  - now rewrite Rplus_0_r.
  - now apply inn_plus.
Qed.
Lemma largest_in es us : Forall2 inn es us -> inn (largest_enclosed es) (largest us).
Proof.
  induction 1 as [|e u es us He Hs IH]; [ apply inn_int | ]. simpl. destruct Hs; [ exact He | now apply inn_larger ].
Qed.

Definition over_rest (n : nat) (t : nat) (st : list point) (c : bool * term) : R :=
  let F w := value P (t + n) (fun _ => 0) (map vector constants ++ along w t st) O (snd c) in
  if fst c then Expectation (exact_law letters) n F else Supremum (exact_law letters) n F.

Lemma tree_correct n : forall t st stR, all_within st stR ->
  Forall2 inn (tree enclosed_letters enclosed_constants n (Z.of_nat t) st) (map (over_rest n t stR) inner).
Proof.
  induction n as [|n IH]; intros t st stR Hst; simpl.
  - clear -Hst. induction inner as [|c cs IHc]; simpl; constructor; [ | exact IHc ].
    unfold over_rest. simpl. rewrite Nat.add_0_r.
    assert (H : inn (enclosed P prec (Z.of_nat t) nil (enclosed_constants ++ st) O (snd c))
      (value P t (fun _ => 0) (map vector constants ++ stR) O (snd c))).
    { apply value_enclosed; [ apply within_nil | ]. apply Forall2_app; [ apply all_within_vectors | exact Hst ]. }
    destruct (fst c); exact H.
  - replace (Z.of_nat t + 1)%Z with (Z.of_nat (S t)) by lia.
    set (next := fun pr : Q * list Q =>
      tree enclosed_letters enclosed_constants n (Z.of_nat (S t))
        (played_enclosed P prec enclosed_constants (Z.of_nat (S t)) (enclosed_vector prec (snd pr)) st)).
    assert (Hnext : forall pr, Forall2 inn (next pr)
      (map (over_rest n (S t) (played P (map vector constants) (S t) (vector (snd pr)) stR)) inner)).
    { intros pr. apply IH. apply played_within; [ apply all_within_vectors | apply within_vector | exact Hst ]. }
    assert (Hj : forall j c, nth_error inner j = Some c ->
      inn (joined (map (fun pr => (fst pr, tree enclosed_letters enclosed_constants n (Z.of_nat (S t))
          (played_enclosed P prec enclosed_constants (Z.of_nat (S t)) (snd pr) st))) enclosed_letters) j c)
        (over_rest (S n) t stR c)).
    { intros j c Hc.
      assert (Hv : forall pr, inn (nth j (next pr) I.nai)
        (over_rest n (S t) (played P (map vector constants) (S t) (vector (snd pr)) stR) c)).
      { intros pr. specialize (Hnext pr). revert Hnext Hc. generalize (next pr). clear.
        intros l H. revert j l H. induction inner as [|c' cs IHc]; intros [|j] l H Hc; try discriminate; inversion H; subst.
        - injection Hc as <-. assumption.
        - simpl. now apply IHc. }
      unfold joined, over_rest, enclosed_letters. rewrite map_map. simpl. rewrite !map_map. simpl.
      replace (t + S n)%nat with (S t + n)%nat by lia. unfold over_rest in Hv.
      destruct (fst c).
      - apply total_in. unfold exact_law. rewrite map_map. apply pointwise. intros pr.
        apply inn_times; [ apply inn_number | apply (Hv pr) ].
      - apply largest_in. unfold exact_law. rewrite map_map. apply pointwise. intros pr. apply (Hv pr). }
    revert Hj. generalize (joined (map (fun pr => (fst pr, tree enclosed_letters enclosed_constants n (Z.of_nat (S t))
          (played_enclosed P prec enclosed_constants (Z.of_nat (S t)) (snd pr) st))) enclosed_letters)).
    generalize (over_rest (S n) t stR). clear. intros u e Hj.
    assert (H : forall cs k, (forall j c, nth_error cs j = Some c -> inn (e (k + j)%nat c) (u c)) ->
      Forall2 inn (map (fun jc => e (fst jc) (snd jc)) (combine (seq k (length cs)) cs)) (map u cs)).
    { induction cs as [|c cs IHc]; intros k H; simpl; constructor.
      - specialize (H O c eq_refl). now rewrite Nat.add_0_r in H.
      - apply IHc. intros j c' Hc'. specialize (H (S j) c' Hc'). now rewrite Nat.add_succ_r in H. }
    apply H. intros j c Hc. exact (Hj j c Hc).
Qed.

Lemma along_correct r row n : within row r -> forall t st stR, all_within st stR ->
  all_within (along_enclosed enclosed_constants row n (Z.of_nat t) st) (along (repeat r n) t stR).
Proof.
  intros Hr. induction n as [|n IH]; intros t st stR H; simpl; [ exact H | ].
  replace (Z.of_nat t + 1)%Z with (Z.of_nat (S t)) by lia. apply IH.
  apply played_within; [ apply all_within_vectors | exact Hr | exact H ].
Qed.

(* A term after the last round does not look at the noise of that round. *)
Fixpoint without_data (a : term) : bool :=
  match a with
  | Data => false
  | Int _ | Round | Dim | Number _ | Coord _ => true
  | Plus a b | Minus a b | Times a b | Over a b | Larger a b | Smaller a b | InRoundOne a b =>
    without_data a && without_data b
  | IfAtMost a b u w => without_data a && without_data b && without_data u && without_data w
  | Neg a | Root a | Log a | Expo a | Size a | Inverse a | Power a _ | PowerRound a | PowerBefore a
  | Sum a | Most a => without_data a
  end.
Lemma MaxCoords_ext d e e' : (forall i, e i = e' i) -> MaxCoords d e = MaxCoords d e'.
Proof. intros H. now apply MaxCoords_proper. Qed.
Lemma value_without_data t row row' env a : without_data a = true ->
  forall i, value P t row env i a = value P t row' env i a.
Proof.
  induction a; simpl; intros H i; try discriminate;
    repeat (match goal with Hab : _ && _ = true |- _ => apply andb_prop in Hab; destruct Hab end); try rewrite IHa by assumption; try rewrite IHa1 by assumption;
    try rewrite IHa2 by assumption; try rewrite IHa3 by assumption; try rewrite IHa4 by assumption; try reflexivity.
  - apply SumCoords_ext. auto.
  - apply MaxCoords_ext. auto.
Qed.

Theorem verdict_of_paths_correct p r ls T : letters = (p, r) :: ls ->
  forallb (fun c => without_data (snd c)) (inner ++ final) = true -> verdict_of_paths (N.of_nat T) = true ->
  Forall (whole_holds (repeat (vector r) T) T) final.
Proof.
  intros Hl Hdata. unfold verdict_of_paths. rewrite Nat2N.id, nat_N_Z.
  rewrite forallb_app in Hdata. apply andb_prop in Hdata. destruct Hdata as [Hd Hf].
  rewrite forallb_forall in Hd, Hf. intros H. rewrite forallb_forall in H. apply Forall_forall. intros c Hc.
  specialize (H c Hc). specialize (Hf c Hc).
  set (w := repeat (vector r) T).
  set (st := along_enclosed _ _ _ _ _) in H. set (over := tree _ _ _ _ _) in H.
  assert (Hw : length w = T) by apply repeat_length.
  assert (Hst : all_within st (path_state w T)).
  { assert (Hr : within (snd (hd (I.nai, nil) enclosed_letters)) (vector r)).
    { unfold enclosed_letters. rewrite Hl. apply within_vector. }
    replace (path_state w T) with (along w O (map vector start)) by (rewrite <- path_state_along; now rewrite Hw).
    exact (along_correct (vector r) _ T Hr O _ _ (all_within_vectors prec start)). }
  assert (Hover : all_within (map (fun a => [a]) over) (map (fun c _ => over_paths T c) inner)).
  { assert (Ht := tree_correct T O (map (enclosed_vector prec) start) (map vector start) (all_within_vectors prec start)).
    change (Z.of_nat 0) with 0%Z in Ht. fold over in Ht.
    replace (map (over_rest T 0 (map vector start)) inner) with (map (over_paths T) inner) in Ht.
    - revert Ht. generalize over. clear. induction inner as [|c cs IH]; intros l Ht; inversion Ht; subst; constructor.
      + intros [|[|i]]; try apply inn_nai. assumption.
      + now apply IH.
    - apply map_ext_in. intros c' Hc'. specialize (Hd c' Hc'). unfold over_paths, over_rest.
      destruct (fst c'); [ apply Expectation_ext | apply Supremum_ext ]; intros w' Hw'; unfold path_term;
        rewrite <- Hw'; simpl; rewrite path_state_along; now apply value_without_data. }
  assert (Hin : inn (enclosed P prec (Z.of_nat T) nil (map (fun a => [a]) over ++ enclosed_constants ++ st) O (snd c))
    (whole_term w T (snd c))).
  { unfold whole_term. rewrite (value_without_data T _ (fun _ => 0)) by exact Hf.
    apply value_enclosed; [ apply within_nil | ]. unfold whole_state.
    apply Forall2_app; [ exact Hover | ]. apply Forall2_app; [ apply all_within_vectors | exact Hst ]. }
  unfold certain_at in H. unfold whole_holds. destruct c as [[] a]; simpl in *.
  - assert (Hs := I.sign_strict_correct (enclosed P prec (Z.of_nat T) nil
      (map (fun a => [a]) over ++ enclosed_constants ++ st) O a)).
    destruct I.sign_strict; try discriminate. exact (proj2 (Hs _ Hin)).
  - assert (Hs := I.sign_large_correct (enclosed P prec (Z.of_nat T) nil
      (map (fun a => [a]) over ++ enclosed_constants ++ st) O a)).
    destruct I.sign_large; try discriminate; [ | exact (proj2 (Hs _ Hin)) ].
    specialize (Hs _ Hin). injection Hs as ->. lra.
Qed.
End Paths.
