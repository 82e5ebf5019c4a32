"""Whether a loaded bundle answers as it did when it was made."""

from __future__ import annotations

from models.bundle.bundle import Bundle
from models.bundle.probes import differences
from models.errors import BundleError

# An approximate index may lose a product on another processor: its codes are compared by
# instructions of that processor. A wrong encoder or index changes nearly every answer.
DIFFERING_SHARE = 0.05


def self_check(bundle: Bundle) -> None:
    """Raise BundleError unless the bundle's probes get the answers that they got before.

    Probes go the whole way of a query; at most `DIFFERING_SHARE` of them may be answered otherwise.
    """
    if not len(bundle.runtime.catalogue):
        raise BundleError(f"bundle {bundle.bundle_id} has an empty catalogue; train it again")
    found = differences(bundle.runtime, bundle.probes)
    if len(found) > DIFFERING_SHARE * len(bundle.probes):
        raise BundleError(
            f"bundle {bundle.bundle_id} fails its self-check: {len(found)} of its"
            f" {len(bundle.probes)} probes are answered otherwise than when it was made;"
            f" {found[0].probe.text!r} {found[0].reason}. Its encoder and index do not belong"
            " together, or this software computes otherwise: train it again with this release"
        )
