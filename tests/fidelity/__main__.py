"""python -m tests.fidelity: write docs/reference/fidelity.md; with --print only say it."""

import sys

from tests.fidelity.Fidelity_Marks import Fidelity_Marks
from tests.fidelity.Fidelity_Page import PAGE, Fidelity_Page

if __name__ == '__main__':
    marks = Fidelity_Marks().collect()
    if marks.wrong:
        sys.exit('\n'.join(marks.wrong))
    text = Fidelity_Page(marks.rows).text()
    if sys.argv[1:] == ['--print']:
        print(text, end='')
    else:
        PAGE.write_text(text)
