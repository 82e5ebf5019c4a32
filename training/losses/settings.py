"""Settings of the losses; without torch, so that a configuration is checked at once."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ConfigurationError
from training.checks import require_at_least, require_at_most, require_positive


@dataclass(frozen=True, slots=True)
class TripletSettings:
    """NGAME (Dahiya et al., WSDM 2023): one margin, and the temperature of the weights."""

    margin: float = 0.3
    """How much higher than a wrong label the right one must score."""

    negatives: int = 10
    """Highest wrong labels of a query that are compared."""

    temperature: float = 0.1
    """Of the weights of the negatives."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "margin", "negatives", "temperature")


@dataclass(frozen=True, slots=True)
class DynamicTripletSettings:
    """PRIME (arXiv 2410.20401): the margin is the pair's own gap, kept within both bounds."""

    smallest_margin: float = 0.1
    """The margin is the pair's own gap, but not below this."""

    largest_margin: float = 0.3
    """The margin is the pair's own gap, but not above this."""

    negatives: int = 10
    """Highest wrong labels of a query that are compared."""

    temperature: float = 0.1
    """Of the weights of the negatives."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_positive(self, "smallest_margin", "negatives", "temperature")
        if self.largest_margin < self.smallest_margin:
            raise ConfigurationError(
                f"largest_margin ({self.largest_margin}) must not be below "
                f"smallest_margin ({self.smallest_margin})"
            )


@dataclass(frozen=True, slots=True)
class TextTermSettings:
    """Weights: the base loss on titles, the same with the roles swapped, and the regulariser.

    `negatives` and `margin` are those of the regulariser.
    """

    text_weight: float = 1.0
    """Of the base loss on titles."""

    swapped_weight: float = 1.0
    """Of the base loss on titles with the roles of query and label swapped."""

    regulariser_weight: float = 0.1
    """Of the term that asks the label for less loss than its title has."""

    margin: float = 0.1
    """Of the regulariser."""

    negatives: int = 10
    """Highest wrong labels that the regulariser compares."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_at_least(self, 0, "text_weight", "swapped_weight", "regulariser_weight")
        require_positive(self, "margin", "negatives")
        if not self.text_weight and not self.swapped_weight and not self.regulariser_weight:
            raise ConfigurationError("every weight of text_terms is 0; leave text_terms out")


@dataclass(frozen=True, slots=True)
class TcmSettings:
    """Margins on the cosine, and the weight of each side."""

    positive_margin: float = 0.9
    """Right pairs shall have a cosine above this."""

    negative_margin: float = 0.5
    """Wrong pairs shall have a cosine below this."""

    positive_weight: float = 1.0
    """Of the right pairs that do not."""

    negative_weight: float = 1.0
    """Of the wrong pairs that do not."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_at_least(self, -1, "positive_margin", "negative_margin")
        require_at_most(self, 1, "positive_margin", "negative_margin")
        require_at_least(self, 0, "positive_weight", "negative_weight")
