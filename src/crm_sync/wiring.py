"""Settings into real parts, plugged together: the only file that knows them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from crm_sync.clock import host_now
from crm_sync.connectors.base import Connector
from crm_sync.connectors.files import Files
from crm_sync.connectors.hubspot import HubSpot
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.tokens import FileKeep, Keep
from crm_sync.engine.base import Engine
from crm_sync.engine.chosen import chosen
from crm_sync.errors import ConfigError
from crm_sync.mappings import Vocabulary
from crm_sync.settings import HubSpotSettings, SalesforceSettings, Settings, trimmed
from crm_sync.store import Store, open_store
from crm_sync.store.promises import in_force
from crm_sync.store.trainings import trained_vocabulary
from crm_sync.store.vault import Vault


@dataclass(frozen=True, slots=True)
class House:
    """Everything that commands work with."""

    settings: Settings
    vocabulary: Vocabulary
    store: Store
    engine: Engine
    connectors: dict[str, Connector]
    notes: tuple[str, ...] = ()  # what is odd about the tables, in sentences

    def weighed(self) -> Vocabulary:
        """The vocabulary with the weights that hold now: a service outlives the training of others."""
        return trained_vocabulary(self.vocabulary, self.store.last_training())[0]

    async def close(self) -> None:
        """Ends connections to the CRMs and to the store."""
        for connector in self.connectors.values():
            await connector.close()
        self.store.close()


def build(settings: Settings) -> House:
    """Raises ConfigError for a mapping, database or credential that cannot be used. Talks to no CRM yet."""
    store = open_store(settings.database)
    try:
        vocabulary, notes = in_force(settings.mappings, store.promises())
        notes += trained_vocabulary(vocabulary, store.last_training())[1]
        notes += tuple(vocabulary.promise.holidays.run_out(host_now().date() + SOON))
        return House(settings, vocabulary, store, chosen(settings), connect(settings, vocabulary, store), notes)
    except ConfigError:
        store.close()
        raise


SOON = timedelta(days=60)


def connect(settings: Settings, vocabulary: Vocabulary, store: Store) -> dict[str, Connector]:
    """A connector for every CRM that the settings name."""
    profile = vocabulary.fields.profile(settings.profile == "minimal")
    connectors: dict[str, Connector] = {}
    if settings.hubspot:
        keep = keep_of("hubspot", settings.hubspot, settings.key, store)
        connectors["hubspot"] = HubSpot(settings.hubspot, vocabulary, profile, keep=keep)
    if settings.salesforce:
        keep = keep_of("salesforce", settings.salesforce, settings.key, store)
        connectors["salesforce"] = Salesforce(settings.salesforce, vocabulary, profile, keep=keep)
    if settings.files:
        connectors["files"] = Files(settings.files, vocabulary, profile)
    return connectors


def keep_of(crm: str, part: HubSpotSettings | SalesforceSettings, key: SecretStr | None, store: Store) -> Keep | None:
    """Where a refresh token lives: in its own file, or encrypted in the store; None where none is used."""
    where = f"{crm}.refresh_token"
    if part.refresh_token_file:
        return FileKeep(part.refresh_token_file, f"{where}_file")
    given = trimmed(part.refresh_token)
    return Vault(store.database, where, given, key) if given else None
