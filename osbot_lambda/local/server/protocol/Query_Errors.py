class Query_Errors:
    """The error codes of services that moved from the query protocol to JSON and kept their old codes (SQS).

    A client sees the old code in Error.Code (from the x-amzn-query-error header, or the XML), and the JSON type in
    QueryErrorCode. Engines raise the name of the model's shape, or the old code when the model has none.
    Source : the awsQueryError traits of the SQS model; botocore's today no longer carries them.
    """

    CODES = {
        'BatchEntryIdsNotDistinct': 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
        'BatchRequestTooLong': 'AWS.SimpleQueueService.BatchRequestTooLong',
        'EmptyBatchRequest': 'AWS.SimpleQueueService.EmptyBatchRequest',
        'InvalidBatchEntryId': 'AWS.SimpleQueueService.InvalidBatchEntryId',
        'MessageNotInflight': 'AWS.SimpleQueueService.MessageNotInflight',
        'PurgeQueueInProgress': 'AWS.SimpleQueueService.PurgeQueueInProgress',
        'QueueDeletedRecently': 'AWS.SimpleQueueService.QueueDeletedRecently',
        'QueueDoesNotExist': 'AWS.SimpleQueueService.NonExistentQueue',
        'QueueNameExists': 'QueueAlreadyExists',
        'TooManyEntriesInBatchRequest': 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
        'UnsupportedOperation': 'AWS.SimpleQueueService.UnsupportedOperation',
    }
    JSON_TYPES = {
        'InvalidParameterValue': 'InvalidParameterValueException',
        'MissingParameter': 'MissingRequiredParameterException',
    }

    @classmethod
    def query_code(cls, code: str) -> str:
        """The code that the query protocol knows."""
        return cls.CODES.get(code, code)

    @classmethod
    def json_type(cls, code: str) -> str:
        """The type name that the JSON protocol knows."""
        return cls.JSON_TYPES.get(code, code)
