text = 'é'
import two
