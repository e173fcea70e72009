"""What every declaration keeps to, whoever declares it: a new area is tested by existing."""
