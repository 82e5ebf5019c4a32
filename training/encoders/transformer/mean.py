"""From token ids to one vector per text."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MeanOfStates(nn.Module):
    """Mean over a text's tokens of the model's last hidden states; zero without a token.

    This is what is exported.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return raw embeddings (texts, d) of token ids and their mask, both (texts, longest)."""
        # Attention over nothing is not a number: of a text without tokens the first place is seen.
        seen = torch.cat([torch.ones_like(mask[:, :1]), mask[:, 1:]], dim=1)
        hidden = self.model(input_ids=ids, attention_mask=seen).last_hidden_state.float()
        counted = mask[:, :, None].to(hidden.dtype)
        mean: Tensor = (hidden * counted).sum(dim=1) / counted.sum(dim=1).clamp(min=1)
        return mean
