(* Corollary P: the plain regret against a point z that is as good as every point played, and the loss at the
   weighted average of the points. Here it counts that the weights are the l1 norms of the gradients. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From TheoremR Require Import Definitions Algorithms Relatives Sums Regret Fits Runs Bounds TheoremR.
Open Scope R_scope.

Lemma CumSum_one T : CumSum (fun _ => 1 ^ 2) T = INR T.
Proof. induction T as [|T IH]; [reflexivity|]. cbn [CumSum]. rewrite IH, S_INR. ring. Qed.

Section Realisable.
Variables (d T : nat) (D B : R) (X : point -> Prop) (f : nat -> point -> R) (x g : nat -> point) (z : point).
Hypothesis HT : (1 <= T)%nat.
Hypothesis Hf : forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t).
Hypothesis HD : sides d X (fun _ => D).
Hypothesis Hx : forall t, (1 <= t <= T)%nat -> X (x t).
Hypothesis Hz : X z.
Hypothesis Hgood : forall t, (1 <= t <= T)%nat -> f t z <= f t (x t).
Hypothesis HB : Regret (fun t => Norm1 d (g t)) f x z T <= B.
Notation r := (fun t => f t (x t) - f t z).

Lemma regret_of_round t : (1 <= t <= T)%nat -> 0 <= r t <= Norm1 d (g t) * D.
Proof.
  intros Ht. split; [pose proof (Hgood t Ht); lra|].
  pose proof (Hf t Ht z Hz) as H.
  apply Rle_trans with (- dot d (g t) (fun i => z i - x t i)); [lra|].
  rewrite <- (Rmult_1_l (dot _ _ _)), Ropp_mult_distr_l. unfold dot, Norm1.
  rewrite <- SumCoords_scale, Rmult_comm, <- SumCoords_scale. apply SumCoords_le. intros i Hi.
  apply Rle_trans with (Rabs (g t i) * Rabs (x t i - z i)).
  - rewrite <- Rabs_mult. apply Rle_trans with (2 := Rle_abs _). lra.
  - rewrite Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|]. now apply (HD (x t) z i (Hx t Ht) Hz).
Qed.

Lemma by_smallest s : 0 < s -> (forall t, (1 <= t <= T)%nat -> 0 < Norm1 d (g t) -> s <= Norm1 d (g t)) ->
  CumSum r T <= B / s.
Proof.
  intros Hs Hsmall. apply Rmult_le_reg_l with s; [assumption|].
  replace (s * (B / s)) with B by (field; lra). rewrite <- CumSum_scale.
  apply Rle_trans with (2 := HB). apply CumSum_le. intros t Ht.
  destruct (regret_of_round t Ht) as [P Q]. pose proof (Norm1_nonneg d (g t)) as N.
  destruct N as [N | N].
  - apply Rmult_le_compat_r; [assumption | now apply Hsmall].
  - rewrite <- N in *. replace (r t) with 0 by lra. lra.
Qed.

Lemma by_root : CumSum r T <= sqrt D * sqrt (INR T) * sqrt B.
Proof.
  assert (P : 0 <= sqrt D * sqrt (INR T) * sqrt B)
    by (apply Rmult_le_pos; [apply Rmult_le_pos|]; apply sqrt_pos).
  destruct (Rlt_le_dec D 0) as [ND | PD].
  - apply Rle_trans with (2 := P). rewrite <- (Rmult_0_l (CumSum (fun _ => 1) T)), <- CumSum_scale.
    apply CumSum_le. intros t Ht. destruct (regret_of_round t Ht). pose proof (Norm1_nonneg d (g t)). nra.
  - assert (S2 : CumSum (fun t => r t ^ 2) T <= D * B).
    { apply Rle_trans with (D * Regret (fun t => Norm1 d (g t)) f x z T); [|now apply Rmult_le_compat_l].
      unfold Regret. rewrite <- CumSum_scale. apply CumSum_le. intros t Ht.
      destruct (regret_of_round t Ht) as [Q1 Q2]. nra. }
    apply Rle_trans with (CumSum (fun t => 1 * r t) T); [apply Req_le, CumSum_ext; intros; ring|].
    apply Rle_trans with (1 := CumSum_Cauchy_Schwarz _ _ _). rewrite CumSum_one.
    apply Rle_trans with (sqrt (INR T) * sqrt (D * B)).
    + apply Rmult_le_compat_l; [apply sqrt_pos | now apply sqrt_le_1_alt].
    + rewrite sqrt_mult_alt by assumption. lra.
Qed.
End Realisable.

(* Jensen's inequality for weights n t that are not all 0, and the average lies in X. *)
Lemma Jensen X F (n : nat -> R) (x : nat -> point) T : convex_set X -> convex_on X F ->
  (forall t, (1 <= t <= T)%nat -> X (x t) /\ 0 <= n t) -> 0 < CumSum n T ->
  let average := fun i => CumSum (fun t => x t i * n t) T / CumSum n T in
  X average /\ CumSum n T * F average <= CumSum (fun t => n t * F (x t)) T.
Proof.
  intros HX HF. induction T as [|T IH]; intros H HN average; [simpl in HN; lra|].
  destruct (H (S T) ltac:(lia)) as [Hx Hn].
  assert (H' : forall t, (1 <= t <= T)%nat -> X (x t) /\ 0 <= n t) by (intros; apply H; lia).
  assert (HN' : 0 <= CumSum n T) by (apply CumSum_nonneg; intros; now apply H').
  cbn [CumSum] in HN. unfold average. cbn [CumSum]. destruct HN' as [HN' | HN'].
  - destruct (IH H' HN') as [HA HJ]. set (N := CumSum n T) in *. set (k := n (S T)) in *.
    set (A := fun i => CumSum (fun t => x t i * n t) T / N) in *.
    assert (E : (fun i => (CumSum (fun t => x t i * n t) T + x (S T) i * k) / (N + k))
      = (fun i => N / (N + k) * A i + (1 - N / (N + k)) * x (S T) i)).
    { apply functional_extensionality. intros i. unfold A. field. lra. }
    assert (HS : 0 <= N / (N + k) <= 1).
    { split; [apply Rlt_le; now apply Rdiv_lt_0_compat|].
      apply Rmult_le_reg_r with (N + k); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
    rewrite E. split; [now apply HX|].
    pose proof (HF A (x (S T)) _ HA Hx HS) as HC. apply (Rmult_le_compat_l (N + k)) in HC; [|lra].
    replace ((N + k) * (N / (N + k) * F A + (1 - N / (N + k)) * F (x (S T))))
      with (N * F A + k * F (x (S T))) in HC
      by (field; lra).
    lra.
  - assert (Z : forall u : nat -> R, CumSum (fun t => u t * n t) T = 0).
    { assert (NZ : forall t, (1 <= t <= T)%nat -> n t = 0).
      { clear - HN' H'. induction T as [|T IHT]; intros t Ht; [lia|]. cbn [CumSum] in HN'.
        assert (P : 0 <= CumSum n T) by (apply CumSum_nonneg; intros; apply H'; lia).
        destruct (H' (S T) ltac:(lia)) as [_ Q].
        destruct (Nat.eq_dec t (S T)) as [->|NE]; [lra|]. apply IHT; [intros; apply H'; lia | lra | lia]. }
      intros u. rewrite (CumSum_ext _ (fun _ => 0 * 0)) by (intros; rewrite NZ by assumption; ring).
      rewrite CumSum_scale. ring. }
    rewrite <- HN' in *.
    assert (E : (fun i => (CumSum (fun t => x t i * n t) T + x (S T) i * n (S T)) / (0 + n (S T))) = x (S T)).
    { apply functional_extensionality. intros i. rewrite Z. field. lra. }
    rewrite E. split; [assumption|].
    rewrite (CumSum_ext (fun t => n t * F (x t)) (fun t => F (x t) * n t)) by (intros; ring). rewrite Z. lra.
Qed.

Lemma by_average d T B X f x g z : convex_set X -> convex_on X (f 1%nat) -> (forall t y, f t y = f 1%nat y) ->
  (forall t, (1 <= t <= T)%nat -> X (x t)) -> 0 < CumSum (fun t => Norm1 d (g t)) T ->
  Regret (fun t => Norm1 d (g t)) f x z T <= B ->
  f 1%nat (fun i => CumSum (fun t => x t i * Norm1 d (g t)) T / CumSum (fun t => Norm1 d (g t)) T) - f 1%nat z
    <= B / CumSum (fun t => Norm1 d (g t)) T.
Proof.
  intros HX HF Hfixed Hx HN HB.
  pose proof (Jensen X (f 1%nat) (fun t => Norm1 d (g t)) x T HX HF) as J.
  destruct J as [_ J]; [intros; split; [now apply Hx | apply Norm1_nonneg] | assumption|].
  set (N := CumSum (fun t => Norm1 d (g t)) T) in *. set (A := fun i => _ / N) in *.
  apply Rmult_le_reg_l with N; [assumption|]. replace (N * (B / N)) with B by (field; lra).
  apply Rle_trans with (2 := HB). unfold Regret.
  rewrite (CumSum_ext _ (fun t => Norm1 d (g t) * f 1%nat (x t) - f 1%nat z * Norm1 d (g t)))
    by (intros t _; rewrite !(Hfixed t); ring).
  rewrite CumSum_minus, CumSum_scale. fold N. lra.
Qed.

Lemma adal_inside d T alpha beta1 beta2 X x g ghat m v mhat vhat :
  AdaL_R1 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R2 d T alpha beta1 beta2 X x g ghat m v mhat vhat \/
  AdaL_R3 d T alpha beta1 beta2 X x g ghat m v mhat vhat -> forall t, (1 <= t <= T)%nat -> X (x t).
Proof.
  intros run t Ht. destruct t as [|[|t]]; [lia | now destruct run as [run | [run | run]]; destruct run |].
  destruct run as [(_ & _ & H) | [(_ & _ & H) | (_ & _ & H)]]; now destruct (H (S t) ltac:(lia)) as [_ [P _]].
Qed.

(* Theorem R is the hypothesis on the weighted regret. *)
Ltac by_theorem_R E := rewrite E; eapply Rle_trans; [eapply adal; cycle -1; [eassumption | eassumption..]|];
  unfold second_term; same_form.

Theorem P_smallest : corollaryP_smallest.
Proof.
  intros d T alpha beta1 beta2 gamma B_T s D X f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg Hs Hsmall HB Hf HX HD Hz Hgood run.
  apply (by_smallest d T D B_T X f x g z); try assumption;
    [exact (adal_inside _ _ _ _ _ _ _ _ _ _ _ _ _ run) | by_theorem_R HB].
Qed.

Theorem P_root : corollaryP_root.
Proof.
  intros d T alpha beta1 beta2 gamma B_T D X f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg HB Hf HX HD Hz Hgood run.
  replace (sqrt B_T * sqrt D * sqrt (INR T)) with (sqrt D * sqrt (INR T) * sqrt B_T) by ring.
  apply (by_root d T D B_T X f x g z); try assumption;
    [exact (adal_inside _ _ _ _ _ _ _ _ _ _ _ _ _ run) | by_theorem_R HB].
Qed.

Theorem P_average : corollaryP_average.
Proof.
  intros d T alpha beta1 beta2 gamma B_T D X f x g ghat m v mhat vhat z
    HT Hgamma Ha Hb1 Hb1' Hb2 Hb2' Hg HB Hf Hfixed HF HX HD Hz HN run.
  apply (by_average d T B_T X f x g z); try assumption;
    [exact (adal_inside _ _ _ _ _ _ _ _ _ _ _ _ _ run) | by_theorem_R HB].
Qed.
