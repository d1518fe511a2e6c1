package attest

import "context"

// Cache of a server.
type Cache struct {
	client *Client
}

// CacheStats is what a server says about its cache.
type CacheStats struct {
	// TotalSizeBytes is the size of all stored objects.
	TotalSizeBytes uint64 `json:"total_size_bytes"`
	// TotalEntries is how many objects are stored.
	TotalEntries uint64 `json:"total_entries"`
	// HitRate is the part of the steps that were looked up and found, from 0 to 1; 0 before the first.
	HitRate float64 `json:"hit_rate"`
	// MissRate is the part that was not found.
	MissRate float64 `json:"miss_rate"`
	// Backends are the cache's tiers by name.
	Backends map[string]CacheBackend `json:"backends"`
}

// CacheBackend is one tier of a cache.
type CacheBackend struct {
	// SizeBytes is the size of its objects.
	SizeBytes uint64 `json:"size_bytes"`
	// Entries is how many objects it holds.
	Entries uint64 `json:"entries"`
	// HitRate is as in [CacheStats], of the look-ups that reached this tier.
	HitRate float64 `json:"hit_rate"`
}

// GetStats returns the cache's statistics.
func (c *Cache) GetStats(ctx context.Context) (*CacheStats, error) {
	if c == nil {
		return nil, failure(KindConfig, "there is no client: make one with attest.NewClient, and use its Cache")
	}
	client, err := c.client.use()
	if err != nil {
		return nil, err
	}
	answer, err := client.CacheStats(ctx)
	if err != nil {
		return nil, received(c.client, err)
	}
	stats := &CacheStats{}
	if err := decode("the statistics", answer, stats); err != nil {
		return nil, err
	}
	return stats, nil
}
