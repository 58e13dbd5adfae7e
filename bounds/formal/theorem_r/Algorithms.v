(* The algorithms. Printed by bounds/formal/repaired.py from this package's algorithms; a test compares the two.

   Coordinates are counted from 0 and rounds from 1; `pred t` is the round before t. X need not be closed:
   that the algorithm finds its minimisers is part of its definition. *)
From Coq Require Import Reals.
From TheoremR Require Import Definitions.
Open Scope R_scope.

(* AdaL[eps=none, bias_correction=no, maximum=R1]: its T rounds on the set X. *)
Definition AdaL_R1 (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i /\
      vhat t i = Rmax (vhat (pred t) i) (v t i)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none, maximum=R2]: its T rounds on the set X. *)
Definition AdaL_R2 (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = Rmax (vhat (pred t) i) (v t i / (1 - beta2 ^ t))) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none, maximum=R3]: its T rounds on the set X. *)
Definition AdaL_R3 (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = CumMax (fun t => v t i) t / (1 - beta2 ^ t)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none, bias_correction=no, maximum=R1] with any weights n: its T rounds on the set X. *)
Definition AdaL_R1_any_weights (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) (n : nat -> R) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = n t * g t i /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i /\
      vhat t i = Rmax (vhat (pred t) i) (v t i)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none, maximum=R2] with any weights n: its T rounds on the set X. *)
Definition AdaL_R2_any_weights (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) (n : nat -> R) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = n t * g t i /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = Rmax (vhat (pred t) i) (v t i / (1 - beta2 ^ t))) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none, maximum=R3] with any weights n: its T rounds on the set X. *)
Definition AdaL_R3_any_weights (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) (n : nat -> R) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = n t * g t i /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = CumMax (fun t => v t i) t / (1 - beta2 ^ t)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=adam, bias_correction=no, maximum=R1]: its T rounds on the set X. *)
Definition AdaL_R1_eps (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i /\
      vhat t i = Rmax (vhat (pred t) i) (v t i)) /\
    projection d X
      (fun i => eps + sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (eps + sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=adam, maximum=R2]: its T rounds on the set X. *)
Definition AdaL_R2_eps (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = Rmax (vhat (pred t) i) (v t i / (1 - beta2 ^ t))) /\
    projection d X
      (fun i => eps + sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (eps + sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=adam, maximum=R3]: its T rounds on the set X. *)
Definition AdaL_R3_eps (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = CumMax (fun t => v t i) t / (1 - beta2 ^ t)) /\
    projection d X
      (fun i => eps + sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (eps + sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[bias_correction=no, maximum=R1]: its T rounds on the set X. *)
Definition AdaL_R1_printed (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i /\
      vhat t i = Rmax (vhat (pred t) i) (v t i)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * (eps + pinv (sqrt (vhat t i))) / sqrt (INR t))
      (x (S t)).

(* AdaL[maximum=R2]: its T rounds on the set X. *)
Definition AdaL_R2_printed (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = Rmax (vhat (pred t) i) (v t i / (1 - beta2 ^ t))) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * (eps + pinv (sqrt (vhat t i))) / sqrt (INR t))
      (x (S t)).

(* AdaL[maximum=R3]: its T rounds on the set X. *)
Definition AdaL_R3_printed (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = CumMax (fun t => v t i) t / (1 - beta2 ^ t)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * (eps + pinv (sqrt (vhat t i))) / sqrt (INR t))
      (x (S t)).

(* AdaL: its T rounds on the set X. *)
Definition AdaL_printed (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = v t i / (1 - beta2 ^ t)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * (eps + pinv (sqrt (vhat t i))) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none]: its T rounds on the set X. *)
Definition AdaL (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i / (1 - beta1 ^ t) /\
      vhat t i = v t i / (1 - beta2 ^ t)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AdaL[eps=none, bias_correction=no]: its T rounds on the set X. *)
Definition AdaL_uncorrected (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g ghat m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      ghat t i = g t i * SumCoords d (fun i => Rabs (g t i)) /\
      m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i /\
      vhat t i = v t i) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* AMSGrad: its T rounds on the set X. *)
Definition AMSGrad (d T : nat) (alpha beta1 beta2 : R) (X : point -> Prop)
    (x g m v mhat vhat : nat -> point) : Prop :=
  X (x 1%nat) /\
  (forall i, (i < d)%nat -> m O i = 0 /\ v O i = 0 /\ vhat O i = 0) /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat ->
      m t i = beta1 * m (pred t) i + g t i * (1 - beta1) /\
      v t i = beta2 * v (pred t) i + g t i ^ 2 * (1 - beta2) /\
      mhat t i = m t i /\
      vhat t i = Rmax (vhat (pred t) i) (v t i)) /\
    projection d X
      (fun i => sqrt (vhat t i))
      (fun i => x t i - alpha * mhat t i * pinv (sqrt (vhat t i)) / sqrt (INR t))
      (x (S t)).

(* SGD: its T rounds on the set X. *)
Definition OGD (d T : nat) (alpha : R) (X : point -> Prop)
    (x g : nat -> point) : Prop :=
  X (x 1%nat) /\
  forall t, (1 <= t <= T)%nat ->
    projection d X
      (fun i => 1)
      (fun i => x t i - alpha * g t i / sqrt (INR t))
      (x (S t)).

(* SGD[schedule=constant]: its T rounds on the set X. *)
Definition OGD_constant (d T : nat) (alpha : R) (X : point -> Prop)
    (x g : nat -> point) : Prop :=
  X (x 1%nat) /\
  forall t, (1 <= t <= T)%nat ->
    projection d X
      (fun i => 1)
      (fun i => x t i - alpha * g t i)
      (x (S t)).
