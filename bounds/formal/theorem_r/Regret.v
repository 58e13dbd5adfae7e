(* From the regret to two sums, one of distances and one of squared steps: L0, L1 and T0 of Theorem R.

   Nothing is said here of how the metric w t and the step a t come about: w t may be any metric that is 0 only
   where the moment is. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent.
Open Scope R_scope.

(* Convexity; h t = n t g t. *)
Lemma L0 d X f n g x z T : (forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->
  (forall t, (1 <= t <= T)%nat -> 0 <= n t) -> X z ->
  Regret n f x z T <= CumSum (fun t => dot d (fun i => n t * g t i) (fun i => x t i - z i)) T.
Proof.
  intros Hg Hn Hz. apply CumSum_le. intros t Ht.
  pose proof (Hg t Ht z Hz) as H.
  apply Rle_trans with (n t * (- dot d (g t) (fun i => z i - x t i))); [apply Rmult_le_compat_l; [auto | lra]|].
  apply Req_le. unfold dot.
  replace (n t * - SumCoords d (fun i => g t i * (z i - x t i)))
    with (- n t * SumCoords d (fun i => g t i * (z i - x t i))) by ring.
  rewrite <- SumCoords_scale. apply SumCoords_ext. intros. ring.
Qed.

(* From gradients to moments, in one coordinate: an identity. *)
Lemma L1_coordinate beta1 (h m x : nat -> R) z T : beta1 < 1 -> m 0%nat = 0 ->
  (forall t, (1 <= t <= T)%nat -> m t = beta1 * m (pred t) + (1 - beta1) * h t) ->
  CumSum (fun t => h t * (x t - z)) T = CumSum (fun t => m t * (x t - z)) T
    + beta1 / (1 - beta1) * (m T * (x T - z)) + beta1 / (1 - beta1) * CumSum (fun t => m t * (x t - x (S t)))
        (pred T).
Proof.
  intros Hb H0. induction T as [|T IH]; intros Hm; [simpl; rewrite H0; ring|].
  specialize (IH ltac:(intros; apply Hm; lia)).
  assert (E : h (S T) = (m (S T) - beta1 * m T) / (1 - beta1)).
  { rewrite (Hm (S T)) by lia. cbn [pred]. field. lra. }
  cbn [pred]. cbn [CumSum]. rewrite IH, E.
  destruct T as [|T]; cbn [pred CumSum]; [rewrite H0|]; field; lra.
Qed.

Section Run.
Variables (d : nat) (X : point -> Prop) (D_i : point) (beta1 : R) (T : nat).
Variables (h m x w : nat -> point) (a : nat -> R) (z : point).
Hypothesis HX : convex_set X.
Hypothesis HD : sides d X D_i.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis HT : (1 <= T)%nat.
Hypothesis Hm0 : forall i, (i < d)%nat -> m 0%nat i = 0.
Hypothesis Hm : forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  m t i = beta1 * m (pred t) i + (1 - beta1) * h t i.
Hypothesis Ha : forall t, (1 <= t <= T)%nat -> 0 < a t.
Hypothesis Hw : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> 0 <= w t i.
Hypothesis Hzero : forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> w t i = 0 -> m t i = 0.
Hypothesis Hx1 : X (x 1%nat).
Hypothesis Hx : forall t, (1 <= t <= T)%nat ->
  projection d X (w t) (fun i => x t i - a t * (m t i * pinv (w t i))) (x (S t)).
Hypothesis Hz : X z.

Lemma inside t : (1 <= t <= S T)%nat -> X (x t).
Proof.
  intros Ht. destruct t as [|[|t]]; [lia | assumption|]. destruct (Hx (S t) ltac:(lia)). assumption.
Qed.

Lemma L1 : CumSum (fun t => dot d (h t) (fun i => x t i - z i)) T
  = CumSum (fun t => dot d (m t) (fun i => x t i - z i)) T
    + beta1 / (1 - beta1) * dot d (m T) (fun i => x T i - z i)
    + beta1 / (1 - beta1) * CumSum (fun t => dot d (m t) (fun i => x t i - x (S t) i)) (pred T).
Proof.
  unfold dot. rewrite !CumSum_SumCoords, <- !SumCoords_scale, <- !SumCoords_plus.
  apply SumCoords_ext. intros i Hi.
  apply (L1_coordinate beta1 (fun t => h t i) (fun t => m t i) (fun t => x t i)); [lra | auto|]. intros; auto.
Qed.

(* The slope of the metric. *)
Definition V (t : nat) (i : nat) : R := match t with O => 0 | S _ => w t i / a t end.

Lemma V_last i : V T i = w T i / a T.
Proof. destruct T; [lia | reflexivity]. Qed.

(* The squared distance to the comparator is at most D_i^2 in each coordinate. *)
Lemma telescope :
  CumSum (fun t => / (2 * a t) * (distance d (w t) (x t) z - distance d (w t) (x (S t)) z)) T
    <= / 2 * SumCoords d (fun i => D_i i ^ 2 * CumSum (fun t => Rmax (V t i - V (pred t) i) 0) T).
Proof.
  rewrite (CumSum_ext _ (fun t => SumCoords d (fun i => / 2
    * (V t i * ((x t i - z i) ^ 2 - (x (S t) i - z i) ^ 2))))).
  - rewrite CumSum_SumCoords, <- SumCoords_scale. apply SumCoords_le. intros i Hi.
    rewrite CumSum_scale. apply Rmult_le_compat_l; [lra|].
    apply (L5 (fun t => V t i) (fun t => (x t i - z i) ^ 2)); [reflexivity| |apply pow2_ge_0|].
    + intros t Ht. split; [apply pow2_ge_0|]. apply pow_maj_Rabs. apply HD; [apply inside; lia | assumption..].
    + rewrite V_last. apply Rmult_le_pos; [apply Hw; [lia | assumption]|].
      apply Rlt_le, Rinv_0_lt_compat, Ha. lia.
  - intros t Ht. unfold distance. rewrite <- SumCoords_minus, <- SumCoords_scale.
    apply SumCoords_ext. intros i Hi. pose proof (Ha t Ht). destruct t; [lia|]. unfold V. field. lra.
Qed.

Definition steps2 : R := CumSum (fun t => a t * dual2 d (w t) (m t)) T.

(* L1 to L5; true of any metric, whether or not it ever decreases. *)
Lemma T0_increments : CumSum (fun t => dot d (h t) (fun i => x t i - z i)) T
  <= / 2 * SumCoords d (fun i => D_i i ^ 2 * CumSum (fun t => Rmax (V t i - V (pred t) i) 0) T)
    + beta1 / (1 - beta1) * (/ (4 * a T) * SumCoords d (fun i => D_i i ^ 2 * w T i))
    + (1 + beta1) / (2 * (1 - beta1)) * steps2.
Proof.
  rewrite L1. set (k := beta1 / (1 - beta1)).
  assert (Hk : 0 <= k) by (apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]).
  assert (B2 : CumSum (fun t => dot d (m t) (fun i => x t i - z i)) T <=
    CumSum (fun t => / (2 * a t) * (distance d (w t) (x t) z - distance d (w t) (x (S t)) z)
      + / 2 * (a t * dual2 d (w t) (m t))) T).
  { apply CumSum_le. intros t Ht.
    pose proof (L2 d X (w t) (m t) (x t) (x (S t)) z (a t) HX (Ha t Ht)
      ltac:(intros; now apply Hw) ltac:(intros; now apply Hzero) (Hx t Ht) Hz). lra. }
  rewrite CumSum_plus, CumSum_scale in B2. fold steps2 in B2.
  pose proof telescope as B5.
  assert (B4 : dot d (m T) (fun i => x T i - z i)
    <= a T * dual2 d (w T) (m T) + / (4 * a T) * SumCoords d (fun i => D_i i ^ 2 * w T i)).
  { apply (L4 d X); [apply Ha; lia | | | assumption | apply inside; lia | assumption]; intros;
      [apply Hw | apply Hzero]; lia || assumption. }
  assert (B3 : CumSum (fun t => dot d (m t) (fun i => x t i - x (S t) i)) (pred T)
    <= CumSum (fun t => a t * dual2 d (w t) (m t)) (pred T)).
  { apply CumSum_le. intros t Ht.
    apply (L3 d X); [assumption | apply Ha; lia | | | apply Hx; lia | apply inside; lia];
      intros; [apply Hw | apply Hzero]; lia || assumption. }
  assert (E : steps2 = CumSum (fun t => a t * dual2 d (w t) (m t)) (pred T) + a T * dual2 d (w T) (m T)).
  { unfold steps2. clear - HT. destruct T; [lia | reflexivity]. }
  replace ((1 + beta1) / (2 * (1 - beta1))) with (/ 2 + k) by (unfold k; field; lra).
  apply (Rmult_le_compat_l k) in B3; [|assumption]. apply (Rmult_le_compat_l k) in B4; [|assumption].
  apply (f_equal (Rmult k)) in E. lra.
Qed.

(* A metric whose slope never decreases. *)
Lemma T0 : (forall t i, (2 <= t <= T)%nat -> (i < d)%nat -> w (pred t) i / a (pred t) <= w t i / a t) ->
  CumSum (fun t => dot d (h t) (fun i => x t i - z i)) T
    <= (2 - beta1) / (4 * (1 - beta1)) * SumCoords d (fun i => D_i i ^ 2 * (w T i / a T))
      + (1 + beta1) / (2 * (1 - beta1)) * steps2.
Proof.
  intros Hslope. apply Rle_trans with (1 := T0_increments). apply Rplus_le_compat_r, Req_le.
  rewrite (SumCoords_ext d _ (fun i => D_i i ^ 2 * (w T i / a T))).
  - rewrite <- !SumCoords_scale, <- SumCoords_plus. apply SumCoords_ext. intros i Hi.
    pose proof (Ha T ltac:(lia)). field. lra.
  - intros i Hi. f_equal. rewrite <- V_last. apply (L5m (fun t => V t i)); [reflexivity|].
    intros [|[|t]] Ht; [lia| |].
    + simpl. apply Rmult_le_pos; [now apply Hw | apply Rlt_le, Rinv_0_lt_compat; now apply Ha].
    + apply (Hslope (S (S t)) i); [lia | assumption].
Qed.
End Run.
