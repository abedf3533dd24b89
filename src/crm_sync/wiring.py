"""Settings into real parts, plugged together: the only file that knows them all."""

from __future__ import annotations

from dataclasses import dataclass

from crm_sync.connectors.base import Connector
from crm_sync.connectors.files import Files
from crm_sync.connectors.hubspot import HubSpot
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.settings import Settings
from crm_sync.store import Store, open_store


@dataclass(frozen=True, slots=True)
class House:
    """Everything that commands work with."""

    settings: Settings
    vocabulary: Vocabulary
    store: Store
    engine: Engine
    connectors: dict[str, Connector]

    async def close(self) -> None:
        """Ends connections to the CRMs and to the store."""
        for connector in self.connectors.values():
            await connector.close()
        self.store.close()


def build(settings: Settings) -> House:
    """Raises ConfigError for a mapping, database or credential that cannot be used. Talks to no CRM yet."""
    vocabulary = load_vocabulary(settings.mappings)
    return House(settings, vocabulary, open_store(settings.database), DuckDB(), connect(settings, vocabulary))


def connect(settings: Settings, vocabulary: Vocabulary) -> dict[str, Connector]:
    """A connector for every CRM that the settings name."""
    profile = vocabulary.fields.profile(settings.profile == "minimal")
    connectors: dict[str, Connector] = {}
    if settings.hubspot:
        connectors["hubspot"] = HubSpot(settings.hubspot, vocabulary, profile)
    if settings.salesforce:
        connectors["salesforce"] = Salesforce(settings.salesforce, vocabulary, profile)
    if settings.files:
        connectors["files"] = Files(settings.files, vocabulary, profile)
    return connectors
