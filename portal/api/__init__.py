"""What every door of the API shares: who asks, how much, in which pages, and one shape for whatever goes wrong."""
