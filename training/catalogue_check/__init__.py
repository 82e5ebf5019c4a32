"""Likely duplicate products and wrongly labelled queries, for a person to clean up.

Much of what looks like an error of the model is one of the data: two entries of the catalogue for
one product, or a label that names the wrong one. Neither is changed here; the check makes two lists
with scores and reasons.
"""

from training.catalogue_check.check import CatalogueCheck, check_catalogue
from training.catalogue_check.settings import CheckSettings

__all__ = ["CatalogueCheck", "CheckSettings", "check_catalogue"]
