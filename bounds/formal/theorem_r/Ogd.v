(* Online gradient descent with the Euclidean projection: its regret with a constant step and alpha/sqrt(t).

   Zinkevich 2003, Theorem 1, and Shalev-Shwartz 2012, section 2.4, with the sharp constants of
   theory/theorems/ogd.py. A subgradient of each loss at the point played is all that is used of convexity. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent Statement.
Open Scope R_scope.

Definition Norm2Squared (d : nat) (u : point) : R := SumCoords d (fun i => u i ^ 2).

Section OGD.
Variables (d : nat) (X : point -> Prop) (D_2 G_2 : R) (T : nat).
Variables (f : nat -> point -> R) (g x : nat -> point) (a : nat -> R) (z : point).
Hypothesis HX : convex_set X.
Hypothesis HD : forall y u, X y -> X u -> Norm2Squared d (fun i => y i - u i) <= D_2 ^ 2.
Hypothesis HG : forall t, (1 <= t <= T)%nat -> Norm2Squared d (g t) <= G_2 ^ 2.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis Hz : X z.
Hypothesis Ha : forall t, (1 <= t <= T)%nat -> 0 < a t.
Hypothesis Hslow : forall t, (2 <= t <= T)%nat -> a t <= a (pred t).
Hypothesis Hx1 : X (x 1%nat).
Hypothesis Hx : forall t, (1 <= t <= T)%nat ->
  projection d X (fun _ => 1) (fun i => x t i - a t * g t i) (x (S t)).

Lemma inside t : (1 <= t <= S T)%nat -> X (x t).
Proof.
  intros H. destruct t as [|[|t]]; [lia | assumption|]. destruct (Hx (S t) ltac:(lia)). assumption.
Qed.

Lemma dual2_one u : dual2 d (fun _ => 1) u = Norm2Squared d u.
Proof. apply SumCoords_ext. intros. rewrite pinv_inv by lra. field. Qed.

Lemma distance_one y u : distance d (fun _ => 1) y u = Norm2Squared d (fun i => y i - u i).
Proof. apply SumCoords_ext. intros. ring. Qed.

Let u t := Norm2Squared d (fun i => x t i - z i).

Lemma round t : (1 <= t <= T)%nat -> f t (x t) - f t z <= / (2 * a t) * (u t - u (S t)) + a t / 2 * G_2 ^ 2.
Proof.
  intros Ht. pose proof (Hf t Ht z Hz) as L0.
  assert (E : dot d (g t) (fun i => z i - x t i) = - dot d (g t) (fun i => x t i - z i)).
  { unfold dot. rewrite <- (Rmult_1_l (SumCoords d (fun i => g t i * (x t i - z i)))), Ropp_mult_distr_l,
      <- SumCoords_scale.
    apply SumCoords_ext. intros. ring. }
  assert (P : projection d X (fun _ => 1) (fun i => x t i - a t * (g t i * pinv 1)) (x (S t))).
  { pose proof (Hx t Ht) as [P1 P2]. split; [assumption|]. intros q Hq. specialize (P2 q Hq). revert P2.
    rewrite (pinv_inv 1), Rinv_1 by lra. unfold distance.
    rewrite !(SumCoords_ext d (fun i => 1 * (_ - (x t i - a t * (g t i * 1))) ^ 2)
      (fun i => 1 * (_ - (x t i - a t * g t i)) ^ 2))
      by (intros; ring). trivial. }
  pose proof (L2 d X (fun _ => 1) (g t) (x t) (x (S t)) z (a t) HX (Ha t Ht) ltac:(intros; lra)
    ltac:(intros; lra) P Hz) as H.
  rewrite dual2_one, !distance_one in H. fold (u t) (u (S t)) in H.
  pose proof (HG t Ht) as G. pose proof (Ha t Ht).
  apply (Rmult_le_compat_l (a t / 2)) in G; lra.
Qed.

Let V t := match t with O => 0 | S _ => / (2 * a t) end.

(* Any positive steps that never grow. *)
Lemma ogd : (1 <= T)%nat -> Regret (fun _ => 1) f x z T <= D_2 ^ 2 / (2 * a T) + G_2 ^ 2 / 2 * CumSum a T.
Proof.
  intros HT.
  assert (L : CumSum (fun t => V t * (u t - u (S t))) T <= D_2 ^ 2 * V T).
  { rewrite <- (L5m V T).
    - apply L5; [reflexivity| | |].
      + intros t Ht. split; [apply SumCoords_squares | apply HD; [apply inside; lia | assumption]].
      + apply SumCoords_squares.
      + destruct T as [|s] eqn:E; [lia|]. cbn [V]. apply Rlt_le, Rinv_0_lt_compat.
        pose proof (Ha (S s) ltac:(lia)). lra.
    - reflexivity.
    - intros [|[|t]] Ht; [lia| |]; cbn [V pred].
      + apply Rlt_le, Rinv_0_lt_compat. pose proof (Ha 1%nat Ht). lra.
      + apply Rinv_le_contravar; [pose proof (Ha (S (S t)) Ht); lra|].
        pose proof (Hslow (S (S t)) ltac:(lia)) as H. cbn [pred] in H. lra. }
  assert (E : V T = / (2 * a T)) by (destruct T; [lia | reflexivity]).
  rewrite E in L. unfold Rdiv at 1. unfold Regret.
  apply Rle_trans with (CumSum (fun t => V t * (u t - u (S t)) + G_2 ^ 2 / 2 * a t) T).
  - apply CumSum_le. intros t Ht. rewrite Rmult_1_l. pose proof (round t Ht).
    destruct t; [lia|]. cbn [V]. lra.
  - rewrite CumSum_plus, CumSum_scale. lra.
Qed.
End OGD.

Lemma sum_inverse_roots T : (1 <= T)%nat -> CumSum (fun t => / sqrt (INR t)) T <= 2 * sqrt (INR T) - 1.
Proof.
  induction T as [|[|T] IH]; intros H; [lia| |].
  - cbn [CumSum]. change (INR 1) with 1. rewrite sqrt_1, Rinv_1. lra.
  - specialize (IH ltac:(lia)). remember (S T) as n eqn:En. cbn [CumSum].
    assert (Hn : 0 < INR n) by (apply lt_0_INR; lia).
    rewrite S_INR. pose proof (sqrt_lt_R0 (INR n) Hn) as Hp.
    pose proof (sqrt_lt_R0 (INR n + 1) ltac:(lra)) as Hq.
    pose proof (sqrt_sqrt (INR n) ltac:(lra)). pose proof (sqrt_sqrt (INR n + 1) ltac:(lra)).
    set (p := sqrt (INR n)) in *. set (q := sqrt (INR n + 1)) in *.
    enough (/ q <= 2 * (q - p)) by lra.
    apply Rmult_le_reg_l with q; [assumption|]. rewrite Rinv_r by lra.
    pose proof (pow2_ge_0 (q - p)). nra.
Qed.

(* The largest gradient, and the diameter, squared. *)
Lemma G_2_bounds d g T t : (1 <= t <= T)%nat ->
  Norm2Squared d (g t) <= sqrt (CumMax (fun t => SumCoords d (fun i => g t i ^ 2)) T) ^ 2.
Proof.
  intros Ht. pose proof (CumMax_upper (fun t => Norm2Squared d (g t)) T t Ht) as H.
  pose proof (SumCoords_squares d (g t)) as P. cbn beta in H. unfold Norm2Squared in *.
  rewrite pow2_sqrt by lra. assumption.
Qed.

Lemma D_2_bounds d X D_2 y u : diameter2 d X D_2 -> X y -> X u ->
  Norm2Squared d (fun i => y i - u i) <= D_2 ^ 2.
Proof.
  intros HD Hy Hu. pose proof (HD y u Hy Hu) as H. pose proof (SumCoords_squares d (fun i => y i - u i)) as P.
  unfold Norm2Squared. rewrite <- (pow2_sqrt _ P). apply pow_incr. split; [apply sqrt_pos | assumption].
Qed.

Lemma unweighted f x z T : CumSum (fun t => f t (x t) - f t z) T = Regret (fun _ => 1) f x z T.
Proof. apply CumSum_ext. intros. ring. Qed.

Theorem constant_step : ogd_constant.
Proof.
  intros d T alpha G_2 D_2 X f x g z HT HG Ha Hf HX HD Hz [Hx1 Hx]. rewrite unweighted.
  assert (H : Regret (fun _ => 1) f x z T <= D_2 ^ 2 / (2 * alpha) + G_2 ^ 2 / 2 * CumSum (fun _ => alpha) T).
  { apply (ogd d X D_2 G_2 T f g x (fun _ => alpha)); try assumption; try (intros; lra).
    - intros y u. now apply D_2_bounds.
    - intros t Ht. rewrite HG. now apply G_2_bounds. }
  replace (CumSum (fun _ => alpha) T) with (alpha * INR T) in H; [lra|].
  clear. induction T as [|T IH]; cbn [CumSum]; [simpl; ring|]. rewrite <- IH, S_INR. ring.
Qed.

Theorem sqrt_step : ogd_sqrt.
Proof.
  intros d T alpha G_2 D_2 X f x g z HT HG Ha Hf HX HD Hz [Hx1 Hx]. rewrite unweighted.
  assert (P : forall t, (1 <= t)%nat -> 0 < sqrt (INR t)) by (intros; apply sqrt_lt_R0, lt_0_INR; lia).
  assert (H : Regret (fun _ => 1) f x z T <= D_2 ^ 2 / (2 * (alpha / sqrt (INR T)))
    + G_2 ^ 2 / 2 * CumSum (fun t => alpha * / sqrt (INR t)) T).
  { apply (ogd d X D_2 G_2 T f g x (fun t => alpha / sqrt (INR t))); try assumption.
    - intros y u. now apply D_2_bounds.
    - intros t Ht. rewrite HG. now apply G_2_bounds.
    - intros t Ht. apply Rdiv_lt_0_compat; [assumption | apply P; lia].
    - intros t Ht. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; [apply P; lia|].
      apply sqrt_le_1_alt, le_INR. lia.
    - intros t Ht. specialize (Hx t Ht). revert Hx. apply projection_ext; [reflexivity|].
      intros i Hi. unfold Rdiv. ring. }
  rewrite CumSum_scale in H.
  pose proof (sum_inverse_roots T HT) as B. pose proof (P T HT) as PT. pose proof (pow2_ge_0 G_2) as G.
  replace (D_2 ^ 2 / (2 * (alpha / sqrt (INR T)))) with (D_2 ^ 2 * sqrt (INR T) / (2 * alpha)) in H
    by (field; lra).
  apply (Rmult_le_compat_l (G_2 ^ 2 / 2 * alpha)) in B; [lra|]. apply Rmult_le_pos; lra.
Qed.
