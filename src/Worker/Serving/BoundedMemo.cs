using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>A memo with a limited number of entries; the oldest are dropped first.</summary>
internal sealed class BoundedMemo<TKey, T>(int most)
    where TKey : notnull
    where T : class
{
    private readonly ConcurrentDictionary<TKey, T> _values = new();
    private readonly ConcurrentQueue<TKey> _order = new();

    /// <summary>The value of a key, or null.</summary>
    public T? Find(TKey key) => _values.GetValueOrDefault(key);

    /// <summary>The value of a key; <paramref name="value"/> is stored where there was none.</summary>
    public T GetOrAdd(TKey key, T value)
    {
        var stored = _values.GetOrAdd(key, value);
        if (stored == value)
        {
            _order.Enqueue(key);
            if (_order.Count > most && _order.TryDequeue(out var oldest))
            {
                _values.TryRemove(oldest, out _);
            }
        }

        return stored;
    }

    public void Forget(TKey key) => _values.TryRemove(key, out _);
}
