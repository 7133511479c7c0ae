# -*- coding: latin-1 -*-
text = 'é'
