"""What people reach by HTTP: the provider's webhook, the staff pages, health, and the commands."""
