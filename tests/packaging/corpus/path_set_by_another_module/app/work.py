from more import value
