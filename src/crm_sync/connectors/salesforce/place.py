"""Where a read of one object stands, as the text that is stored with every page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from crm_sync.connectors.salesforce.values import CRM
from crm_sync.errors import Failed

_BY_STAMP = "stamp"  # earlier versions read in the order of stamps; such a part is read from its start


@dataclass(frozen=True, slots=True)
class Place:
    """`since` is when the last whole read began (None: there was none), `began` when this one did (None: it is over);
    both by the CRM's clock. `part` counts what this read consists of, `id` is the last row of it that is stored.

    In a Bulk job: `job`, the `locator` of its next results and the `count` of rows read. `fields` is a fingerprint of
    what is read, `refreshed` when everything was last read, `refreshing` whether this read reads everything again,
    `blind` the objects that our user could not see.
    """

    since: str | None = None
    began: str | None = None
    part: int = 0
    id: str | None = None
    job: str | None = None
    locator: str | None = None
    count: int = 0
    fields: str | None = None
    refreshed: str | None = None
    refreshing: bool = False
    blind: tuple[str, ...] = ()

    def as_cursor(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def of(cls, cursor: str | None) -> Place:
        """Raises Failed when the text was not written by us."""
        try:
            known = json.loads(cursor) if cursor else {}
            if known and known.pop(_BY_STAMP, None):
                known.pop("id", None)
            return cls(**known | {"blind": tuple(known.get("blind", ()))})
        except (ValueError, TypeError, AttributeError):
            fix = "Read this object again from the start."
            raise Failed(CRM, "cursor", f"{cursor!r} cannot be read.", fix=fix) from None

    def at(self, id_: str | None) -> Place:
        """After a row, outside of any job."""
        return replace(self, id=id_, job=None, locator=None, count=0)

    def in_job(self, job: str, locator: str | None, id_: str | None, count: int) -> Place:
        return replace(self, id=id_, job=job, locator=locator, count=count)

    def over(self, blind: tuple[str, ...], fields: str) -> Place:
        """The read is finished: the next one begins where this one began."""
        whole = self.refreshing or self.since is None
        return Place(self.began, fields=fields, refreshed=self.began if whole else self.refreshed, blind=blind)
