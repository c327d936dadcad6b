"""What a server runs: the compose file holds together, and its commands are the ones that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.app.utils import find_app
from celery.bin.base import CLIContext
from celery.bin.beat import beat
from celery.bin.celery import celery as program
from celery.bin.worker import worker
from django.conf import settings
from django.core.management import get_commands
from django.utils.module_loading import import_string

from prm.local import demo
from prm.local.addresses import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ["web", "worker", "delivery", "beat", "migrate"]


def image_command() -> list[str]:
    """The CMD of the image, which web runs."""
    found = re.search(r"^CMD (\[.*?\])$", DOCKERFILE, re.S | re.M)
    assert found
    return list(yaml.safe_load(found.group(1).replace("\\\n", "")))


def test_the_compose_file_has_the_services_that_the_product_needs() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}
    assert set(COMPOSE["volumes"]) == {"data", "postgres", "redis"}
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"]), "every volume is declared, every declared one used"


@pytest.mark.parametrize("name", ["web", "worker", "delivery", "beat", "postgres", "redis"])
def test_every_lasting_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "delivery", "beat"])
def test_nothing_starts_before_the_schema_is_there(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", ["worker", "delivery"])
def test_workers_can_be_scaled(name: str) -> None:
    assert "container_name" not in SERVICES[name]
    assert "ports" not in SERVICES[name]
    assert not any(part.startswith("--hostname") for part in SERVICES[name]["command"])


@pytest.mark.parametrize("where", ["compose", "demo"])
def test_every_queue_has_a_worker_and_events_one_apart_from_long_work(where: str, tmp_path: Path) -> None:
    served = []
    for name in ("worker", "delivery"):
        command = SERVICES[name]["command"] if where == "compose" else demo.commands(8123, tmp_path)[name]
        served.append(
            {queue for part in command if part.startswith("--queues=") for queue in part.removeprefix("--queues=").split(",")}
        )
    assert served == [{"interactive", "bulk"}, {"delivery"}]
    assert set.union(*served) == {queue.name for queue in settings.CELERY_TASK_QUEUES}


def test_only_the_migrate_step_knows_the_owners_password() -> None:
    for name in ("web", "worker", "delivery", "beat"):
        assert not {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} & set(SERVICES[name]["environment"])
    assert {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} <= set(SERVICES["migrate"]["environment"])


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if key == "SECRET_KEY_FALLBACKS":
                assert value == "${SECRET_KEY_FALLBACKS:-}", "earlier keys, of which a new installation has none"
            elif re.search("SECRET|PASSWORD", key) and not key.startswith("EMAIL"):
                assert re.fullmatch(r"\$\{\w+:\?.*\}", value), f"{key} has no default: the start is refused without it"
    assert "SECRET_KEY=" not in re.sub(r"SECRET_KEY=used-by-this-step-only", "", DOCKERFILE)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "var", ".git"} <= set(ignored)


def test_every_setting_that_a_server_can_be_given_reaches_it_and_is_told() -> None:
    files = ("base", "prod", "databases")
    text = "\n".join((ROOT / "prm" / "settings" / f"{name}.py").read_text() for name in files)
    read = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', text)) - {"PRM_DATA_DIR"}  # files for tests and benchmarks
    assert "PRM_CURRENCY" in read
    of_the_image = set(re.findall(r"(\w+)=/", DOCKERFILE))
    assert read - set(SERVICES["migrate"]["environment"]) - of_the_image == set()
    guide = (ROOT / "docs" / "operators" / "install.md").read_text()
    assert {name for name in read - of_the_image if f"{name}`" not in guide and f"{name}=" not in guide} == set()


def test_the_image_runs_as_an_ordinary_user() -> None:
    user = re.findall(r"^USER (\w+)$", DOCKERFILE, re.M)
    assert user == ["prm"]
    assert DOCKERFILE.index("USER prm") > DOCKERFILE.rindex("RUN "), "nothing is installed as that user"
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["read_only"] is True


def test_every_port_and_probe_of_the_image_agrees() -> None:
    port = re.search(r"^EXPOSE (\d+)$", DOCKERFILE, re.M)
    assert port
    assert f"--bind=0.0.0.0:{port[1]}" in image_command()
    assert SERVICES["web"]["ports"][0].endswith(f":{port[1]}")
    assert SERVICES["web"]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port[1]}/healthz"


@pytest.mark.parametrize("where", ["image", "demo"])
def test_gunicorn_accepts_its_command(where: str, tmp_path: Path) -> None:
    command = image_command()[1:] if where == "image" else demo.commands(8123, tmp_path)["web"][3:]
    assert command[0] == "prm.wsgi:application"
    assert callable(import_string(command[0].replace(":", ".")))
    # Options are what is checked here: a program that is there at once spares loading the product a second time.
    command[0] = "wsgiref.simple_server:demo_app"
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["worker", "delivery", "beat"])
@pytest.mark.parametrize("where", ["compose", "demo"])
def test_celery_accepts_its_command(name: str, where: str, tmp_path: Path) -> None:
    command = SERVICES[name]["command"][1:] if where == "compose" else demo.commands(8123, tmp_path)[name][3:]
    assert command[0] == "-A"
    assert command[2] == ("beat" if name == "beat" else "worker")
    app = find_app(command[1])
    assert app.main == "prm"
    outer = program.make_context("celery", [*command])
    outer.obj = CLIContext(app=app, no_color=True, workdir=None)
    verb = {"worker": worker, "beat": beat}[command[2]]
    inner = verb.make_context(command[2], [*command[3:]], parent=outer)  # raises for an option that does not exist
    assert inner.params["loglevel"]


def test_the_migrate_step_calls_commands_that_exist() -> None:
    shell, flag, line = SERVICES["migrate"]["command"]
    assert (shell, flag) == ("sh", "-c")
    steps = [shlex.split(step) for step in line.split("&&")]
    assert [step[2] for step in steps] == ["setup_database", "migrate"]
    assert {step[2] for step in steps} <= set(get_commands())
    assert all(step[:2] == ["python", "manage.py"] for step in steps)


def test_the_health_check_of_a_container_fails_when_nobody_answers() -> None:
    module = SERVICES["web"]["healthcheck"]["test"][1:4]
    assert module == ["python", "-m", "prm.local.probe"]
    done = subprocess.run(
        [sys.executable, *module[1:], "http://127.0.0.1:9/healthz"], cwd=ROOT, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 1


@pytest.mark.parametrize("target", ["demo", "stop", "test", "test-full", "check", "bench", "shots", "pin", "clean", "help"])
def test_make_knows_the_target_and_says_what_it_does(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_ci_runs_the_readmes_test_command_with_the_real_input(tmp_path: Path) -> None:
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "$@" "$PRM_DATA_DIR"\n')
    make.chmod(0o755)
    (tmp_path / "input").mkdir()
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PRM_DATA_DIR": str(tmp_path / "input")}
    done = subprocess.run([str(ROOT / ".ci" / "run")], env=env, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.split() == ["test", str(tmp_path / "input")]
