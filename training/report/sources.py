"""Where each part of the method was published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.errors import ConfigurationError
from training.report.findings import Source

BASES = {
    "softmax": (
        "Decoupled softmax: ranks the right products of a query above all others of the batch",
        "Gupta et al., Dual-encoders for Extreme Multi-label Classification (DEXML), ICLR 2024,"
        " arXiv:2310.10636",
    ),
    "triplet": (
        "Triplet loss with one margin: ranks right products above the hardest wrong ones",
        "Dahiya et al., NGAME: Negative Mining-aware Mini-batching for Extreme Classification,"
        " WSDM 2023",
    ),
    "dynamic_triplet": (
        "Triplet loss whose margin follows the gap: ranks right products above the hardest wrong"
        " ones",
        "Dahiya, Ortego, Jiménez, Prototypical Extreme Multi-label Classification with a Dynamic"
        " Margin Loss (PRIME), NAACL 2025, arXiv:2410.20401",
    ),
}
LABELS = {
    "free_vectors": (
        "Free vectors beside the titles: what a product is beyond its words",
        "Dahiya et al., Deep Encoders with Auxiliary Parameters for Extreme Classification (DEXA),"
        " KDD 2023",
    ),
    "prototype": (
        "Prototypes: a product as its title, a free vector and the centre of its queries",
        BASES["dynamic_triplet"][1],
    ),
}
TEXT_LABELS = "text"
TCM = (
    "Threshold-consistent margin: makes one threshold mean the same for all products",
    "Zhang et al., Threshold-Consistent Margin Loss for Open-World Deep Metric Learning, ICLR 2024,"
    " arXiv:2307.04047",
)
ALC = (
    "Auxiliary losses on the hardest negatives of the batch: sharpen the line between right and"
    " nearly right",
    "Almagro, Ortego, Jiménez, Fine-grained auxiliary learning for real-world product"
    " recommendation, arXiv:2510.04551",
)
DECIDER = (
    "Gradient-boosted trees over signals of a query and a candidate: which of the candidates is"
    " right",
    "Chen & Guestrin, XGBoost: A Scalable Tree Boosting System, KDD 2016, arXiv:1603.02754",
)
DECIDER_PARTS = {
    "decider's probabilities": (
        "Platt scaling: makes what the trees say a probability that is true",
        "Platt, Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized"
        " Likelihood Methods, Advances in Large Margin Classifiers, 1999",
    ),
    "decider's reasons": (
        "SHAP values of the trees: how much each signal moved a probability",
        "Lundberg & Lee, A Unified Approach to Interpreting Model Predictions, NeurIPS 2017;"
        " Lundberg et al., From Local Explanations to Global Understanding with Explainable AI for"
        " Trees, Nature Machine Intelligence 2020",
    ),
}
PROMISE = (
    "Fixed-sequence testing with exact binomial tests: chooses the thresholds that can be promised",
    "Angelopoulos et al., Learn then Test, arXiv:2110.01052; Clopper & Pearson, 1934",
)


def sources_of(
    base: str,
    base_settings: Mapping[str, Any],
    tcm: Mapping[str, Any] | None,
    alc: Mapping[str, Any] | None,
    calibration: Mapping[str, Any],
    labels: str = TEXT_LABELS,
    decider: Mapping[str, Any] | None = None,
) -> tuple[Source, ...]:
    """Return the parts of the method that were used; `tcm`, `alc` or `decider` None was not.

    `labels` is the kind of the label representation; titles alone have no source of their own.
    Raise ConfigurationError for a base loss or a kind without a source: it must not go uncited.
    """
    if labels not in (TEXT_LABELS, *LABELS):
        raise ConfigurationError(
            f"labels {labels!r} have no source; those with one: {', '.join(LABELS)}"
        )
    if base not in BASES:
        raise ConfigurationError(f"base {base!r} has no source; those with one: {', '.join(BASES)}")
    found = [Source(base.replace("_", " "), *BASES[base], dict(base_settings))]
    if labels in LABELS:
        found.append(Source(labels.replace("_", " "), *LABELS[labels]))
    if tcm is not None:
        found.append(Source("TCM", *TCM, dict(tcm)))
    if alc is not None:
        found.append(Source("ALC", *ALC, dict(alc)))
    if decider is not None:
        found.append(Source("decider", *DECIDER, dict(decider)))
        found += [Source(name, *source) for name, source in DECIDER_PARTS.items()]
    return (*found, Source("promise", *PROMISE, dict(calibration)))
