using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>Ends of epochs that Redis has not taken yet, tried again until it does.</summary>
internal sealed class PendingInvalidations(RedisConnection redis, TimeProvider time) : IAsyncDisposable
{
    // Only somebody who clears symbols that nobody knows gets there, and was told each time that it did not succeed.
    private const int Max = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, long> _ends = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private Task _trying = Task.CompletedTask;
    private long _number;

    public bool Contains(string symbol) => !_ends.IsEmpty && _ends.ContainsKey(symbol);

    /// <summary>Notes an end. Its number keeps a later end of the symbol from being taken for this one.</summary>
    public KeyValuePair<string, long> Add(string symbol)
    {
        var end = KeyValuePair.Create(symbol, Interlocked.Increment(ref _number));
        if (_ends.Count >= Max && !_ends.ContainsKey(symbol))
        {
            return end;
        }

        _ends[symbol] = end.Value;
        lock (_starting)
        {
            if (_trying.IsCompleted && !_stopping.IsCancellationRequested)
            {
                _trying = Task.Run(TryAsync);
            }
        }

        return end;
    }

    public void Remove(KeyValuePair<string, long> end) => _ends.TryRemove(end);

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
                foreach (var end in _ends)
                {
                    if (!redis.IsAvailable)
                    {
                        break;
                    }

                    if (await RedisResultCache.SetVersionAsync(redis, end.Key, _stopping.Token) is not null)
                    {
                        Remove(end);
                    }
                }

                lock (_starting)
                {
                    if (_ends.IsEmpty)
                    {
                        _trying = Task.CompletedTask;
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends; its epochs of this process end with it.
        }
    }
}
