"""Who is calling, and calling as somebody else."""
