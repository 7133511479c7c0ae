class Query_Names:
    """How the members of the SQS model are called in its query form, where lists and maps are flattened.

    'MessageAttributes' is sent as MessageAttribute.1.Name and MessageAttribute.1.Value.StringValue, and comes back as
    <MessageAttribute><Name/><Value/></MessageAttribute>.
    Source : the SQS API reference of 2012-11-05; botocore's model today has the JSON names only.
    """

    ELEMENTS = {
        'AWSAccountIds': 'AWSAccountId',
        'Actions': 'ActionName',
        'AttributeNames': 'AttributeName',
        'Attributes': 'Attribute',
        'BinaryListValues': 'BinaryListValue',
        'MessageAttributeNames': 'MessageAttributeName',
        'MessageAttributes': 'MessageAttribute',
        'MessageSystemAttributeNames': 'MessageSystemAttributeName',
        'MessageSystemAttributes': 'MessageSystemAttribute',
        'Messages': 'Message',
        'QueueUrls': 'QueueUrl',
        'Results': 'ListMessageMoveTasksResultEntry',
        'StringListValues': 'StringListValue',
        'TagKeys': 'TagKey',
        'Tags': 'Tag',
        'queueUrls': 'QueueUrl',
        'tags': 'Tag',
    }
    BATCHES = ('Entries', 'Successful', 'Failed')  # called as the shape of what they hold

    @classmethod
    def element(cls, member_name: str, held_shape_name: str) -> str:
        """The name of one element of a list or map member."""
        return held_shape_name if member_name in cls.BATCHES else cls.ELEMENTS.get(member_name, member_name)

    @staticmethod
    def key_and_value(element: str) -> tuple[str, str]:
        """The names inside one entry of a map: tags have Key and Value, attributes Name and Value."""
        return ('Key', 'Value') if element == 'Tag' else ('Name', 'Value')
