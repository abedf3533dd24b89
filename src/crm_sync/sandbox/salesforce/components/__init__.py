"""Parts of the schema that clients may make: by the Tooling API one at a time, by the Metadata API ten in a call.

Each kind of component is a module with the same five functions: create, read, update and delete by full name, and
`names` of those that there are. A full name is the object's name, a dot, and the component's own.
"""

from types import ModuleType

from crm_sync.sandbox.salesforce.components import custom_field, duplicate_rule, list_view, validation_rule

KINDS: dict[str, ModuleType] = {
    "CustomField": custom_field,
    "DuplicateRule": duplicate_rule,
    "ListView": list_view,
    "ValidationRule": validation_rule,
}
