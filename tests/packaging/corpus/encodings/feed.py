text = 'b'
import four
