(* ---- Programs: a game as data, computed over the reals and, in the same way, in intervals. *)

Module F := SpecificFloat BigIntRadix2.
Module I := FloatIntervalFull F.

Inductive term : Set :=
| Int (z : Z) | Round | Dim                          (* an integer, the round t, the number of coordinates *)
| Number (k : nat) | Coord (k : nat) | Data          (* entry k of the environment; the data of the round *)
| Plus (a b : term) | Minus (a b : term) | Times (a b : term) | Over (a b : term) | Neg (a : term)
| Root (a : term) | Log (a : term) | Expo (a : term) | Size (a : term) | Inverse (a : term)
| Larger (a b : term) | Smaller (a b : term)
| Power (a : term) (n : nat) | PowerRound (a : term) | PowerBefore (a : term)   (* a^n, a^t, a^(t-1) *)
| InRoundOne (a b : term)                            (* a in round 1, b later *)
| IfAtMost (a b u w : term)                          (* u if a <= b, else w *)
| Sum (a : term) | Most (a : term).                  (* over the coordinates *)

(* A line is a vector or a number. The lines of a round may use earlier lines, newest first, then the constants,
   then the values of all lines in the round before. *)
Record program := { dim : nat; lines : list (bool * term) }.

Section OverTheReals.
Variables (P : program) (constants : list point).
Fixpoint value (t : nat) (row : point) (env : list point) (i : nat) (a : term) : R :=
  let v := value t row env in
  match a with
  | Int z => IZR z | Round => INR t | Dim => INR (dim P)
  | Number k => nth k env (fun _ => 0) O | Coord k => nth k env (fun _ => 0) i | Data => row i
  | Plus a b => v i a + v i b | Minus a b => v i a - v i b
  | Times a b => v i a * v i b | Over a b => v i a / v i b | Neg a => - v i a
  | Root a => sqrt (v i a) | Log a => ln (v i a) | Expo a => exp (v i a) | Size a => Rabs (v i a)
  | Inverse a => pinv (v i a)
  | Larger a b => Rmax (v i a) (v i b) | Smaller a b => Rmin (v i a) (v i b)
  | Power a n => v i a ^ n | PowerRound a => v i a ^ t | PowerBefore a => v i a ^ (t - 1)%nat
  | InRoundOne a b => if Nat.ltb t 2 then v i a else v i b
  | IfAtMost a b u w => if Rle_dec (v i a) (v i b) then v i u else v i w
  | Sum a => SumCoords (dim P) (fun i => v i a) | Most a => MaxCoords (dim P) (fun i => v i a)
  end.
Definition line (t : nat) (row : point) (env : list point) (l : bool * term) : list point :=
  (match l with (true, a) => fun i => value t row env i a | (false, a) => fun _ => value t row env O a end) :: env.
Definition played (t : nat) (row : point) (state : list point) : list point :=
  firstn (length (lines P)) (fold_left (line t row) (lines P) (constants ++ state)).
Fixpoint states (rows : nat -> point) (start : list point) (t : nat) : list point :=
  match t with O => start | S s => played t (rows t) (states rows start s) end.
End OverTheReals.

Section InIntervals.
Variables (P : program) (prec : F.precision) (constants : list (list I.type)).
Definition larger (a b : I.type) : I.type :=
  match I.sign_large (I.sub prec a b) with Xlt | Xeq => b | Xgt => a | Xund => I.join a b end.
Definition smaller (a b : I.type) : I.type :=
  match I.sign_large (I.sub prec a b) with Xlt | Xeq => a | Xgt => b | Xund => I.join a b end.
Definition if_at_most (a b u w : I.type) : I.type :=
  match I.sign_strict (I.sub prec b a), I.sign_large (I.sub prec b a) with
  | Xlt, _ => w | _, Xeq | _, Xgt => u | _, _ => I.join u w
  end.
Definition inverse (a : I.type) : I.type :=
  match I.sign_large a with Xeq => I.fromZ prec 0 | _ => I.inv prec a end.
Fixpoint over_coords (f : I.type -> I.type -> I.type) (d : nat) (e : nat -> I.type) : I.type :=
  match d with O => I.fromZ prec 0 | S O => e O | S k => f (over_coords f k e) (e k) end.
Fixpoint enclosed (t : Z) (row : list I.type) (env : list (list I.type)) (i : nat) (a : term) : I.type :=
  let v := enclosed t row env in
  match a with
  | Int z => I.fromZ prec z | Round => I.fromZ prec t | Dim => I.fromZ prec (Z.of_nat (dim P))
  | Number k => nth O (nth k env nil) I.nai | Coord k => nth i (nth k env nil) I.nai | Data => nth i row I.nai
  | Plus a b => I.add prec (v i a) (v i b) | Minus a b => I.sub prec (v i a) (v i b)
  | Times a b => I.mul prec (v i a) (v i b) | Over a b => I.div prec (v i a) (v i b) | Neg a => I.neg (v i a)
  | Root a => I.sqrt prec (v i a) | Log a => I.ln prec (v i a) | Expo a => I.exp prec (v i a)
  | Size a => I.abs (v i a) | Inverse a => inverse (v i a)
  | Larger a b => larger (v i a) (v i b) | Smaller a b => smaller (v i a) (v i b)
  | Power a n => I.power_int prec (v i a) (Z.of_nat n)
  | PowerRound a => I.power_int prec (v i a) t | PowerBefore a => I.power_int prec (v i a) (Z.max 0 (t - 1))
  | InRoundOne a b => if Z.ltb t 2 then v i a else v i b
  | IfAtMost a b u w => if_at_most (v i a) (v i b) (v i u) (v i w)
  | Sum a => over_coords (I.add prec) (dim P) (fun i => v i a)
  | Most a => over_coords larger (dim P) (fun i => v i a)
  end.
Definition line_enclosed (t : Z) (row : list I.type) (env : list (list I.type)) (l : bool * term) :=
  (match l with
   | (true, a) => map (fun i => enclosed t row env i a) (seq 0 (dim P))
   | (false, a) => [enclosed t row env O a]
   end) :: env.
Definition played_enclosed (t : Z) (row : list I.type) (state : list (list I.type)) :=
  firstn (length (lines P)) (fold_left (line_enclosed t row) (lines P) (constants ++ state)).
End InIntervals.

(* ---- Every interval operation encloses the real one, so a program's intervals enclose its reals. *)

Definition inn (a : I.type) (x : R) : Prop := contains (I.convert a) (Xreal x).
Definition within (l : list I.type) (v : point) : Prop := forall i, inn (nth i l I.nai) (v i).
Definition all_within (l : list (list I.type)) (v : list point) : Prop := Forall2 within l v.

Lemma inn_nai x : inn I.nai x.
Proof. unfold inn. now rewrite I.nai_correct. Qed.

(* Where the operation is undefined, Interval's answer is an interval that contains everything. *)
Lemma inn_undefined a x : contains (I.convert a) Xnan -> inn a x.
Proof. unfold inn. destruct (I.convert a); simpl; tauto. Qed.

Section Correctness.
Variables (P : program) (prec : F.precision).

Lemma inn_int z : inn (I.fromZ prec z) (IZR z).
Proof. apply I.fromZ_correct. Qed.
Lemma inn_plus a b x y : inn a x -> inn b y -> inn (I.add prec a b) (x + y).
Proof. apply I.add_correct. Qed.
Lemma inn_minus a b x y : inn a x -> inn b y -> inn (I.sub prec a b) (x - y).
Proof. apply I.sub_correct. Qed.
Lemma inn_times a b x y : inn a x -> inn b y -> inn (I.mul prec a b) (x * y).
Proof. apply I.mul_correct. Qed.
Lemma inn_neg a x : inn a x -> inn (I.neg a) (- x).
Proof. apply I.neg_correct. Qed.
Lemma inn_root a x : inn a x -> inn (I.sqrt prec a) (sqrt x).
Proof. apply (I.sqrt_correct prec a (Xreal x)). Qed.
Lemma inn_expo a x : inn a x -> inn (I.exp prec a) (exp x).
Proof. apply (I.exp_correct prec a (Xreal x)). Qed.
Lemma inn_size a x : inn a x -> inn (I.abs a) (Rabs x).
Proof. apply (I.abs_correct a (Xreal x)). Qed.
Lemma inn_over a b x y : inn a x -> inn b y -> inn (I.div prec a b) (x / y).
Proof.
  intros Ha Hb. assert (H := I.div_correct prec _ _ _ _ Ha Hb). simpl in H. unfold Xdiv' in H.
  destruct (is_zero y); [ now apply inn_undefined | exact H ].
Qed.
Lemma inn_inv a x : inn a x -> inn (I.inv prec a) (/ x).
Proof.
  intros Ha. assert (H := I.inv_correct prec _ _ Ha). simpl in H. unfold Xinv' in H.
  destruct (is_zero x); [ now apply inn_undefined | exact H ].
Qed.
Lemma inn_log a x : inn a x -> inn (I.ln prec a) (ln x).
Proof.
  intros Ha. assert (H := I.ln_correct prec _ _ Ha). simpl in H. unfold Xln' in H.
  destruct (is_positive x); [ exact H | now apply inn_undefined ].
Qed.
Lemma inn_power a x n : inn a x -> inn (I.power_int prec a (Z.of_nat n)) (x ^ n).
Proof.
  intros Ha. assert (H := I.power_int_correct prec (Z.of_nat n) _ _ Ha). unfold inn.
  destruct n as [|n]; [ exact H | ]. simpl in H. unfold Xpower_int', Xbind in H.
  now rewrite SuccNat2Pos.id_succ in H.
Qed.
Lemma inn_inverse a x : inn a x -> inn (inverse prec a) (pinv x).
Proof.
  intros Ha. unfold inverse, pinv. assert (H := I.sign_large_correct a).
  assert (Hd : inn (I.inv prec a) (if Req_EM_T x 0 then 0 else / x)).
  { destruct (Req_EM_T x 0) as [->|_]; [ | now apply inn_inv ]. apply inn_undefined.
    assert (H0 := I.inv_correct prec _ _ Ha). simpl in H0. unfold Xinv' in H0. now rewrite is_zero_0 in H0. }
  destruct (I.sign_large a); try exact Hd. specialize (H _ Ha). injection H as ->.
  destruct (Req_EM_T 0 0); [ apply inn_int | lra ].
Qed.
Lemma inn_larger a b x y : inn a x -> inn b y -> inn (larger prec a b) (Rmax x y).
Proof.
  intros Ha Hb. unfold larger. assert (H := I.sign_large_correct (I.sub prec a b)).
  assert (Hd := inn_minus _ _ _ _ Ha Hb). unfold Rmax.
  destruct (I.sign_large (I.sub prec a b)).
  - specialize (H _ Hd). injection H as H. replace x with y in * by lra. now destruct (Rle_dec y y).
  - destruct (H _ Hd) as [_ Hle]. simpl in Hle. destruct (Rle_dec x y); [ exact Hb | lra ].
  - destruct (H _ Hd) as [_ Hle]. simpl in Hle.
    destruct (Rle_dec x y); [ now replace y with x by lra | exact Ha ].
  - apply I.join_correct. destruct (Rle_dec x y); [ now right | now left ].
Qed.
Lemma inn_smaller a b x y : inn a x -> inn b y -> inn (smaller prec a b) (Rmin x y).
Proof.
  intros Ha Hb. unfold smaller. assert (H := I.sign_large_correct (I.sub prec a b)).
  assert (Hd := inn_minus _ _ _ _ Ha Hb). unfold Rmin.
  destruct (I.sign_large (I.sub prec a b)).
  - specialize (H _ Hd). injection H as H. replace x with y in * by lra. now destruct (Rle_dec y y).
  - destruct (H _ Hd) as [_ Hle]. simpl in Hle. destruct (Rle_dec x y); [ exact Ha | lra ].
  - destruct (H _ Hd) as [_ Hle]. simpl in Hle.
    destruct (Rle_dec x y); [ now replace x with y by lra | exact Hb ].
  - apply I.join_correct. destruct (Rle_dec x y); [ now left | now right ].
Qed.
Lemma inn_if_at_most a b u w x y p q : inn a x -> inn b y -> inn u p -> inn w q ->
  inn (if_at_most prec a b u w) (if Rle_dec x y then p else q).
Proof.
  intros Ha Hb Hu Hw. unfold if_at_most. assert (Hd := inn_minus _ _ _ _ Hb Ha).
  assert (Hs := I.sign_strict_correct (I.sub prec b a)). assert (Hl := I.sign_large_correct (I.sub prec b a)).
  assert (Hj : inn (I.join u w) (if Rle_dec x y then p else q)).
  { apply I.join_correct. destruct (Rle_dec x y); [ now left | now right ]. }
  assert (Hyes : x <= y -> inn u (if Rle_dec x y then p else q)) by (destruct (Rle_dec x y); auto; lra).
  assert (Hno : y < x -> inn w (if Rle_dec x y then p else q)) by (destruct (Rle_dec x y); auto; lra).
  destruct (I.sign_strict (I.sub prec b a));
    try (apply Hno; destruct (Hs _ Hd) as [_ Hlt]; simpl in Hlt; lra);
    destruct (I.sign_large (I.sub prec b a)); try exact Hj; apply Hyes; specialize (Hl _ Hd);
    first [ injection Hl as Hl; lra | destruct Hl as [_ Hl]; simpl in Hl; lra ].
Qed.
Lemma inn_sum d e u : (forall i, inn (e i) (u i)) -> inn (over_coords prec (I.add prec) d e) (SumCoords d u).
Proof.
  intros H. induction d as [|[|n] IH]; [ apply inn_int | | ].
  - simpl. rewrite Rplus_0_l. apply H.
  - exact (inn_plus _ _ _ _ IH (H _)).
Qed.
Lemma inn_most d e u : (forall i, inn (e i) (u i)) -> inn (over_coords prec (larger prec) d e) (MaxCoords d u).
Proof.
  intros H. induction d as [|[|n] IH]; [ apply inn_int | apply H | exact (inn_larger _ _ _ _ IH (H _)) ].
Qed.

Lemma within_nil v : within nil v.
Proof. intros [|i]; apply inn_nai. Qed.
Lemma all_within_nth env v k : all_within env v -> within (nth k env nil) (nth k v (fun _ => 0)).
Proof.
  intros H. revert k. induction H; intros [|k]; simpl; auto using within_nil.
Qed.

Lemma value_enclosed t row rowR env envR : within row rowR -> all_within env envR ->
  forall a i, inn (enclosed P prec (Z.of_nat t) row env i a) (value P t rowR envR i a).
Proof.
  intros Hrow Henv a. induction a; intros i; simpl.
  1: apply inn_int.
  1, 2: rewrite INR_IZR_INZ; apply inn_int.
  1, 2: now apply all_within_nth.
  1: apply Hrow.
  all: auto using inn_plus, inn_minus, inn_times, inn_over, inn_neg, inn_root, inn_log, inn_expo, inn_size,
    inn_inverse, inn_larger, inn_smaller, inn_power, inn_sum, inn_most, inn_if_at_most.
  - replace (Z.max 0 (Z.of_nat t - 1)) with (Z.of_nat (t - 1)) by lia. now apply inn_power.
  - destruct (Z.ltb_spec (Z.of_nat t) 2), (Nat.ltb_spec t 2); try lia; auto.
Qed.

Lemma nth_map_seq (f : nat -> I.type) d i : (i < d)%nat -> nth i (map f (seq 0 d)) I.nai = f i.
Proof.
  intros H. rewrite nth_indep with (d' := f O) by now rewrite map_length, seq_length.
  now rewrite map_nth, seq_nth.
Qed.

Lemma line_within t row rowR env envR l : within row rowR -> all_within env envR ->
  all_within (line_enclosed P prec (Z.of_nat t) row env l) (line P t rowR envR l).
Proof.
  intros Hrow Henv. destruct l as [[] a]; constructor; auto.
  - intros i. destruct (Nat.lt_ge_cases i (dim P)) as [H|H].
    + rewrite nth_map_seq by exact H. now apply value_enclosed.
    + rewrite nth_overflow by now rewrite map_length, seq_length. apply inn_nai.
  - intros [|[|i]]; try apply inn_nai. now apply value_enclosed.
Qed.

Lemma lines_within ls t row rowR : within row rowR -> forall env envR, all_within env envR ->
  all_within (fold_left (line_enclosed P prec (Z.of_nat t) row) ls env) (fold_left (line P t rowR) ls envR).
Proof. intros Hrow. induction ls; intros env envR H; simpl; auto using line_within. Qed.

Lemma firstn_within n l v : all_within l v -> all_within (firstn n l) (firstn n v).
Proof. intros H. revert n. induction H; intros [|n]; simpl; constructor; auto. apply IHForall2. Qed.

Lemma played_within cs csR t row rowR st stR :
  all_within cs csR -> within row rowR -> all_within st stR ->
  all_within (played_enclosed P prec cs (Z.of_nat t) row st) (played P csR t rowR stR).
Proof. intros Hc Hrow Hst. apply firstn_within, lines_within; [ exact Hrow | now apply Forall2_app ]. Qed.
End Correctness.
