import huge_x
import only_heavy
