from dataclasses import dataclass
from urllib.parse import urlsplit

AWS_DOMAINS = ('amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'api.aws', 'on.aws', 'api.amazonwebservices.com.cn')


@dataclass(frozen=True, slots=True)
class Address:
    """What the host of a URL says: this machine, AWS, or somewhere else. No name is looked up."""

    url: str

    @property
    def host(self) -> str:
        """The host in lower case, or '' when the URL can't be read in one way only."""
        if '\\' in self.url or any(char.isspace() or not char.isprintable() for char in self.url):
            return ''  # URL parsers differ on these, and the one that sends may see another host
        try:
            parts = urlsplit(self.url)
            parts.port  # noqa: B018  raises for a port that is no number
        except ValueError:
            return ''
        return (parts.hostname or '').rstrip('.').lower() if parts.scheme in ('http', 'https') else ''

    def is_url(self) -> bool:
        """Whether it is an http or https URL with a host."""
        return bool(self.host)

    def is_loopback(self) -> bool:
        """127.0.0.0/8, ::1, localhost and *.localhost (RFC 6761)."""
        host = self.host
        if host == 'localhost' or host.endswith('.localhost'):
            return True
        from ipaddress import ip_address

        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False

    def is_aws(self) -> bool:
        """Whether the host is one of AWS's."""
        return any(self.host == domain or self.host.endswith('.' + domain) for domain in AWS_DOMAINS)
