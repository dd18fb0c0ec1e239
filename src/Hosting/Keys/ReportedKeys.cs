using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Keys;

/// <summary>The keys that a worker tells gateways of with its next report.</summary>
public sealed class ReportedKeys
{
    private volatile CallerKeys? _current;

    /// <summary>Raised after another version was read.</summary>
    public event Action? Changed;

    /// <summary>As they were read last; null where they could not be read, of which nothing is reported.</summary>
    public CallerKeys? Current => _current;

    /// <summary>They were read, or could not be.</summary>
    public void Set(CallerKeys? keys)
    {
        var isOther = keys is not null && keys.Version != _current?.Version;
        _current = keys;
        if (isOther)
        {
            Changed?.Invoke();
        }
    }
}
