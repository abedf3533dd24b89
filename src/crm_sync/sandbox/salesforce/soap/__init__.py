"""What only SOAP can do in Salesforce: an old login, merging, undeleting, converting leads, and writing metadata.

ENVELOPE   XML in and out; a FAULT is its error.                    (envelope.py)
PARTNER    calls about records, at /services/Soap/u/{version}.      (partner.py, login.py)
METADATA   calls about the schema, at /services/Soap/m/{version}.   (metadata.py)
"""
