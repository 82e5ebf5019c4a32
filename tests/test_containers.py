"""What can be known of the image and the compose file without starting them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.server import GRACE_SECONDS
from service.settings import load_settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROMETHEUS: dict[str, Any] = yaml.safe_load((ROOT / "docker/prometheus/prometheus.yml").read_text())
DOCKERFILE = (ROOT / "docker/service.Dockerfile").read_text().replace("\\\n", " ")
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")


def instructions(name: str) -> list[str]:
    """Return what follows each instruction of this name in the Dockerfile, in order."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def image_environment() -> dict[str, str]:
    pairs = " ".join(instructions("ENV")).split()
    return dict(pair.split("=", 1) for pair in pairs)


def test_every_image_is_pinned_to_a_release() -> None:
    images = [service["image"] for service in SERVICES.values() if "image" in service]
    images += [base.split()[0] for base in instructions("FROM")]
    assert len(images) == 4
    assert [image for image in images if not re.search(r":v?\d+\.\d+", image)] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_says_whether_it_is_well_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["healthcheck"].keys() >= {"interval", "timeout", "retries"}
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_needs_must_be_well_first(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        assert "healthcheck" in SERVICES[needed]
        assert how["condition"] == "service_healthy"


def test_the_service_needs_the_database_and_prometheus_needs_nothing() -> None:
    assert list(SERVICES["service"]["depends_on"]) == ["postgres"]
    assert "depends_on" not in SERVICES["prometheus"]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_published_beyond_this_machine(name: str) -> None:
    ports = SERVICES[name].get("ports", [])
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_password_is_asked_for_and_all_else_has_a_default() -> None:
    found = VARIABLE.findall((ROOT / "docker-compose.yml").read_text())
    assert {name for name, rest in found if rest.startswith(":?")} == {"POSTGRES_PASSWORD"}
    assert {name for name, rest in found if not rest.startswith((":?", ":-"))} == set()


def test_the_named_volumes_are_declared() -> None:
    mounted = [volume for service in SERVICES.values() for volume in service["volumes"]]
    named = {
        volume.partition(":")[0]
        for volume in mounted
        if isinstance(volume, str) and not volume.startswith(".")
    }
    assert named == COMPOSE["volumes"].keys()


def test_bundles_are_mounted_read_only_where_the_image_looks_for_them() -> None:
    (bundles,) = SERVICES["service"]["volumes"]
    assert bundles["target"] == f"{image_environment()['STATE_DIR']}/bundles"
    assert bundles["read_only"] is True


def test_running_requests_may_end_before_the_container_is_killed() -> None:
    grace = SERVICES["service"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > GRACE_SECONDS


def test_the_service_can_neither_write_its_image_nor_gain_rights() -> None:
    service = SERVICES["service"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]


def test_the_settings_of_the_image_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = image_environment()
    environment["DATABASE_URL"] = SERVICES["service"]["environment"]["DATABASE_URL"]
    for name in ("HOST", "PORT", "STATE_DIR", "DATABASE_URL"):
        monkeypatch.setenv(name, environment[name])
    settings = load_settings()
    assert settings.host == "0.0.0.0"
    assert settings.state_dir == Path(environment["STATE_DIR"])
    assert settings.database_url is not None
    assert f":{settings.port}/readyz" in " ".join(SERVICES["service"]["healthcheck"]["test"])
    assert SERVICES["service"]["ports"][0].endswith(f":{settings.port}")


def test_the_image_runs_without_root_and_without_the_trainer() -> None:
    user = instructions("USER")[-1].partition(":")[0]
    assert int(user) > 0
    assert "[train]" not in DOCKERFILE
    assert all("training" not in copied for copied in instructions("COPY"))


def test_the_image_has_an_extra_only_when_asked_for_one() -> None:
    assert instructions("ARG") == ['EXTRAS=""']
    assert any("install" in line and line.endswith('".$EXTRAS"') for line in instructions("RUN"))
    assert SERVICES["service"]["build"]["args"]["EXTRAS"] == "${EXTRAS:-}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r'"\[(.+)\]" for bundles', DOCKERFILE)
    assert len(named) == 1
    assert set(named) <= project["optional-dependencies"].keys()


def test_all_that_is_copied_into_the_image_reaches_the_build() -> None:
    copied = {
        source
        for line in instructions("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    }
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    assert copied == {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert "*" in ignore
    assert all((ROOT / source).exists() for source in copied)


def test_prometheus_scrapes_the_service() -> None:
    (job,) = PROMETHEUS["scrape_configs"]
    (targets,) = (config["targets"] for config in job["static_configs"])
    assert targets == [f"service:{image_environment()['PORT']}"]
    assert any(
        volume.startswith("./docker/prometheus/prometheus.yml:/etc/prometheus/prometheus.yml")
        for volume in SERVICES["prometheus"]["volumes"]
    )
