using System.Collections.Frozen;
using System.Security.Cryptography;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>The valid keys. The table is replaced as a whole, so no request sees half a change.</summary>
internal sealed class CallerTable(TimeProvider time)
{
    /// <summary>
    /// How long a table holds against reports of an older one. Workers read the database at different times, so a report may be late; after a database was
    /// restored, every report has a lower version.
    /// </summary>
    public static readonly TimeSpan Holds = 2 * ModelsReported.Interval;

    // Compared where the id is unknown, so that this takes as long as a wrong secret.
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly Lock _gate = new();
    private volatile Table? _table;

    /// <summary>Raised after a key was added or revoked.</summary>
    public event Action? Changed;

    /// <summary>Whether the valid keys are known.</summary>
    public bool IsKnown => _table is not null;

    /// <summary>A worker has read them in the database.</summary>
    public void Report(CallerKeys reported)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_table is { } known && reported.Version < known.Version && now - known.ConfirmedAt < Holds)
            {
                return;
            }

            Set(reported.Keys ?? [], reported.Version, now);
        }
    }

    /// <summary>The file has been read.</summary>
    public void Read(IEnumerable<CallerKey> keys)
    {
        lock (_gate)
        {
            Set(keys, 0, time.GetUtcNow());
        }
    }

    /// <summary>The key of an id and a secret; null where there is none such.</summary>
    public CallerKey? Find(string id, string secret)
    {
        var found = _table?.Keys.GetValueOrDefault(id);
        return CryptographicOperations.FixedTimeEquals(ApiKey.HashOf(secret), found?.Hash ?? NoHash) ? found?.Key : null;
    }

    /// <summary>The valid key of an id, and the hash of its secret.</summary>
    public (CallerKey Key, byte[] Hash)? Find(string id) => _table?.Keys.GetValueOrDefault(id) is { } found ? (found.Key, found.Hash) : null;

    private void Set(IEnumerable<CallerKey> keys, long version, DateTimeOffset now)
    {
        // Another release or another program may report what no key is.
        var next = keys.Where(key => key is { Name: not null } && ApiKey.IsId(key.Id) && key.Hash is { Length: 2 * SHA256.HashSizeInBytes } hash
                && hash.All(char.IsAsciiHexDigit))
            .DistinctBy(key => key.Id).ToFrozenDictionary(key => key.Id, key => new Entry(key, Convert.FromHexString(key.Hash)));
        var former = _table;
        _table = new Table(version, now, next);
        if (former is not null && (former.Keys.Count != next.Count || former.Keys.Any(pair => next.GetValueOrDefault(pair.Key)?.IsSame(pair.Value) != true)))
        {
            Changed?.Invoke();
        }
    }

    private sealed record Table(long Version, DateTimeOffset ConfirmedAt, FrozenDictionary<string, Entry> Keys);

    private sealed record Entry(CallerKey Key, byte[] Hash)
    {
        public bool IsSame(Entry other) => Hash.AsSpan().SequenceEqual(other.Hash);
    }
}
