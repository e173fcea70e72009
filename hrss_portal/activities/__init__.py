"""What several areas report once: campaigns, visits, meetings, tasks."""
