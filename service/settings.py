"""All settings of the service, read once from the environment and checked at start."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.errors import ConfigurationError

PREFIX = "ALC_"
OF_THE_TRAINER = {"ALC_REVIEWS_KEY"}  # with which it reads exports
Chance = Annotated[float, Field(gt=0.0, lt=1.0)]
TargetPrecision = Annotated[float, Field(gt=0.5, lt=1.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Hours = Annotated[float, Field(ge=0.0, le=8760.0)]


def _split(given: object) -> object:
    """Return what stands between commas."""
    if not isinstance(given, str):
        return given
    return [part.strip() for part in given.split(",") if part.strip()]


# As it stands in a content security policy: `cdn.example.com`, `*.example.com`, with a port or not.
PictureHost = Annotated[
    str, Field(pattern=r"^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?$")
]


def _also_unprefixed(name: str) -> AliasChoices:
    return AliasChoices(f"{PREFIX}{name}", name)


class Settings(BaseSettings):
    """Environment variables `ALC_<FIELD>`; four customary names also work without the prefix."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True
    )

    host: str = Field("127.0.0.1", validation_alias=_also_unprefixed("HOST"))
    port: int = Field(8000, ge=0, le=65535, validation_alias=_also_unprefixed("PORT"))
    state_dir: Path = Field(Path(".state"), validation_alias=_also_unprefixed("STATE_DIR"))
    bundles_dir: Path = Field(default_factory=lambda fields: fields["state_dir"] / "bundles")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    # Without a database URL the service starts its own PostgreSQL under the state directory.
    database_url: SecretStr | None = Field(None, validation_alias=_also_unprefixed("DATABASE_URL"))
    database_pool_size: int = Field(10, ge=2, le=200)
    database_timeout_seconds: float = Field(3.0, ge=1.0, le=60.0)

    # The bundle must hold a promise for this target; that is checked when the bundle is loaded.
    target_precision: TargetPrecision = 0.95
    # Of each watch over audits: the risk of ever taking back a promise that holds, and the
    # confidence of the bounds of the live precision.
    promise_false_alarm: Chance = 0.05
    promise_confidence: Chance = 0.90
    # Off: queries for which that is promised wait for a person like all that is not accepted.
    answer_no_match: bool = True
    # Shares of what is answered without a person, and of all that the model decides, that people
    # label whatever the score.
    audit_share: Share = 0.02
    calibration_share: Share = 0.0
    # Hides from whoever answers a task what the model thinks of it.
    blind_review: bool = True
    # Off: a person can name one right product of a query, not more.
    several_products: bool = True
    # The attribute of queries and products that holds the address of a picture, and the hosts from
    # which the review page may load such pictures.
    picture_attribute: str = "image"
    picture_hosts: Annotated[tuple[PictureHost, ...], NoDecode, BeforeValidator(_split)] = Field(
        default_factory=tuple
    )
    max_batch: int = Field(64, ge=1, le=1024)
    # Queries that may wait at once; beyond them requests are refused instead of being late.
    max_waiting_queries: int = Field(2048, ge=1)

    # How many hours earlier a task is due, so that it is handed out before others of its age: for
    # each step of the caller's priority; for each factor of ten in an attribute of the query; for
    # a best candidate that lacks at most the band to the threshold; and for an audit, which is all
    # that it has. With one day an audit comes before what others ask today, and waits behind no
    # priority for longer than its steps are.
    priority_hours: Hours = 24.0
    value_attribute: str | None = Field(None, min_length=1, max_length=100)
    value_hours: Hours = 24.0
    near_band: float = Field(0.05, gt=0.0, le=1.0)
    near_hours: Hours = 0.0
    audit_hours: Hours = 24.0

    # Share of tasks that two people answer; a third decides where they disagree.
    second_opinion_share: Share = 0.0
    # How long people can take back their own last answer.
    undo_minutes: float = Field(10.0, ge=0.0, le=1440.0)
    # Without it tasks wait for ever; with it they end that long after their query was asked last.
    task_lifetime_days: float | None = Field(None, gt=0.0, le=3650.0)
    lease_min_seconds: int = Field(10, ge=1)
    lease_max_seconds: int = Field(3600, le=86_400)

    # Attempts of one delivery, the waits between them (times four each, up to the longest), and how
    # long its receiver may take.
    webhook_attempts: int = Field(10, ge=1, le=100)
    webhook_timeout_seconds: float = Field(15.0, ge=0.1, le=60.0)
    webhook_backoff_seconds: float = Field(5.0, gt=0.0, le=3600.0)
    webhook_backoff_max_seconds: float = Field(86_400.0, gt=0.0, le=604_800.0)
    # Networks that are not public to which webhooks may be sent all the same.
    webhook_private_addresses: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_split)
    ] = Field(default_factory=tuple)
    webhook_keep_days: float = Field(7.0, ge=0.0, le=365.0)

    key_cache_seconds: float = Field(10.0, ge=0.0, le=300.0)
    session_hours: float = Field(12.0, gt=0.0, le=168.0)
    sign_in_link_minutes: float = Field(15.0, gt=0.0, le=1440.0)

    @model_validator(mode="after")
    def _lease_limits_are_ordered(self) -> Self:
        if self.lease_min_seconds > self.lease_max_seconds:
            raise ValueError("lease_min_seconds is larger than lease_max_seconds")
        return self

    @model_validator(mode="after")
    def _no_head_start_is_ignored(self) -> Self:
        if "value_hours" in self.model_fields_set and self.value_attribute is None:
            raise ValueError("value_hours needs value_attribute, the name of the value")
        if "near_band" in self.model_fields_set and not self.near_hours:
            raise ValueError("near_band needs near_hours, the head start of what is near")
        return self

    @property
    def local_url(self) -> str:
        """Return where this machine reaches the service."""
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{local}]:{self.port}" if ":" in local else f"http://{local}:{self.port}"

    def redacted(self) -> dict[str, Any]:
        """Return all values as JSON types; secrets are replaced by asterisks."""
        return self.model_dump(mode="json")


def load_settings() -> Settings:
    """Return the settings of this process.

    Raises ConfigurationError naming each wrong variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(_in_words(detail) for detail in _causes(error))
        raise ConfigurationError(f"Settings cannot be used: {wrong}") from error


def unknown_variables() -> list[str]:
    """Return environment variables that look like a setting but are none (a typing error)."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | OF_THE_TRAINER
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _causes(error: ValidationError) -> list[ErrorDetails]:
    """Leave out defaults that could not be derived because another field is wrong."""
    details = error.errors(include_input=False)
    return [detail for detail in details if detail["type"] != "default_factory_not_called"]


def _in_words(detail: ErrorDetails) -> str:
    name = "_".join(str(part) for part in detail["loc"]).upper()
    variable = name if not name or name.startswith(PREFIX) else f"{PREFIX}{name}"
    return f"{variable}: {detail['msg']}" if variable else detail["msg"]
