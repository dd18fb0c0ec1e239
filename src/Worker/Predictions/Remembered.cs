using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Worker.Predictions;

/// <summary>What was made under a key, up to so many; the oldest go first.</summary>
internal sealed class Remembered<T>(int most) where T : class
{
    private readonly ConcurrentDictionary<string, T> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>What is under the key, which is <paramref name="value"/> where nothing was.</summary>
    public T GetOrAdd(string key, T value)
    {
        var kept = _values.GetOrAdd(key, value);
        if (kept == value)
        {
            _order.Enqueue(key);
            if (_order.Count > most && _order.TryDequeue(out var oldest))
                _values.TryRemove(oldest, out _);
        }

        return kept;
    }

    public void Forget(string key) => _values.TryRemove(key, out _);
}
