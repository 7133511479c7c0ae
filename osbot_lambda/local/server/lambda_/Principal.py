import re
from typing import Union

from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors

_SERVICE = re.compile(r'[\w-]+(\.[\w-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com)')
_IDENTITY = re.compile(r'arn:[\w-]+:(iam|sts)::\d{12}:\S+')


class Principal:
    """Who is meant by the Principal of a permission."""

    @staticmethod
    def of(text: str) -> Union[str, dict[str, str]]:
        """As a policy writes it: '*', {'AWS': ARN} or {'Service': name}. Raises Api__Error 400."""
        if text == '*':
            return text
        if re.fullmatch(r'\d{12}', text):
            return {'AWS': f'arn:aws:iam::{text}:root'}
        if _IDENTITY.fullmatch(text):
            return {'AWS': text}
        if _SERVICE.fullmatch(text):
            return {'Service': text}
        raise Lambda_Errors.invalid('The provided principal was invalid. Please check the principal and try again.')
