"""Where a statement comes from: a key of the bibliography and the place in that text."""

from dataclasses import dataclass

from theory.borders import WrongType, listed, must, shown, text

BIBLIOGRAPHY: dict[str, str] = {
    "adal": "H. Zhang, W. Zou, H. Zhao, Q. Ming, T. Yan, Y. Xia, W. Cao. AdaL: Adaptive gradient "
    "transformation contributes to convergences and generalizations.",
    "alacaoglu2020": "A. Alacaoglu, Y. Malitsky, P. Mertikopoulos, V. Cevher. A new regret analysis for "
    "Adam-type algorithms. ICML 2020.",
    "antoniadis2011": "A. Antoniadis, I. Gijbels, M. Nikolova. Penalized likelihood regression for "
    "generalized linear models with non-quadratic penalties. Annals of the Institute of Statistical "
    "Mathematics 63, 2011.",
    "arora2012": "S. Arora, E. Hazan, S. Kale. The multiplicative weights update method: a meta-algorithm "
    "and applications. Theory of Computing 8, 2012.",
    "bauschke2017": "H. H. Bauschke, J. Bolte, M. Teboulle. A descent lemma beyond Lipschitz gradient "
    "continuity: first-order methods revisited and applications. Mathematics of OR 42, 2017.",
    "becigneul2019": "G. Becigneul, O.-E. Ganea. Riemannian adaptive optimization methods. ICLR 2019; arXiv "
    "1810.00760v2.",
    "bernstein2018": "J. Bernstein, Y.-X. Wang, K. Azizzadenesheli, A. Anandkumar. signSGD: compressed "
    "optimisation for non-convex problems. ICML 2018; arXiv 1802.04434.",
    "boyd2004": "S. Boyd, L. Vandenberghe. Convex optimization. Cambridge University Press, 2004.",
    "bubeck2015": "S. Bubeck. Convex optimization: algorithms and complexity. Foundations and Trends in "
    "Machine Learning 8, 2015; arXiv 1405.4980v2.",
    "cesabianchi2006": "N. Cesa-Bianchi, G. Lugosi. Prediction, learning, and games. Cambridge University "
    "Press, 2006.",
    "cover1991": "T. M. Cover. Universal portfolios. Mathematical Finance 1, 1991.",
    "defossez2022": "A. Defossez, L. Bottou, F. Bach, N. Usunier. A simple convergence proof of Adam and "
    "Adagrad. TMLR 2022; arXiv 2003.02395.",
    "duchi2011": "J. Duchi, E. Hazan, Y. Singer. Adaptive subgradient methods for online learning and "
    "stochastic optimization. JMLR 12, 2011.",
    "ghai2020": "U. Ghai, E. Hazan, Y. Singer. Exponentiated gradient meets gradient descent. ALT 2020; "
    "arXiv 1902.01903.",
    "hazan2016": "E. Hazan. Introduction to online convex optimization. Foundations and Trends in "
    "Optimization 2, 2016.",
    "hazan2022": "E. Hazan. Introduction to online convex optimization, 2nd edition. MIT Press, 2022; arXiv "
    "1909.05207v3.",
    "huang2019": "H. Huang, C. Wang, B. Dong. Nostalgic Adam: weighting more of the past gradients when "
    "designing the adaptive learning rate. IJCAI 2019.",
    "huber1964": "P. J. Huber. Robust estimation of a location parameter. Annals of Mathematical Statistics "
    "35, 1964.",
    "kingma2015": "D. P. Kingma, J. Ba. Adam: a method for stochastic optimization. ICLR 2015, "
    "arXiv 1412.6980.",
    "li2020": "W. Li, Z. Zhang, X. Wang, P. Luo. AdaX: adaptive gradient descent with exponential long term "
    "memory. arXiv 2004.09740, 2020.",
    "liu2019": "L. Liu, H. Jiang, P. He, W. Chen, X. Liu, J. Gao, J. Han. On the variance of the adaptive "
    "learning rate and beyond. ICLR 2020.",
    "loshchilov2018": "I. Loshchilov, F. Hutter. Decoupled weight decay regularization. ICLR 2019.",
    "muehlenbein1991": "H. Muehlenbein, M. Schomisch, J. Born. The parallel genetic algorithm as function "
    "optimizer. Parallel Computing 17, 1991.",
    "nesterov1983": "Y. Nesterov. A method for unconstrained convex minimization problem with the rate of "
    "convergence O(1/k^2). Doklady AN USSR 269, 1983.",
    "nesterov2018": "Y. Nesterov. Lectures on convex optimization. Springer, 2018.",
    "orabona2019": "F. Orabona. A modern introduction to online learning. arXiv 1912.13213v10, 2019.",
    "reddi2018": "S. J. Reddi, S. Kale, S. Kumar. On the convergence of Adam and beyond. ICLR 2018; "
    "arXiv 1904.09237, 2019.",
    "repaired": "Proofs of this package: what is true of AdaL instead (see docs/theory.md).",
    "rosenbrock1960": "H. H. Rosenbrock. An automatic method for finding the greatest or least value of a "
    "function. The Computer Journal 3, 1960.",
    "shalev2012": "S. Shalev-Shwartz. Online learning and online convex optimization. Foundations and Trends "
    "in Machine Learning 4, 2012.",
    "sutskever2013": "I. Sutskever, J. Martens, G. Dahl, G. Hinton. On the importance of initialization and "
    "momentum in deep learning. ICML 2013.",
    "tieleman2012": "T. Tieleman, G. Hinton. Lecture 6.5, RMSProp. COURSERA, 2012.",
    "zeiler2012": "M. D. Zeiler. ADADELTA: an adaptive learning rate method. arXiv 1212.5701, 2012.",
    "zhuang2020": "J. Zhuang et al. AdaBelief optimizer: adapting stepsizes by the belief in observed "
    "gradients. NeurIPS 2020.",
    "zinkevich2003": "M. Zinkevich. Online convex programming and generalized infinitesimal gradient ascent. "
    "ICML 2003.",
}
"""The one bibliography: every `Source` names one of these keys."""


def add_source(key: str, text: str) -> None:
    """Add a text to the bibliography, from your own file; adding the same text again changes nothing.

    Args:
        key: the name under which a `Source` cites it.
        text: authors, title, venue and year.

    Raises:
        ValueError: the key names another text already, or one of the two is empty.
    """
    for name, said in (("key", key), ("text", text)):
        if not isinstance(said, str):
            raise WrongType(must(name, said, "text, a str"))
    if not (key and text):
        raise ValueError(f"`key` = {key!r} and `text` = {text!r} must both say something")
    if BIBLIOGRAPHY.setdefault(key, text) != text:
        raise ValueError(f"`key` = {key!r} is the text {BIBLIOGRAPHY[key]!r} already; choose another key")


@dataclass(frozen=True)
class Source:
    """A place in a text of the bibliography, such as ``Source("adal", "Algorithm 1")``.

    Args:
        key: a key of `BIBLIOGRAPHY`.
        place: the section, theorem or equation.
        secondary: whether only a transcription or a retelling was read; check the wording and the page before
            you cite it.

    Raises:
        ValueError: the bibliography does not hold the key.
    """

    key: str
    place: str
    secondary: bool = False

    def __post_init__(self) -> None:
        """Refuse a key that the bibliography does not hold."""
        for name, said in (("key", self.key), ("place", self.place)):
            text(name, said)
        if self.key not in BIBLIOGRAPHY:
            raise ValueError(
                f"`key` = {shown(self.key)} is not in the bibliography; {listed(self.key, BIBLIOGRAPHY)}; "
                f"`add_source` adds your own text"
            )

    def __str__(self) -> str:
        """``key, place``, and whether it is secondary."""
        return f"{self.key}, {self.place}{' (secondary)' if self.secondary else ''}"
