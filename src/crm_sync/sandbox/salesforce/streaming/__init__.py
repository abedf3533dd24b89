"""Change Data Capture over CometD: the streaming door that opens on the same port as everything else.

The newer Pub/Sub API says the same events in Avro over gRPC, which would need a second port and generated stubs.

CHANGE     what happened to one record, on the bus.                  (../changes.py)
EVENT      a change as a subscriber reads it.                        (events.py)
LISTENER   one client with its channels, and how far each has read.  (cometd.py)
"""
