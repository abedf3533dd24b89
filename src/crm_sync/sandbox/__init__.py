"""Both CRMs on one loopback port: HubSpot and Salesforce as their clients see them, over a seeded town.

The sandbox is another house. It shares no code with the connectors; they meet only on the wire.

FACE     hubspot or salesforce: the paths, envelopes and errors one CRM answers with.   (hubspot/, salesforce/)
WORLD    the tables behind both faces, one per object, on SQLite.                        (world.py)
TOWN     the people, their journeys and their reps, told from a seed into the world.     (town/)
TRUTH    what the town knows and no CRM says: who is who, who met the SLA, what earned what.
CLOCK    the world's own time, read by both faces; starts at the town's last evening.    (worldclock.py)
HELM     what steers a world: faults, quotas, orders, webhooks, and the way back.         (helm.py, control.py)
PAGE     what a rep would see of one record, in either CRM.                               (records/)
"""
