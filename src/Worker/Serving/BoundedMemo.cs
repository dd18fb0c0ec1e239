using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>What was made under a key, up to so many; the oldest go first.</summary>
internal sealed class BoundedMemo<TKey, T>(int most)
    where TKey : notnull
    where T : class
{
    private readonly ConcurrentDictionary<TKey, T> _values = new();
    private readonly ConcurrentQueue<TKey> _order = new();

    /// <summary>What is under the key, or null.</summary>
    public T? Find(TKey key) => _values.GetValueOrDefault(key);

    /// <summary>What is under the key, which is <paramref name="value"/> where nothing was.</summary>
    public T GetOrAdd(TKey key, T value)
    {
        var kept = _values.GetOrAdd(key, value);
        if (kept == value)
        {
            _order.Enqueue(key);
            if (_order.Count > most && _order.TryDequeue(out var oldest))
            {
                _values.TryRemove(oldest, out _);
            }
        }

        return kept;
    }

    public void Forget(TKey key) => _values.TryRemove(key, out _);
}
