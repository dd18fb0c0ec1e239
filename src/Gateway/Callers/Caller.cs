using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Who makes a request: the key or token that it carries, or the address that it comes from.</summary>
/// <param name="Id">Tells callers apart.</param>
/// <param name="Name">The key's name; null where there is no key.</param>
/// <param name="IsLoopback">Whether the caller is on the gateway's own machine.</param>
/// <param name="KeyId">The key's id; null where there is none.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="ExpiresAt">When it ends by itself, as tokens do.</param>
/// <param name="PerSecond">Its own limit of work a second.</param>
/// <param name="Concurrent">Its own limit of requests at a time.</param>
internal sealed record Caller(
    string Id, string? Name, bool IsLoopback = false, string? KeyId = null, KeyScope Scope = KeyScope.None, DateTimeOffset? ExpiresAt = null,
    double? PerSecond = null, int? Concurrent = null)
{
    /// <summary>Its name in messages to workers and in what they write of administrative acts.</summary>
    public string ShownName => Name ?? Id;

    /// <summary>The gateway itself, and whatever has no address, such as a test's server.</summary>
    public static Caller Own { get; } = new("own", null, IsLoopback: true);
}

internal static class CallerOfRequest
{
    /// <summary>The request's caller.</summary>
    public static Caller Caller(this HttpContext http) =>
        http.KnownCaller() ?? http.RequestServices.GetRequiredService<CallerAddresses>().Of(http.Connection.RemoteIpAddress);

    /// <summary>The caller that has shown a key or a token; null where none is needed.</summary>
    public static Caller? KnownCaller(this HttpContext http) => http.Features.Get<Caller>();
}
