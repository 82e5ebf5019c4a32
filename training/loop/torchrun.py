"""Several processes, started by `torchrun`: one for each GPU, or for a few cores each."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from models.errors import ConfigurationError
from training.encoders.base import EncoderModule
from training.loop.embedder import device_of
from training.loop.ranks import Ranks, SingleRank, share


def is_first() -> bool:
    """Return whether this process is the one that prints, evaluates and publishes."""
    return not dist.is_torchelastic_launched() or os.environ["RANK"] == "0"


@contextmanager
def joined(device: str) -> Iterator[Ranks]:
    """Yield this process as one of those that `torchrun` started, or as the only one.

    `device` is that of the settings; on GPUs each process of a machine takes its own. Raises
    ConfigurationError where there are fewer GPUs than processes.
    """
    if not dist.is_torchelastic_launched():
        yield SingleRank()
        return
    where = device_of(device)
    if where.type == "cuda":
        _take_gpu(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if where.type == "cuda" else "gloo")
    yield TorchrunRanks(where)
    # Not after an error: the others may wait for this process, and its end is what frees them.
    dist.destroy_process_group()
    gc.collect()  # cycles hold the group, and its threads end with it


def _take_gpu(local_rank: int) -> None:
    if local_rank >= torch.cuda.device_count():
        raise ConfigurationError(
            f"this machine has {torch.cuda.device_count()} GPUs, and torchrun started more"
            " processes; give --nproc-per-node that number"
        )
    torch.cuda.set_device(local_rank)


class TorchrunRanks:
    """The ranks of the default process group of torch; tensors are sent on `device`."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.rank, self.count = dist.get_rank(), dist.get_world_size()

    def wrap(self, encoder: EncoderModule) -> nn.Module:
        self.agree(encoder)
        # Of a gradient with a few rows, this module would send all rows.
        ignore: Any = DistributedDataParallel._set_params_and_buffers_to_ignore_for_model  # noqa: SLF001
        ignore(encoder, _names(encoder, _sparse_parameters(encoder)))
        # A group of its own, as it never lets go of it: the default one sends tensors that Python
        # holds, and a thread that frees one while the interpreter ends aborts the process.
        group = dist.new_group()
        return DistributedDataParallel(encoder, process_group=group, forward_sync_buffers=False)

    def gather(self, own: Tensor, rows: int) -> Tensor:
        shares = [share(rows, rank, self.count) for rank in range(self.count)]
        lengths = [one.stop - one.start for one in shares]
        assert len(own) == lengths[self.rank]
        return self._gathered(own, lengths)

    def average_sparse_gradients(self, encoder: EncoderModule) -> None:
        for parameter in _sparse_parameters(encoder):
            assert parameter.grad is not None
            parameter.grad = self._average(parameter.grad)

    def agree(self, *modules: nn.Module) -> None:
        with torch.no_grad():
            for module in modules:
                for tensor in module.state_dict().values():
                    dist.broadcast(tensor, src=0)

    def of_the_first(self, values: Tensor) -> Tensor:
        sent = values.to(self.device, copy=True)
        dist.broadcast(sent, src=0)
        return sent.to(values.device)

    def wait(self) -> None:
        dist.barrier()

    def _average(self, gradient: Tensor) -> Tensor:
        own = gradient.coalesce()
        lengths = self._lengths(own.values())
        # One column for each entry, so that entries are the rows that are gathered.
        indices = self._gathered(own.indices().T, lengths).T
        values = self._gathered(own.values(), lengths) / self.count
        return torch.sparse_coo_tensor(
            indices, values, own.shape, check_invariants=False
        ).coalesce()

    def _lengths(self, own: Tensor) -> list[int]:
        lengths = [torch.zeros(1, dtype=torch.int64, device=self.device) for _ in range(self.count)]
        dist.all_gather(lengths, torch.tensor([len(own)], device=self.device))
        return [int(length) for length in lengths]

    def _gathered(self, own: Tensor, lengths: list[int]) -> Tensor:
        """Return the rows of all ranks in order; what is sent has one length, that of the most."""
        filled = own.new_zeros((max(lengths), *own.shape[1:]))
        filled[: len(own)] = own
        received = [torch.empty_like(filled) for _ in lengths]
        dist.all_gather(received, filled)
        return torch.cat([one[:length] for one, length in zip(received, lengths, strict=True)])


def _sparse_parameters(encoder: EncoderModule) -> list[nn.Parameter]:
    groups = encoder.parameter_groups()
    return [one for group in groups if group.sparse for one in group.parameters]


def _names(encoder: EncoderModule, parameters: list[nn.Parameter]) -> list[str]:
    """Return the names as torch looks them up: those of the outermost module with a dot before."""
    wanted = {id(one) for one in parameters}
    names = [name for name, one in encoder.named_parameters() if id(one) in wanted]
    return [*names, *(f".{name}" for name in names if "." not in name)]
