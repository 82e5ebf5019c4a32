"""Transformer encoders in milliseconds: a WordPiece vocabulary, a BERT, an ONNX graph by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from models.encoder import FloatMatrix
from models.transformer.runtime import (
    INPUT_NAMES,
    MODEL_FILE,
    OUTPUT_NAME,
    TransformerConfig,
    TransformerEncoder,
    write_parts,
)
from models.transformer.tokens import Tokeniser

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
OPSET, IR_VERSION = 20, 10


def word_pieces(texts: Iterable[str]) -> Tokenizer:
    """A BERT tokeniser that knows the words of the texts whole, and others letter by letter."""
    words = {word for text in texts for word in text.lower().split()}
    letters = {letter for word in words for letter in word}
    pieces = [*SPECIAL, *sorted(words | letters), *sorted(f"##{letter}" for letter in letters)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, vocabulary[name]) for name in SPECIAL[2:]]
    )
    return tokenizer


def tiny_bert(directory: Path, texts: Iterable[str], *, positions: int = 64) -> Path:
    """Save a BERT of 2 layers and 32 dimensions, random but always the same."""
    tokenizer = word_pieces(texts)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        **dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), SPECIAL, strict=True)),
    )
    wrapped.save_pretrained(directory)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=positions,
    )
    BertModel(config).save_pretrained(directory)
    return directory


def bag_of_pieces(
    directory: Path, texts: Iterable[str], table: FloatMatrix | None = None, max_length: int = 32
) -> TransformerEncoder:
    """A served encoder without layers: the mean of its tokens' rows in `table`, if given."""
    directory.mkdir(exist_ok=True)
    tokeniser = Tokeniser.of(word_pieces(texts).to_str(), max_length, padding=0)
    if table is None:
        shape = (tokeniser.largest_id + 1, 64)
        table = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    onnx.save(_mean_of_rows(table), directory / MODEL_FILE)
    write_parts(directory, TransformerConfig(table.shape[1], max_length, 0), tokeniser)
    return TransformerEncoder.load(directory)


def _mean_of_rows(table: FloatMatrix) -> onnx.ModelProto:
    constants = {"table": table, "last": np.array([2]), "places": np.array([1])}
    ids, mask = INPUT_NAMES
    steps = [
        helper.make_node("Gather", ["table", ids], ["rows"]),
        helper.make_node("Cast", [mask], ["counted"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["counted", "last"], ["weights"]),
        helper.make_node("Mul", ["rows", "weights"], ["weighted"]),
        helper.make_node("ReduceSum", ["weighted", "places"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["weights", "places"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], [OUTPUT_NAME]),
    ]
    shape = ["batch", "length"]
    graph = helper.make_graph(
        steps,
        "mean of rows",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in INPUT_NAMES],
        [helper.make_tensor_value_info(OUTPUT_NAME, TensorProto.FLOAT, ["batch", table.shape[1]])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
