(* ---- The points between two points, and the projection onto them. *)

Definition segment (d : nat) (begin finish x : point) : Prop :=
  exists s, 0 <= s <= 1 /\ forall i, (i < d)%nat -> x i = begin i + s * (finish i - begin i).
