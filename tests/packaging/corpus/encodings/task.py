import latin, bom, crlf, feed

def run(event, context):
    return [latin.text, bom.text, crlf.text, feed.text, one.value]


import one
