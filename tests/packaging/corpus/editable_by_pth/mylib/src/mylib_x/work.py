value = 1
import requests_y
