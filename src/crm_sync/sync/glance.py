"""Reads the CRMs into a store that is thrown away and concludes as a sync would; nothing is installed or written."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from crm_sync.clock import host_now
from crm_sync.errors import CrmSyncError
from crm_sync.settings import FilesSettings
from crm_sync.store import Store, open_store
from crm_sync.sync.progress import Progress
from crm_sync.sync.pull import pull
from crm_sync.sync.run import Parts, decide
from crm_sync.sync.spending import Spending

OURS = "crm_sync_"  # what a sync leaves in a folder of exports


@asynccontextmanager
async def glance(parts: Parts, progress: Progress) -> AsyncIterator[tuple[Store, Sequence[str]]]:
    """A store with everything that the CRMs hold now, and the plan for it; and what of it could not be read. Calls are
    counted as a backfill's, so that the scheduled sync keeps its share. Raises any CrmSyncError."""
    spending = Spending(parts.store, parts.connectors, parts.settings.budget, modest=True)
    with tempfile.TemporaryDirectory(prefix="crm-sync-") as directory:
        store = open_store(f"sqlite:///{directory}/glance.db")
        try:
            seen = [await connector.look() for connector in parts.connectors.values()]
            spending.check(parts.connectors)
            progress.started("pull")
            objects = {crm: connector.objects for crm, connector in parts.connectors.items()}
            await pull(store, parts.connectors, objects, progress)
            run_id = store.start_run("diagnosis", host_now())
            store.save_plan(run_id, decide(replace(parts, store=store), progress).plan)
            yield store, [f"{account.crm}: {problem}" for account in seen for problem in account.problems]
        finally:
            spending.save()
            store.close()


@contextmanager
def beside(files: FilesSettings) -> Iterator[FilesSettings]:
    """The same exports in a folder of their own: a read keeps its journal beside them, and theirs stays as it is.
    Errors that leave the block name the folder that was given."""
    with tempfile.TemporaryDirectory(prefix="crm-sync-") as directory:
        for file in sorted(files.directory.expanduser().iterdir()):
            if file.is_file() and not file.name.startswith(OURS):
                (Path(directory) / file.name).symlink_to(file.resolve())
        try:
            yield files.model_copy(update={"directory": Path(directory)})
        except CrmSyncError as problem:
            problem.args = tuple(str(part).replace(directory, str(files.directory)) for part in problem.args)
            raise
