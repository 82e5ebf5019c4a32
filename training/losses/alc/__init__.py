"""The auxiliary losses of ALC (arXiv 2510.04551): query-label and query-batch cross-entropy.

The paper's exact heads are not public; the constructions here are inferred (docs/method.md,
Auxiliary losses (ALC)). The heads are used in training only and dropped from the bundle.
"""

from training.losses.alc.settings import AlcSettings, QueryBatchHead

__all__ = ["AlcSettings", "QueryBatchHead"]
