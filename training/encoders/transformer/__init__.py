"""Any encoder of the Hugging Face library, trained further.

Importing this needs the optional extra `transformer`; nothing else of the trainer does.
"""

from training.encoders.transformer.module import TransformerModule
from training.encoders.transformer.prepare import prepare_transformer
from training.encoders.transformer.texts import TransformerTexts

__all__ = ["TransformerModule", "TransformerTexts", "prepare_transformer"]
