(* The algorithms fit the analysis: with a maximum in any of the three orders, or without; with any weights n;
   with epsilon in the metric, or without. *)
From Coq Require Import Reals Lra Lia.
From TheoremR Require Import Definitions Algorithms Sums Moments Orders Fits.
Open Scope R_scope.

Section Runs.
Variables (d T : nat) (alpha beta1 beta2 eps : R) (b : bool) (X : point -> Prop).
Variables (x g h m v mhat vhat w : nat -> point) (n : nat -> R).

(* What all algorithms but AdaL as printed have in common. *)
Definition lines : Prop :=
  X (x 1%nat) /\ averages d T beta1 beta2 g h m v n /\
  forall t, (1 <= t <= T)%nat ->
    (forall i, (i < d)%nat -> mhat t i = m t i / correction b beta1 t) /\
    projection d X (w t) (fun i => x t i - alpha * mhat t i * pinv (w t i) / sqrt (INR t)) (x (S t)).

(* R1 and R2; R3; no maximum. *)
Definition running : Prop := forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  vhat t i = Rmax (vhat (pred t) i) (v t i / correction b beta2 t).
Definition corrected_last : Prop := b = true /\ forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  vhat t i = CumMax (fun t => v t i) t / (1 - beta2 ^ t).
Definition no_maximum : Prop := forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  vhat t i = v t i / correction b beta2 t.

Hypothesis Halpha : 0 < alpha.
Hypothesis Hbeta1 : 0 <= beta1 < 1.
Hypothesis Hbeta2 : 0 < beta2 < 1.
Hypothesis Heps : 0 <= eps.
Hypothesis Hw : forall t i, w t i = eps + sqrt (vhat t i).
Hypothesis Havg : averages d T beta1 beta2 g h m v n.

Lemma moments t i : (t <= T)%nat -> (i < d)%nat -> 0 <= v t i.
Proof.
  intros Ht Hi. apply (v_nonneg beta2 (fun t => h t i) (fun t => v t i) T); try assumption;
    intros; now apply Havg.
Qed.

Lemma corrected_moments t i : (1 <= t <= T)%nat -> (i < d)%nat -> 0 <= v t i / correction b beta2 t.
Proof.
  intros Ht Hi. apply Rmult_le_pos; [apply moments; (assumption || lia)|].
  apply Rlt_le, Rinv_0_lt_compat. pose proof (correction_bounds b beta2 t ltac:(lra) ltac:(lia)). lra.
Qed.

(* It is enough that vhat t is at least v t with its bias correction. *)
Definition enough : Prop := forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->
  v t i / correction b beta2 t <= vhat t i.

Lemma lines_large : enough -> large d T beta2 b v w.
Proof.
  intros Henough t i Ht Hi. rewrite Hw. specialize (Henough t i Ht Hi).
  pose proof (correction_bounds b beta2 t ltac:(lra) ltac:(lia)) as C.
  apply (Rmult_le_compat_l (correction b beta2 t)) in Henough; [|lra].
  replace (correction b beta2 t * (v t i / correction b beta2 t)) with (v t i) in Henough by (field; lra).
  apply Rle_trans with (sqrt (correction b beta2 t) * sqrt (vhat t i)).
  - rewrite <- sqrt_mult_alt by lra. now apply sqrt_le_1_alt.
  - apply Rmult_le_compat_l; [apply sqrt_pos | lra].
Qed.

Lemma metric_nonneg t i : 0 <= w t i.
Proof. rewrite Hw. pose proof (sqrt_pos (vhat t i)). lra. Qed.

Lemma metric_zero_moment : enough -> forall t i, (1 <= t <= T)%nat -> (i < d)%nat -> w t i = 0 -> m t i = 0.
Proof.
  intros Henough t i Ht Hi. pose proof (lines_large Henough) as Hlarge.
  apply (L_zero beta1 beta2 b (fun t => h t i) (fun t => m t i) (fun t => v t i) (fun t => w t i) T);
    try assumption; intros; now (apply Havg || apply Hlarge).
Qed.

Lemma lines_fit : lines -> enough -> fits d T alpha beta1 beta2 b X x g h m v w n.
Proof.
  intros (Hx1 & _ & H) Henough.
  split; [assumption | assumption | intros; apply metric_nonneg | now apply metric_zero_moment|].
  intros t Ht. destruct (H t Ht) as [L P]. revert P. apply Descent.projection_ext; [reflexivity|].
  intros i Hi. rewrite (L i Hi). unfold raw_step. pose proof (correction_bounds b beta1 t Hbeta1 ltac:(lia)).
  assert (0 < sqrt (INR t)) by (apply sqrt_lt_R0, lt_0_INR; lia). field. lra.
Qed.

Lemma no_maximum_enough : no_maximum -> enough.
Proof. intros Hv t i Ht Hi. rewrite Hv by assumption. apply Rle_refl. Qed.

Lemma maximum_enough : running \/ corrected_last -> enough.
Proof.
  intros [R | [E R]] t i Ht Hi; rewrite R by assumption; [apply Rmax_r|].
  unfold correction. rewrite E. pose proof (correction_positive beta2 t ltac:(lra) ltac:(lia)).
  apply Rmult_le_compat_r; [now apply Rlt_le, Rinv_0_lt_compat|]. apply (CumMax_last (fun t => v t i)). lia.
Qed.

(* The slope of the metric grows, whatever the correction c of the step. *)
Lemma maximum_grows c : running \/ corrected_last -> grows d T alpha beta1 c w.
Proof.
  intros R t i Ht Hi. rewrite !Hw, !(Rplus_comm eps).
  apply (slope_plus alpha beta1 c Halpha Hbeta1 (fun t => sqrt (vhat t i))); [lia | assumption|].
  destruct R as [R | [_ R]].
  - apply (slope_running alpha beta1 c Halpha Hbeta1 (fun t => vhat t i)); [lia | |].
    + rewrite R by (assumption || lia). apply Rle_trans with (2 := Rmax_r _ _).
      apply corrected_moments; (assumption || lia).
    + rewrite (R t) by (assumption || lia). apply Rmax_l.
  - rewrite !R by (assumption || lia).
    apply (slope_corrected alpha beta1 c Halpha Hbeta1 beta2 (fun t => v t i)); [lra | lia|].
    intros s Hs. apply Rle_trans with (v s i); [apply moments; (assumption || lia)|].
    apply (CumMax_last (fun t => v t i)). lia.
Qed.
End Runs.

(* The lines of the algorithms. *)
Definition Norm1 (d : nat) (u : point) : R := SumCoords d (fun i => Rabs (u i)).

Lemma Norm1_nonneg d u : 0 <= Norm1 d u.
Proof. apply SumCoords_nonneg. intros. apply Rabs_pos. Qed.

(* A run has the lines above: the equations of each line up to commutativity and division by 1. *)
Ltac parts := repeat match goal with L : _ /\ _ |- _ => destruct L end.
Ltac same := unfold correction, Norm1;
  first [assumption | lra |
    match goal with E : ?u = _ |- ?u = _ => rewrite E end; first [ring | field | f_equal; field]].
Ltac line H3 := intros t i Ht Hi; pose proof (proj1 (H3 t Ht) i Hi); parts; same.
Ltac run_lines run :=
  destruct run as (H1 & H2 & H3); split;
  [ split; [exact H1 | split];
    [ split; try (intros i Hi; now apply H2); line H3
    | intros t Ht; split;
      [intros i Hi; pose proof (proj1 (H3 t Ht) i Hi); parts; same | exact (proj2 (H3 t Ht))] ]
  | try (split; [reflexivity|]); line H3 ].

Section Algorithms.
Variables (d T : nat) (alpha beta1 beta2 eps : R) (X : point -> Prop).
Variables (x g h m v mhat vhat : nat -> point) (n : nat -> R).
Notation root := (fun t i => sqrt (vhat t i)).
Notation root_eps := (fun t i => eps + sqrt (vhat t i)).
Notation norm := (fun t => Norm1 d (g t)).

Lemma R1_weights : AdaL_R1_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  lines d T alpha beta1 beta2 false X x g h m v mhat root n /\ running d T beta2 false v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R2_weights : AdaL_R2_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root n /\ running d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R3_weights : AdaL_R3_any_weights d T alpha beta1 beta2 X x g h m v mhat vhat n ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root n /\ corrected_last d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R1_lines : AdaL_R1 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 false X x g h m v mhat root norm /\ running d T beta2 false v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R2_lines : AdaL_R2 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root norm /\ running d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R3_lines : AdaL_R3 d T alpha beta1 beta2 X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root norm /\ corrected_last d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R1_eps_lines : AdaL_R1_eps d T alpha beta1 beta2 eps X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 false X x g h m v mhat root_eps norm /\ running d T beta2 false v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R2_eps_lines : AdaL_R2_eps d T alpha beta1 beta2 eps X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root_eps norm /\ running d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma R3_eps_lines : AdaL_R3_eps d T alpha beta1 beta2 eps X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root_eps norm /\ corrected_last d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma AdaL_lines : AdaL d T alpha beta1 beta2 X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 true X x g h m v mhat root norm /\ no_maximum d T beta2 true v vhat.
Proof. intros run. run_lines run. Qed.

Lemma AdaL_uncorrected_lines : AdaL_uncorrected d T alpha beta1 beta2 X x g h m v mhat vhat ->
  lines d T alpha beta1 beta2 false X x g h m v mhat root norm /\ no_maximum d T beta2 false v vhat.
Proof. intros run. run_lines run. Qed.

Lemma AMSGrad_lines : AMSGrad d T alpha beta1 beta2 X x g m v mhat vhat ->
  lines d T alpha beta1 beta2 false X x g g m v mhat root (fun _ => 1) /\ running d T beta2 false v vhat.
Proof. intros run. run_lines run. Qed.
End Algorithms.
