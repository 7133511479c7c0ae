text = 'a'
import three
