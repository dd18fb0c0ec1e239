using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Client.Bus.Topology;

/// <summary>What one bus knows of the broker's exchanges and queues, over all its connections.</summary>
internal sealed class SharedTopology
{
    private readonly ConcurrentDictionary<string, bool> _own = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SharedPart, bool> _missing = new();

    /// <summary>What did not exist when it was last asked for.</summary>
    public IEnumerable<SharedPart> Missing => _missing.Keys;

    /// <summary>Remembers what this bus has declared: it may be bound too.</summary>
    public void Own(string name) => _own[name] = true;

    /// <summary>Whether this bus has declared a queue or an exchange.</summary>
    public bool IsOwn(string name) => _own.ContainsKey(name);

    /// <summary>Remembers that the user may not declare something: the broker logs each refusal.</summary>
    public void Refuse(string name) => _refused[name] = true;

    /// <summary>Whether the broker has refused to let the user declare something.</summary>
    public bool IsRefused(string name) => _refused.ContainsKey(name);

    /// <summary>Remembers whether something exists.</summary>
    public void Found(SharedPart part, bool exists)
    {
        if (exists)
        {
            _missing.TryRemove(part, out _);
        }
        else
        {
            _missing[part] = true;
        }
    }
}

/// <summary>An exchange or a queue of the definitions.</summary>
internal readonly record struct SharedPart(string Kind, string Name)
{
    public static SharedPart Exchange(string name) => new("exchange", name);

    public static SharedPart Queue(string name) => new("queue", name);

    public override string ToString() => $"{Kind} {Name}";
}
