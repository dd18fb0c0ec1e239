using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The cache versions of one process. Symbols that were never invalidated share a base, so that asking for unknown symbols takes no memory.
/// When too many were invalidated, all are invalidated to make room.
/// </summary>
internal sealed class LocalCacheVersions
{
    private const int MaxEnded = 10_000;

    private readonly Lock _ending = new();
    private volatile State _state = new(NewToken(), new(StringComparer.Ordinal));

    public static string NewToken() => Guid.NewGuid().ToString("N");

    /// <summary>The symbol's version: unlike every earlier one and every other symbol's.</summary>
    public string Of(string symbol)
    {
        var state = _state;
        return state.Ended.TryGetValue(symbol, out var version) ? version : state.Base + symbol;
    }

    public void Invalidate(string symbol)
    {
        lock (_ending)
        {
            if (_state.Ended.Count >= MaxEnded)
            {
                _state = new State(NewToken(), new(StringComparer.Ordinal));
            }
            else
            {
                _state.Ended[symbol] = NewToken() + symbol;
            }
        }
    }

    private sealed record State(string Base, ConcurrentDictionary<string, string> Ended);
}
