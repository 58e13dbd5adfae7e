(* AdaL with epsilon as printed fits the analysis on a box: there each coordinate of the projection is clipped
   on its own, so that the metric may be replaced by the inverse of the preconditioner. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Sums Descent Decayed Moments Energy Regret Orders Fits Runs.
Open Scope R_scope.

(* Two sums that differ in one term. *)
Lemma SumCoords_change d u v i : (i < d)%nat -> (forall j, (j < d)%nat -> j <> i -> u j = v j) ->
  SumCoords d u - SumCoords d v = u i - v i.
Proof.
  induction d as [|d IH]; intros Hi H; [lia|]. cbn [SumCoords]. destruct (Nat.eq_dec i d) as [->|N].
  - rewrite (SumCoords_ext d u v) by (intros; apply H; lia). ring.
  - rewrite (H d) by lia. specialize (IH ltac:(lia) ltac:(intros; apply H; lia)). lra.
Qed.

(* Where the metric is positive, a projection onto a box is a projection in that coordinate. *)
Lemma clipped d lower upper w y p i q : projection d (box d lower upper) w y p -> (i < d)%nat -> 0 < w i ->
  lower i <= q <= upper i -> (p i - y i) ^ 2 <= (q - y i) ^ 2.
Proof.
  intros [Hp Hmin] Hi Hw Hq. set (p' := fun j => if Nat.eq_dec j i then q else p j).
  assert (HB : box d lower upper p').
  { intros j Hj. unfold p'. destruct (Nat.eq_dec j i) as [->|N]; [assumption | now apply Hp]. }
  assert (E : p' i = q) by (unfold p'; destruct (Nat.eq_dec i i); [reflexivity | contradiction]).
  specialize (Hmin p' HB). unfold distance in Hmin.
  pose proof (SumCoords_change d (fun i => w i * (p' i - y i) ^ 2) (fun i => w i * (p i - y i) ^ 2) i Hi) as C.
  cbn beta in C. rewrite E in C.
  assert (D : forall j, (j < d)%nat -> j <> i -> w j * (p' j - y j) ^ 2 = w j * (p j - y j) ^ 2).
  { intros j _ N. unfold p'. destruct (Nat.eq_dec j i); [contradiction | reflexivity]. }
  specialize (C D). apply Rmult_le_reg_l with (w i); [assumption | lra].
Qed.

(* So the metric does not count, and where it is 0 the point to be projected does not count either. *)
Lemma other_metric d lower upper w w' y y' p : (forall i, (i < d)%nat -> 0 <= w i) ->
  (forall i, (i < d)%nat -> 0 <= w' i) -> (forall i, (i < d)%nat -> w i = 0 -> w' i = 0) ->
  (forall i, (i < d)%nat -> 0 < w i -> y i = y' i) ->
  projection d (box d lower upper) w y p -> projection d (box d lower upper) w' y' p.
Proof.
  intros Hw Hw' H0 Hy Hp. split; [apply Hp|]. intros q Hq. apply SumCoords_le. intros i Hi.
  destruct (Hw i Hi) as [P | Z]; [|rewrite (H0 i Hi) by auto; lra].
  apply Rmult_le_compat_l; [now apply Hw'|]. rewrite <- (Hy i Hi P).
  now apply (clipped d lower upper w y p i (q i) Hp Hi P), Hq.
Qed.

(* The inverse of the preconditioner 1/u + eps. *)
Definition damped (eps u : R) : R := u / (eps * u + 1).

Lemma damped_nonneg eps u : 0 <= eps -> 0 <= u -> 0 <= damped eps u.
Proof.
  intros He Hu. apply Rmult_le_pos; [assumption|]. apply Rlt_le, Rinv_0_lt_compat.
  pose proof (Rmult_le_pos _ _ He Hu). lra.
Qed.

Lemma damped_pinv eps u : 0 <= eps -> 0 < u -> pinv (damped eps u) = eps + pinv u.
Proof.
  intros He Hu. pose proof (Rmult_le_pos _ _ He (Rlt_le _ _ Hu)) as P.
  assert (Q : 0 < damped eps u) by (apply Rdiv_lt_0_compat; lra).
  rewrite !pinv_inv by lra. unfold damped. field. lra.
Qed.

Lemma damped_zero eps u : 0 <= eps -> 0 <= u -> damped eps u = 0 -> u = 0.
Proof.
  intros He Hu E. pose proof (Rmult_le_pos _ _ He Hu) as P. unfold damped, Rdiv in E.
  apply Rmult_integral in E. destruct E as [E | E]; [assumption|].
  exfalso. revert E. apply Rinv_neq_0_compat. lra.
Qed.

(* The slope of the damped metric grows as well; s is the root of the round. *)
Lemma damped_slope eps u u' s s' : 0 <= eps -> 0 <= u -> 0 <= u' -> 0 <= s <= s' -> u * s <= u' * s' ->
  damped eps u * s <= damped eps u' * s'.
Proof.
  intros He Hu Hu' Hs H. pose proof (Rmult_le_pos _ _ He Hu) as P. pose proof (Rmult_le_pos _ _ He Hu') as P'.
  unfold damped. apply Rmult_le_reg_r with ((eps * u + 1) * (eps * u' + 1)); [apply Rmult_lt_0_compat; lra|].
  replace (u / (eps * u + 1) * s * ((eps * u + 1) * (eps * u' + 1))) with (u * s + eps * u * u' * s)
    by (field; lra).
  replace (u' / (eps * u' + 1) * s' * ((eps * u + 1) * (eps * u' + 1))) with (u' * s' + eps * u * u' * s')
    by (field; lra).
  assert (eps * u * u' * s <= eps * u * u' * s') by (apply Rmult_le_compat_l; [apply Rmult_le_pos|]; lra). lra.
Qed.

Section Printed.
Variables (d T : nat) (alpha beta1 beta2 eps : R) (b : bool) (X : point -> Prop) (lower upper : point).
Variables (x g h m v mhat vhat : nat -> point) (n : nat -> R).
Notation root := (fun t i => sqrt (vhat t i)).
Notation metric := (fun t i => damped eps (sqrt (vhat t i))).

Definition printed_lines : Prop :=
  X (x 1%nat) /\ averages d T beta1 beta2 g h m v n /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat -> mhat t i = m t i / correction b beta1 t) /\
    projection d X (root t)
      (fun i => x t i - alpha * mhat t i * (eps + pinv (sqrt (vhat t i))) / sqrt (INR t)) (x (S t)).

Hypothesis HT : (1 <= T)%nat.
Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.
Hypothesis Heps : 0 <= eps.
Hypothesis HX : X = box d lower upper.
Hypothesis Hlines : printed_lines.
Hypothesis Henough : enough d T beta2 b v vhat.

Lemma printed_averages : averages d T beta1 beta2 g h m v n.
Proof. apply Hlines. Qed.

Lemma root_zero t i : (1 <= t <= T)%nat -> (i < d)%nat -> sqrt (vhat t i) = 0 -> m t i = 0.
Proof.
  apply (metric_zero_moment d T beta1 beta2 0 b g h m v vhat root n); try assumption; try lra.
  - intros. ring.
  - apply printed_averages.
Qed.

Lemma printed_fits : fits d T alpha beta1 beta2 b X x g h m v metric n.
Proof.
  destruct Hlines as (Hx1 & Havg & H). split; try assumption.
  - intros. apply damped_nonneg; [assumption | apply sqrt_pos].
  - intros t i Ht Hi E. apply (root_zero t i Ht Hi). now apply (damped_zero eps _ Heps (sqrt_pos _)).
  - intros t Ht. destruct (H t Ht) as [L P]. rewrite HX in *. revert P. apply other_metric.
    + intros. apply sqrt_pos.
    + intros. apply damped_nonneg; [assumption | apply sqrt_pos].
    + intros i Hi E. rewrite E. unfold damped, Rdiv. ring.
    + intros i Hi P. rewrite damped_pinv, (L i Hi) by assumption. unfold raw_step.
      pose proof (correction_bounds b beta1 t Hbeta1 ltac:(lia)).
      assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
Qed.

(* The contribution of epsilon to the squared steps. *)
Lemma moment_squares i : (i < d)%nat ->
  CumSum (fun t => raw_step alpha beta1 b t * m t i ^ 2) T
    <= CumSum (fun t => alpha / sqrt (INR t) * h t i ^ 2) T.
Proof.
  intros Hi. set (Q := H beta1 (fun s => h s i ^ 2)).
  assert (EQ : forall t, decayed beta1 (fun s => h s i ^ 2) t = Q t).
  { intros t. unfold Q, H, decayed. apply CumSum_ext. intros.
    now rewrite (Rabs_pos_eq (_ ^ 2)) by apply pow2_ge_0. }
  apply Rle_trans with ((1 - beta1) * CumSum (fun t => alpha / sqrt (INR t) * Q t) T).
  - rewrite <- CumSum_scale. apply CumSum_le. intros t Ht.
    pose proof (square_of_mean beta1 (fun t => h t i) (fun t => m t i) T Hbeta1
      ltac:(now apply printed_averages) ltac:(intros; now apply printed_averages) t ltac:(lia)) as S.
    rewrite EQ in S. pose proof (correction_bounds b beta1 t Hbeta1 ltac:(lia)) as C.
    pose proof (raw_step_positive alpha beta1 b t Halpha Hbeta1 ltac:(lia)) as RS.
    assert (PQ : 0 <= Q t) by (apply H_nonneg; lra).
    apply Rle_trans with (raw_step alpha beta1 b t * ((1 - beta1) * correction b beta1 t * Q t)).
    + apply Rmult_le_compat_l; [lra|]. apply Rle_trans with (1 := S). apply Rmult_le_compat_r; [assumption|].
      apply Rmult_le_compat_l; lra.
    + apply Req_le. unfold raw_step. assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
  - pose proof (L9 (fun t => alpha / sqrt (INR t)) beta1 (fun t => h t i ^ 2) T Hbeta1) as B. fold Q in B.
    specialize (B ltac:(intros; apply Rlt_le, step_positive; assumption)).
    specialize (B ltac:(intros; apply Rmult_le_compat_l; [lra|]; apply Rinv_le_contravar;
      [apply sqrt_lt_R0, lt_0_INR; lia | apply sqrt_le_1_alt, le_INR; lia]) HT).
    apply (Rmult_le_compat_l (1 - beta1)) in B; [|lra]. apply Rle_trans with (1 := B). apply Req_le.
    rewrite (CumSum_ext (fun s => alpha / sqrt (INR s) * Rabs (h s i ^ 2)) (fun t => alpha / sqrt (INR t)
      * h t i ^ 2))
      by (intros; now rewrite (Rabs_pos_eq (_ ^ 2)) by apply pow2_ge_0).
    field. lra.
Qed.

Definition eps_noise (i : nat) : R := CumSum (fun t => alpha / sqrt (INR t) * h t i ^ 2) T.

Lemma printed_energy gamma : gamma = beta1 ^ 2 / beta2 -> gamma < 1 ->
  energy d T alpha beta1 b m metric (fun i =>
    (1 - beta1) * (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))) * length_of T h i
    + eps * eps_noise i).
Proof.
  intros Hgamma Hgamma1 i Hi.
  assert (HE : energy d T alpha beta1 b m root (fun i => (1 - beta1) *
    (alpha * sqrt (1 + ln (INR T)) / (sqrt (1 - beta2) * sqrt (1 - gamma))) * length_of T h i)).
  { apply (energy_gamma d T alpha beta1 beta2 b g h m v root n); try assumption.
    - apply printed_averages.
    - intros. apply sqrt_pos.
    - apply (lines_large d T beta2 0 b v vhat root); try assumption; [lra | intros; ring]. }
  specialize (HE i Hi). cbn beta in HE.
  pose proof (moment_squares i Hi) as HS. fold (eps_noise i) in HS.
  apply Rle_trans with (CumSum (fun t => raw_step alpha beta1 b t * (m t i ^ 2 * pinv (sqrt (vhat t i)))
    + eps * (raw_step alpha beta1 b t * m t i ^ 2)) T).
  - apply CumSum_le. intros t Ht. apply Req_le. destruct (sqrt_pos (vhat t i)) as [P | Z].
    + rewrite damped_pinv by assumption. ring.
    + rewrite (root_zero t i Ht Hi) by auto. ring.
  - rewrite CumSum_plus, CumSum_scale. apply (Rmult_le_compat_l eps) in HS; lra.
Qed.

Lemma printed_grows c : running d T beta2 b v vhat \/ corrected_last d T beta2 b v vhat ->
  grows d T alpha beta1 c metric.
Proof.
  intros HM t i Ht Hi.
  assert (Hw : forall t i, root t i = 0 + sqrt (vhat t i)) by (intros; ring).
  pose proof (maximum_grows d T alpha beta1 beta2 0 b g h m v vhat root n Halpha Hbeta1 Hbeta2 (Rle_refl 0)
    Hw printed_averages false HM t i Ht Hi) as G. cbn beta in G. unfold Rdiv in *.
  rewrite !inverse_step in * by (assumption || lia). unfold correction in G at 1 2. unfold Rdiv in *.
  rewrite !Rmult_1_r, <- !Rmult_assoc in G. apply Rmult_le_reg_r in G; [|now apply Rinv_0_lt_compat].
  rewrite <- !Rmult_assoc. apply Rmult_le_compat_r; [now apply Rlt_le, Rinv_0_lt_compat|].
  pose proof (correction_bounds c beta1 (pred t) Hbeta1 ltac:(lia)).
  apply Rmult_le_compat; [|lra| |now apply correction_grows].
  - apply Rmult_le_pos; [apply damped_nonneg; [assumption | apply sqrt_pos] | apply sqrt_pos].
  - apply damped_slope; try assumption; try apply sqrt_pos.
    split; [apply sqrt_pos | apply sqrt_le_1_alt, le_INR; lia].
Qed.
End Printed.
