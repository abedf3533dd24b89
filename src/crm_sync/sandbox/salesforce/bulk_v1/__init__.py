"""Bulk API v1 at /services/async: jobs that hold batches, in XML, JSON or CSV. Older clients speak it still.

JOB      what is to be done with an object, and the batches it holds.          (job.py)
BATCH    up to 10,000 rows, or one statement; it moves when it is asked about.  (work.py)
CONTENT  what a batch brings and what its results say, in the job's format.     (content.py)
ANSWER   what each path says.                                                   (answers.py)
DOOR     the session in X-SFDC-Session, XML or JSON, and errors in two words.   (door.py)
"""
