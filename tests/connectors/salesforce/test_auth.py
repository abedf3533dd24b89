"""Ways in, and what people are told when there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr
from tests.connectors.salesforce.conftest import Org, read

from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.tokens import FileKeep
from crm_sync.errors import ConfigError, NeedsLogin, TryLater
from crm_sync.sandbox.salesforce import auth
from crm_sync.sandbox.world import World


async def test_a_session_that_ran_out_is_renewed_once(org: Org, salesforce: Salesforce) -> None:
    await salesforce.look()
    org.world.notes["salesforce_tokens"].clear()
    org.add("Lead", {"LastName": "Ruiz"})
    assert len((await read(salesforce, "Lead")).records) == 1
    assert len(org.world.notes["salesforce_tokens"]) == 1
    org.world.notes["salesforce_tokens"].clear()
    assert await salesforce.plan_schema()


async def test_a_key_opens_the_door_too(org: Org, connect: Callable[..., Salesforce], tmp_path: Path) -> None:
    key, file = rsa.generate_private_key(public_exponent=65537, key_size=2048), tmp_path / "key.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    app = org.world.notes["salesforce_app"]
    app["public_key"] = public.decode()
    crm = connect(client_secret=None, private_key_file=file, username=app["username"])
    assert (await crm.look()).name == "Acme"


async def test_a_wrong_secret_is_told_with_its_setting_and_never_shown(connect: Callable[..., Salesforce]) -> None:
    crm = connect(client_secret=SecretStr("not-it-at-all"))
    with pytest.raises(NeedsLogin, match=r"Check salesforce\.client_secret") as told:
        await crm.look()
    assert "not-it-at-all" not in f"{told.value} {told.value!r}"


async def test_a_host_that_nobody_answers_at_is_named_with_its_setting(connect: Callable[..., Salesforce]) -> None:
    crm = connect(login_url="https://127.0.0.1:9")
    with pytest.raises(TryLater, match=r"127\.0\.0\.1:9.*Check salesforce\.login_url"):
        await crm.look()


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"login_url": None}, "salesforce.login_url"),
        ({"login_url": "http://acme.example"}, "salesforce.login_url"),
        ({"client_id": None}, "salesforce.client_id"),
        ({"client_secret": None}, "neither a secret nor a key"),
        ({"private_key_file": Path("key.pem")}, "salesforce.username"),
        ({"ca_file": Path("/nowhere.pem")}, "salesforce.ca_file"),
    ],
)
async def test_settings_that_cannot_work_are_named(
    connect: Callable[..., Salesforce], settings: dict[str, object], where: str
) -> None:
    with pytest.raises(ConfigError, match=where):
        connect(**settings)


async def test_a_file_without_a_key_is_named(connect: Callable[..., Salesforce], tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("not a key")
    crm = connect(client_secret=None, private_key_file=file, username="ana@acme.example")
    with pytest.raises(ConfigError, match="holds no RSA private key"):
        await crm.look()


@pytest.fixture
def rotating(org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An org that replaces refresh tokens at every use; the file holds the one that is good now."""
    held = [auth._refresh_token(org.world)]

    def refresh(world: World, form: Mapping[str, str]) -> dict[str, str]:
        auth._check_client(world, form)
        if form.get("refresh_token") != held[-1]:
            raise auth.Denied("invalid_grant", "expired access/refresh token")
        held.append(f"{held[0]}{len(held)}")
        return {"scope": "refresh_token api", "refresh_token": held[-1]}

    monkeypatch.setattr(auth, "_refresh", refresh)
    file = tmp_path / "salesforce.refresh"
    file.write_text(held[0])
    return file


@pytest.mark.promise("logins")
async def test_a_refresh_token_opens_the_door_and_its_successor_is_kept(
    org: Org, connect: Callable[..., Salesforce], rotating: Path
) -> None:
    first = rotating.read_text()
    crm = connect(keep=FileKeep(rotating, "salesforce.refresh_token_file"))
    assert (await crm.look()).login == "external client app with a refresh token"
    assert rotating.read_text().strip() != first
    org.world.notes["salesforce_tokens"].clear()
    org.add("Lead", {"LastName": "Ruiz"})
    assert len((await read(crm, "Lead")).records) == 1
    other = connect(keep=FileKeep(rotating, "salesforce.refresh_token_file"))
    assert (await other.look()).name == "Acme"


@pytest.mark.promise("logins")
async def test_an_expiry_that_both_clients_meet_at_once_costs_one_login(
    org: Org, connect: Callable[..., Salesforce], rotating: Path
) -> None:
    crm = connect(keep=FileKeep(rotating, "salesforce.refresh_token_file"))
    await crm.look()
    used = rotating.read_text()
    org.world.notes["salesforce_tokens"].clear()
    await asyncio.gather(read(crm, "Lead"), read(crm, "Task"), crm.plan_schema(), read(crm, "Contact"))
    assert len(org.world.notes["salesforce_tokens"]) == 1
    assert int(rotating.read_text().strip()[len(used.strip()) - 1 :]) == 2


async def test_a_refresh_token_that_is_void_is_told_with_the_next_step(
    connect: Callable[..., Salesforce], rotating: Path
) -> None:
    rotating.write_text("5Aep861-not-a-token")
    with pytest.raises(NeedsLogin, match="Authorize the app again, and put its new refresh token in") as told:
        await connect(keep=FileKeep(rotating, "salesforce.refresh_token_file")).look()
    assert "not-a-token" not in f"{told.value} {told.value!r}"
