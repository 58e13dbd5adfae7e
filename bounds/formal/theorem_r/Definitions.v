(* What the statements speak of, from first principles over Coq's real numbers.

   A vector is a function of the coordinate i = 0, ..., d-1; a sequence is a function of the round t = 1, 2, ...
   A set of vectors is a predicate. The weighted projection is the minimiser of the weighted distance: no
   property of it is assumed. Where a weight is 0 there may be several minimisers, and each is allowed. *)
From Coq Require Import Reals.
Open Scope R_scope.

Definition vector := nat -> R.

(* The sum of u i over the coordinates i = 0, ..., d-1. *)
Fixpoint SumCoords (d : nat) (u : vector) : R :=
  match d with O => 0 | S k => SumCoords k u + u k end.

(* The sum of u t over the rounds t = 1, ..., T. *)
Fixpoint CumSum (u : nat -> R) (T : nat) : R :=
  match T with O => 0 | S s => CumSum u s + u (S s) end.

(* The maximum of u t over the rounds t = 1, ..., T; in round 0 it is u 1. *)
Fixpoint CumMax (u : nat -> R) (T : nat) : R :=
  match T with O | 1%nat => u 1%nat | S s => Rmax (CumMax u s) (u T) end.

(* 1/w, and 0 where w = 0: the convention 0/0 = 0. *)
Definition pinv (w : R) : R := if Req_EM_T w 0 then 0 else / w.

Definition dot (d : nat) (u v : vector) : R := SumCoords d (fun i => u i * v i).

(* The squared distance of y and z in the diagonal metric w. *)
Definition distance2 (d : nat) (w y z : vector) : R := SumCoords d (fun i => w i * (z i - y i) ^ 2).

Definition convex (X : vector -> Prop) : Prop :=
  forall y z lam, X y -> X z -> 0 <= lam <= 1 -> X (fun i => (1 - lam) * y i + lam * z i).

(* p is a point of X that is nearest to y in the metric w. *)
Definition projection (d : nat) (X : vector -> Prop) (w y p : vector) : Prop :=
  X p /\ forall q, X q -> distance2 d w y p <= distance2 d w y q.

(* g is a subgradient of f at x, for the points of X. *)
Definition subgradient (d : nat) (X : vector -> Prop) (f : vector -> R) (g x : vector) : Prop :=
  forall y, X y -> f x + dot d g (fun i => y i - x i) <= f y.

(* No two points of X differ by more than D i in coordinate i. *)
Definition sides (d : nat) (X : vector -> Prop) (D : vector) : Prop :=
  forall y z i, X y -> X z -> (i < d)%nat -> Rabs (y i - z i) <= D i.

(* The regret against z, with the weight n t for the loss of round t. *)
Definition Regret (n : nat -> R) (f : nat -> vector -> R) (x : nat -> vector) (z : vector) (T : nat) : R :=
  CumSum (fun t => n t * (f t (x t) - f t z)) T.
