(* Finite sums over coordinates and over rounds: monotone, linear, exchangeable, and Cauchy and Schwarz.

   A sum over rounds is a sum over coordinates with its index shifted by one, so that each rule is proved
   once. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions.
Open Scope R_scope.

Lemma CumSum_is_SumCoords u T : CumSum u T = SumCoords T (fun s => u (S s)).
Proof. induction T as [|T IH]; simpl; [reflexivity | now rewrite IH]. Qed.

Lemma SumCoords_ext d u v : (forall i, (i < d)%nat -> u i = v i) -> SumCoords d u = SumCoords d v.
Proof.
  induction d as [|d IH]; intros H; simpl; [reflexivity|].
  rewrite IH by (intros; apply H; lia). now rewrite H by lia.
Qed.

Lemma SumCoords_le d u v : (forall i, (i < d)%nat -> u i <= v i) -> SumCoords d u <= SumCoords d v.
Proof.
  induction d as [|d IH]; intros H; simpl; [lra|].
  apply Rplus_le_compat; [apply IH; intros|]; apply H; lia.
Qed.

Lemma SumCoords_zero d : SumCoords d (fun _ => 0) = 0.
Proof. induction d; simpl; lra. Qed.

Lemma SumCoords_nonneg d u : (forall i, (i < d)%nat -> 0 <= u i) -> 0 <= SumCoords d u.
Proof. intros H. rewrite <- (SumCoords_zero d). now apply SumCoords_le. Qed.

Lemma SumCoords_plus d u v : SumCoords d (fun i => u i + v i) = SumCoords d u + SumCoords d v.
Proof. induction d as [|d IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma SumCoords_minus d u v : SumCoords d (fun i => u i - v i) = SumCoords d u - SumCoords d v.
Proof. induction d as [|d IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma SumCoords_scale d c u : SumCoords d (fun i => c * u i) = c * SumCoords d u.
Proof. induction d as [|d IH]; simpl; [|rewrite IH]; lra. Qed.

Lemma CumSum_ext u v T : (forall t, (1 <= t <= T)%nat -> u t = v t) -> CumSum u T = CumSum v T.
Proof. intros H. rewrite !CumSum_is_SumCoords. apply SumCoords_ext. intros. apply H. lia. Qed.

Lemma CumSum_le u v T : (forall t, (1 <= t <= T)%nat -> u t <= v t) -> CumSum u T <= CumSum v T.
Proof. intros H. rewrite !CumSum_is_SumCoords. apply SumCoords_le. intros. apply H. lia. Qed.

Lemma CumSum_nonneg u T : (forall t, (1 <= t <= T)%nat -> 0 <= u t) -> 0 <= CumSum u T.
Proof. intros H. rewrite CumSum_is_SumCoords. apply SumCoords_nonneg. intros. apply H. lia. Qed.

Lemma CumSum_plus u v T : CumSum (fun t => u t + v t) T = CumSum u T + CumSum v T.
Proof. rewrite !CumSum_is_SumCoords. apply SumCoords_plus. Qed.

Lemma CumSum_minus u v T : CumSum (fun t => u t - v t) T = CumSum u T - CumSum v T.
Proof. rewrite !CumSum_is_SumCoords. apply SumCoords_minus. Qed.

Lemma CumSum_scale c u T : CumSum (fun t => c * u t) T = c * CumSum u T.
Proof. rewrite !CumSum_is_SumCoords. apply SumCoords_scale. Qed.

(* The sum over rounds of a sum over coordinates. *)
Lemma CumSum_SumCoords d (u : nat -> nat -> R) T :
  CumSum (fun t => SumCoords d (u t)) T = SumCoords d (fun i => CumSum (fun t => u t i) T).
Proof.
  induction T as [|T IH]; simpl; [now rewrite SumCoords_zero|].
  now rewrite IH, <- SumCoords_plus.
Qed.

(* Cauchy and Schwarz. *)
Lemma two_squares a b x y : 0 <= a -> 0 <= b -> 2 * sqrt (a * b) * (x * y) <= a * y ^ 2 + b * x ^ 2.
Proof.
  intros Ha Hb. rewrite sqrt_mult by assumption.
  pose proof (sqrt_sqrt a Ha) as Ea. pose proof (sqrt_sqrt b Hb) as Eb.
  set (p := sqrt a) in *. set (q := sqrt b) in *. rewrite <- Ea, <- Eb.
  pose proof (pow2_ge_0 (p * y - q * x)). nra.
Qed.

Lemma SumCoords_squares d u : 0 <= SumCoords d (fun i => u i ^ 2).
Proof. apply SumCoords_nonneg. intros. apply pow2_ge_0. Qed.

Lemma Cauchy_Schwarz d u v :
  SumCoords d (fun i => u i * v i)
    <= sqrt (SumCoords d (fun i => u i ^ 2)) * sqrt (SumCoords d (fun i => v i ^ 2)).
Proof.
  rewrite <- sqrt_mult by apply SumCoords_squares.
  induction d as [|d IH]; cbn [SumCoords]; [rewrite Rmult_0_l, sqrt_0; lra|].
  pose proof (SumCoords_squares d u) as A. pose proof (SumCoords_squares d v) as B. revert A B IH.
  generalize (SumCoords d (fun i => u i ^ 2)) (SumCoords d (fun i => v i ^ 2))
    (SumCoords d (fun i => u i * v i)).
  generalize (u d) (v d). intros x y a b c A B IH.
  apply Rle_trans with (sqrt (a * b) + x * y); [lra|].
  pose proof (two_squares a b x y A B) as H.
  pose proof (Rmult_le_pos _ _ A B) as AB. pose proof (sqrt_sqrt (a * b) AB) as E.
  pose proof (pow2_ge_0 x) as Px. pose proof (pow2_ge_0 y) as Py.
  apply Rsqr_incr_0_var; [|apply sqrt_pos].
  rewrite Rsqr_sqrt by (apply Rmult_le_pos; lra).
  unfold Rsqr. nra.
Qed.

Lemma CumSum_Cauchy_Schwarz u v T :
  CumSum (fun t => u t * v t) T <= sqrt (CumSum (fun t => u t ^ 2) T) * sqrt (CumSum (fun t => v t ^ 2) T).
Proof. rewrite !CumSum_is_SumCoords. apply (Cauchy_Schwarz T (fun s => u (S s)) (fun s => v (S s))). Qed.

(* The maximum over the rounds. *)
Lemma CumMax_grows u t : (2 <= t)%nat -> CumMax u (pred t) <= CumMax u t.
Proof. intros Ht. destruct t as [|[|t]]; [lia | lia|]. apply Rmax_l. Qed.

Lemma CumMax_last u t : (1 <= t)%nat -> u t <= CumMax u t.
Proof. intros Ht. destruct t as [|[|t]]; [lia | simpl; lra|]. apply Rmax_r. Qed.

Lemma CumMax_upper u T t : (1 <= t <= T)%nat -> u t <= CumMax u T.
Proof.
  induction T as [|T IH]; intros Ht; [lia|].
  destruct (Nat.eq_dec t (S T)) as [->|N]; [apply CumMax_last; lia|].
  apply Rle_trans with (CumMax u T); [apply IH; lia|]. apply (CumMax_grows u (S T)). lia.
Qed.
