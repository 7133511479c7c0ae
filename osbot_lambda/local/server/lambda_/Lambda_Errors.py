from osbot_lambda.errors import Api__Error


class Lambda_Errors:
    """The errors of the Lambda API, with AWS's codes, texts and HTTP statuses (recorded answers of AWS).

    Each method gives the error; the caller raises it.
    """

    @staticmethod
    def invalid(message: str) -> Api__Error:
        """400 InvalidParameterValueException."""
        return Api__Error('InvalidParameterValueException', message, 400)

    @staticmethod
    def not_yet(what: str) -> Api__Error:
        """400 InvalidParameterValueException for what AWS has and this cloud hasn't."""
        return Lambda_Errors.invalid(f'NotImplemented: the local cloud has no {what} yet.')

    @staticmethod
    def constraint(value: object, member: str, constraint: str) -> Api__Error:
        """400 ValidationException: `constraint` ends the sentence 'Member must …'."""
        text = f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
        return Api__Error('ValidationException', f'{text}Member must {constraint}', 400)

    @staticmethod
    def not_found(message: str) -> Api__Error:
        """404 ResourceNotFoundException, whose text AWS puts under `Message`."""
        return Api__Error('ResourceNotFoundException', message, 404)

    @staticmethod
    def function_not_found(arn: str) -> Api__Error:
        """404; the ARN with the qualifier that was asked for."""
        return Lambda_Errors.not_found(f'Function not found: {arn}')

    @staticmethod
    def conflict(message: str) -> Api__Error:
        """409 ResourceConflictException."""
        return Api__Error('ResourceConflictException', message, 409)

    @staticmethod
    def wrong_revision(api: str = 'GetFunction/GetAlias') -> Api__Error:
        """412 PreconditionFailedException; api is what gives the latest RevisionId."""
        return Api__Error(
            'PreconditionFailedException',
            'The Revision Id provided does not match the latest Revision Id. '
            f'Call the {api} API to retrieve the latest Revision Id',
            412,
        )

    @staticmethod
    def throttled(reason: str) -> Api__Error:
        """429 TooManyRequestsException."""
        return Api__Error('TooManyRequestsException', 'Rate Exceeded.', 429, Reason=reason)

    @staticmethod
    def too_large(message: str) -> Api__Error:
        """413 RequestEntityTooLargeException, a code that the service model doesn't have."""
        return Api__Error('RequestEntityTooLargeException', message, 413)

    @staticmethod
    def bad_content(message: str) -> Api__Error:
        """400 InvalidRequestContentException."""
        return Api__Error('InvalidRequestContentException', message, 400)

    @staticmethod
    def bad_zip(reason: str = '') -> Api__Error:
        """400: AWS's text, and after it the reason when there is more to say than 'no zip'."""
        text = 'Could not unzip uploaded file. Please check your file, then try to upload again.'
        return Lambda_Errors.invalid(f'{text} ({reason})' if reason else text)
