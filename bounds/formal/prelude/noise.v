
(* Noise with finitely many letters, each with its probability. A path is the list of the noise of every round. *)
Notation law_of_noise := (list (R * point)).
(* The noise of round t on a path. *)
Definition on_path (w : list point) (t : nat) : point := nth (pred t) w (fun _ => 0).
Definition path (l : law_of_noise) (T : nat) (w : list point) : Prop :=
  length w = T /\ Forall (fun r => In r (map snd l)) w.
Fixpoint total (es : list R) : R := match es with nil => 0 | e :: es => e + total es end.
Fixpoint largest (es : list R) : R :=
  match es with nil => 0 | e :: nil => e | e :: es => Rmax e (largest es) end.
(* Expectation and supremum of F over the paths of n rounds. *)
Fixpoint Expectation (l : law_of_noise) (n : nat) (F : list point -> R) : R :=
  match n with
  | O => F nil
  | S k => total (map (fun pr => fst pr * Expectation l k (fun w => F (snd pr :: w))) l)
  end.
Fixpoint Supremum (l : law_of_noise) (n : nat) (F : list point -> R) : R :=
  match n with O => F nil | S k => largest (map (fun pr => Supremum l k (fun w => F (snd pr :: w))) l) end.
Definition noise (d : nat) (l : law_of_noise) : Prop :=
  Forall (fun pr => 0 < fst pr) l /\ total (map fst l) = 1 /\
  forall i, (i < d)%nat -> total (map (fun pr => fst pr * snd pr i) l) = 0.

(* The gradient of F is Lipschitz with constant L, in the form of the quadratic bounds, which say the same. *)
Definition smooth (d : nat) (L : R) (F : point -> R) (dF : point -> point) : Prop :=
  forall x y, Rabs (F y - F x - SumCoords d (fun i => dF x i * (y i - x i)))
    <= L / 2 * SumCoords d (fun i => (y i - x i) ^ 2).
Definition minimum (F : point -> R) (least : R) : Prop := (exists x, F x = least) /\ forall x, least <= F x.
