from .. import shared
