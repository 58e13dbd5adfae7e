(* The hypotheses can be met: on every box, from every start and for all gradients, AdaL with the maximum R1 has
   a run, and the gradients are subgradients of linear losses. So the theorems are not about nothing. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Algorithms Sums Regret.
Open Scope R_scope.

Section Box.
Variables (d : nat) (lower upper : point).
Hypothesis Hbox : forall i, lower i <= upper i.

Notation box := (box d lower upper).

Lemma box_convex : convex_set box.
Proof. intros y z s Hy Hz Hs i Hi. specialize (Hy i Hi). specialize (Hz i Hi). split; nra. Qed.

Lemma box_sides : sides d box (fun i => upper i - lower i).
Proof. intros y z i Hy Hz Hi. specialize (Hy i Hi). specialize (Hz i Hi). apply Rabs_le. lra. Qed.

Definition clip (y : point) : point := fun i => Rmax (lower i) (Rmin (upper i) (y i)).

Lemma clip_inside y : box (clip y).
Proof.
  intros i Hi. unfold clip, Rmax, Rmin. specialize (Hbox i). repeat destruct Rle_dec; lra.
Qed.

(* For every metric without negative weights. *)
Lemma clip_is_projection w y : (forall i, (i < d)%nat -> 0 <= w i) -> projection d box w y (clip y).
Proof.
  intros Hw. split; [apply clip_inside|]. intros q Hq. apply SumCoords_le. intros i Hi.
  apply Rmult_le_compat_l; [now apply Hw|]. rewrite <- (pow2_abs (clip y i - y i)), <- (pow2_abs (q i - y i)).
  apply pow_incr. split; [apply Rabs_pos|]. specialize (Hq i Hi). specialize (Hbox i).
  unfold clip, Rmax, Rmin, Rabs. repeat destruct Rle_dec; repeat destruct Rcase_abs; lra.
Qed.

Section Run.
Variables (alpha beta1 beta2 : R) (g : nat -> point) (start : point).
Hypothesis Hstart : box start.

Definition ghat (t : nat) : point := fun i => g t i * SumCoords d (fun i => Rabs (g t i)).
Fixpoint m (t : nat) : point := fun i =>
  match t with O => 0 | S s => beta1 * m s i + ghat t i * (1 - beta1) end.
Fixpoint v (t : nat) : point := fun i =>
  match t with O => 0 | S s => beta2 * v s i + ghat t i ^ 2 * (1 - beta2) end.
Fixpoint vhat (t : nat) : point := fun i => match t with O => 0 | S s => Rmax (vhat s i) (v t i) end.
(* The point of round t; round 0 is not played. *)
Fixpoint x (t : nat) : point :=
  match t with
  | O | 1%nat => start
  | S s => clip (fun i => x s i - alpha * m s i * pinv (sqrt (vhat s i)) / sqrt (INR s))
  end.

Theorem R1_runs T : AdaL_R1 d T alpha beta1 beta2 box x g ghat m v m vhat.
Proof.
  split; [exact Hstart | split; [intros; now repeat split|]]. intros t Ht. destruct t as [|t]; [lia|].
  split; [intros; now repeat split|]. apply clip_is_projection. intros. apply sqrt_pos.
Qed.
End Run.
End Box.

(* The gradient of a linear loss is a subgradient of it everywhere. *)
Lemma linear_losses d X g x : subgradient_on d X (fun y => dot d g y) x g.
Proof.
  intros y Hy. apply Req_le. unfold dot. rewrite <- SumCoords_plus. apply SumCoords_ext. intros. ring.
Qed.
