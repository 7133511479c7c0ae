"""The Lambda API's engine: functions, their versions and code, invokes."""
