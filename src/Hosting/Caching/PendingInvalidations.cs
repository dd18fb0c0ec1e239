using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>Invalidations that Redis has not taken yet. They are retried until it does.</summary>
internal sealed class PendingInvalidations(RedisConnection redis, TimeProvider time) : IAsyncDisposable
{
    // Only a caller who clears unknown symbols reaches it, and each of its calls reported a failure.
    private const int Max = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, long> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private Task _trying = Task.CompletedTask;
    private long _number;

    public bool Contains(string symbol) => !_pending.IsEmpty && _pending.ContainsKey(symbol);

    /// <summary>Adds an invalidation. Its number distinguishes it from a later one of the same symbol.</summary>
    public KeyValuePair<string, long> Add(string symbol)
    {
        var invalidation = KeyValuePair.Create(symbol, Interlocked.Increment(ref _number));
        if (_pending.Count >= Max && !_pending.ContainsKey(symbol))
        {
            return invalidation;
        }

        _pending[symbol] = invalidation.Value;
        lock (_starting)
        {
            if (_trying.IsCompleted && !_stopping.IsCancellationRequested)
            {
                _trying = Task.Run(TryAsync);
            }
        }

        return invalidation;
    }

    public void Remove(KeyValuePair<string, long> invalidation) => _pending.TryRemove(invalidation);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _trying;
        _stopping.Dispose();
    }

    private async Task TryAsync()
    {
        using var interval = new PeriodicTimer(Interval, time);
        try
        {
            while (await interval.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var invalidation in _pending)
                {
                    if (!redis.IsAvailable)
                    {
                        break;
                    }

                    if (await RedisResultCache.SetVersionAsync(redis, invalidation.Key, _stopping.Token) is not null)
                    {
                        Remove(invalidation);
                    }
                }

                lock (_starting)
                {
                    if (_pending.IsEmpty)
                    {
                        _trying = Task.CompletedTask;
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }
}
