(* One projected step in a diagonal metric, and the sum of such steps: L2 to L5 of Theorem R.

   The step is x' = the point of X nearest to x - a m/w in the metric w. All that is used of x' is the
   variational inequality, which is proved here from the definition of the minimiser. A weight may be 0 where
   m is 0. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums.
Open Scope R_scope.

Lemma pinv_zero : pinv 0 = 0.
Proof. unfold pinv. destruct (Req_EM_T 0 0); [reflexivity | lra]. Qed.

Lemma pinv_inv w : w <> 0 -> pinv w = / w.
Proof. unfold pinv. destruct (Req_EM_T w 0); [contradiction | reflexivity]. Qed.

Lemma pinv_nonneg w : 0 <= w -> 0 <= pinv w.
Proof.
  intros H. destruct (Req_dec w 0) as [->|N]; [rewrite pinv_zero; lra|].
  rewrite pinv_inv by assumption. apply Rlt_le, Rinv_0_lt_compat. lra.
Qed.

(* The product of preconditioner and metric is the identity where it matters. *)
Lemma pinv_cancel w m : (w = 0 -> m = 0) -> w * (m * pinv w) = m.
Proof.
  intros H. destruct (Req_dec w 0) as [E|N]; [rewrite (H E); ring|].
  rewrite pinv_inv by assumption. now field.
Qed.

Lemma Rle_minus_nonneg b c : 0 <= c -> b - c <= b.
Proof. lra. Qed.

(* Young's inequality in one coordinate. *)
Lemma Young w m u c : 0 <= w -> 0 < c -> (w = 0 -> m = 0) ->
  m * u <= c * (m ^ 2 * pinv w) + w * u ^ 2 / (4 * c).
Proof.
  intros Hw Hc H.
  assert (E : w * (m * pinv w) = m) by now apply pinv_cancel.
  replace (m ^ 2 * pinv w) with (w * (m * pinv w) ^ 2)
    by (replace (w * (m * pinv w) ^ 2) with (w * (m * pinv w) * (m * pinv w)) by ring; rewrite E; ring).
  rewrite <- E at 1. set (r := m * pinv w) in *. pose proof (pow2_ge_0 (2 * c * r - u)) as P.
  assert (Q : 0 <= w * (2 * c * r - u) ^ 2 / (4 * c)).
  { apply Rmult_le_pos; [now apply Rmult_le_pos|]. apply Rlt_le, Rinv_0_lt_compat. lra. }
  replace (w * (2 * c * r - u) ^ 2 / (4 * c)) with (c * (w * r ^ 2) + w * u ^ 2 / (4 * c) - w * r * u) in Q
    by (field; lra).
  lra.
Qed.

Lemma projection_ext d X w w' y y' p : (forall i, (i < d)%nat -> w i = w' i) ->
  (forall i, (i < d)%nat -> y i = y' i) ->
  projection d X w y p -> projection d X w' y' p.
Proof.
  intros Hw Hy [H1 H2].
  assert (E : forall q, distance d w' q y' = distance d w q y).
  { intros q. apply SumCoords_ext. intros i Hi. now rewrite Hw, Hy. }
  split; [assumption|]. intros q Hq. rewrite !E. now apply H2.
Qed.

(* The variational inequality of a minimiser over a convex set. *)
Theorem variational d X w y p z : convex_set X -> projection d X w y p -> X z ->
  0 <= SumCoords d (fun i => w i * (p i - y i) * (z i - p i)).
Proof.
  intros HX [Hp Hmin] Hz.
  set (A := SumCoords d (fun i => w i * (p i - y i) * (z i - p i))).
  set (B := SumCoords d (fun i => w i * (z i - p i) ^ 2)).
  assert (Q : forall lam, 0 <= lam <= 1 -> 0 <= 2 * lam * A + lam ^ 2 * B).
  { intros lam Hlam. pose proof (Hmin _ (HX z p lam Hz Hp Hlam)) as H. unfold distance in H.
    rewrite (SumCoords_ext d (fun i => w i * (lam * z i + (1 - lam) * p i - y i) ^ 2)
      (fun i => w i * (p i - y i) ^ 2 + 2 * lam * (w i * (p i - y i) * (z i - p i))
        + lam ^ 2 * (w i * (z i - p i) ^ 2))) in H
          by (intros; ring).
    rewrite !SumCoords_plus, !SumCoords_scale in H. fold A B in H. lra. }
  destruct (Rle_lt_dec 0 A) as [|HA]; [assumption|exfalso].
  pose proof (Rle_abs B) as HB. pose proof (Rabs_pos B) as HB0. set (b := Rabs B) in *.
  assert (D : 0 < b - A) by lra.
  set (lam := - A / (b - A)).
  assert (E : lam * (b - A) = - A) by (unfold lam; field; lra).
  assert (L0 : 0 < lam) by (apply Rdiv_lt_0_compat; lra).
  assert (L1 : lam <= 1) by (apply Rmult_le_reg_r with (b - A); lra).
  specialize (Q lam ltac:(lra)).
  assert (lam * B <= lam * b) by (apply Rmult_le_compat_l; lra).
  assert (0 <= 2 * A + lam * B) by (apply Rmult_le_reg_l with lam; [assumption | nra]).
  nra.
Qed.

Section Step.
Variables (d : nat) (X : point -> Prop) (w m x x' z : point) (a : R).
Hypothesis HX : convex_set X.
Hypothesis Ha : 0 < a.
Hypothesis Hw : forall i, (i < d)%nat -> 0 <= w i.
Hypothesis Hm : forall i, (i < d)%nat -> w i = 0 -> m i = 0.
Hypothesis Hstep : projection d X w (fun i => x i - a * (m i * pinv (w i))) x'.

(* The squared length of the step's direction in the dual metric. *)
Definition dual2 : R := SumCoords d (fun i => m i ^ 2 * pinv (w i)).

Lemma optimality u : X u ->
  0 <= SumCoords d (fun i => w i * (x' i - x i) * (u i - x' i) + a * (m i * (u i - x' i))).
Proof.
  intros Hu. pose proof (variational _ _ _ _ _ _ HX Hstep Hu) as H.
  erewrite SumCoords_ext; [exact H|]. intros i Hi. cbn beta.
  replace (w i * (x' i - (x i - a * (m i * pinv (w i)))) * (u i - x' i))
    with (w i * (x' i - x i) * (u i - x' i) + a * (w i * (m i * pinv (w i)) * (u i - x' i))) by ring.
  now rewrite pinv_cancel by auto.
Qed.

Lemma L2 : X z ->
  dot d m (fun i => x i - z i) <= / (2 * a) * (distance d w x z - distance d w x' z) + a / 2 * dual2.
Proof.
  intros Hz. pose proof (optimality z Hz) as H.
  apply Rmult_le_reg_l with a; [assumption|].
  replace (a * (/ (2 * a) * (distance d w x z - distance d w x' z) + a / 2 * dual2))
    with (/ 2 * distance d w x z - / 2 * distance d w x' z + a ^ 2 / 2 * dual2) by (field; lra).
  eapply Rle_trans with (_ - _); [|apply Rle_minus_nonneg; exact H].
  unfold dot, distance, dual2.
  rewrite <- !SumCoords_scale, <- SumCoords_minus, <- SumCoords_plus, <- SumCoords_minus.
  apply SumCoords_le. intros i Hi.
  pose proof (Young (w i) (m i) (x i - x' i) (a / 2) (Hw i Hi) ltac:(lra) (Hm i Hi)) as Y.
  apply (Rmult_le_compat_l a) in Y; [|lra].
  replace (a * (a / 2 * (m i ^ 2 * pinv (w i)) + w i * (x i - x' i) ^ 2 / (4 * (a / 2)))) with
    (a ^ 2 / 2 * (m i ^ 2 * pinv (w i)) + / 2 * (w i * (x i - x' i) ^ 2)) in Y by (field; lra).
  nra.
Qed.

(* The step is no longer than its direction; no property of projections but optimality is used. *)
Lemma step_angle : X x -> distance d w x' x <= a * dot d m (fun i => x i - x' i).
Proof.
  intros Hx. pose proof (optimality x Hx) as H.
  enough (E : SumCoords d (fun i => w i * (x' i - x i) * (x i - x' i) + a * (m i * (x i - x' i)))
    = a * dot d m (fun i => x i - x' i) - distance d w x' x) by lra.
  unfold dot, distance. rewrite <- SumCoords_scale, <- SumCoords_minus.
  apply SumCoords_ext. intros. ring.
Qed.

Lemma dot_Young c u : 0 < c -> dot d m u <= c * dual2 + / (4 * c) * SumCoords d (fun i => w i * u i ^ 2).
Proof.
  intros Hc. unfold dot, dual2. rewrite <- !SumCoords_scale, <- SumCoords_plus.
  apply SumCoords_le. intros i Hi.
  pose proof (Young (w i) (m i) (u i) c (Hw i Hi) Hc (Hm i Hi)). unfold Rdiv in *. lra.
Qed.

Lemma L3 : X x -> dot d m (fun i => x i - x' i) <= a * dual2.
Proof.
  intros Hx. pose proof (step_angle Hx) as H.
  pose proof (dot_Young (a / 2) (fun i => x i - x' i) ltac:(lra)) as Y. cbn beta in Y.
  replace (SumCoords d (fun i => w i * (x i - x' i) ^ 2)) with (distance d w x' x) in Y
    by (apply SumCoords_ext; intros; ring).
  replace (4 * (a / 2)) with (2 * a) in Y by field.
  apply (Rmult_le_compat_l (/ (2 * a))) in H; [|apply Rlt_le, Rinv_0_lt_compat; lra].
  replace (/ (2 * a) * (a * dot d m (fun i => x i - x' i))) with (/ 2 * dot d m (fun i => x i - x' i)) in H
    by (field; lra).
  lra.
Qed.

Lemma L3a : X x -> distance d w x' x <= a ^ 2 * dual2.
Proof.
  intros Hx. apply Rle_trans with (1 := step_angle Hx).
  replace (a ^ 2 * dual2) with (a * (a * dual2)) by ring.
  apply Rmult_le_compat_l; [lra | now apply L3].
Qed.
End Step.

(* The last round: the sides of X bound the distance to the comparator. *)
Lemma L4 d X w m x z D a : 0 < a ->
  (forall i, (i < d)%nat -> 0 <= w i) -> (forall i, (i < d)%nat -> w i = 0 -> m i = 0) -> sides d X D ->
    X x -> X z ->
  dot d m (fun i => x i - z i) <= a * dual2 d w m + / (4 * a) * SumCoords d (fun i => D i ^ 2 * w i).
Proof.
  intros Ha Hw Hm HD Hx Hz. apply Rle_trans with (1 := dot_Young d w m Hw Hm a (fun i => x i - z i) Ha).
  apply Rplus_le_compat_l, Rmult_le_compat_l; [apply Rlt_le, Rinv_0_lt_compat; lra|].
  apply SumCoords_le. intros i Hi. rewrite Rmult_comm. apply Rmult_le_compat_r; [auto|].
  apply pow_maj_Rabs. now apply HD.
Qed.

(* Telescoping: u t is the squared distance to the comparator, V t the slope of the metric, V 0 = 0. *)
Lemma L5_boundary (V u : nat -> R) D2 T : V 0%nat = 0 -> (forall t, (1 <= t <= T)%nat -> 0 <= u t <= D2) ->
  CumSum (fun t => V t * (u t - u (S t))) T + V T * u (S T)
    <= D2 * CumSum (fun t => Rmax (V t - V (pred t)) 0) T.
Proof.
  intros H0. induction T as [|T IH]; intros Hu; cbn [CumSum]; [rewrite H0; lra|].
  specialize (IH ltac:(intros; apply Hu; lia)). cbn [pred].
  pose proof (Hu (S T) ltac:(lia)) as H.
  pose proof (Rmax_l (V (S T) - V T) 0). pose proof (Rmax_r (V (S T) - V T) 0).
  set (r := Rmax (V (S T) - V T) 0) in *.
  assert ((V (S T) - V T) * u (S T) <= D2 * r) by nra.
  nra.
Qed.

Lemma L5 (V u : nat -> R) D2 T : V 0%nat = 0 -> (forall t, (1 <= t <= T)%nat -> 0 <= u t <= D2) ->
  0 <= u (S T) -> 0 <= V T ->
  CumSum (fun t => V t * (u t - u (S t))) T <= D2 * CumSum (fun t => Rmax (V t - V (pred t)) 0) T.
Proof.
  intros H0 Hu HT HV. pose proof (L5_boundary V u D2 T H0 Hu).
  pose proof (Rmult_le_pos _ _ HV HT). lra.
Qed.

(* Where V never decreases, its increments add up to V T. *)
Lemma L5m (V : nat -> R) T : V 0%nat = 0 -> (forall t, (1 <= t <= T)%nat -> V (pred t) <= V t) ->
  CumSum (fun t => Rmax (V t - V (pred t)) 0) T = V T.
Proof.
  intros H0. induction T as [|T IH]; intros H; cbn [CumSum]; [now rewrite H0|].
  rewrite IH by (intros; apply H; lia).
  pose proof (H (S T) ltac:(lia)) as HT. cbn [pred] in *.
  rewrite Rmax_left by lra. lra.
Qed.
