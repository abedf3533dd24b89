"""The people behind both faces: a story drawn from a seed, told into the two CRMs, and the truth about it.

BLOCK    neighbours who are drawn and told together, apart from all others.  (blocks.py, block.py)
STORY    what happened, in neutral words; neither CRM's.                     (story.py, build.py)
COURSE   one human's way through the stages.                                 (course.py, pursuit.py)
TELL     the story in the records of one CRM.                                (tell_hubspot.py, tell_salesforce.py)
CREW     the processes that tell the blocks of a large town.                 (crew.py, worker.py, writing.py)
FACTS    what of it counts; judged by rules written here once more.          (facts.py, judge.py, credit.py)
TRUTH    the answers, under the record ids of both CRMs, as JSON.            (truth.py)
LIFE     what happens after the first evening, as the world's clock runs.    (life/)
"""

from crm_sync.sandbox.town.telling import build
from crm_sync.sandbox.town.truth import Truth

__all__ = ["Truth", "build"]
