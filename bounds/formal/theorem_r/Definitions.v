(* What the statements speak of, from first principles over Coq's real numbers.

   A point is a function of the coordinate i = 0, ..., d-1; a sequence is a function of the round t = 1, 2, ...
   A set of points is a predicate. The weighted projection is the minimiser of the weighted distance: no
   property of it is assumed. Where a weight is 0 there may be several minimisers, and each is allowed. *)
From Coq Require Import Reals.
Open Scope R_scope.

Notation point := (nat -> R).

Fixpoint SumCoords (d : nat) (e : point) : R :=
  match d with O => 0 | S k => SumCoords k e + e k end.
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

Definition convex_set (X : point -> Prop) : Prop :=
  forall x y s, X x -> X y -> 0 <= s <= 1 -> X (fun i => s * x i + (1 - s) * y i).

Definition convex_on (X : point -> Prop) (f : point -> R) : Prop :=
  forall x y s, X x -> X y -> 0 <= s <= 1 -> f (fun i => s * x i + (1 - s) * y i) <= s * f x + (1 - s) * f y.

Definition dot (d : nat) (x y : point) : R := SumCoords d (fun i => x i * y i).

(* g is a subgradient of f at x, as far as the points of X can tell. *)
Definition subgradient_on (d : nat) (X : point -> Prop) (f : point -> R) (x g : point) : Prop :=
  forall y, X y -> f x + dot d g (fun i => y i - x i) <= f y.

(* No two points of X differ by more than D_i i in coordinate i. *)
Definition sides (d : nat) (X : point -> Prop) (D_i : point) : Prop :=
  forall x y i, X x -> X y -> (i < d)%nat -> Rabs (x i - y i) <= D_i i.

(* No two points of X are further apart than D_2 in the Euclidean distance. *)
Definition diameter2 (d : nat) (X : point -> Prop) (D_2 : R) : Prop :=
  forall x y, X x -> X y -> sqrt (SumCoords d (fun i => (x i - y i) ^ 2)) <= D_2.

(* The regret against z, in which the loss of round t has the weight n t. *)
Definition Regret (n : nat -> R) (f : nat -> point -> R) (x : nat -> point) (z : point) (T : nat) : R :=
  CumSum (fun t => n t * (f t (x t) - f t z)) T.
