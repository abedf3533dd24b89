"""Ways in, and what people are told when there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr
from tests.connectors.salesforce.conftest import Org, read

from crm_sync.connectors.salesforce import Salesforce
from crm_sync.errors import ConfigError, NeedsLogin, TryLater


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
