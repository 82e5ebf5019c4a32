"""The transformer in training."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.transformer.runtime import TransformerEncoder
from training.encoders.base import EncoderModule, ParameterGroup
from training.encoders.settings import TransformerSettings
from training.encoders.transformer.export import export_encoder
from training.encoders.transformer.mean import MeanOfStates
from training.encoders.transformer.pretrained import Pretrained


class TransformerModule(EncoderModule):
    """A transformer with mean pooling; see `MeanOfStates`."""

    def __init__(self, pretrained: Pretrained, settings: TransformerSettings) -> None:
        super().__init__()
        self.mean = MeanOfStates(pretrained.model)
        self.tokeniser = pretrained.tokeniser
        self.settings = settings
        self._dimension = pretrained.dimension
        self.train()  # what was read is still as it is in use, without dropout

    @property
    def dimension(self) -> int:
        return self._dimension

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return raw embeddings (texts, dimension) of what `TransformerTexts.select` returns."""
        places, *pieces = inputs
        embeddings = [self.mean(*pieces[i : i + 2]) for i in range(0, len(pieces), 2)]
        return torch.cat(embeddings)[places]

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return matrices, which decay, and vectors (biases, layer norms), which do not."""
        trained = [one for one in self.parameters() if one.requires_grad]
        rate, decay = self.settings.learning_rate, self.settings.weight_decay
        return (
            ParameterGroup(_of(trained, matrices=True), rate, decay),
            ParameterGroup(_of(trained, matrices=False), rate),
        )

    def export(self) -> TransformerEncoder:
        """Return the encoder as served; raise ConfigurationError when it cannot be exported."""
        return export_encoder(self.mean, self.tokeniser, self.dimension)


def _of(parameters: list[nn.Parameter], *, matrices: bool) -> tuple[nn.Parameter, ...]:
    return tuple(one for one in parameters if (one.ndim > 1) == matrices)
