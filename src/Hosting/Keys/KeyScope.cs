namespace Coinsphere.Messaging.Hosting.Keys;

/// <summary>What a caller may do. Each scope contains those before it.</summary>
public enum KeyScope
{
    /// <summary>Nothing that needs a key.</summary>
    None,

    /// <summary>Everything that only reads.</summary>
    Read,

    /// <summary>Everything that computes: predictions, risk scores, backtests.</summary>
    Compute,

    /// <summary>Everything that changes something for others: caches, alert rules and their webhooks.</summary>
    Admin,
}

/// <summary>The names of scopes.</summary>
public static class KeyScopes
{
    /// <summary>The names, in the order in which they contain each other.</summary>
    public static IReadOnlyList<string> Names { get; } = ["read", "compute", "admin"];

    /// <summary>The name of a scope.</summary>
    public static string Name(KeyScope scope) => Names[(int)scope - 1];

    /// <summary>The most that some names allow; names that this release does not know allow nothing.</summary>
    public static KeyScope Of(IEnumerable<string>? names) =>
        (names ?? []).Select(name => (KeyScope)(Names.TakeWhile(known => known != name).Count() + 1)).Where(scope => scope <= KeyScope.Admin)
            .DefaultIfEmpty(KeyScope.None).Max();
}
