import lxml
import lxml.html
from lxml import etree

STYLE = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/><xsl:template match="/"><xsl:value-of select="count(//item)"/></xsl:template>
</xsl:stylesheet>"""


def run(event, context):
    tree = etree.fromstring('<order><item sku="tea"/><item sku="coffee"/></order>')
    assert tree.xpath('//item/@sku') == ['tea', 'coffee']
    assert str(etree.XSLT(etree.fromstring(STYLE))(tree)) == '2'
    assert lxml.html.fromstring('<p>tea<b>!').text_content() == 'tea!'
    return lxml.__version__


run({}, None)
