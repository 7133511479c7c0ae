"""The local cloud: its handle here, the cloud itself in server/."""
