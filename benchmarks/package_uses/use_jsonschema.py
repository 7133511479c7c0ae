from importlib import metadata

import jsonschema

SCHEMA = {'$schema': 'https://json-schema.org/draft/2020-12/schema', 'properties': {'quantity': {'minimum': 1}}}


def run(event, context):
    validator = jsonschema.validators.validator_for(SCHEMA)
    validator.check_schema(SCHEMA)  # against the metaschemas, which are data files
    assert validator is jsonschema.Draft202012Validator
    assert [error.validator for error in validator(SCHEMA).iter_errors({'quantity': 0})] == ['minimum']
    return metadata.version('jsonschema')


run({}, None)
