(* ---- Words. A point is a function of the coordinate, of which the first d count; a sequence is a function
   of the round, from 1. *)

Notation point := (nat -> R).

Fixpoint SumCoords (d : nat) (e : point) : R :=
  match d with O => 0 | S k => SumCoords k e + e k end.
Fixpoint MaxCoords (d : nat) (e : point) : R :=
  match d with O => 0 | S O => e O | S k => Rmax (MaxCoords k e) (e k) end.
(* Sum and maximum over the rounds 1, ..., t. *)
Fixpoint CumSum (e : nat -> R) (t : nat) : R :=
  match t with O => 0 | S s => CumSum e s + e t end.
Fixpoint CumMax (e : nat -> R) (t : nat) : R :=
  match t with O => 0 | S O => e t | S s => Rmax (CumMax e s) (e t) end.
(* 1/w, and 0 where w = 0: the convention 0/0 := 0. *)
Definition pinv (w : R) : R := if Req_EM_T w 0 then 0 else / w.

Definition box (d : nat) (lower upper x : point) : Prop :=
  forall i, (i < d)%nat -> lower i <= x i <= upper i.
(* p is a projection of y onto X: a point of X with the smallest weighted distance. *)
Definition distance (d : nat) (w p y : point) : R := SumCoords d (fun i => w i * (p i - y i) ^ 2).
Definition projection (d : nat) (X : point -> Prop) (w y p : point) : Prop :=
  X p /\ forall q, X q -> distance d w p y <= distance d w q y.

Definition convex (f : point -> R) : Prop :=
  forall x y s, 0 <= s <= 1 -> f (fun i => s * x i + (1 - s) * y i) <= s * f x + (1 - s) * f y.
Definition subgradient (d : nat) (f : point -> R) (x g : point) : Prop :=
  forall y, f x + SumCoords d (fun i => g i * (y i - x i)) <= f y.
